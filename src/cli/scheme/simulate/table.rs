//! A simulation for people: how the totals lie, what is paid, and who changes.

use crate::exact::Exact;
use crate::pipeline::{Distribution, SchemeChange, SchemeOutcome, Simulated, Simulation};
use crate::words::{Bilingual, Locale};

use super::super::super::printer::Printer;
use super::cells::{from_to, reached, total, yuan};

/// Period by period, then what all of them cost.
pub(super) fn print(simulation: &Simulation, locale: Locale, printer: &Printer) {
    let ((old, old_version), (new, new_version)) = (&simulation.in_force, &simulation.draft);
    printer.line(&match locale {
        Locale::Zh => format!("现行方案 {old} {old_version} → 草稿 {new} {new_version}；只试算，不写台账，不发邮件"),
        Locale::En => {
            format!("in force {old} {old_version} → draft {new} {new_version}; only tried, nothing written or mailed")
        }
    });
    simulation.periods.iter().for_each(|one| period(one, locale, printer));
    let sum = |part: fn(&Simulated) -> &Exact| simulation.periods.iter().map(part).cloned().sum::<Exact>();
    let pay = from_to(Some(yuan(&sum(|one| &one.before.pay))), Some(yuan(&sum(|one| &one.after.pay))));
    printer.line(&match locale {
        Locale::Zh => format!("\n{} 期合计应发：¥{pay}", simulation.periods.len()),
        Locale::En => format!("\npay-out of {} periods: ¥{pay}", simulation.periods.len()),
    });
}

fn period(one: &Simulated, locale: Locale, printer: &Printer) {
    let grades = one.changes.iter().filter(|change| change.changes_grade()).count();
    let ranks = one.changes.iter().filter(|change| change.changes_rank()).count();
    let name = one.period.name();
    printer.line(&match locale {
        Locale::Zh => format!("\n{name}：{grades} 人等级变化，{ranks} 人名次变化"),
        Locale::En => format!("\n{name}: {grades} change grade, {ranks} change rank"),
    });
    printer.table(&head(locale), summary(&one.before, &one.after, locale));
    let changed = one.changes.iter().filter(|one| one.changes_grade() || one.changes_rank() || one.changes_pay());
    let rows: Vec<Vec<String>> = changed.map(|change| row(change, locale)).collect();
    if !rows.is_empty() {
        let head = match locale {
            Locale::Zh => ["工号", "姓名", "团队", "总分", "名次", "等级", "应发", "建议"],
            Locale::En => ["agent", "name", "team", "total", "rank", "grade", "pay", "proposed"],
        };
        printer.table(&head, rows);
    }
    holds(one, locale, printer);
}

fn head(locale: Locale) -> [&'static str; 3] {
    match locale {
        Locale::Zh => ["", "现行", "草稿"],
        Locale::En => ["", "in force", "draft"],
    }
}

fn summary(before: &Distribution, after: &Distribution, locale: Locale) -> Vec<Vec<String>> {
    let pick = |zh: &'static str, en: &'static str| if locale == Locale::Zh { zh } else { en };
    let quartile = |place: usize| {
        move |one: &Distribution| one.quartiles.as_ref().map_or("—".to_owned(), |five| five[place].fixed(2))
    };
    let line = |label: &str, cell: &dyn Fn(&Distribution) -> String| vec![label.to_owned(), cell(before), cell(after)];
    let mut rows = vec![
        line(pick("有分数的人", "scored"), &|one| one.scored.to_string()),
        line(pick("最低分", "least"), &quartile(0)),
        line(pick("下四分位", "lower quartile"), &quartile(1)),
        line(pick("中位数", "median"), &quartile(2)),
        line(pick("上四分位", "upper quartile"), &quartile(3)),
        line(pick("最高分", "greatest"), &quartile(4)),
        line(pick("平均分", "mean"), &|one| one.mean.as_ref().map_or("—".to_owned(), |mean| mean.fixed(2))),
    ];
    for grade in labels(before, after) {
        rows.push(line(grade.get(locale), &|one| count(one, grade)));
    }
    rows.push(line(pick("应发合计", "pay-out"), &|one| format!("¥{}", yuan(&one.pay))));
    rows.push(line(pick("待批准合计", "for approval"), &|one| format!("¥{}", yuan(&one.for_approval))));
    rows
}

/// The grades of both schemes, each once.
fn labels<'a>(before: &'a Distribution, after: &'a Distribution) -> Vec<&'a Bilingual> {
    let mut labels: Vec<&Bilingual> = Vec::new();
    for (label, _) in before.grades.iter().chain(&after.grades) {
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    labels
}

fn count(one: &Distribution, grade: &Bilingual) -> String {
    let found = one.grades.iter().find(|(label, _)| label == grade);
    found.map_or("—".to_owned(), |(_, count)| count.to_string())
}

fn row(change: &SchemeChange, locale: Locale) -> Vec<String> {
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    let rank = |outcome: Option<&SchemeOutcome>| reached(outcome).map(|one| one.rank.to_string());
    let grade = |outcome: Option<&SchemeOutcome>| reached(outcome).map(|one| one.grade.get(locale).to_owned());
    let pay = |outcome: Option<&SchemeOutcome>| outcome.map(|one| yuan(&one.pay));
    let proposals = |outcome: Option<&SchemeOutcome>| outcome.map(|one| one.proposals.join(", "));
    vec![
        change.agent.clone(),
        change.name.clone(),
        change.team_name.clone(),
        from_to(total(before), total(after)),
        from_to(rank(before), rank(after)),
        from_to(grade(before), grade(after)),
        from_to(pay(before), pay(after)),
        from_to(proposals(before), proposals(after)),
    ]
}

/// A draft that would be held gives numbers that are not the last word.
fn holds(one: &Simulated, locale: Locale, printer: &Printer) {
    let name = one.period.name();
    for (side, held) in [(head(locale)[1], &one.before.holds), (head(locale)[2], &one.after.holds)] {
        for reason in held {
            printer.warn(&format!("{name} · {side}: {}", reason.get(locale)));
        }
    }
}
