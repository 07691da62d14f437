//! Chance that can be repeated: SplitMix64 streams named by what they decide.

/// What a stream of chance decides; each has its own, so that a new decision shifts no other.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stream {
    /// When an agent works, and the punches.
    Rota = 1,
    /// The chats of one agent on one day and the orders that follow.
    Desk,
    /// The identity of a buyer.
    Buyer,
    /// How good an agent is.
    Skill,
    /// Orders of buyers who never chatted.
    Silent,
    /// The chats of the shared account.
    Shared,
    /// What becomes of an order after it was paid.
    Refund,
    /// Since when somebody works here.
    Hiring,
    /// Request identifiers.
    Request,
    /// How a chat went: the first answer, the end, what the buyer said of it.
    Talk,
    /// When an account was online.
    Presence,
    /// What became of a case after the sale.
    Case,
    /// What a buyer wrote about an order.
    Review,
    /// Touches of the clock that no plan asked for.
    Clock,
}

/// A stream of pseudo-random numbers (SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
#[derive(Clone, Debug)]
pub(super) struct Chance {
    state: u64,
}

impl Chance {
    /// The stream of this seed for these keys.
    pub fn of(seed: u64, stream: Stream, keys: &[u64]) -> Self {
        Self { state: mix(seed, stream, keys) }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        scramble(self.state)
    }

    /// A number in 0 ≤ x < 1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A whole number from `low` to `high`, both included; the bias of the remainder does not matter here.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.bits() % (high - low + 1).unsigned_abs()) as i64
    }

    /// Whether something of this probability happens.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A factor around one, between 0.45 and 2.10, with a long upper tail, as the worth of a basket has.
    pub fn basket_factor(&mut self) -> f64 {
        let x = self.unit();
        0.45 + 1.65 * x * x
    }
}

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// One number for a seed and keys; other keys give an unrelated number.
pub(super) fn mix(seed: u64, stream: Stream, keys: &[u64]) -> u64 {
    let start = scramble(seed ^ (stream as u64).wrapping_mul(GOLDEN));
    keys.iter().fold(start, |state, key| scramble(state.wrapping_add(GOLDEN) ^ key.wrapping_mul(GOLDEN)))
}

fn scramble(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix_gives_the_published_numbers() {
        let mut chance = Chance { state: 0 };
        assert_eq!(chance.bits(), 0xE220_A839_7B1D_CDAF);
        assert_eq!(chance.bits(), 0x6E78_9E6A_A1B9_65F4);
    }

    #[test]
    fn streams_and_keys_are_unrelated() {
        let numbers = [
            mix(1, Stream::Rota, &[1, 2]),
            mix(1, Stream::Rota, &[2, 1]),
            mix(1, Stream::Desk, &[1, 2]),
            mix(2, Stream::Rota, &[1, 2]),
        ];
        let distinct: std::collections::BTreeSet<_> = numbers.iter().collect();
        assert_eq!(distinct.len(), numbers.len());
    }
}
