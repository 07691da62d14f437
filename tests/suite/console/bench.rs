//! Two teams, their runs and people, and a browser that keeps a cookie.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode, header};
use chrono::{DateTime, TimeDelta, Utc};
use scorepost::clock::Clock;
use scorepost::console::{
    Branch, Collection, Console, Doors, Explained, Explanations, FirstUser, Forms, Identified, Identity, Item, JobCard,
    Journey, LinkLetter, LinkPost, MetricsPlace, Monitored, Monitors, PreviewWish, Previewed, Previews, Rater,
    RecordSheet, RecordTeam, Records, RowTable, SchemeVersion, SecureCookies, Sheet, UploadedCell, first_user_token,
    hash_password, router,
};
use scorepost::exact::Exact;
use scorepost::finding::Finding;
use scorepost::job::{ApprovedBy, ReleasedBy};
use scorepost::ledger::{
    DeliveryState, Document, DocumentKind, Given, Ledger, NewAppeal, NewDelivery, NewDocument, NewProposal, NewRequest,
    NewRun, RecipientRole, RequestKind, RequestState, Role, Run, RunState, Scope, TeamLead, Trigger, User,
    WantedProposals,
};
use scorepost::period::{Cycle, Period};
use scorepost::scheme::Noted;
use scorepost::words::{Bilingual, Locale};
use sha2::{Digest, Sha256};
use tower::ServiceExt;

use super::machine::OneMachine;
use super::two_versions::TwoVersions;

/// The password of everybody.
pub const PASSWORD: &str = "四个 不相关 的词 river";

/// A console over a ledger in memory.
pub struct Bench {
    pub ledger: Ledger,
    pub clock: Clock,
    pub router: Router,
    pub invitation: Option<FirstUser>,
    /// What was handed in.
    pub collected: Arc<Mutex<Vec<String>>>,
    archive: tempfile::TempDir,
    links: Mutex<Receiver<LinkLetter>>,
    leads: Mutex<BTreeSet<TeamLead>>,
}

/// The proxy in front of the console, which names who signed in there.
pub const PROXY: &str = "192.0.2.9";

/// Keeps the links that were mailed.
struct Links(Mutex<Sender<LinkLetter>>);

impl LinkPost for Links {
    fn send(&self, letter: &LinkLetter) -> anyhow::Result<()> {
        Ok(self.0.lock().expect("the post").send(letter.clone())?)
    }
}

/// A provider that knows the person whom the code names, and checks nothing itself.
struct Provider;

impl Identity for Provider {
    fn title(&self) -> &str {
        "id.example"
    }

    fn begin(&self, journey: &Journey, back: &str) -> anyhow::Result<String> {
        Ok(format!("https://id.example/?state={}&back={back}", journey.state))
    }

    fn end(&self, journey: &Journey, _back: &str, code: &str) -> anyhow::Result<Identified> {
        anyhow::ensure!(code != "wrong" && !journey.verifier.is_empty(), "no such code");
        Ok(Identified { user: code.to_owned() })
    }
}

/// Previews that show which wish they got.
struct NoTemplates;

/// Explains every card by one line.
struct OneBranch;

impl Explanations for OneBranch {
    fn explain(&self, job: &str, period: &Period, agent: &str, _locale: Locale) -> anyhow::Result<Explained> {
        let rows = RowTable {
            title: "SUM(paid) FROM chats · 1 rows".to_owned(),
            columns: vec!["agent".to_owned()],
            cells: vec![vec![agent.to_owned()]],
        };
        let branch = Branch { head: format!("{job} {period}"), steps: vec!["3 / 4".to_owned()], tables: vec![rows] };
        Ok(Explained { branches: vec![branch], as_issued: true, ..Explained::default() })
    }
}

impl Previews for NoTemplates {
    fn templates(&self) -> anyhow::Result<Vec<String>> {
        Ok(["card.typ", "letters/card.en.html.j2"].map(str::to_owned).to_vec())
    }

