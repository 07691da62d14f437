//! Shares such as `0.625`, `62.5` and `62.5%`: what is the whole is decided for a column of a file, never for a cell.

use super::number::Written;

/// What is known about the whole of the bare numbers in a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Survey {
    above_one: bool,
    between: bool,
    signed: bool,
}

/// What the whole of a bare number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whole {
    /// 1.
    One,
    /// 100.
    Hundred,
    /// Some values have a percent sign, and others could be either.
    Unclear,
}

impl Survey {
    /// Looks at one value of the column.
    pub(super) fn see(&mut self, text: &str) {
        match without_sign(text) {
            Some(_) => self.signed = true,
            None => {
                let number = Written::read(text);
                self.above_one |= number.is_some_and(Written::is_above_one);
                self.between |= number.is_some_and(|number| !number.is_above_one() && !number.is_zero());
            }
        }
    }

    /// What all of them together say.
    pub(super) fn whole(self) -> Whole {
        match self {
            Self { above_one: true, .. } => Whole::Hundred,
            Self { signed: true, between: true, .. } => Whole::Unclear,
            _ => Whole::One,
        }
    }
}

/// The number before a percent sign.
pub(super) fn without_sign(text: &str) -> Option<&str> {
    text.strip_suffix(['%', '％']).map(str::trim_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(values: &[&str]) -> Whole {
        let mut survey = Survey::default();
        values.iter().for_each(|value| survey.see(value));
        survey.whole()
    }

    #[test]
    fn all_values_together_say_what_the_whole_is() {
        assert_eq!(whole(&["0.625", "1", "0"]), Whole::One);
        assert_eq!(whole(&["0.8", "97.5"]), Whole::Hundred);
        assert_eq!(whole(&["62.5%", "0", "100%"]), Whole::One);
        assert_eq!(whole(&["62.5%", "0.5"]), Whole::Unclear);
        assert_eq!(whole(&["62.5%", "62.5", "0.5"]), Whole::Hundred);
        assert_eq!(whole(&[]), Whole::One);
    }
}
