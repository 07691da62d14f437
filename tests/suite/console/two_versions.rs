//! A scheme in two versions, the newer with a value left open, days of a campaign and a hostile title.

use std::sync::Arc;

use scorepost::console::Policies;
use scorepost::scheme::Registry;

use super::machine::HOSTILE;

const COMMON: &str = r#"
id = "monthly"
cycle = "month"
[[metric]]
id = "paid"
label = { zh = "付款数", en = "Paid" }
table = "funnel_daily"
expression = "SUM(paid_customers)"
unit = "count"
"#;

/// The versions of HR's desk in tests.
pub struct TwoVersions {
    registry: Arc<Registry>,
}

impl TwoVersions {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let head = |version: &str, from: &str, title: &str| {
            format!("version = \"{version}\"\neffective-from = {from}\ntitle = '''{title}'''\n{COMMON}")
        };
        let first = head("1", "2026-01-01", "月度方案")
            + "[[indicator]]\nid = \"paid\"\nmetric = \"paid\"\nweight = 100\n\
               bands = [{ at-least = 10, points = 100 }, { at-least = 5, points = 60 }]\notherwise = 0\n";
        let second = head("2", "2027-01-01", HOSTILE)
            + "[[parameter]]\nid = \"threshold\"\nlabel = { zh = \"门槛\", en = \"Threshold\" }\nvalue = \"unset\"\n\
               [[indicator]]\nid = \"paid\"\nmetric = \"paid\"\nweight = 100\n\
               bands = [{ at-least = \"threshold\", points = 100 }, { at-least = 5, points = 70 }]\notherwise = 0\n\
               [[override]]\nid = \"sale\"\nlabel = { zh = \"年货节\", en = \"Winter sale\" }\nfrom = 2027-01-10\n\
               to = 2027-01-12\nleave-out = [\"paid\"]\n";
        for (name, text) in [("monthly-1", first), ("monthly-2", second)] {
            std::fs::write(folder.path().join(format!("{name}.toml")), text).expect("a file");
        }
        let registry = Registry::load(folder.path()).unwrap_or_else(|found| panic!("{found}"));
        Self { registry: Arc::new(registry) }
    }
}

impl Policies for TwoVersions {
    fn schemes(&self) -> Arc<Registry> {
        self.registry.clone()
    }

    fn jobs(&self) -> Vec<(String, String)> {
        vec![("monthly".to_owned(), "monthly".to_owned())]
    }
}
