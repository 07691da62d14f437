//! Invented appraisals that try the templates: the usual one, and those that are poor, too much, hostile or missing.

mod parts;

use chrono::{DateTime, NaiveDate};

use super::issue::{Change, House, Issue};
use crate::exact::Exact;
use crate::finding::Finding;
use crate::period::{Cycle, Period};
use crate::score::appraisal::{
    Advice, Appraisal, Attendance, Card, Direction, Line, LineKind, Measured, MoneyLine, Occurrence, Origin, Person,
    Proposal, Reference, ReferenceKind, SchemeIdentity, Standing, Status, Team, TrendPoint, Unit,
};
use crate::words::Bilingual;

/// What an invented appraisal is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One agent, one indicator, the first period of all.
    Minimal,
    /// A team of seven with five indicators.
    Usual,
    /// Forty agents, twelve indicators, everything long.
    Overflowing,
    /// Names and texts that look like markup, carry control characters or never end.
    Hostile,
    /// Nobody scored, values without data.
    Missing,
    /// No full marks and no grades; headings, additions, weeks, events, a sum apart, money, a pool, proposals.
    Ledger,
    /// No total: every line has a level.
    Levels,
}

impl Shape {
    fn agents(self) -> usize {
        match self {
            Self::Minimal => 1,
            Self::Usual => 7,
            Self::Overflowing => 40,
            Self::Hostile => 5,
            Self::Missing | Self::Ledger | Self::Levels => 3,
        }
    }

    fn indicators(self) -> usize {
        match self {
            Self::Minimal => 1,
            Self::Overflowing => 12,
            Self::Usual | Self::Hostile | Self::Missing | Self::Ledger | Self::Levels => 5,
        }
    }
}

/// Markup, quotes and marks that must all come out as they stand.
pub(super) const MARKUP: &str = "#panic() *b* $x$ @ref <l> \\ _i_ [c] `r` // \"q\"";

/// What an author of markup, a copy from elsewhere and a very long name leave in a field.
const HOSTILE: [&str; 5] = [
    MARKUP,
    "\u{202e}cod\u{202c}e\u{0007}\u{0000}\nline\ttab",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "这是一个特别长的客服名字用来检查版面会不会被撑破这是一个特别长的客服名字用来检查版面会不会被撑破再加上十二个字试试看行不",
    "#eval(\"1\") = heading",
];

/// Invented agents.
const NAMES: [&str; 7] = ["林小满", "陈喆", "王堃", "赵䶮", "周㛃", "吴翀", "郑一鸣"];

