//! Every scheme's worked examples come out as their authors worked them out by hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use scorepost::diag::AuthoredFile;
use scorepost::exact::Exact;
use scorepost::job::ReportKind;
use scorepost::render::{House, card_body, subject_of};
use scorepost::scheme::Registry;
use scorepost::score::appraisal::LineKind;
use scorepost::trial;
use scorepost::words::Locale;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[test]
fn every_story_is_as_worked_out_by_hand() {
    let (mut told, mut wrong) = (0, Vec::new());
    let mut schemes: Vec<PathBuf> = fs::read_dir(folder("fixtures/schemes"))
        .expect("stories")
        .map(|entry| entry.expect("a folder").path())
        .collect();
    schemes.sort();
    for scheme in schemes {
        let id = scheme.file_name().expect("a name").to_string_lossy().into_owned();
        let file = AuthoredFile::read(&folder("jobs/schemes").join(format!("{id}.toml"))).expect("the story's scheme");
        for story in trial::stories(&scheme).expect("stories") {
            told += 1;
            match trial::run(&file, &story) {
                Ok(trial) => wrong.extend(trial.differences.iter().map(|one| format!("{}: {one}", story.display()))),
                Err(error) => wrong.push(format!("{}: {error:#}", story.display())),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(told > 0, "no stories");
}

#[test]
fn every_scheme_has_a_story() {
    let registry = Registry::load(&folder("jobs/schemes")).unwrap_or_else(|found| panic!("{found}"));
    for scheme in registry.all() {
        let stories = folder("fixtures/schemes").join(&scheme.id);
        let many = trial::stories(&stories).map(|stories| stories.len()).unwrap_or(0);
        assert!(many > 0 || scheme.catalogue.is_none(), "`{}` has no story in {}", scheme.id, stories.display());
    }
}

/// What one scheme's story gives.
fn told(scheme: &str, story: &str) -> trial::Trial {
    let file = AuthoredFile::read(&folder("jobs/schemes").join(format!("{scheme}.toml"))).expect("a scheme");
    trial::run(&file, &folder("fixtures/schemes").join(scheme).join(story)).expect("a story that can be scored")
}

#[test]
fn money_and_proposals_say_the_numbers_behind_them() {
    let trial = told("presale-kpi-pool", "edges");
    let card = trial.appraisal.cards.iter().find(|card| card.agent.id == "A02").expect("a card");
    let worked = &card.money[0].worked;
    for part in ["¥6,000.00", "静默下单销售额", "第 2 名", "30.00%", "¥100.00"] {
        assert!(worked.zh.contains(part), "`{part}` is not in `{}`", worked.zh);
    }
    let trial = told("weekly-rank-pool", "against-last-month");
    let group = trial.appraisal.groups.iter().find(|group| group.id == "D1").expect("a department");
    let completion = group.figures.iter().find(|figure| figure.id == "department-completion").expect("a formula");
    for part in ["20,000", "60.75%"] {
        let value = completion.value.as_ref().map(|value| completion.unit.print(value, 2)).unwrap_or_default();
        let all = format!("{value} = {}", completion.worked.zh);
        assert!(all.contains(part), "`{part}` is not in `{all}`");
    }
    let trial = told("aftersale-quarterly-grades", "grade-limits");
    let mut proposals = trial.appraisal.cards.iter().flat_map(|card| &card.proposals).peekable();
    assert!(proposals.peek().is_some(), "the story proposes nothing");
    for one in proposals {
        assert!(!one.evidence.zh.contains('_') && !one.evidence.zh.contains("CASE"), "raw: {}", one.evidence.zh);
    }
}

#[test]
fn items_that_were_not_met_are_on_the_card() {
    let trial = told("store-service-checklist", "ninety-eight");
    let lines = trial.appraisal.cards.iter().flat_map(|card| &card.lines);
    let unmet: Vec<_> = lines.clone().flat_map(|line| &line.unmet).collect();
    assert!(!unmet.is_empty() && unmet.iter().all(|item| !item.text.zh.is_empty()), "{unmet:?}");
    for line in lines.filter(|line| line.unmet.is_empty()) {
        let all = line.measured.as_ref().filter(|one| one.denominator.is_some()).and_then(|one| one.value.as_ref());
        let is_sheet = line.origins.iter().any(|origin| origin.table == "checklist_results");
        assert!(!is_sheet || all.is_none_or(|share| *share == 1), "{} names no unmet item", line.id);
    }
}

#[test]
fn every_card_and_pack_of_every_story_adds_up_on_paper() {
    let house = House::default();
    let (mut cards, mut wrong) = (0, Vec::new());
    for scheme in fs::read_dir(folder("fixtures/schemes")).expect("stories").map(|entry| entry.expect("a folder")) {
        let id = scheme.file_name().to_string_lossy().into_owned();
        for story in trial::stories(&scheme.path()).expect("stories") {
            let trial = told(&id, &story.file_name().expect("a name").to_string_lossy());
            for card in &trial.appraisal.cards {
                let body = card_body(&trial.appraisal, card, &house, Locale::Zh);
                cards += 1;
                wrong.extend(misprints(&body).into_iter().map(|one| format!("{id} {}: {one}", card.agent.id)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cards > 300, "only {cards} cards");
}

#[test]
fn every_line_that_can_rise_says_how_and_never_more_than_it_can() {
    let (mut wrong, mut said) = (Vec::new(), String::new());
    for scheme in fs::read_dir(folder("fixtures/schemes")).expect("stories").map(|entry| entry.expect("a folder")) {
        let id = scheme.file_name().to_string_lossy().into_owned();
        for story in trial::stories(&scheme.path()).expect("stories") {
            let trial = told(&id, &story.file_name().expect("a name").to_string_lossy());
            for card in &trial.appraisal.cards {
                wrong.extend(misadvised(card).into_iter().map(|one| format!("{id} {}: {one}", card.agent.id)));
                card.advice.iter().for_each(|one| said.push_str(&one.text.zh));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for kind in ["再提高", "再多", "的评分由", "再达标 1 项", "不再扣分", "满足全部条件", "四周每周都拿到"]
    {
        assert!(said.contains(kind), "no story advises `{kind}`");
    }
}

/// Advice that gains nothing, stands in the wrong order, or promises more than the line's full marks give.
fn misadvised(card: &scorepost::score::appraisal::Card) -> Vec<String> {
    let mut wrong = Vec::new();
    if card.advice.windows(2).any(|pair| pair[0].gain < pair[1].gain) {
        wrong.push("the best step does not stand first".to_owned());
    }
    for one in &card.advice {
        let Some(line) = card.lines.iter().find(|line| line.id == one.indicator) else {
            wrong.push(format!("advice about no line: {}", one.text.zh));
            continue;
        };
        let left = line.effective_weight.clone() - line.contribution.clone().unwrap_or_else(Exact::zero);
        if one.gain <= 0 || (line.kind == LineKind::Weighted && one.gain > left) {
            wrong.push(format!("{} gains {} of {}", one.text.zh, one.gain.trimmed(4), left.trimmed(4)));
        }
    }
    wrong
}

/// What a reader who checks a card by hand would find wrong.
fn misprints(body: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    if body["scheme"]["full_marks"].is_null()
        && body["standing"]["total"].as_str().is_some_and(|total| total.contains('/'))
    {
        wrong.push("a total out of nothing".to_owned());
    }
    let is_empty = |text: &Value| text.as_str().is_some_and(str::is_empty);
    if is_empty(&body["standing"]["grade"]) || is_empty(&body["standing"]["reason"]) {
        wrong.push("an empty grade or reason".to_owned());
    }
    let rows: usize = list(&body["sections"]).iter().map(|section| list(&section["rows"]).len()).sum();
    if rows != list(&body["lines"]).len() {
        wrong.push("lines without a heading's row".to_owned());
    }
    let amounts = list(&body["money"]["lines"]).iter().filter(|line| line["waits"] == false);
    let sum: Exact = amounts.map(|line| number(&line["amount"])).sum();
    if !body["money"]["sum"].is_null() && sum != number(&body["money"]["sum"]) {
        wrong.push(format!("money sums to {}", sum.fixed(2)));
    }
    wrong.extend(sum_misprint(body));
    wrong
}

/// Printed contributions and what they leave over give the printed total, or the card says that they are rounded.
fn sum_misprint(body: &Value) -> Option<String> {
    let sum = Some(&body["sum"]).filter(|sum| !sum.is_null())?;
    let rest = Some(&sum["rest"]).filter(|rest| !rest.is_null()).map_or_else(Exact::zero, number);
    let printed: Exact = list(&sum["terms"]).iter().map(|term| number(&term["text"])).sum::<Exact>() + rest;
    let exact = sum["exact"] == true;
    ((printed == number(&sum["total"])) != exact).then(|| format!("{} but {}", printed.trimmed(4), sum["total"]))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value) -> Exact {
    let text = value.as_str().expect("a number").replace('−', "-").replace([',', '¥', '+'], "");
    Exact::parse(&text).expect("a number")
}

#[test]
fn an_author_gets_the_documents_of_a_story() {
    let written = tempfile::tempdir().expect("a folder");
    for (scheme, story, locale) in
        [("aftersale-three-levels", "level-limits", "zh-CN"), ("presale-modern", "ties", "en")]
    {
        let target = written.path().join(locale);
        let status = Command::new(env!("CARGO_BIN_EXE_scorepost"))
            .args(["scheme", "try", scheme, "--story"])
            .arg(folder("fixtures/schemes").join(scheme).join(story))
            .arg("--cards")
            .arg(&target)
            .env("SCOREPOST_DATA", written.path())
            .env("SCOREPOST_JOBS", folder("jobs"))
            .env("SCOREPOST_LOCALE", locale)
            .output()
            .expect("a run of the program");
        assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
        let names: Vec<String> = fs::read_dir(&target)
            .expect("the folder")
            .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
            .collect();
        assert!(names.iter().any(|name| name.starts_with("card-")), "{names:?}");
        assert!(names.iter().any(|name| name.starts_with("pack-")), "{names:?}");
        assert!(names.iter().any(|name| name.starts_with("summary-")), "{names:?}");
        for name in names {
            let pdf = fs::read(target.join(&name)).expect("a PDF");
            let subject = subject_of(&pdf).expect("a PDF names its subject");
            let kind = name.strip_suffix(&format!("-{subject}.pdf")).unwrap_or_else(|| panic!("{name} {subject}"));
            let is_report = ReportKind::ALL.iter().any(|report| report.word() == kind);
            assert!(matches!(kind, "card" | "pack") || is_report, "{name}");
        }
    }
}
