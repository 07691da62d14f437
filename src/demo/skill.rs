//! How good an agent is: a lasting talent and a slow drift over the months.

use chrono::{Datelike, NaiveDate};

use super::chance::{Stream, mix};

/// What an agent is like in one month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Skill {
    /// The share of inquiring buyers who pay, 0 to 1.
    pub conversion: f64,
    /// The mean worth of a paid order in yuan.
    pub basket: f64,
    /// The mean seconds until an answer.
    pub response: f64,
    /// The share of chats that stay without an answer, 0 to 1.
    pub unreplied: f64,
    /// The probability of coming late on a day, 0 to 1.
    pub late: f64,
}

/// The qualities that a person may have in different measure.
#[derive(Clone, Copy)]
enum Quality {
    Selling = 1,
    Basket,
    Speed,
    Care,
    Punctuality,
}

/// The skill of an agent in the month of `day`.
pub(super) fn of(seed: u64, number: u32, day: NaiveDate) -> Skill {
    let talent = |quality| talent(seed, number, quality);
    let drift = |quality| drift(seed, number, day, quality);
    Skill {
        conversion: conversion(talent(Quality::Selling)) + 0.015 * drift(Quality::Selling),
        basket: basket(talent(Quality::Selling), talent(Quality::Basket)) * (1.0 + 0.03 * drift(Quality::Basket)),
        response: (10.0 + 24.0 * talent(Quality::Speed)) * (1.0 + 0.08 * drift(Quality::Speed)),
        unreplied: 0.002 + 0.032 * talent(Quality::Care),
        late: 0.005 + 0.06 * talent(Quality::Punctuality) * talent(Quality::Punctuality),
    }
}

/// A few poor, a few excellent, most between: the tenth at the bottom falls off, the fourth at the top stands out.
fn conversion(talent: f64) -> f64 {
    match talent {
        low if low < 0.10 => 0.395 + 0.30 * low,
        middle if middle < 0.75 => 0.48 + 0.15 * (middle - 0.10),
        high => 0.59 + 0.28 * (high - 0.75),
    }
}

/// Who sells well also sells somewhat more per buyer.
fn basket(selling: f64, own: f64) -> f64 {
    148.0 + 14.0 * selling + 12.0 * own
}

/// Evenly spread over neighbouring numbers (the golden-ratio sequence), so that every team has strong and weak agents.
fn talent(seed: u64, number: u32, quality: Quality) -> f64 {
    let offset = mix(seed, Stream::Skill, &[quality as u64]) % 1_000_000;
    let step = [0.0, 0.618_033_988_75, 0.414_213_562_37, 0.732_050_807_57, 0.236_067_977_5, 0.645_751_311_06];
    (offset as f64 / 1_000_000.0 + f64::from(number) * step[quality as usize]).fract()
}

/// Between −1 and 1, moving on a straight line from quarter to quarter.
fn drift(seed: u64, number: u32, day: NaiveDate, quality: Quality) -> f64 {
    let month = i64::from(day.year()) * 12 + i64::from(day.month0());
    let knot = |quarter: i64| {
        let bits = mix(seed, Stream::Skill, &[quality as u64, number.into(), quarter.unsigned_abs()]);
        (bits % 2001) as f64 / 1000.0 - 1.0
    };
    let (quarter, part) = (month.div_euclid(3), month.rem_euclid(3) as f64 / 3.0);
    knot(quarter) * (1.0 - part) + knot(quarter + 1) * part
}
