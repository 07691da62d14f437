// Walks the console as each role does: every link is followed once for each kind of page. A page fails when it is not found,
// is heavier or slower than allowed, runs over the window's edge, asks another origin, logs an error, or breaks a rule of axe.
const fs = require("node:fs");
const { chromium } = require("playwright-core");

const console_url = process.env.CONSOLE_URL;
const pictures = process.env.SCOREPOST_PICTURES;
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const heaviest = 100 * 1024;
const longest_walk = 120;
const desk = { width: 1000, height: 900 };
const phone = { width: 390, height: 800 };
const views = [[desk, "zh-CN"], [phone, "zh-CN"], [desk, "en"], [phone, "en"]];
// The first of a kind stands for all of it: what is asked and whose it is make no other page.
const named = /^\/(policy\/schemes|people|forms|recorded|cards|runs|requests|appeals|operator\/runs|operator\/jobs)\/(?!rates\b)[^/]+/;
const kind = (path) => path.split("?")[0].replace(named, "/$1/one").replace(/\d+/g, "9");

// A run looks otherwise while it is at work, held or over: its state tells kinds of its pages apart.
const run_of = (path) => path.match(/^\/runs\/[^/?]+/)?.[0];
const kind_of = ({ path, state }) => (run_of(path) ? `${kind(path)} ${state}` : kind(path));
// What everybody who asks for runs has among theirs, by what the page of such a run shows.
const stands = {
  "a run at work": "section.live progress",
  "a held run with what to do next": "main:has(.heading .badge:text-matches('^(已挂起|held)$')):has(p.next, p.notice.wait)",
};

const faults = [];
const met = new Set();
let looked_at = 0;

async function sign_in(context, name) {
  const page = await context.newPage();
  await page.goto(`${console_url}/sign-in`);
  await page.fill("input[name=name]", name);
  await page.fill("input[type=password]", process.env.CONSOLE_PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  return page;
}

async function look(page, path, where, name) {
  const wrong = (what) => faults.push(`${where} ${path}: ${what}`);
  const answer = await page.goto(console_url + path);
  looked_at += 1;
  if (answer.status() !== 200) return wrong(`status ${answer.status()}`);
  const weight = (await answer.body()).length;
  if (weight > heaviest) wrong(`${weight} bytes`);
  const { scroll, inner } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, inner: innerWidth }));
  if (scroll > inner) wrong(`${scroll} px wide in a window of ${inner} px`);
  if (!(await page.title()) || !(await page.locator("h1").count())) wrong("no title or no h1");
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document, { iframes: false }));
  for (const rule of violations) wrong(`axe ${rule.id}: ${rule.nodes[0].html.slice(0, 160)}`);
  for (const [stand, sign] of Object.entries(stands)) if (await page.locator(sign).count()) met.add(`${where} ${stand}`);
  if (pictures) {
    const file = `${where} ${name}`.replace(/[^A-Za-z0-9]+/g, "-").slice(0, 90);
    await page.screenshot({ path: `${pictures}/${file}.png`, fullPage: true });
  }
}

// Links of the page that lead to other pages of ours, with the state that stands beside each; files are not pages.
async function links(page) {
  const found = await page.$$eval("a[href]", (all) =>
    all
      .filter((one) => !one.hasAttribute("download"))
      .map((one) => ({ path: one.getAttribute("href"), state: one.closest("tr, li, h3")?.querySelector(".badge")?.textContent ?? "" })),
  );
  return found.filter(({ path }) => path.startsWith("/") && !/\/(pdf|file|download|csv|xlsx|events)\b|\.(csv|xlsx|pdf|json)\b|[?&]lang=/.test(path));
}

async function walk(browser, role, script) {
  const context = await browser.newContext({ locale: "zh-CN", javaScriptEnabled: script });
  const page = await sign_in(context, role);
  page.on("console", (message) => message.type() === "error" && faults.push(`${role} ${page.url()}: ${message.text()}`));
  page.on("request", (request) => /^(chrome|chrome-extension|blob|data):/.test(request.url()) || request.url().startsWith(console_url) || faults.push(`${role}: asks ${request.url()}`));
  const seen = new Set();
  const waiting = [{ path: "/", state: "" }];
  while (waiting.length && seen.size < longest_walk) {
    const next = waiting.shift();
    if (seen.has(kind_of(next))) continue;
    seen.add(kind_of(next));
    const { path } = next;
    for (const [size, language] of views) {
      await page.setViewportSize(size);
      const asked = `${path}${path.includes("?") ? "&" : "?"}lang=${language}`;
      await look(page, asked, `${role} ${size.width} ${language}`, kind_of(next));
    }
    const found = await links(page);
    // On the pages of a run its state stands once.
    waiting.push(...found.map((one) => (run_of(one.path) && run_of(one.path) === run_of(path) ? { ...one, state: next.state } : one)));
  }
  if (role !== "agent") {
    for (const [size, language] of views) {
      for (const stand of Object.keys(stands)) if (!met.has(`${role} ${size.width} ${language} ${stand}`)) faults.push(`${role} ${size.width} ${language}: ${stand} was not seen`);
    }
  }
  console.log(`${role}: ${seen.size} kinds of pages`);
  await context.close();
}

(async () => {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  for (const role of ["operator", "hr", "lead", "agent"]) await walk(browser, role, true);
  await browser.close();
  const different = [...new Set(faults)];
  different.forEach((fault) => console.error(fault));
  console.log(`${looked_at} pages looked at, ${different.length} faults`);
  process.exit(different.length ? 1 : 0);
})();
