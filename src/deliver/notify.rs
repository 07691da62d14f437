//! What a relay is asked to report of a letter (RFC 3461), where it offers that.

/// Which reports are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notify {
    /// That it could not be delivered, or that it takes long.
    #[default]
    Trouble,
    /// Also that it was delivered: the proof by which an unknown letter is known to have arrived.
    Everything,
}

impl Notify {
    /// The value of `NOTIFY`.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Trouble => "FAILURE,DELAY",
            Self::Everything => "SUCCESS,FAILURE,DELAY",
        }
    }
}
