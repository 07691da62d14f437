//! What the shop's days leave behind, in the shop's own terms; each double writes them as its platform does.

use chrono::NaiveDateTime;

/// A buyer; the platforms show them as an opaque `open_uid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Buyer(pub u64);

impl Buyer {
    /// The identity that the platform shows to this application.
    pub fn open_uid(self) -> String {
        format!("AAH{:016X}", self.0)
    }

    /// The nick with its middle hidden.
    pub fn masked_nick(self) -> String {
        let letter = |shift: u32| char::from(b'a' + (self.0 >> shift) as u8 % 26);
        format!("{}**{}", letter(8), letter(40))
    }
}

/// One conversation of a buyer with an account on one day.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chat {
    /// The number of the agent; zero is the shared account.
    pub agent: u32,
    /// Unique among the chats of this agent on this day.
    pub index: u32,
    pub buyer: Buyer,
    pub start: NaiveDateTime,
    pub buyer_messages: u32,
    /// Zero when nobody answered.
    pub agent_messages: u32,
    /// Whether the buyer asked before buying (询单); after-sales talk is not.
    pub inquiry: bool,
    /// The sum of the waits for an answer, in seconds.
    pub response_seconds: u32,
    /// How many waits there were.
    pub response_count: u32,
}

impl Chat {
    /// The identity that the platform shows.
    pub fn id(&self) -> String {
        format!("c{}{:05}{:03}", self.start.format("%Y%m%d"), self.agent, self.index)
    }
}

/// How a trade is settled; the platform hides some kinds from callers who do not ask for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TradeType {
    Guarantee,
    AutoDelivery,
    Ec,
    Cod,
    Step,
    Fixed,
}

impl TradeType {
    /// All kinds.
    pub const ALL: [Self; 6] = [Self::Guarantee, Self::AutoDelivery, Self::Ec, Self::Cod, Self::Step, Self::Fixed];

    /// The platform's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Guarantee => "guarantee_trade",
            Self::AutoDelivery => "auto_delivery",
            Self::Ec => "ec",
            Self::Cod => "cod",
            Self::Step => "step",
            Self::Fixed => "fixed",
        }
    }

    /// Reads the platform's word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The kind of an order that drew `share`, 0 to 1: four fifths are guaranteed, one in eleven is `fixed`.
    pub fn drawn(share: f64) -> Self {
        match share {
            x if x < 0.79 => Self::Guarantee,
            x if x < 0.84 => Self::AutoDelivery,
            x if x < 0.87 => Self::Ec,
            x if x < 0.89 => Self::Cod,
            x if x < 0.91 => Self::Step,
            _ => Self::Fixed,
        }
    }
}

/// An order (交易).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Order {
    /// 19 digits, above what a double-precision number can hold.
    pub tid: u64,
    pub buyer: Buyer,
    pub created: NaiveDateTime,
    /// Absent when the buyer never paid.
    pub paid: Option<NaiveDateTime>,
    /// What the buyer paid or would have paid, in fen.
    pub fen: i64,
    pub kind: TradeType,
    /// The platform's word for where the order stands.
    pub status: &'static str,
}

/// A refund (退款).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refund {
    pub id: u64,
    pub tid: u64,
    pub kind: TradeType,
    pub total_fen: i64,
    pub refund_fen: i64,
    pub created: NaiveDateTime,
    pub modified: NaiveDateTime,
    pub status: &'static str,
    pub reason: &'static str,
    pub phase: &'static str,
}

/// Yuan with two decimals.
pub(super) fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}