    fn fixtures(&self) -> Vec<&'static str> {
        vec!["usual", "hostile"]
    }

    fn show(&self, wish: &PreviewWish) -> Previewed {
        let found = if wish.fixture.as_deref() == Some("hostile") {
            vec!["card.typ:3: <b>wrong</b>".to_owned()]
        } else {
            Vec::new()
        };
        let file = found.is_empty().then(|| ("application/pdf", format!("%PDF {wish:?}").into_bytes()));
        Previewed { file, of: format!("{} of {:?}", wish.template, wish.subject), found }
    }
}

/// The forms of October: of both teams by their leaders, of the first team by colleagues and oneself.
struct TwoItems {
    collected: Arc<Mutex<Vec<String>>>,
}

impl Forms for TwoItems {
    fn sheets(&self, job: &str, period: &Period, _locale: Locale) -> anyhow::Result<Vec<Sheet>> {
        if job != "monthly" || period.to_string() != "2026-10" {
            return Ok(Vec::new());
        }
        let of = |role: &str, team: &str, own: Option<&str>| {
            let members: Vec<(String, String)> = MEMBERS
                .iter()
                .filter(|member| member.2 == team && own.is_none_or(|own| own == member.0))
                .map(|member| (member.0.to_owned(), member.1.to_owned()))
                .collect();
            let item = |id: &str, label: &str, most: &str, levels: &[(&str, &str)]| Item {
                id: id.to_owned(),
                label: label.to_owned(),
                about: None,
                most: most.to_owned(),
                levels: levels.iter().map(|(id, label)| ((*id).to_owned(), (*label).to_owned())).collect(),
                people: members.clone(),
                ..Item::default()
            };
            Sheet {
                name: format!("rating-{role}-{}", own.unwrap_or(team)),
                role: role.to_owned(),
                role_name: Bilingual::same(role),
                team: team.to_owned(),
                team_name: team.to_owned(),
                rater: own.and(members.first().cloned()),
                members: members.iter().map(|member| member.0.clone()).collect(),
                is_collected: true,
                items: vec![
                    item("skill", "业务 <b>能力", "10", &[]),
                    item("manner", "态度", "5", &[("good", "良好"), ("fair", "一般")]),
                ],
            }
        };
        Ok(vec![
            of("supervisor", "T1", None),
            of("supervisor", "T2", None),
            of("peer", "T1", None),
            of("self", "T1", Some("A001")),
            of("self", "T1", Some("A002")),
        ])
    }

    fn workbook(&self, _: &str, _: &Period, form: &str, given: &[Given]) -> anyhow::Result<Vec<u8>> {
        Ok(format!("PK {form} {}", given.len()).into_bytes())
    }

    /// Lines of cell, role, item, agent, what was given and a comment.
    fn read(&self, bytes: &[u8]) -> anyhow::Result<Vec<UploadedCell>> {
        let text = std::str::from_utf8(bytes)?;
        let line = |line: &str| -> Option<UploadedCell> {
            let mut parts = line.split(',').map(str::to_owned);
            let (cell, role) = (parts.next()?, parts.next()?);
            let given =
                Given { item: parts.next()?, agent: parts.next()?, given: parts.next()?, comment: parts.next()? };
            Some(UploadedCell { sheet: "Ratings".to_owned(), cell, role, given })
        };
        text.lines().map(|one| line(one).ok_or_else(|| anyhow::anyhow!("no such form"))).collect()
    }

    fn collect(&self, _: &str, _: &Period, form: &str, rater: Rater<'_>, given: &[Given]) -> anyhow::Result<()> {
        let told: Vec<String> = given.iter().map(|one| format!("{} {} {}", one.item, one.agent, one.given)).collect();
        let mut collected = self.collected.lock().expect("a lock");
        collected.push(format!("{form} by {}: {}", rater.id, told.join(", ")));
        Ok(())
    }
}

/// Two kinds of events in October, about both teams.
struct TwoKinds {
    collected: Arc<Mutex<Vec<String>>>,
}