/// Twelve indicators: name in both languages, unit, decimals, better direction, target, weight.
type Sort = (&'static str, &'static str, Unit, u32, Direction, &'static str, i64);

const INDICATORS: [Sort; 12] = [
    ("付款成交额", "Paid revenue", Unit::Yuan, 0, Direction::Higher, "180000", 45),
    ("付款转化率", "Paid conversion", Unit::Percent, 1, Direction::Higher, "0.64", 40),
    ("平均响应时间", "Mean response time", Unit::Seconds, 1, Direction::Lower, "20", 5),
    ("客单价", "Revenue per customer", Unit::Yuan, 2, Direction::Higher, "420", 5),
    ("回复率", "Reply rate", Unit::Percent, 2, Direction::Higher, "0.985", 5),
    ("质检得分", "Quality check", Unit::Points, 1, Direction::Higher, "95", 5),
    ("退款率", "Refund rate", Unit::Percent, 1, Direction::Lower, "0.06", 5),
    ("首次响应时间", "First response time", Unit::Seconds, 0, Direction::Lower, "12", 5),
    ("咨询人数", "Customers served", Unit::Count, 0, Direction::Higher, "700", 5),
    (
        "人均工时产出与跨部门协作响应",
        "Output per hour and cross-department collaboration",
        Unit::Ratio,
        2,
        Direction::Higher,
        "1.2",
        5,
    ),
    ("客户满意度", "Customer satisfaction", Unit::Percent, 1, Direction::Higher, "0.97", 5),
    ("平均处理时长", "Mean handling time", Unit::Minutes, 1, Direction::Lower, "6", 5),
];

/// The house of every fixture.
pub(super) fn house() -> House {
    House {
        company: "星河优选旗舰店".to_owned(),
        colour: "#1f4e79".to_owned(),
        appeal: Bilingual::new(
            "对任何一项有疑问，请在收到本卡后 5 个工作日内回复本邮件或向主管提出，写明考核项和依据；核实后将更正并重新发放。",
            "To question any line, reply to this mail or tell your manager within five working days of receiving this card, naming the line and your evidence; what is confirmed is corrected and issued again.",
        ),
    }
}

/// An issue whose instants and ids never change; a second edition where the shape is full of changes.
pub(super) fn issue(shape: Shape) -> Issue {
    let change = |what: &str, english: &str, before: &str, after: &str| Change {
        what: Bilingual::new(what, english),
        before: before.to_owned(),
        after: after.to_owned(),
    };
    let changed = match shape {
        Shape::Minimal | Shape::Usual | Shape::Missing | Shape::Ledger | Shape::Levels => Vec::new(),
        Shape::Hostile => vec![change(MARKUP, MARKUP, MARKUP, HOSTILE[2])],
        Shape::Overflowing => vec![
            change("总分", "Total", "91.2", "93.0"),
            change("名次", "Rank", "4 / 40", "2 / 40"),
            change("付款转化率·本期值", "Paid conversion: value", "59.8%", "61.3%"),
        ],
    };
    Issue {
        run: "r-20261101-0830-7f3a".to_owned(),
        edition: if changed.is_empty() { 1 } else { 2 },
        cut_off: DateTime::from_timestamp(1_793_493_000, 0).unwrap_or_default(),
        zone: chrono_tz::Asia::Shanghai,
        changed,
    }
}

/// The appraisal of one team in October 2026.
pub(super) fn appraisal(shape: Shape) -> Appraisal {
    let period = Period::containing(Cycle::Month, NaiveDate::from_ymd_opt(2026, 10, 1).unwrap_or_default());
    let mut appraisal = Appraisal {
        scheme: scheme(shape),
        period,
        cut_off: issue(shape).cut_off,
        cards: (0..shape.agents()).map(|at| card(shape, at, period)).collect(),
        teams: Vec::new(),
        groups: Vec::new(),
        duties: Vec::new(),
        findings: findings(shape),
    };
    parts::add(shape, &mut appraisal);
    rank(&mut appraisal.cards, &appraisal.scheme.grades);
    appraisal.teams = vec![team(shape, &appraisal.cards)];
    appraisal
}

fn team(shape: Shape, cards: &[Card]) -> Team {
    let totals: Vec<Exact> = cards.iter().filter_map(total_of).collect();
    Team {
        id: "presale-1".into(),
        name: spoken(shape, 0, "售前一组"),
        manager: Some(Person { id: "M01".into(), name: spoken(shape, 1, "苏主管"), email: None }),
        mean_total: totals.iter().cloned().sum::<Exact>().checked_div(&Exact::whole(totals.len() as i64)),
    }
}

fn scheme(shape: Shape) -> SchemeIdentity {
    let grade = |zh: &str, en: &str, from: Option<i64>| (Bilingual::new(zh, en), from.map(Exact::whole));
    SchemeIdentity {
        id: "presale-weighted".into(),
        title: match shape {
            Shape::Hostile => Bilingual::same(MARKUP),
            _ => Bilingual::new("售前客服绩效权重考核", "Pre-sales weighted appraisal"),
        },
        version: "2026.1".into(),
        hash: "9c1b7e4fa0d25c38e6b1f7a2d4c9036b8e5f1a7d2c4b6e8f0a1c3d5e7f9b2d4c".into(),
        assumed: vec![
            Bilingual::new(
                "付款成交额 66%—90% 各档按每 2 个百分点 2 分补齐",
                "Paid revenue: the bands from 66% to 90% follow the printed step of 2 points per 2 percentage points",
            ),
            Bilingual::new(
                "平均响应时间、客单价、回复率的分档为假定值",
                "The bands of response time, revenue per customer and reply rate are assumed",
            ),
        ],
        full_marks: Exact::whole(100),
        has_total: true,
        has_full_marks: true,
        levels: Vec::new(),
        grades: vec![
            grade("优秀", "Excellent", Some(90)),
            grade("良好", "Good", Some(80)),
            grade("合格", "Pass", Some(70)),
            grade("不合格", "Fail", None),
        ],
    }
}

/// The usual text, or the hostile one in its place.
fn spoken(shape: Shape, at: usize, usual: &str) -> String {
    match shape {
        Shape::Hostile => HOSTILE[at % HOSTILE.len()].to_owned(),
        _ => usual.to_owned(),
    }
}

fn card(shape: Shape, at: usize, period: Period) -> Card {
    let name = match at < NAMES.len() {
        true => NAMES[at].to_owned(),
        false => format!("客服{:02}", at + 1),
    };
    let lines: Vec<Line> = (0..shape.indicators()).map(|index| line(shape, at, index)).collect();
    let total: Exact = lines.iter().filter_map(|line| line.contribution.clone()).sum();
    let first = shape == Shape::Minimal;
    Card {
        agent: Person { id: format!("A{:04}", 1001 + at), name: spoken(shape, at, &name), email: None },
        team_id: "presale-1".into(),
        team_name: spoken(shape, 0, "售前一组"),
        standing: standing(shape, at, total.clone()),
        advice: if first { Vec::new() } else { advice(shape) },
        trend: if first {
            Vec::new()
        } else {
            trend(at, period, &if shape == Shape::Missing { Exact::whole(88) } else { total.clone() })
        },
        money: money(shape, at),
        proposals: proposals(shape, at),
        marks: Vec::new(),
        remarks: remarks(shape),
        attendance: (!first).then(|| attendance(at)),
        lines,
    }
}

fn standing(shape: Shape, at: usize, total: Exact) -> Standing {
    if shape == Shape::Missing || (shape == Shape::Usual && at == 6) {
        let reason = Bilingual::new(
            "本期有效接待 12 人，少于方案规定的 30 人",
            "12 customers served in the period, fewer than the 30 that the scheme asks for",
        );
        return Standing::NotScored { reason };
    }
    let previous = (shape != Shape::Minimal).then(|| total.clone() - Exact::scaled(24 - 11 * at as i128, 1));
    Standing::Scored { total, rank: 1, of: 1, grade: Bilingual::default(), grade_id: String::new(), previous }
}

/// Competition ranking by total, and the grade that belongs to it.
fn rank(cards: &mut [Card], grades: &[(Bilingual, Option<Exact>)]) {
    let totals: Vec<Exact> = cards.iter().filter_map(total_of).collect();
    for card in cards.iter_mut() {
        if let Standing::Scored { total, rank, of, grade, .. } = &mut card.standing {
            *rank = 1 + totals.iter().filter(|other| **other > *total).count() as u32;
            *of = totals.len() as u32;
            let fitting = grades.iter().find(|(_, from)| from.as_ref().is_none_or(|from| *total >= *from));
            *grade = fitting.map(|(label, _)| label.clone()).unwrap_or_default();
        }
    }
    cards.sort_by_key(|card| match &card.standing {
        Standing::Scored { rank, .. } => *rank,
        Standing::NotScored { .. } => u32::MAX,
    });
}

fn total_of(card: &Card) -> Option<Exact> {
    match &card.standing {
        Standing::Scored { total, .. } => Some(total.clone()),
        Standing::NotScored { .. } => None,
    }
}

fn line(shape: Shape, agent: usize, index: usize) -> Line {
    let (zh, en, unit, decimals, direction, target, weight) = INDICATORS[index];
    let target = Exact::parse(target).unwrap_or_else(Exact::zero);
    // The better the agent, the nearer the target; each indicator swings a little differently.
    let swing = [0, 4, 9, 13, 22, 31, 40][(agent + index * 2) % 7] as i128 - if index == 2 { 8 } else { 2 };
    let swing = if unit == Unit::Percent { swing.max(0) } else { swing };
    let gone = shape == Shape::Missing || (shape == Shape::Overflowing && index == 6);
    let value = match direction {
        Direction::Higher => target.clone() * Exact::scaled(1000 - 11 * swing, 3),
        Direction::Lower => target.clone() * Exact::scaled(1000 + 11 * swing, 3),
    };
    let points = Exact::whole((100 - 2 * (swing as i64 / 2).max(0)).clamp(0, 100));
    let weight = if shape == Shape::Minimal {
        100
    } else if shape == Shape::Overflowing {
        [20, 15, 10, 10, 10, 5, 5, 5, 5, 5, 5, 5][index]
    } else {
        weight
    };
    let weight = Exact::whole(weight);
    let contribution = points.clone() * weight.clone() * Exact::scaled(1, 2);
    let assumed = (index == 2 || index == 3).then(|| Bilingual::new("分档原文遗失", "the original bands are lost"));
    Line {
        id: format!("i{index}"),
        label: if shape == Shape::Hostile { Bilingual::same(HOSTILE[index % 5]) } else { Bilingual::new(zh, en) },
        about: None,
        group: None,
        apart: false,
        kind: LineKind::Weighted,
        level: None,
        weeks: Vec::new(),
        unit,
        decimals,
        direction,
        measured: (!gone).then(|| measured(value.clone(), unit, agent)),
        reference: (shape != Shape::Minimal && !gone).then(|| reference(index, &value, &target, unit)),
        target: (index != 5).then(|| target.clone()),
        points: (!gone).then_some(points.clone()),
        full_marks: Exact::whole(100),
        effective_weight: weight.clone(),
        weight,
        contribution: (!gone).then_some(contribution),
        status: status(gone, index, assumed.is_some()),
        lacking: None,
        rule: rule(shape, gone, unit, &points),
        assumed,
        occurrences: if shape == Shape::Overflowing && index == 5 { occurrences() } else { Vec::new() },
        unmet: Vec::new(),
        origins: vec![Origin::default()],
    }
}

fn status(gone: bool, index: usize, assumed: bool) -> Status {
    match (gone, index) {
        (true, _) => Status::Missing,
        (false, 1) => Status::Provisional,
        (false, _) if assumed => Status::Assumed,
        (false, _) => Status::Final,
    }
}

fn rule(shape: Shape, gone: bool, unit: Unit, points: &Exact) -> Bilingual {
    if gone {
        return Bilingual::new("无数据：权重分摊到其他考核项", "no data: its weight is shared among the others");
    }
    if shape == Shape::Hostile {
        return Bilingual::same(MARKUP);
    }
    let points = points.trimmed(1);
    match unit {
        Unit::Yuan => Bilingual::new(
            format!("达到计划的 {points}% 一档 → {points} 分"),
            format!("band from {points}% of the plan → {points} points"),
        ),
        _ => Bilingual::new(
            format!("高于团队均值的一档 → {points} 分"),
            format!("band above the team's mean → {points} points"),
        ),
    }
}

fn measured(value: Exact, unit: Unit, agent: usize) -> Measured {
    let denominator = match unit {
        Unit::Yuan | Unit::Count | Unit::Points => None,
        _ => Some(Exact::whole(672 + 31 * agent as i64)),
    };
    let numerator = denominator.clone().map_or(value.clone(), |denominator| value.clone() * denominator);
    let numerator = Exact::parse(&numerator.fixed(0)).unwrap_or(numerator);
    let value = denominator.as_ref().and_then(|denominator| numerator.checked_div(denominator)).unwrap_or(value);
    Measured { value: Some(value), numerator, denominator }
}

fn reference(index: usize, value: &Exact, target: &Exact, unit: Unit) -> Reference {
    let is_plan = unit == Unit::Yuan && index == 0;
    let label =
        if is_plan { Bilingual::new("个人计划", "own plan") } else { Bilingual::new("团队均值", "team mean") };
    let factor = if is_plan { Exact::whole(1) } else { Exact::scaled(88, 2) };
    let reference = target.clone() * factor;
    Reference {
        kind: ReferenceKind::Own,
        label,
        relation: value.checked_div(&reference),
        measured: Measured { value: Some(reference.clone()), numerator: reference, denominator: None },
    }
}

fn occurrences() -> Vec<Occurrence> {
    let on = |day| NaiveDate::from_ymd_opt(2026, 10, day).unwrap_or_default();
    (3..8)
        .map(|day| Occurrence {
            on: Some(on(day)),
            what: Bilingual::new("忘记备注，经质检复核属实", "Order note forgotten, confirmed by the quality check"),
            points: Exact::scaled(-5, 1),
        })
        .collect()
}

fn advice(shape: Shape) -> Vec<Advice> {
    let one = |indicator: &str, zh: &str, en: &str, gain| Advice {
        indicator: indicator.to_owned(),
        text: if shape == Shape::Hostile { Bilingual::same(MARKUP) } else { Bilingual::new(zh, en) },
        gain: Exact::scaled(gain, 1),
    };
    vec![
        one("i1", "再有 3 位客户付款，转化率达到 62%", "3 more paying customers bring conversion to 62%", 8),
        one("i0", "成交额再增加 ¥2,140，达到计划的 98%", "¥2,140 more revenue reaches 98% of the plan", 9),
        one("i4", "再回复 2 位客户，回复率达到 98.5%", "2 more replies bring the reply rate to 98.5%", 1),
    ]
}

fn trend(agent: usize, period: Period, total: &Exact) -> Vec<TrendPoint> {
    let mut earlier: Vec<Period> =
        std::iter::successors(Some(period.previous()), |one| Some(one.previous())).take(5).collect();
    earlier.reverse();
    let moved = [-92, -61, -70, -13, -24];
    let point = |(at, period): (usize, Period)| TrendPoint {
        period,
        total: (at != 1 || agent % 2 == 1).then(|| total.clone() + Exact::scaled(moved[at] + agent as i128 * 9, 1)),
        team_mean: Some(Exact::scaled(835 + [0, 14, 6, 21, 33][at], 1)),
    };
    earlier.into_iter().enumerate().map(point).collect()
}

fn money(shape: Shape, at: usize) -> Vec<MoneyLine> {
    if shape != Shape::Overflowing {
        return Vec::new();
    }
    let line = |id: &str, zh: &str, en: &str, fen| MoneyLine {
        id: id.into(),
        label: Bilingual::new(zh, en),
        amount: Exact::scaled(fen, 2),
        rule: String::new(),
        worked: Bilingual::new("总分 × 20（总分 = 93）", "total × 20 (total = 93)"),
        needs_approval: false,
    };
    vec![
        line("bonus", "绩效奖金", "Performance bonus", 180_000 - at as i128 * 100),
        line("deduction", "扣款", "Deduction", -5_050),
    ]
}

fn proposals(shape: Shape, at: usize) -> Vec<Proposal> {
    let due = shape == Shape::Overflowing && at == 39;
    due.then(|| Proposal {
        rule: "two-failures".to_owned(),
        kind: "improvement-plan".to_owned(),
        text: Bilingual::new("建议制定改进计划", "an improvement plan is proposed"),
        evidence: Bilingual::new("连续两期不合格", "failed twice in a row"),
        amount: None,
    })
    .into_iter()
    .collect()
}

fn remarks(shape: Shape) -> Vec<Bilingual> {
    match shape {
        Shape::Minimal => Vec::new(),
        Shape::Hostile => HOSTILE.map(Bilingual::same).to_vec(),
        _ => vec![
            Bilingual::new(
                "平均响应时间、客单价的分档为假定值，方案原文遗失",
                "The bands of response time and revenue per customer are assumed: the original is lost",
            ),
            Bilingual::new(
                "付款转化率为临时值：10 月 28 日后的咨询仍可能付款",
                "Conversion is provisional: customers who asked after 28 October may still pay",
            ),
        ],
    }
}

fn attendance(at: usize) -> Attendance {
    let late = (at % 3) as u32;
    Attendance {
        planned_days: 22,
        present_days: 22 - (at % 2) as u32,
        late,
        early: 0,
        absent: (at % 2) as u32,
        missed: late / 2,
    }
}

fn findings(shape: Shape) -> Vec<Finding> {
    if shape == Shape::Minimal {
        return Vec::new();
    }
    let text =
        |zh: &str, en: &str| if shape == Shape::Hostile { Bilingual::same(MARKUP) } else { Bilingual::new(zh, en) };
    vec![
        Finding::note(
            "rows-set-aside",
            text(
                "聊天记录 3 行缺少客服工号，已搁置，不计入任何人",
                "3 chat rows name no agent; they were set aside and count for nobody",
            ),
        ),
        Finding::hold_subject(
            "no-address",
            "A1004",
            text("花名册没有邮箱地址，绩效卡不能发出", "the roster has no mail address, so the card cannot be sent"),
            Bilingual::new("在花名册补上邮箱后重新运行", "add the address to the roster and run again"),
        ),
    ]
}
