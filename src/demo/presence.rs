//! When accounts were online: two streams of events, one of the computer and one of the telephone, and breaks.

use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};

use super::beijing;
use super::chance::{Chance, Stream};
use super::people::Agent;
use super::rota::{Duty, ordinal};
use super::shop::Shop;

/// One change of an account's presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub at: NaiveDateTime,
    pub change: Change,
    pub device: Device,
}

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Online,
    Offline,
    /// A break began (挂起).
    Suspended,
    /// It was over (解挂).
    Resumed,
}

/// Where it changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Device {
    Computer,
    Telephone,
}

/// A span of time, half open.
type Span = (NaiveDateTime, NaiveDateTime);

/// When somebody was where, in spans that may overlap.
struct Spans {
    computer: Span,
    telephone: Option<Span>,
    breaks: Vec<Span>,
}

impl Shop {
    /// The events of an agent's account on a day, in their order; some belong to a shift of the day before.
    pub(super) fn presence(&self, agent: &Agent, day: NaiveDate) -> Vec<Event> {
        let days = beijing::days_between(day - Days::new(1), day);
        let mut events: Vec<Event> = days.filter_map(|day| self.spans(agent, day)).flat_map(Spans::events).collect();
        events.retain(|event| event.at.date() == day);
        events.sort_by_key(|event| event.at);
        events
    }

    /// For how many seconds of a day the agent was online on any device and not on a break.
    pub(super) fn online_seconds(&self, agent: &Agent, day: NaiveDate) -> i64 {
        let whole = (beijing::midnight(day), beijing::midnight(day + Days::new(1)));
        let days = beijing::days_between(day - Days::new(1), day);
        days.filter_map(|day| self.spans(agent, day)).map(|spans| spans.online_within(whole)).sum()
    }

    fn spans(&self, agent: &Agent, day: NaiveDate) -> Option<Spans> {
        let Some(Duty::Work(shift)) = self.duty(agent, day) else { return None };
        let mut chance = Chance::of(self.plan().seed, Stream::Presence, &[agent.number.into(), ordinal(day)]);
        let (from, to) = shift.presence();
        let after = |at: NaiveDateTime, seconds| at + TimeDelta::seconds(seconds);
        let noon = after(from, chance.between(2 * 3600, 3 * 3600));
        let tea = after(noon, chance.between(2 * 3600, 3 * 3600));
        let breaks = [(noon, after(noon, chance.between(1200, 2700))), (tea, after(tea, chance.between(300, 1200)))];
        // Some go on by telephone after the shift, and some forget to go offline before midnight.
        let telephone = match chance.unit() {
            x if x < 0.04 => Some(after(beijing::midnight(day + Days::new(1)), chance.between(600, 4200))),
            x if x < 0.30 => Some(after(to, chance.between(60, 3000))),
            _ => None,
        };
        let begun = after(to, -chance.between(60, 1800));
        let telephone = telephone.map(|end| (begun, end));
        Some(Spans { computer: (from, to), telephone, breaks: breaks.to_vec() })
    }
}

impl Spans {
    fn events(self) -> Vec<Event> {
        let pair = |(from, to): Span, device, begins, ends| {
            [Event { at: from, change: begins, device }, Event { at: to, change: ends, device }]
        };
        let online = |span, device| pair(span, device, Change::Online, Change::Offline);
        let telephone = self.telephone.map(|span| online(span, Device::Telephone));
        let breaks = self.breaks.into_iter();
        let breaks = breaks.flat_map(|span| pair(span, Device::Computer, Change::Suspended, Change::Resumed));
        let computer = online(self.computer, Device::Computer);
        computer.into_iter().chain(telephone.into_iter().flatten()).chain(breaks).collect()
    }

    /// The telephone goes on where the computer stops, and breaks lie inside the shift.
    fn online_within(&self, whole: Span) -> i64 {
        let (from, to) = self.computer;
        let end = self.telephone.map_or(to, |(_, end)| end.max(to));
        let away: i64 = self.breaks.iter().map(|span| within(*span, whole)).sum();
        within((from, end), whole) - away
    }
}

fn within((from, to): Span, whole: Span) -> i64 {
    (to.min(whole.1) - from.max(whole.0)).num_seconds().max(0)
}

#[cfg(test)]
mod tests {
    use chrono::Timelike;

    use super::*;
    use crate::demo::shop::ShopPlan;

    #[test]
    fn every_stream_of_a_month_ends_as_often_as_it_begins() {
        let first = NaiveDate::from_ymd_opt(2026, 10, 1).expect("a day");
        let shop = Shop::generate(ShopPlan { seed: 2026, agents: 6, months: 1, last_month: first });
        let days = beijing::days_between(first, first + Days::new(40));
        let of_day = |day| shop.agents().iter().flat_map(|agent| shop.presence(agent, day)).collect::<Vec<Event>>();
        let events: Vec<Event> = days.flat_map(of_day).collect();
        let count = |change| events.iter().filter(|event| event.change == change).count();
        assert!(count(Change::Online) > 100, "{}", events.len());
        assert_eq!(count(Change::Suspended), count(Change::Resumed));
        assert!(count(Change::Online).abs_diff(count(Change::Offline)) <= 6, "only the last night is still open");
    }

    #[test]
    fn some_are_online_beyond_midnight_and_nobody_longer_than_a_day() {
        let first = NaiveDate::from_ymd_opt(2026, 10, 1).expect("a day");
        let shop = Shop::generate(ShopPlan { seed: 2026, agents: 6, months: 1, last_month: first });
        let days: Vec<NaiveDate> = beijing::days_of(first).collect();
        let seconds: Vec<i64> =
            shop.agents().iter().flat_map(|agent| days.iter().map(|day| shop.online_seconds(agent, *day))).collect();
        assert!(seconds.iter().all(|seconds| (0..=86_400).contains(seconds)));
        let nights = shop.agents().iter().flat_map(|agent| days.iter().flat_map(|day| shop.presence(agent, *day)));
        assert!(nights.into_iter().any(|event| event.at.hour() < 2 && event.change == Change::Offline));
    }
}
