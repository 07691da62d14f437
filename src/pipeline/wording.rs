//! Findings of the pipeline itself, in both languages.

use crate::finding::Finding;
use crate::ledger::{Document, DocumentKind};
use crate::period::Period;
use crate::render::RenderFault;
use crate::score::appraisal::{Person, Team};
use crate::words::Bilingual;

/// The roster has nobody for the period.
pub(super) fn nobody(period: &Period) -> Finding {
    Finding::hold(
        "nobody",
        Bilingual::new(format!("{period} 没有任何在岗客服"), format!("no agent worked in {period}")),
        Bilingual::new("请检查名册与考核周期", "check the roster and the period"),
    )
}

/// A document could not be shown as it should be.
pub(super) fn not_rendered(document: &Document, fault: &RenderFault) -> Finding {
    let cause = match fault {
        RenderFault::MissingGlyph { characters, context } => Bilingual::new(
            format!("字体中没有“{characters}”（{context}）"),
            format!("no font has `{characters}` ({context})"),
        ),
        RenderFault::TooManyPages { pages, most } => Bilingual::new(
            format!("共 {pages} 页，超过 {most} 页的上限"),
            format!("{pages} pages, at most {most} are allowed"),
        ),
        RenderFault::Template(_) => Bilingual::same(fault.to_string()),
    };
    let subject = match document.kind {
        DocumentKind::Card | DocumentKind::Pack => document.subject.clone(),
        // The team's pack and its agents' cards are not held by a report that cannot be made.
        report => format!("{report}/{}", document.subject),
    };
    Finding::hold_subject(
        "not-rendered",
        subject,
        Bilingual::new(
            format!("{}（{}）的文件无法生成：{}", document.name, document.subject, cause.zh),
            format!("the document of {} ({}) cannot be made: {}", document.name, document.subject, cause.en),
        ),
        Bilingual::new(
            "请更正数据，或把含该字的字体放入数据文件夹的 fonts/ 后重新运行",
            "correct the data, or put a font with the character into `fonts/` of the data folder, and run again",
        ),
    )
}

/// Somebody who should get a letter has no address.
pub(super) fn no_address(person: &Person, zh: &str, en: &str) -> Finding {
    Finding::note(
        "no-address",
        Bilingual::new(
            format!("{}（{}）没有邮箱，{zh}未发送", person.name, person.id),
            format!("{} ({}) has no mail address; {en} is not sent", person.name, person.id),
        ),
    )
    .about(&person.id)
    .next(Bilingual::new(
        "请在名册中补上邮箱后重新运行，或打印后当面交付",
        "add the address to the roster and run again, or hand over a print",
    ))
}

/// An address that nobody can mail, with the reason.
pub(super) fn bad_address(person: &Person, why: &Bilingual) -> Finding {
    Finding::note(
        "bad-address",
        Bilingual::new(
            format!("{}（{}）的邮箱不可用：{}", person.name, person.id, why.zh),
            format!("the mail address of {} ({}) cannot be used: {}", person.name, person.id, why.en),
        ),
    )
    .about(&person.id)
    .next(Bilingual::new("请在名册中更正邮箱后重新运行", "correct the address in the roster and run again"))
}

/// An address outside the domains that the job allows.
pub(super) fn foreign_domain(person: &Person, domain: &str) -> Finding {
    Finding::note(
        "domain-not-allowed",
        Bilingual::new(
            format!("{}（{}）的邮箱域名 {domain} 不在任务允许的范围内，未发送", person.name, person.id),
            format!(
                "the mail domain {domain} of {} ({}) is not allowed by the job; nothing is sent there",
                person.name, person.id
            ),
        ),
    )
    .about(&person.id)
    .next(Bilingual::new(
        "如确需发送，请加入任务文件的 allow-domains",
        "add it to `allow-domains` of the job if it is meant",
    ))
}

/// A team whose pack has no reader.
pub(super) fn no_manager(team: &Team) -> Finding {
    Finding::note(
        "no-manager",
        Bilingual::new(
            format!("{} 没有主管，团队汇总未发送", team.name),
            format!("{} has no manager; its pack is not sent", team.name),
        ),
    )
    .about(&team.id)
}

/// The ids and names of teams, for a message.
pub(super) fn names(teams: &[Team]) -> String {
    let all: Vec<String> = teams.iter().map(|team| format!("`{}` ({})", team.id, team.name)).collect();
    all.join(", ")
}
