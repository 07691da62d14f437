//! The roster and the targets.

use super::caller::Caller;

#[tokio::test]
async fn the_roster_has_everybody() {
    let caller = Caller::of(21);
    let (status, text) = caller.get("/files/roster.csv").await;
    assert_eq!(status, 200);
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    assert_eq!(header.join(","), "工号,姓名,小组编号,小组,角色,邮箱,旺旺账号,钉钉账号,企业微信账号,入职日期,离职日期");
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("records");
    assert_eq!(rows.len(), 24);
    assert_eq!(rows.iter().filter(|row| &row[4] == "主管").count(), 3);
    let joiner = rows.iter().find(|row| &row[0] == "A010").expect("the joiner");
    assert_eq!((&joiner[9], &joiner[10]), ("2026-10-12", ""));
    let leaver = rows.iter().find(|row| &row[0] == "A013").expect("the leaver");
    assert_eq!(&leaver[10], "2026-10-18");
    let unreachable: Vec<&str> = rows.iter().filter(|row| row[5].is_empty()).map(|row| &row[0]).collect();
    assert_eq!(unreachable, ["A018"]);
    assert_eq!(
        rows[0].iter().take(7).collect::<Vec<_>>().join(" "),
        "A001 小满 T1 售前一组 客服 agent1@example.test cntaobao示例店:小满"
    );
    assert_eq!(rows[23].iter().take(6).collect::<Vec<_>>().join(" "), "M03 惊蛰 T3 售前三组 主管 agent24@example.test");
    for team in ["T1", "T2", "T3"] {
        assert_eq!(rows.iter().filter(|row| &row[2] == team && &row[4] == "客服").count(), 7);
    }
}

#[tokio::test]
async fn targets_are_for_who_is_expected_and_for_known_months() {
    let caller = Caller::of(21);
    let (status, text) = caller.get("/files/targets-2026-10.csv").await;
    assert_eq!(status, 200);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "工号,月份,成交额目标");
    assert_eq!(lines.len(), 21, "all but the agent on long leave");
    let target = |id: &str| -> f64 {
        let line = lines.iter().find(|line| line.starts_with(id)).expect(id);
        line.rsplit(',').next().and_then(|yuan| yuan.parse().ok()).expect("yuan")
    };
    assert!(target("A010") < 0.8 * target("A001") && target("A013") < 0.8 * target("A001"));
    let (_, earlier) = caller.get("/files/targets-2026-09.csv").await;
    assert!(!earlier.contains("A010"), "the joiner was not there yet");
    for unknown in ["targets-2026-07", "targets-2026-12", "targets-2026-13", "targets-26-10", "rooster"] {
        assert_eq!(caller.get(&format!("/files/{unknown}.csv")).await.0, 404, "{unknown}");
    }
    assert_eq!(caller.get("/healthz").await.0, 200);
}
