//! What is wrong with a roster: repeated staff numbers, several managers, shared addresses.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::words::Bilingual;

use super::Roster;
use super::member::Member;

/// All that is wrong with it.
pub fn of(roster: &Roster) -> Vec<Finding> {
    let mut findings: Vec<Finding> = roster.repeated.iter().map(|id| repeated_number(id)).collect();
    findings.extend(several_managers(roster));
    findings.extend(shared_addresses(roster));
    findings
}

fn several_managers(roster: &Roster) -> Vec<Finding> {
    let mut teams: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for manager in &roster.managers {
        teams.entry(&manager.team_id).or_default().push(&manager.id);
    }
    let several = teams.into_iter().filter(|(_, managers)| managers.len() > 1);
    several.filter_map(|(team, managers)| Some(chosen_manager(team, &managers, &roster.manager_of(team)?.id))).collect()
}

/// Whoever shares an address might read the other's card.
fn shared_addresses(roster: &Roster) -> Vec<Finding> {
    let mut owners: BTreeMap<String, Vec<&Member>> = BTreeMap::new();
    for member in roster.members() {
        if let Some(email) = &member.email {
            owners.entry(email.to_lowercase()).or_default().push(member);
        }
    }
    owners.into_values().filter(|sharing| sharing.len() > 1).flatten().map(shared_address).collect()
}

fn repeated_number(id: &str) -> Finding {
    Finding::hold(
        "duplicate-staff-number",
        Bilingual::new(
            format!("名册中工号 {id} 出现不止一次"),
            format!("the roster has staff number {id} more than once"),
        ),
        Bilingual::new("请在名册中更正后用 --refresh 重新运行", "correct the roster and run again with `--refresh`"),
    )
    .about(id)
}

fn chosen_manager(team: &str, managers: &[&str], chosen: &str) -> Finding {
    Finding::note(
        "several-managers",
        Bilingual::new(
            format!("小组 {team} 有多名主管（{}），汇总发给最近入职的 {chosen}", managers.join("、")),
            format!(
                "team {team} has several managers ({}); its pack goes to {chosen}, hired last",
                managers.join(", ")
            ),
        ),
    )
    .about(team)
}

fn shared_address(member: &Member) -> Finding {
    Finding::hold_subject(
        "shared-address",
        &member.id,
        Bilingual::new(
            format!("{}（{}）与他人共用同一邮箱地址，其文件已挂起", member.name, member.id),
            format!(
                "{} ({}) shares a mail address with somebody else; their documents are held",
                member.name, member.id
            ),
        ),
        Bilingual::new("请在名册中更正邮箱后重新运行", "correct the addresses in the roster and run again"),
    )
}
