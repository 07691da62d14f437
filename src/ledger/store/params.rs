//! What stands for `?1`, `?2` and so on.

use super::value::{ToValue, Value};

/// The values of a statement, in the order of their numbers.
pub(in crate::ledger) trait Params {
    /// The values.
    fn values(self) -> Vec<Value>;
}

impl Params for &[&dyn ToValue] {
    fn values(self) -> Vec<Value> {
        self.iter().map(|value| value.to_value()).collect()
    }
}

/// No value at all; of one type only, so that a bare `[]` can be written.
impl Params for [&dyn ToValue; 0] {
    fn values(self) -> Vec<Value> {
        Vec::new()
    }
}

impl<T: ToValue> Params for [T; 1] {
    fn values(self) -> Vec<Value> {
        self.iter().map(ToValue::to_value).collect()
    }
}

impl<T: ToValue> Params for [T; 2] {
    fn values(self) -> Vec<Value> {
        self.iter().map(ToValue::to_value).collect()
    }
}

/// Values of several types.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$(&$value as &dyn $crate::ledger::store::ToValue),*] as &[&dyn $crate::ledger::store::ToValue]
    };
}
pub(in crate::ledger) use params;
