//! What its author left open or assumed, with reasons.

use super::{Part, Reader, Section, say};

impl Reader<'_> {
    /// Values that the owner must still supply.
    pub(super) fn unset(&self) -> Section {
        let names = self.scheme.unset().into_iter().map(|name| {
            let label = self.scheme.label(&name).map(|label| say!(self, "（{}）", " ({})", self.text(&label)));
            Part::Line(format!("• {name}{}", label.unwrap_or_default()))
        });
        self.section("未设定（用到时挂起，等待填写）", "Unset (a run that needs it is held)", names.collect())
    }

    /// Values that its author filled in, and why.
    pub(super) fn assumed(&self) -> Section {
        let reasons = self.scheme.assumptions().into_iter().map(|(_, label, why)| {
            let (label, why) = (self.text(label), self.text(why));
            Part::Line(say!(self, "• {label}：{why}", "• {label}: {why}"))
        });
        self.section("默认值（印在绩效卡上）", "Assumed (printed on the cards)", reasons.collect())
    }
}
