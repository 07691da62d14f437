// What people do in the console, step by step, as their hands would: without script where the page must work without it, on a
// phone and on a desk, in both languages. A journey fails when a step is not there, or when any text runs as script.
const fs = require("node:fs");
const { chromium } = require("playwright-core");

const console_url = process.env.CONSOLE_URL;
const hostile = `"><img src=x onerror=alert(1)><script>alert(2)</script>'`;
const desk = { width: 1000, height: 900 };
const phone = { width: 390, height: 800 };
const patience = 90_000;

const faults = [];
const done = [];

async function sign_in(browser, name, { script = false, size = desk, language = "zh-CN" } = {}) {
  const context = await browser.newContext({ locale: language, javaScriptEnabled: script, viewport: size });
  const page = await context.newPage();
  page.on("dialog", async (dialog) => {
    faults.push(`${name} ${page.url()}: a text ran as script`);
    await dialog.dismiss();
  });
  await page.goto(`${console_url}/sign-in?lang=${language}`);
  await page.fill("input[name=name]", name);
  await page.fill("input[type=password]", process.env.CONSOLE_PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  return page;
}

// Loads the page again until it says so: what happens without script.
async function until(page, what, holds) {
  const end = Date.now() + patience;
  while (Date.now() < end) {
    if (await holds()) return;
    await page.waitForTimeout(500);
    // The page may load itself again at the same moment.
    await page.reload().catch(() => page.waitForLoadState());
  }
  throw new Error(`${what} did not come`);
}

// An agent questions a line of the newest card, and says that it was read.
async function question(page) {
  await page.goto(`${console_url}/cards`);
  await page.locator("table a[href^='/cards/']").first().click();
  await page.locator("a[href$='/appeals']").first().click();
  const form = page.locator("form[action$='/question']").first();
  const details = page.locator("details:has(form[action$='/question'])").first();
  if (await details.count()) await details.locator("summary").click();
  await form.locator("textarea").fill(`10-05 ${hostile}`);
  await form.locator("button").click();
  const confirm = page.locator("form[action$='/acknowledge'] button");
  if (await confirm.count()) await confirm.click();
  await page.waitForSelector("form[action$='/withdraw']");
}

// The manager refuses the appeal that waits longest, with a reason.
async function answer(page) {
  await page.goto(`${console_url}/appeals`);
  await page.locator("a[href^='/appeals/']:not([href$='rates'])").first().click();
  await page.fill("form[action$='/answer'] textarea[name=reason]", `as agreed ${hostile}`);
  await page.locator("button[value=refuse]").click();
  if (await page.locator("button[value=refuse]").count()) throw new Error("the appeal is still open");
}

// The manager plans a run of the team, sees what would change, runs it, and looks at its letters.
async function rerun(page) {
  await page.goto(`${console_url}/rerun?job=monthly-scorecard`);
  await page.locator("form[action='/rerun/plan'] button").last().click();
  const run = page.locator("form[action='/rerun/run'] button");
  await until(page, "the plan", async () => (await run.count()) > 0);
  await run.click();
  await until(page, "the run", async () => page.url().includes("/runs/") && (await page.locator("progress").count()) === 0);
  const letters = page.locator("a[href$='/letters']");
  if (!(await letters.count())) throw new Error("the run has no letters to look at");
  await letters.first().click();
  await page.waitForSelector("h1");
}

// The leader has a run of the team pull anew from a shop that does not answer: it stays at work, and its page says how far it is.
async function begin(page) {
  await page.goto(`${console_url}/rerun?job=strict-scorecard`);
  await page.check("input[name=data][value=refresh]");
  await page.locator("form[action='/rerun/plan'] button").last().click();
  const run = page.locator("form[action='/rerun/run'] button");
  await until(page, "the plan", async () => (await run.count()) > 0);
  await run.click();
  await until(page, "the run at work", async () => page.url().includes("/runs/") && (await page.locator("section.live progress").count()) > 0);
}

// The operator stops a job's schedule with a reason, and lets it go on.
async function pause(page) {
  await page.goto(`${console_url}/operator`);
  const form = page.locator("form[action$='/pause']").first();
  const details = page.locator("details:has(form[action$='/pause'])").first();
  if (await details.count()) await details.locator("summary").click();
  const reason = form.locator("input[name=reason], textarea[name=reason]");
  if (await reason.count()) await reason.fill(`closed ${hostile}`);
  await form.locator("button").click();
  await page.locator("form[action$='/resume'] button").first().click();
  if (await page.locator("form[action$='/resume']").count()) throw new Error("the job is still paused");
}

// The period that is going on, in which people rate and write events down.
const present = new Date().toISOString().slice(0, 7);

// The leader rates everybody on one item, as a draft, and hands it in.
async function rate(page) {
  await page.goto(`${console_url}/forms?job=monthly-scorecard&period=${present}`);
  await page.locator("a[href*='/rating-supervisor-']").first().click();
  await page.locator("a[href$='/items/1']").click();
  const cells = page.locator("input[name^=g]");
  for (let cell = 0; cell < (await cells.count()); cell += 1) await cells.nth(cell).fill(String(5 + (cell % 5)));
  await page.locator("input[name=c1]").fill(`seen ${hostile}`);
  await page.locator("form[action$='/save'] button").click();
  await page.locator("form[action$='/hand-in'] button").click();
  if (!(await page.locator("#hand-in ~ p .badge.good, section .badge.good").count())) throw new Error("it was not handed in");
}

// The leader fetches the form as a workbook, sends it back and takes it: what was seen of it says what would change.
async function send_back(page) {
  await page.goto(`${console_url}/forms?job=monthly-scorecard&period=${present}`);
  await page.locator("a[href*='/rating-supervisor-']").first().click();
  const form = page.url();
  const [fetched] = await Promise.all([page.waitForEvent("download"), page.locator("a[href$='/workbook']").click()]);
  const workbook = { name: "ratings.xlsx", mimeType: "application/octet-stream", buffer: fs.readFileSync(await fetched.path()) };
  for (const [file, fits] of [[{ ...workbook, buffer: Buffer.from("no workbook") }, false], [workbook, true]]) {
    await page.goto(form);
    await page.setInputFiles("input[type=file]", file);
    await page.locator("form[action$='/upload'] button").click();
    if (((await page.locator("[role=alert]").count()) === 0) !== fits) throw new Error(`${fits ? "a workbook" : "something else"} is not taken for what it is`);
  }
  await page.locator("button[value=take]").click();
  await page.waitForURL((url) => url.href === form);
}

// The leader writes two events of the last month down with what shows them, and withdraws one.
async function record(page) {
  const last = new Date(new Date().setUTCDate(0)).toISOString().slice(0, 7);
  await page.goto(`${console_url}/recorded?job=monthly-scorecard&period=${last}`);
  await page.locator("main table a").first().click();
  const withdraw = page.locator("form[action$='/withdraw']");
  const before = await withdraw.count();
  for (const day of ["02", "03"]) {
    await page.locator("select[name=agent]").selectOption({ index: 1 });
    await page.locator("select[name=kind]").selectOption({ index: 1 });
    await page.fill("input[name=day]", `${last}-${day}`);
    await page.fill("textarea[name=evidence]", `chat 77 ${hostile}`);
    await page.locator("form[action$='/add'] button").click();
  }
  if ((await withdraw.count()) !== before + 2) throw new Error("the events are not there");
  await withdraw.first().locator("input[name=reason]").fill(`twice ${hostile}`);
  await withdraw.first().locator("button").click();
  if ((await withdraw.count()) !== before + 1) throw new Error("the event still counts");
}

// Somebody finds a card by its staff number, reads it down to the rows behind its numbers, and fetches the PDF.
async function read(page) {
  await page.goto(`${console_url}/cards`);
  await page.fill("form[role=search] input[name=text]", "A001");
  await page.locator("form[role=search] button").click();
  await page.locator("table a[href^='/cards/']").first().click();
  const pdf = await page.request.get(new URL(await page.locator("a[href$='/pdf']").getAttribute("href"), page.url()).href);
  if (!(await pdf.body()).subarray(0, 5).equals(Buffer.from("%PDF-"))) throw new Error("the PDF is none");
  await page.locator("a[href$='/explanation']").click();
  await page.locator("details summary").nth(1).click();
  if (!(await page.locator("details table td").count())) throw new Error("no rows stand behind the numbers");
}

// Somebody looks at another team and period, at the heat map of it, and at what goes with what.
async function compare(page) {
  await page.goto(`${console_url}/insight`);
  await page.selectOption("select[name=when]", { index: 1 });
  await page.selectOption("select[name=team]", { index: 1 });
  await page.locator("form.pick button").click();
  const chosen = new URL(page.url()).searchParams.get("when");
  for (const next of ["heat", "correlation"]) {
    await page.locator(`a[href^='/insight/${next}?']`).click();
    if (new URL(page.url()).searchParams.get("when") !== chosen) throw new Error(`${next} is of another period`);
  }
}

// The operator lets somebody in, keeps them out, and lets them in again.
async function let_in(page) {
  const name = `guest-${Date.now()}`;
  await page.goto(`${console_url}/people`);
  await page.fill("form[action='/people/add'] input[name=name]", name);
  await page.fill("form[action='/people/add'] input[name=staff_number]", "A002");
  await page.locator("form[action='/people/add'] button").click();
  await page.goto(`${console_url}/people/${name}`);
  await page.locator("form[action$='/disable'] button").click();
  await page.locator("form[action$='/enable'] button").click();
  if (!(await page.locator("form[action$='/disable']").count())) throw new Error("they are still kept out");
}

// HR fills in what a scheme leaves unset, reads it as people read it, and tries the newer version on past months.
async function fill(page) {
  await page.goto(`${console_url}/policy`);
  await page.locator("a[href^='/policy/schemes/presale-weighted']").first().click();
  const form = page.locator("form[action$='/values']").first();
  await form.locator("input[name=value]").fill("-5");
  await form.locator("input[name=reason]").fill(`agreed ${hostile}`);
  await form.locator("button").click();
  await page.waitForSelector("section table.rows");
  await page.goto(`${console_url}/policy/simulate`);
  await page.selectOption("select[name=job]", "monthly-scorecard");
  const newer = page.locator("select[name=draft] option[value='presale-weighted 2.0']");
  await page.selectOption("select[name=draft]", await newer.getAttribute("value"));
  await page.fill("input[name=periods]", "1");
  await page.locator("form[action='/policy/simulate/ask'] button").click();
  await until(page, "the simulation", async () => (await page.locator("main table, main figure").count()) > 0);
}

// The leader looks at a run that waits, holds one letter with a reason, and lets the others go.
async function release(page) {
  await page.goto(console_url);
  await page.locator("a[href^='/runs/monthly-scorecard']").first().click();
  await page.locator("a[href$='/desk']").first().click();
  const hold = page.locator("form.hold-one");
  if (await hold.count()) {
    await hold.locator("input[name=reason]").fill(`to be seen ${hostile}`);
    await hold.locator("button").click();
  }
  await page.locator("form[action$='/release'] button").click();
  await until(page, "the release", async () => page.url().includes("/runs/") && (await page.locator(".badge.good").count()) > 0);
}

// The release desk is leafed through with the keys.
async function leaf(page) {
  await page.goto(console_url);
  await page.locator("a[href^='/runs/monthly-scorecard']").first().click();
  await page.locator("a[href$='/desk']").first().click();
  await page.waitForURL(/\/desk/);
  // The keys are listened to as soon as the page is loaded with its script.
  await page.waitForLoadState("load");
  const before = page.url();
  await page.keyboard.press("ArrowRight");
  await page.waitForURL((url) => url.href !== before);
}

const JOURNEYS = [
  ["lead", rate, { size: phone }],
  ["lead", rate, { size: desk, language: "en" }],
  ["lead", send_back, { size: phone }],
  ["lead", send_back, { size: desk, language: "en" }],
  ["hr", read, { size: phone }],
  ["lead", read, { size: desk, language: "en" }],
  ["hr", compare, { size: desk }],
  ["hr", compare, { size: phone, language: "en" }],
  ["operator", let_in, { size: phone }],
  ["operator", let_in, { size: desk, language: "en" }],
  ["lead", record, { size: phone, language: "en" }],
  ["lead", record, { size: desk }],
  ["hr", fill, { size: desk }],
  ["hr", fill, { size: phone, language: "en" }],
  ["agent", question, { size: phone }],
  ["agent", question, { size: desk, language: "en" }],
  ["lead", answer, { size: phone, language: "en" }],
  ["lead", answer, { size: desk }],
  ["lead", rerun, { size: desk }],
  ["lead", rerun, { size: phone, language: "en" }],
  ["operator", pause, { size: phone }],
  ["operator", pause, { size: desk, language: "en" }],
  ["lead", leaf, { script: true }],
  ["lead", release, { size: phone, language: "en" }],
  // The last: it stays at work while the pages are looked at.
  ["lead", begin, { script: true }],
];

(async () => {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  for (const [who, journey, how] of JOURNEYS) {
    const name = `${who} ${journey.name} ${(how.size ?? desk).width} ${how.language ?? "zh-CN"}`;
    try {
      const page = await sign_in(browser, who, how);
      await journey(page);
      await page.context().close();
      done.push(name);
    } catch (error) {
      faults.push(`${name}: ${error.message.split("\n")[0]}`);
    }
  }
  await browser.close();
  faults.forEach((fault) => console.error(fault));
  console.log(`${done.length} journeys of ${JOURNEYS.length} came to their end`);
  process.exit(faults.length ? 1 : 0);
})();
