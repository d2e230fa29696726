//! Money on the wire: a number in the currency's unit.

use shared::quotas::{Money, UNIT};
use shared::{Error, Result};

pub(crate) fn from_money(money: Money) -> f64 {
    money as f64 / UNIT as f64
}

/// Rounded to a billionth of the unit.
pub(crate) fn to_money(field: &'static str, value: f64) -> Result<Money> {
    let scaled = (value * UNIT as f64).round();
    // Beyond this a float does not hold every whole number; the domain has smaller bounds of its own.
    if !value.is_finite() || !(0.0..=9.0e18).contains(&scaled) {
        return Err(Error::field(field, "must be an amount of money"));
    }
    Ok(scaled as Money)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_comes_back_as_it_was_given() {
        for price in [0.0, 0.000_000_001, 0.15, 2.5, 12_345.678_9] {
            assert!((from_money(to_money("price", price).unwrap()) - price).abs() < 1e-9, "{price}");
        }
        for wrong in [-0.01, f64::NAN, f64::INFINITY, 1e30] {
            assert!(to_money("price", wrong).is_err(), "{wrong}");
        }
    }
}
