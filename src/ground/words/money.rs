//! Money as decimal text: never a float, never rounded behind anyone's back.

use std::str::FromStr;

use super::{WordError, text_word};

/// Digits before the decimal point that an amount may have: far beyond any hotel bill, short of overflow anywhere.
const INTEGER_DIGITS: usize = 12;
/// Digits after the decimal point: ISO 4217 knows currencies with up to four.
const FRACTION_DIGITS: usize = 4;

/// An amount as decimal text such as `120.00`. Two fraction digits at least, kept as given beyond that.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Money(String);

impl Money {
    /// The decimal text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Money {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let wrong =
            || WordError::new("money_invalid", "An amount is written like 120 or 120.50, without a currency sign.");
        let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || !all_digits(whole)
            || !all_digits(fraction)
            || (digits.contains('.') && fraction.is_empty())
        {
            return Err(wrong());
        }
        let whole = match whole.trim_start_matches('0') {
            "" => "0",
            trimmed => trimmed,
        };
        if whole.len() > INTEGER_DIGITS || fraction.len() > FRACTION_DIGITS {
            return Err(WordError::new(
                "money_out_of_range",
                format!("An amount has at most {INTEGER_DIGITS} digits before and {FRACTION_DIGITS} after the point."),
            ));
        }
        Ok(Self(format!("{sign}{whole}.{fraction:0<2}")))
    }
}
text_word!(Money);

/// A currency's three-letter code (ISO 4217), e.g. `EUR`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CurrencyCode(String);

impl CurrencyCode {
    /// The three capital letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CurrencyCode {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(WordError::new("currency_invalid", "A currency is its three-letter code, such as EUR."))
        }
    }
}
text_word!(CurrencyCode);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_every_digit_and_refuse_the_rest() {
        for (text, kept) in
            [("120", "120.00"), ("96.9", "96.90"), ("007.50", "7.50"), ("-3.125", "-3.125"), ("0", "0.00")]
        {
            assert_eq!(text.parse::<Money>().unwrap().as_str(), kept);
        }
        for wrong in ["", "-", ".5", "1.", "1e3", "1,50", "€5", " 1", "1.23456", "1234567890123", "१२"] {
            assert!(wrong.parse::<Money>().is_err(), "{wrong}");
        }
    }
}