impl Records for TwoKinds {
    fn sheet(&self, job: &str, period: &Period) -> anyhow::Result<Arc<RecordSheet>> {
        if job != "monthly" || period.to_string() != "2026-10" {
            return Ok(Arc::default());
        }
        let kind = |kind: &str, what: &str, points| Noted {
            kind: kind.to_owned(),
            cause: None,
            what: Bilingual::same(what),
            lines: vec![Bilingual::same("服务")],
            points,
        };
        let team = |id: &str| RecordTeam {
            id: id.to_owned(),
            name: id.to_owned(),
            people: MEMBERS.iter().filter(|one| one.2 == id).map(|one| (one.0.to_owned(), one.1.to_owned())).collect(),
        };
        Ok(Arc::new(RecordSheet {
            kinds: vec![
                kind("quarrel", "与顾客 <b>争吵", None),
                kind("contribution", "特殊贡献", Some((Exact::whole(1), Exact::whole(5)))),
            ],
            teams: vec![team("T1"), team("T2")],
            known_since: None,
            collection: Collection::Works,
        }))
    }

    fn collect(&self, job: &str, period: &Period) -> anyhow::Result<()> {
        self.collected.lock().expect("a lock").push(format!("events of {job} {period}"));
        Ok(())
    }
}

/// A service to which nothing happens.
struct Sound;

impl Monitored for Sound {
    fn faults(&self) -> Vec<Bilingual> {
        Vec::new()
    }

    fn metrics(&self) -> anyhow::Result<String> {
        Ok("scorepost_ready 1.0\n".to_owned())
    }
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// Somebody's browser.
#[derive(Clone)]
pub struct Browser {
    pub cookie: String,
    pub csrf: String,
}

/// One agent of the shop: staff number, name, team, total, rank.
type Member = (&'static str, &'static str, &'static str, i64, u32);

/// What the card of [`Bench::questionable`] says.
const LINES: &str = r#"{"lines": [
    {"id": "reply", "label": "回复率", "value": "90.0%", "parts": "9 / 10", "points": "12", "full_marks": "20",
     "status": "final", "rule": "≥ 90%"},
    {"id": "events", "label": "差错 <b>", "value": "2", "points": "6", "full_marks": "10", "status": "final",
     "rule": "每次扣 2 分", "occurrences": [{"on": "2026-10-05", "what": "差错", "points": "-2"}]}]}"#;

/// The agents of both teams.
pub const MEMBERS: [Member; 4] = [
    ("A001", "安一喆", "T1", 95, 1),
    ("A002", "安二犇", "T1", 88, 2),
    ("B001", "毕一昉", "T2", 91, 1),
    ("B002", "毕二玥", "T2", 72, 2),
];

impl Bench {
    /// An empty ledger.
    pub fn empty() -> Self {
        Self::opened(SecureCookies::Yes)
    }

    /// Two teams with their people.
    pub fn shop() -> Self {
        let bench = Self::opened(SecureCookies::Yes);
        bench.people();
        bench
    }

    /// The same on plain loopback.
    pub fn shop_without_tls() -> Self {
        let bench = Self::opened(SecureCookies::No);
        bench.people();
        bench
    }

