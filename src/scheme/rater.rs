//! Who rates, in words.

use crate::words::Bilingual;

/// What people call a role of raters; a role that is not known keeps its own word.
pub fn rater(role: &str) -> Bilingual {
    let (zh, en) = match role {
        "self" => ("本人", "self"),
        "supervisor" => ("主管", "supervisor"),
        "peer" => ("同事", "peers"),
        "department-head" => ("部门负责人", "department head"),
        "executive-manager" => ("执行经理", "executive manager"),
        "general-manager" => ("总经理", "general manager"),
        "trainer" => ("培训师", "trainer"),
        "customer" => ("客户", "customers"),
        "hr" => ("人事", "HR"),
        other => return Bilingual::same(other),
    };
    Bilingual::new(zh, en)
}
