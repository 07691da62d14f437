//! The catalogue of faults: each has a test of this name, and a row without one fails.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use super::Figures;

/// Number, place and fault, and the tests that show the right behaviour: `suite::…` of these tests, `lib::…` beside the code.
const FAULTS: &[(u8, &str, &[&str])] = &[
    (1, "schedule: down over the due time", &["suite::scheduler::what_a_downtime_missed_follows_the_policy"]),
    (2, "schedule: down for months", &["lib::scheduler::due::missed_occasions_follow_the_policy"]),
    (3, "schedule: two at once", &["suite::scheduler::two_schedulers_make_one_run"]),
    (
        4,
        "schedule: the clock jumps",
        &[
            "lib::scheduler::simulation::every_period_is_acted_on_once_whatever_clocks_and_processes_do",
            "suite::trials::simulation::a_hundred_worlds",
            "suite::trials::moved_clocks::a_clock_that_jumps_between_starts_doubles_and_forgets_nothing",
            "lib::ledger::occurrences::a_released_occurrence_waits_but_not_for_a_clock_that_was_set_back",
        ],
    ),
    (
        5,
        "schedule: a skipped or doubled hour",
        &["lib::scheduler::due::a_skipped_or_doubled_hour_makes_one_occasion_a_day"],
    ),
    (
        6,
        "schedule: the last day of short months",
        &["suite::trials::calendar::the_last_day_is_the_last_for_four_hundred_years"],
    ),
    (
        7,
        "schedule: killed at any write of the ledger",
        &[
            "suite::trials::places::killed_at_any_place_nobody_is_mailed_twice_and_every_unknown_is_settled",
            "suite::trials::months::some_months_whatever_the_weather",
        ],
    ),
    (8, "store: the power is cut", &["suite::trials::power::after_a_power_cut_nobody_is_mailed_twice"]),
    (9, "store: the disk is full", &["lib::ledger::file::tests::a_full_disk_stops_cleanly_and_goes_on_after"]),
    (
        10,
        "store: a file may not grow",
        &["suite::trials::limits::a_file_that_may_not_grow_is_told_and_mails_nobody_twice"],
    ),
    (
        11,
        "store: a sync fails",
        &[
            "lib::ledger::file::tests::nothing_is_tried_again_after_a_failed_sync",
            "suite::trials::syscalls::killed_or_failed_at_some_system_calls_nobody_is_mailed_twice",
        ],
    ),
    (12, "store: a folder that cannot be used", &["suite::exit_codes::what_is_wrong_with_this_machine_is_two"]),
    (
        13,
        "store: locked by another process",
        &["lib::ledger::file::tests::a_locked_ledger_is_named_and_works_again_after"],
    ),
    (
        14,
        "store: damaged, foreign, older or newer",
        &[
            "lib::ledger::file::tests::a_flipped_byte_is_survived_or_refused_by_path",
            "lib::ledger::file::tests::another_programs_database_and_a_newer_ledger_are_refused",
            "lib::ledger::file::tests::an_older_ledger_is_copied_before_it_is_changed_and_keeps_all_it_knows",
            "lib::ledger::schema::a_migration_that_stops_halfway_leaves_nothing",
        ],
    ),
    (
        15,
        "store: put back from an old backup",
        &["lib::ledger::file::tests::a_ledger_put_back_from_an_old_backup_does_not_send"],
    ),
    (
        16,
        "extract: refused, unknown name, bad certificate",
        &[
            "suite::sources::wire::a_source_that_is_not_there_is_named",
            "suite::sources::wire::a_name_that_nobody_knows_is_told",
            "suite::sources::wire::certificates_are_believed_when_somebody_trusted_signed_them",
        ],
    ),
    (17, "extract: an answer that drips", &["suite::sources::faults::the_deadline_ends_every_wait"]),
    (
        18,
        "extract: truncated JSON, wrong length, bad gzip",
        &[
            "suite::sources::faults::truncated_json_is_never_used",
            "suite::sources::wire::what_comes_broken_is_asked_for_again_and_told_when_it_stays_broken",
        ],
    ),
    (
        19,
        "extract: an error inside HTTP 200",
        &["suite::sources::faults::errors_inside_http_200_pass_or_end_as_the_rules_say"],
    ),
    (20, "extract: an empty list", &["suite::sources::rows::nothing_at_all_is_told_or_holds_as_the_source_says"]),
    (21, "extract: a page for ever", &["suite::sources::pages::a_source_that_does_not_turn_pages_is_stopped"]),
    (
        22,
        "extract: pages that shift",
        &[
            "suite::sources::pages::pages_that_shift_hold_the_run",
            "suite::sources::turning::what_moves_forward_while_paging_is_not_lost_backward",
        ],
    ),
    (
        23,
        "extract: one key twice",
        &[
            "suite::sources::rows::the_same_row_twice_is_dropped_and_counted",
            "suite::sources::rows::a_contradiction_holds_the_run",
        ],
    ),
    (
        24,
        "extract: records at the cursor's own instant",
        &["suite::sources::cutting::the_last_instant_is_the_end_less_the_granularity"],
    ),
    (
        25,
        "extract: too many requests",
        &[
            "suite::sources::faults::trouble_of_the_server_passes_and_its_wait_is_capped",
            "lib::extract::http::retry_after::it_is_seconds_or_a_date",
        ],
    ),
    (
        26,
        "extract: a token dies",
        &[
            "suite::sources::identity::a_token_that_dies_is_fetched_anew_and_never_kept",
            "suite::sources::identity::a_token_that_is_never_taken_stops_the_pull",
        ],
    ),
    (
        27,
        "extract: sent elsewhere",
        &[
            "suite::sources::wire::redirects_stay_where_they_are",
            "suite::sources::turning::a_link_to_another_host_is_refused_before_anything_is_sent",
        ],
    ),
    (
        28,
        "extract: too large or too deep",
        &[
            "suite::sources::wire::an_answer_that_is_too_large_is_not_read_to_its_end",
            "suite::sources::bad_inputs::bad_envelopes_are_told_and_give_no_rows",
        ],
    ),
    (
        29,
        "extract: columns and cells that are wrong",
        &["suite::sources::bad_inputs::every_bad_cell_is_told_with_its_place"],
    ),
    (
        30,
        "extract: a month that changes later",
        &[
            "suite::gates::data_that_changed_after_the_cards_is_told_with_what_it_changes",
            "suite::gates::a_later_pull_of_a_closed_month_is_noticed_and_changes_nothing",
        ],
    ),
    (
        31,
        "transform: nothing to divide by, nothing there",
        &["suite::scoring::missing_data_is_never_nought_by_accident"],
    ),
    (
        32,
        "transform: all tied, one alone",
        &["suite::scoring::everybody_tied_shares_the_first_place", "suite::scoring::one_agent_is_its_own_team"],
    ),
    (
        33,
        "transform: joined, left, moved",
        &[
            "suite::sources::lake::a_joiner_is_asked_for_alone_and_a_leaver_stays",
            "lib::tables::identity::tests::an_account_that_changed_hands_belongs_to_whom_the_day_says",
        ],
    ),
    (
        34,
        "transform: one number twice, in other letters",
        &[
            "suite::rosters::a_repeated_number_holds_the_run_and_names_nobody",
            "suite::rosters::a_number_with_spaces_around_it_is_the_same_number",
            "lib::tables::identity::spelling::one_account_has_one_spelling",
        ],
    ),
    (
        35,
        "transform: two with one address, none, a trick",
        &[
            "suite::trials::persons::two_people_with_one_address_get_nothing_by_mail",
            "lib::deliver::address::a_hundred_hostile_texts_are_all_refused",
        ],
    ),
    (36, "transform: the wrong person", &["suite::trials::persons::whatever_order_rows_come_in_each_gets_their_own"]),
    (
        37,
        "transform: rounding",
        &[
            "suite::properties::numbers::rounding_moves_by_half_a_unit_at_most_and_never_twice",
            "suite::properties::numbers::halves_go_away_from_nought",
        ],
    ),
    (38, "transform: very many", &["suite::trials::persons::a_hundred_thousand_cards"]),
    (
        39,
        "render: a character without a glyph",
        &[
            "lib::render::tests::documents::a_character_without_glyph_is_named_with_its_place",
            "lib::render::tests::documents::rare_characters_of_names_are_drawn",
        ],
    ),
    (
        40,
        "render: a template that fails or does not end",
        &[
            "lib::render::tests::documents::a_fault_in_a_template_is_placed_in_its_file",
            "lib::render::tests::documents::a_document_without_end_is_refused",
        ],
    ),
    (
        41,
        "render: markup in names",
        &[
            "lib::render::tests::documents::hostile_texts_are_drawn_as_they_stand",
            "lib::render::tests::documents::a_template_sees_no_disk_and_no_clock",
        ],
    ),
    (42, "render: other bytes", &["lib::render::tests::documents::the_same_body_gives_the_same_bytes_on_every_thread"]),
    (
        43,
        "render: killed before the final name",
        &["suite::trials::whole::killed_anywhere_in_a_whole_run_it_ends_with_every_card"],
    ),
    (
        44,
        "store: a number that is a path",
        &[
            "lib::pipeline::export::pdfs::no_two_ids_share_a_file_and_none_is_a_path_or_a_pack",
            "lib::extract::file::files_are_found_by_name_and_only_inside",
        ],
    ),
    (
        45,
        "mail: refused, silent, unsafe, no login",
        &[
            "suite::mail::a_relay_that_is_not_there_is_tried_later",
            "suite::mail::a_way_that_is_not_safe_halts_before_anything_is_told",
            "suite::mail::a_login_that_is_refused_halts_and_one_put_off_waits",
        ],
    ),
    (
        46,
        "mail: put off",
        &["suite::mail::every_fault_has_its_outcome", "suite::mail::a_deferral_gets_a_new_connection"],
    ),
    (
        47,
        "mail: refused for good",
        &[
            "suite::mail::a_refused_recipient_does_not_cost_the_next_one",
            "suite::kills::relay::refused_letters_are_tried_again_only_on_a_persons_word",
        ],
    ),
    (
        48,
        "mail: no whole reply after the dot",
        &[
            "suite::kills::relay::a_lost_reply_is_unknown_until_a_person_says_what_happened",
            "lib::deliver::smtp::transaction::only_a_250_after_the_dot_is_sent",
        ],
    ),
    (
        49,
        "mail: broken off within the letter",
        &[
            "suite::mail::a_body_that_breaks_off_is_no_unknown",
            "lib::deliver::smtp::transaction::a_dot_that_never_left_is_no_unknown",
        ],
    ),
    (
        50,
        "mail: taken, and bounced later",
        &[
            "suite::trials::returns::what_comes_back_comes_to_the_sender_of_the_job",
            "suite::sending::what_came_back_is_seen_at_the_run_and_goes_again_on_a_persons_word",
        ],
    ),
    (51, "mail: headers out of names", &["lib::deliver::seal::no_payload_adds_a_header_or_a_recipient"]),
    (
        52,
        "mail: lone dots and bare line feeds",
        &[
            "lib::deliver::smtp::transaction::dots_at_line_starts_are_doubled_and_the_end_is_marked",
            "lib::deliver::seal::the_same_letter_gives_the_same_canonical_bytes",
        ],
    ),
    (
        53,
        "mail: endless replies, words before TLS",
        &[
            "lib::deliver::smtp::wire::an_endless_reply_is_cut_off",
            "suite::mail::words_injected_before_tls_are_thrown_away",
        ],
    ),
    (
        54,
        "operator: again while it runs, again afterwards",
        &[
            "suite::scheduler::an_occasion_whose_period_is_busy_waits_for_it",
            "lib::ledger::holder::tests::a_period_of_a_job_is_held_once_until_it_is_dropped",
            "suite::main_job::a_rerun_surprises_nobody",
        ],
    ),
    (
        55,
        "operator: files that are edited or wrong",
        &["suite::bad_files::bad_jobs", "suite::main_job::a_changed_scheme_makes_new_editions_that_say_what_changed"],
    ),
    (
        56,
        "operator: stopped while it mails",
        &[
            "lib::scheduler::work::a_stop_drops_what_pulls_and_waits_for_what_mails",
            "lib::cli::serve::a_signal_is_a_good_end_and_a_second_one_does_not_wait",
        ],
    ),
    (
        57,
        "web: what is another team's",
        &[
            "suite::console::matrix::every_route_answers_only_those_whose_it_is",
            "suite::console::matrix::the_foreign_and_the_missing_look_alike",
        ],
    ),
    (
        58,
        "web: forged forms, fixed and old sessions",
        &[
            "suite::console::forgery::a_form_without_its_token_changes_nothing",
            "suite::console::signing_in::a_token_from_before_is_worth_nothing_afterwards",
            "suite::console::signing_in::signing_out_ends_the_session_for_good",
            "suite::console::rights::a_moved_manager_loses_the_team_at_the_next_request",
        ],
    ),
    (
        59,
        "web: guessing",
        &[
            "suite::console::signing_in::guessing_becomes_slow_for_known_and_unknown_names_alike",
            "suite::console::signing_in::every_wrong_try_gets_the_same_answer",
            "suite::console::forgery::forms_have_a_largest_size",
        ],
    ),
    (
        60,
        "web: scripts, formulas and secrets in texts",
        &[
            "suite::console::pages::hostile_names_and_findings_stay_text",
            "lib::pipeline::export::delimited::nothing_is_computed_and_a_number_below_nought_stays_one",
            "lib::extract::http::veil::every_shape_of_a_secret_is_hidden",
        ],
    ),
];

