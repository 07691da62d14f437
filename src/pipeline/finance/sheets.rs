//! `finance.xlsx`: amounts as numbers to the fen with their sums, the proposals, and what it all stands on.

use super::account::{Account, Amounts, Due, Entry};
use super::proposals;
use crate::exact::Exact;
use crate::words::{Bilingual, Locale};
use crate::workbook::{self, Cell, List, Row};

/// The bytes of the workbook.
pub(super) fn workbook(account: &Account<'_>, house: &str, locale: Locale) -> anyhow::Result<Vec<u8>> {
    let all = [payments(account, locale), proposed(account, locale), basis(account, locale)];
    workbook::lists(&account.run.id, house, account.run.period.last_day(), &all)
}

fn payments(account: &Account<'_>, locale: Locale) -> List {
    let say = |zh: &str, en: &str| locale.say(zh, en).to_owned();
    let mut heads = vec![
        say("团队", "Team"),
        say("工号", "Staff no."),
        say("姓名", "Name"),
        say("状态", "State"),
        say("版次", "Edition"),
    ];
    let labels = |amounts| shown(account, amounts).map(|(_, label)| label.get(locale).to_owned());
    heads.extend(labels(&account.due.payable));
    heads.push(say("可发放合计", "Payable, sum"));
    heads.extend(
        labels(&account.due.pending).map(|label| format!("{label}{}", say("（待审批）", " (awaits approval)"))),
    );
    heads.push(say("待审批合计", "Awaiting approval, sum"));
    let mut rows = Vec::new();
    for team in &account.teams {
        rows.extend(team.entries.iter().map(|entry| of_agent(account, entry, locale)));
        let before = [Cell::text(team.name), Cell::Empty, Cell::text(say("小计", "Team")), Cell::Empty, Cell::Empty];
        rows.push(Row { is_sum: true, cells: cells(account, before, &team.due) });
    }
    let before = [Cell::text(say("合计", "All")), Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty];
    rows.push(Row { is_sum: true, cells: cells(account, before, &account.due) });
    List { name: say("发放", "Payments"), heads, rows }
}

fn of_agent(account: &Account<'_>, entry: &Entry<'_>, locale: Locale) -> Row {
    let card = entry.card;
    let before = [
        Cell::text(&card.team_name),
        Cell::text(&card.agent.id),
        Cell::text(&card.agent.name),
        Cell::text(entry.standing.label().get(locale)),
        entry.document.map_or(Cell::Empty, |one| Cell::Count(one.edition)),
    ];
    Row::of(cells(account, before, &entry.due))
}

/// The components of which anybody has an amount.
fn shown<'a>(account: &'a Account<'_>, of_all: &'a Amounts) -> impl Iterator<Item = &'a (&'a str, &'a Bilingual)> {
    account.components.iter().filter(move |(id, _)| of_all.get(id).is_some())
}

fn cells(account: &Account<'_>, before: [Cell; 5], due: &Due) -> Vec<Cell> {
    let yuan = |amount: Option<&Exact>| amount.map_or(Cell::Empty, |amount| Cell::Yuan(amount.clone()));
    let mut cells = before.to_vec();
    for (amounts, of_all) in [(&due.payable, &account.due.payable), (&due.pending, &account.due.pending)] {
        cells.extend(shown(account, of_all).map(|(id, _)| yuan(amounts.get(id))));
        cells.push(yuan(amounts.sum().as_ref()));
    }
    cells
}

fn proposed(account: &Account<'_>, locale: Locale) -> List {
    let amount = proposals::COLUMNS.iter().position(|name| *name == "amount");
    let row = |texts: Vec<Option<String>>| {
        let cell = |(place, text): (usize, Option<String>)| match (text, Some(place) == amount) {
            (None, _) => Cell::Empty,
            (Some(text), true) => Exact::parse(&text).map_or(Cell::Text(text), Cell::Yuan),
            (Some(text), false) => Cell::text(text),
        };
        Row::of(texts.into_iter().enumerate().map(cell).collect())
    };
    let heads = match locale {
        Locale::Zh => [
            "编号",
            "团队",
            "工号",
            "姓名",
            "类别",
            "规则",
            "建议",
            "依据",
            "金额",
            "状态",
            "决定人",
            "决定时间",
            "理由",
            "版次",
        ],
        Locale::En => [
            "No.",
            "Team",
            "Staff no.",
            "Name",
            "Kind",
            "Rule",
            "Proposal",
            "Because",
            "Amount",
            "State",
            "Decided by",
            "Decided at",
            "Reason",
            "Edition",
        ],
    };
    List {
        name: locale.say("建议与审批", "Proposals").to_owned(),
        heads: heads.map(str::to_owned).to_vec(),
        rows: proposals::rows(account, locale).into_iter().map(row).collect(),
    }
}

/// What the amounts stand on: run, data, scheme, and each card with its hashes.
fn basis(account: &Account<'_>, locale: Locale) -> List {
    let run = account.run;
    let fact = |zh: &str, en: &str, value: &str| Row::of(vec![Cell::text(locale.say(zh, en)), Cell::text(value)]);
    let mut rows = vec![
        fact("运行", "Run", &run.id),
        fact("任务", "Job", &run.job),
        fact("考核周期", "Period", &run.period.to_string()),
        fact("范围", "Scope", &run.scope.to_string()),
        fact("运行状态", "State of the run", run.state.word()),
        fact("数据截止", "Data as of", &run.cut_off.map(|at| at.to_rfc3339()).unwrap_or_default()),
        fact("原始数据 SHA-256", "Raw data, SHA-256", run.pins.raw.as_deref().unwrap_or_default()),
        fact("考核方案", "Scheme", &format!("{} {}", account.scheme.id, account.scheme.version)),
        fact("方案 SHA-256", "Scheme, SHA-256", &account.scheme.hash),
        fact("币种", "Currency", "CNY"),
    ];
    for entry in account.teams.iter().flat_map(|team| &team.entries) {
        let Some(document) = entry.document else { continue };
        let who = format!("{} {}", entry.card.agent.id, entry.card.agent.name);
        rows.push(Row::of(vec![
            Cell::text(format!("{} {who}", locale.say("绩效卡", "Card of"))),
            Cell::text(&document.content_hash),
            document.pdf_hash.as_ref().map_or(Cell::Empty, Cell::text),
        ]));
    }
    let heads = [locale.say("项目", "Fact"), locale.say("内容", "Value"), locale.say("PDF 的 SHA-256", "PDF, SHA-256")];
    List { name: locale.say("依据", "Basis").to_owned(), heads: heads.map(str::to_owned).to_vec(), rows }
}