    fn opened(secure_cookies: SecureCookies) -> Self {
        let clock = Clock::fixed("2026-11-09T02:00:00Z".parse().expect("an instant"));
        let ledger = Ledger::open_in_memory(clock.clone()).expect("a ledger");
        let archive = tempfile::tempdir().expect("a folder");
        let invitation = first_user_token(&ledger, &clock).expect("an invitation");
        let (sender, links) = channel();
        let doors = Doors {
            base: "https://scores.example".to_owned(),
            post: Some(Arc::new(Links(Mutex::new(sender)))),
            proxies: vec![PROXY.parse().expect("an address")],
            proxy_header: Some("x-remote-user".parse().expect("a name")),
            identity: Some(Arc::new(Provider)),
        };
        let collected = Arc::<Mutex<Vec<String>>>::default();
        let console = Console {
            ledger: ledger.clone(),
            clock: clock.clone(),
            archive: archive.path().to_owned(),
            letters: archive.path().to_owned(),
            jobs: vec![job("monthly", "月度绩效卡", "Monthly scorecard"), job("weekly", "周排名", "Weekly ranking")],
            locale: Locale::Zh,
            poke: Arc::default(),
            secure_cookies,
            hosts: vec!["scores.example".to_owned()],
            previews: Arc::new(NoTemplates),
            forms: Arc::new(TwoItems { collected: collected.clone() }),
            records: Arc::new(TwoKinds { collected: collected.clone() }),
            explanations: Arc::new(OneBranch),
            policies: Arc::new(TwoVersions::new()),
            machine: Arc::new(OneMachine { ledger: ledger.clone(), checked: Mutex::default() }),
            monitors: Monitors {
                monitored: Arc::new(Sound),
                token: None,
                metrics: MetricsPlace::Console,
                locale: Locale::Zh,
            },
            doors,
            setup: invitation.as_ref().map(|invitation| invitation.token.clone()),
        };
        let router = router(console).expect("a router");
        Self {
            ledger,
            clock,
            router,
            invitation,
            collected,
            archive,
            links: Mutex::new(links),
            leads: Mutex::default(),
        }
    }

    fn people(&self) {
        let lead = |team: &str| vec![team.to_owned()];
        self.person("op", Role::Operator, None, Vec::new());
        self.person("hr", Role::Hr, None, Vec::new());
        self.person("lead1", Role::Manager, Some("M001"), lead("T1"));
        self.person("lead2", Role::Manager, Some("M002"), lead("T2"));
        self.person("teamless", Role::Manager, Some("M003"), Vec::new());
        self.person("a001", Role::Agent, Some("A001"), Vec::new());
        self.person("numberless", Role::Agent, None, Vec::new());
    }

    /// Adds or changes a person whose password is [`PASSWORD`].
    pub fn person(&self, name: &str, role: Role, staff_number: Option<&str>, teams: Vec<String>) {
        static HASH: OnceLock<String> = OnceLock::new();
        let hash = HASH.get_or_init(|| hash_password(PASSWORD).expect("a hash"));
        let user = User {
            name: name.to_owned(),
            role,
            staff_number: staff_number.map(str::to_owned),
            teams,
            disabled: false,
            password_hash: Some(hash.clone()),
            created_at: self.clock.now(),
        };
        self.ledger.put_user(&user).expect("a user");
    }

    /// A manager by the roster alone, of a team in every period of the shop; `in_office` is whether to this day.
    pub fn lead(&self, name: &str, number: &str, team: &str, in_office: bool) {
        self.person(name, Role::Manager, Some(number), Vec::new());
        self.leads.lock().expect("the rosters").insert(TeamLead {
            team: team.to_owned(),
            manager: number.to_owned(),
            in_office,
        });
        let last = Period::parse("2026-10").expect("a period");
        for period in std::iter::successors(Some(last), |one| Some(one.previous())).take(15) {
            self.ledger.record_leads("monthly", &period, &self.leads.lock().expect("the rosters")).expect("recorded");
        }
    }

    /// A browser in which `name` is signed in, without the form.
    pub fn browser(&self, name: &str) -> Browser {
        static SESSIONS: AtomicU32 = AtomicU32::new(0);
        let number = SESSIONS.fetch_add(1, Ordering::SeqCst);
        let token = hex::encode(Sha256::digest(format!("session {number} of {name}")));
        let csrf = format!("csrf-of-{name}");
        let hash = hex::encode(Sha256::digest(&token));
        let expires = self.clock.now() + TimeDelta::hours(12);
        self.ledger.open_session(name, &hash, &csrf, expires).expect("a session");
        Browser { cookie: format!("__Host-scorepost={token}"), csrf }
    }

    /// The next link that is mailed; they go out behind the answer.
    pub fn mailed(&self) -> LinkLetter {
        let links = self.links.lock().expect("the post");
        links.recv_timeout(std::time::Duration::from_secs(20)).expect("a link")
    }

