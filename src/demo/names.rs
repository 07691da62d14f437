//! Plainly invented names: words of seasons and plants, some with rare characters so that fonts are put to the test.

const AGENTS: [&str; 21] = [
    "小满", "云喆", "青禾", "阿䶮", "竹喧", "松果", "阿堃", //
    "谷雨", "㛃月", "南枝", "芒种", "星𬭎", "半夏", "栗子", //
    "霜降", "彧白", "海棠", "小寒", "木棉", "云朵", "桂圆",
];

const FIRST: [&str; 50] = [
    "晴", "暖", "远", "岚", "渡", "檐", "汀", "岸", "泉", "溪", "霁", "朔", "熙", "芷", "苔", "菱", "荻", "茶", "蓼",
    "蓝", "橘", "杏", "柚", "桐", "榆", "枫", "柏", "椿", "槿", "樱", "鹿", "鹤", "鸢", "雀", "萤", "砚", "笺", "琴",
    "笛", "灯", "帆", "舟", "桥", "瓦", "篱", "圃", "垄", "塘", "麦", "稻",
];

const SECOND: [&str; 50] = [
    "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "东", "西", "北", "中", "上", "下", "左", "右", "前",
    "后", "春", "夏", "秋", "冬", "晨", "午", "昏", "夜", "红", "橙", "黄", "绿", "紫", "粉", "灰", "棕", "山", "水",
    "火", "土", "风", "雷", "雪", "雾", "角", "徵", "羽", "弦", "歌", "舞",
];

const MANAGERS: [&str; 3] = ["白露", "立秋", "惊蛰"];

/// The name of the agent with this number (from one); no two are the same.
pub(super) fn agent(number: u32) -> String {
    let index = number.saturating_sub(1) as usize;
    match AGENTS.get(index) {
        Some(name) => (*name).to_owned(),
        None => coined(index - AGENTS.len()),
    }
}

/// The name of the manager of the team with this number (from one).
pub(super) fn manager(team: u32) -> String {
    let index = team.saturating_sub(1) as usize;
    match MANAGERS.get(index) {
        Some(name) => (*name).to_owned(),
        None => format!("组长{}", coined(index - MANAGERS.len())),
    }
}

/// The name of the team with this number (from one): 售前一组.
pub(super) fn team(number: u32) -> String {
    format!("售前{}组", numeral(number))
}

fn coined(index: usize) -> String {
    let name = format!("{}{}", FIRST[index % FIRST.len()], SECOND[index / FIRST.len() % SECOND.len()]);
    match index / (FIRST.len() * SECOND.len()) {
        0 => name,
        round => format!("{name}{round}"),
    }
}

/// 一, 十, 十一, 二十三, 一百零五, up to 九百九十九; digits beyond.
fn numeral(number: u32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |place: u32| DIGITS[(number / place % 10) as usize];
    match number {
        0..=9 => digit(1).to_owned(),
        10..=19 => format!("十{}", digit(1)),
        20..=99 => format!("{}十{}", digit(10), digit(1)),
        100..=999 if number.is_multiple_of(100) => format!("{}百", digit(100)),
        100..=999 if number % 100 < 10 => format!("{}百零{}", digit(100), digit(1)),
        100..=999 => format!("{}百{}十{}", digit(100), digit(10), digit(1)),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_people_share_a_name() {
        let mut names: BTreeSet<String> = (1..=6000).map(agent).collect();
        names.extend((1..=800).map(manager));
        assert_eq!(names.len(), 6800);
    }

    #[test]
    fn rare_characters_are_among_the_default_people() {
        let all: String = (1..=21).map(agent).collect();
        for rare in ['䶮', '喆', '堃', '㛃', '𬭎', '彧'] {
            assert!(all.contains(rare), "{rare}");
        }
    }

    #[test]
    fn teams_are_counted_in_chinese() {
        let wanted = [(1, "一"), (10, "十"), (21, "二十一"), (40, "四十"), (105, "一百零五"), (250, "二百五十")];
        for (number, text) in wanted {
            assert_eq!(numeral(number), text);
        }
    }
}