/// The names of these tests, as their own program lists them.
fn listed() -> BTreeSet<String> {
    let output = Command::new(std::env::current_exe().expect("this program")).arg("--list").output().expect("a list");
    let text = String::from_utf8(output.stdout).expect("a list of names");
    text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
}

/// Whether a test of that name stands in the source file of its module.
fn stands_beside_the_code(path: &str) -> bool {
    let mut parts: Vec<&str> = path.split("::").collect();
    let name = parts.pop().expect("a name");
    let inner = parts.last() == Some(&"tests");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![parts.join("/") + ".rs", parts.join("/") + "/mod.rs"];
    if inner {
        let outer = parts[..parts.len() - 1].join("/");
        files.extend([outer.clone() + ".rs", outer + "/mod.rs"]);
    }
    let texts = files.iter().filter_map(|file| std::fs::read_to_string(root.join(file)).ok());
    texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).any(|line| {
        let line = line.trim_start().trim_start_matches("async ");
        line.strip_prefix("fn ").and_then(|rest| rest.strip_prefix(name)).is_some_and(|rest| rest.starts_with('('))
    })
}

#[test]
fn every_fault_of_the_catalogue_has_a_test() {
    let numbers: Vec<u8> = FAULTS.iter().map(|(number, ..)| *number).collect();
    assert_eq!(numbers, (1..=60).collect::<Vec<u8>>(), "the catalogue has sixty rows");
    let listed = listed();
    let mut missing = Vec::new();
    for (number, fault, tests) in FAULTS {
        let is_there = |test: &&str| match test.split_once("::") {
            Some(("suite", name)) => listed.contains(name),
            Some(("lib", name)) => stands_beside_the_code(name),
            _ => false,
        };
        missing.extend(
            tests.iter().copied().filter(|test| !is_there(test)).map(|test| format!("{number} {fault}: {test}")),
        );
        if tests.is_empty() {
            missing.push(format!("{number} {fault}: no test"));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    let mut figures = Figures::of("faults of the catalogue");
    figures.add("faults", FAULTS.len());
    figures.add("tests that show what comes of them", FAULTS.iter().map(|(.., tests)| tests.len()).sum());
    figures.tell();
}

#[test]
fn a_test_that_is_not_there_is_noticed() {
    assert!(!listed().contains("trials::catalogue::no_such_test"));
    assert!(!stands_beside_the_code("ledger::file::tests::no_such_test"));
    assert!(stands_beside_the_code("ledger::file::tests::a_dangling_reference_is_found"));
}