    /// Moves the clock on.
    pub fn later(&self, by: TimeDelta) {
        self.clock.set(self.clock.now() + by);
    }

    /// A run with its documents, for one team or all, in this state.
    pub fn run(&self, period: &str, team: Option<&str>, state: RunState) -> Run {
        let new = NewRun {
            job: "monthly".to_owned(),
            period: Period::parse(period).expect("a period"),
            scope: Scope { team: team.map(str::to_owned), agent: None },
            trigger: Trigger::AdHoc,
            requested_by: "op".to_owned(),
            refresh: false,
            send: false,
            as_of: None,
        };
        let run = self.ledger.start_run(&new).expect("a run");
        for member in MEMBERS.iter().filter(|member| team.is_none_or(|team| team == member.2)) {
            self.card(&run, *member);
        }
        for (id, name) in [("T1", "一组"), ("T2", "二组")] {
            if team.is_none_or(|team| team == id) {
                self.issue(&run, document(&run, DocumentKind::Pack, id, name, id));
            }
        }
        self.ledger.set_state(&run.id, state).expect("a state");
        self.ledger.run(&run.id).expect("a read").expect("the run")
    }

    /// A card of the run.
    pub fn card(&self, run: &Run, (subject, name, team, total, rank): Member) -> Document {
        let new = document(run, DocumentKind::Card, subject, name, team);
        let new =
            NewDocument { total: Some(Exact::whole(total)), rank: Some(rank), grade: Some("良好".into()), ..new };
        self.issue(run, new)
    }

    /// A card of the run with two lines that can be questioned until the end of next year, in a new edition.
    pub fn questionable(&self, run: &Run, subject: &str) -> Document {
        let (_, name, team, ..) = MEMBERS.into_iter().find(|member| member.0 == subject).expect("a member");
        let new = document(run, DocumentKind::Card, subject, name, team);
        let hash = format!("{} with lines", new.content_hash);
        let card = self.issue(run, NewDocument { data: LINES.to_owned(), content_hash: hash, ..new });
        self.ledger.open_windows(&[card.id], "2027-12-31T16:00:00Z".parse().expect("an instant")).expect("a window");
        card
    }

    /// An open appeal of the card's first line.
    pub fn appeal(&self, card: &Document, reason: &str) -> i64 {
        self.appeal_of_line(card, "reply", reason)
    }

    /// An open appeal of any of its lines.
    pub fn appeal_of_line(&self, card: &Document, line: &str, reason: &str) -> i64 {
        let by = card.subject.as_str();
        let new = NewAppeal { document_id: card.id, line, label: "回复率", reason, by, through: "link" };
        self.ledger.open_appeal(new).expect("an appeal").id
    }

    /// A report of the run, about one team or, with `shop` and no team, about all.
    pub fn report(&self, run: &Run, kind: DocumentKind, (subject, name, team): (&str, &str, &str)) -> Document {
        self.issue(run, document(run, kind, subject, name, team))
    }

    /// Lets the run's card of this agent propose a fine, in place of what it proposed before.
    pub fn propose(&self, run: &Run, subject: &str, yuan: i64) -> i64 {
        let (_, name, team, ..) = MEMBERS.into_iter().find(|member| member.0 == subject).expect("a member");
        self.propose_to(run, (subject, name, team), "扣款", yuan)
    }

    /// The same for anybody, in these words.
    pub fn propose_to(&self, run: &Run, (subject, name, team): (&str, &str, &str), text: &str, yuan: i64) -> i64 {
        let fine = NewProposal {
            rule: "late-reply".to_owned(),
            kind: "fine".to_owned(),
            text: Bilingual::new(text, "a fine"),
            evidence: Bilingual::new("超时 3 次", "late 3 times"),
            amount: Some(Exact::whole(yuan)),
        };
        let new = document(run, DocumentKind::Card, subject, name, team);
        self.ledger.issue(&run.id, &NewDocument { proposals: Some(vec![fine]), ..new }).expect("a document");
        let all = self.ledger.proposals(&WantedProposals::default()).expect("proposals");
        all.iter().map(|one| one.id).max().expect("a proposal")
    }

    fn issue(&self, run: &Run, new: NewDocument) -> Document {
        let (document, _) = self.ledger.issue(&run.id, &new).expect("a document");
        let bytes = format!("%PDF-1.7 {} {}", new.subject, run.id).into_bytes();
        let hash = hex::encode(Sha256::digest(&bytes));
        let folder = self.archive.path().join(&hash[..2]);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(format!("{hash}.pdf")), bytes).expect("a document");
        self.ledger.set_pdf(document.id, &hash).expect("a hash");
        document
    }

    /// Notes what a run found.
    pub fn findings(&self, run: &Run, findings: &[Finding]) {
        self.ledger.record_findings(&run.id, findings).expect("findings");
    }

    /// A mail that carries a document, sealed.
    pub fn delivery(&self, document: i64, run: &Run, recipient: &str) {
        let sealed = format!(
            "From: <hr@shop.example>\r\nTo: <{recipient}@shop.example>\r\nSubject: Card of {recipient}\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\
             Content-Type: text/plain\r\n\r\nwords for {recipient}\r\n--b\r\nContent-Type: text/html\r\n\r\n\
             <p>page for {recipient}</p><script>alert(1)</script>\r\n--b--\r\n"
        );
        let mime_hash = hex::encode(Sha256::digest(&sealed));
        let folder = self.archive.path().join(&mime_hash[..2]);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(format!("{mime_hash}.eml")), sealed).expect("a letter");
        let new = NewDelivery {
            document_id: document,
            run_id: run.id.clone(),
            recipient: recipient.to_owned(),
            role: RecipientRole::Agent,
            address: format!("{recipient}@shop.example"),
            message_id: format!("<{document}@shop.example>"),
            mime_hash,
        };
        self.ledger.plan_deliveries(&[new]).expect("a delivery");
    }

    /// A mail of this subject's document of the run, failed or unknown.
    pub fn mail(&self, run: &Run, subject: &str, state: DeliveryState) -> i64 {
        self.delivery(self.document_of(run, subject), run, subject);
        let claimed = self.ledger.claim_delivery(&run.id, "worker").expect("a claim").expect("the mail");
        self.ledger.mark_in_doubt(claimed.id, "worker").expect("in doubt");
        let ended = match state {
            DeliveryState::Failed => self.ledger.mark_failed(claimed.id, "550 no"),
            _ => self.ledger.mark_unknown(claimed.id, "the line broke"),
        };
        ended.expect("an end");
        claimed.id
    }

    /// Lets a mail that waits go out.
    pub fn deliver(&self, run: &Run, mail: i64) {
        let claimed = self.ledger.claim_delivery(&run.id, "worker").expect("a claim").expect("the mail");
        assert_eq!(claimed.id, mail);
        self.ledger.mark_in_doubt(mail, "worker").expect("in doubt");
        self.ledger.mark_sent(mail, "250 ok").expect("sent");
    }

    /// A plan that the scheduler answered.
    pub fn plan(&self, team: Option<&str>) -> i64 {
        let new = NewRequest {
            key: format!("plan {team:?}"),
            kind: RequestKind::Plan,
            job: "monthly".to_owned(),
            period: "2026-10".to_owned(),
            scope: Scope { team: team.map(str::to_owned), agent: None },
            refresh: true,
            send: false,
            run_id: None,
            requested_by: "op".to_owned(),
        };
        let id = self.ledger.ask(&new).expect("a request").id;
        let answer = r#"{"text": {"zh": ["取数 3 页"], "en": ["pull 3 pages"]}, "effects": {"zh": ["2 张卡会变化"], "en": ["2 cards would change"]}}"#;
        self.ledger.answer_request(id, RequestState::Done, Some(answer)).expect("an answer");
        id
    }

    /// The card of this subject in this run.
    pub fn document_of(&self, run: &Run, subject: &str) -> i64 {
        let all = self.ledger.run_heads(&run.id).expect("documents");
        all.iter().find(|document| document.subject == subject).expect("the document").id
    }

    /// The file of a document.
    pub fn archive(&self) -> &Path {
        self.archive.path()
    }

    pub async fn get(&self, who: Option<&Browser>, path: &str) -> Answer {
        self.send(request("GET", path, who).body(Body::empty()).expect("a request")).await
    }

    /// Posts a form with the token that the person's pages carry.
    pub async fn post(&self, who: Option<&Browser>, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = who.map_or("", |browser| &browser.csrf);
        self.post_with_token(who, path, csrf, fields).await
    }

    /// Posts a form with a file, as a browser does.
    pub async fn post_file(&self, who: Option<&Browser>, path: &str, file: &[u8]) -> Answer {
        let csrf = who.map_or("", |browser| &browser.csrf);
        let part =
            |name: &str, more: &str| format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n");
        let mut body =
            format!("{}{csrf}\r\n{}", part("csrf", ""), part("file", "; filename=\"form.xlsx\"")).into_bytes();
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let request = request("POST", path, who)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    pub async fn post_with_token(
        &self,
        who: Option<&Browser>,
        path: &str,
        csrf: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let request = request("POST", path, who)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, "https://scores.example")
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(form(csrf, fields)).expect("a request")).await
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let answer = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.expect("a body");
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }
}

impl Answer {
    /// Where it leads.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().expect("text"))
    }

    /// The session cookie that it sets, `name=value`.
    pub fn cookie(&self) -> Option<String> {
        let cookie = self.headers.get(header::SET_COOKIE)?.to_str().expect("text");
        Some(cookie.split(';').next().unwrap_or_default().to_owned())
    }
}

/// A request as a browser at the console's own address makes it.
pub fn request(method: &str, path: &str, who: Option<&Browser>) -> axum::http::request::Builder {
    let request = Request::builder().method(method).uri(path).header(header::HOST, "scores.example");
    match who {
        Some(browser) => request.header(header::COOKIE, &browser.cookie),
        None => request,
    }
}

/// The same request as it arrives from a network address.
pub fn arriving(mut request: Request<Body>, from: &str) -> Request<Body> {
    let address = std::net::SocketAddr::new(from.parse().expect("an address"), 50_000);
    request.extensions_mut().insert(ConnectInfo(address));
    request
}

/// A form's body.
pub fn form(csrf: &str, fields: &[(&str, &str)]) -> Body {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    text.append_pair("csrf", csrf).extend_pairs(fields);
    Body::from(text.finish())
}

fn job(id: &str, zh: &str, en: &str) -> JobCard {
    let next: DateTime<Utc> = "2026-12-01T01:00:00Z".parse().expect("an instant");
    JobCard {
        id: id.to_owned(),
        title: Bilingual::new(zh, en),
        cycle: if id == "weekly" { Cycle::Week } else { Cycle::Month },
        next: Arc::new(move |after| [next, next + TimeDelta::days(31)].into_iter().find(|next| *next > after)),
        zone: chrono_tz::Asia::Shanghai,
        released_by: ReleasedBy::default(),
        approved_by: if id == "weekly" { ApprovedBy::TwoPerson } else { ApprovedBy::OnePerson },
        deadline: Some(TimeDelta::days(3)),
        versions: ["2026.1", "2026.2"]
            .iter()
            .zip(["2026-01-01", "2026-12-01"])
            .map(|(version, from)| SchemeVersion { version: (*version).to_owned(), from: from.parse().expect("a day") })
            .collect(),
    }
}

pub fn document(run: &Run, kind: DocumentKind, subject: &str, name: &str, team: &str) -> NewDocument {
    NewDocument {
        kind,
        job: run.job.clone(),
        period: run.period,
        subject: subject.to_owned(),
        name: name.to_owned(),
        team: team.to_owned(),
        content_hash: format!("{subject} {}", run.id),
        data: "{}".to_owned(),
        total: None,
        rank: None,
        of: None,
        grade: None,
        grade_id: None,
        marks: Vec::new(),
        changed: None,
        proposals: None,
    }
}
