//! Cron expressions of five fields, and the instants they mean in a time zone with daylight saving.
//!
//! The pattern is matched on local times without a zone; the mapping to instants is ours (the ISC cron rule). An
//! expression with fixed hours fires once for each local time it names: one that the clocks skip fires at the first
//! instant after the gap, one that comes twice fires the first time. An expression with every hour (`*`) counts real
//! time and does not care what the clocks show: `*/10 * * * *` fires each ten minutes of that night as well.

use std::{fmt, str::FromStr};

use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};
use ground::clock::Timestamp;
use jiff::{
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone},
};

/// A cron expression such as `30 2 * * *`.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    text: String,
    pattern: Cron,
    counts_real_time: bool,
}

/// Why a text is no cron expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// Not five fields.
    #[error("`{0}` is no schedule: it takes five fields, minute hour day month weekday, as in `30 2 * * *`")]
    Fields(String),
    /// A field that means nothing.
    #[error("`{expression}` is no schedule: {reason}")]
    Pattern {
        /// The text.
        expression: String,
        /// The parser's words.
        reason: String,
    },
    /// A day that no month has.
    #[error("`{0}` never fires: no month has such a day")]
    Never(String),
}

impl FromStr for Expression {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, ExpressionError> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [_, hour, _, _, _] = fields[..] else {
            return Err(ExpressionError::Fields(text.to_owned()));
        };
        let pattern = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build()
            .parse(text)
            .map_err(|error| ExpressionError::Pattern { expression: text.to_owned(), reason: error.to_string() })?;
        let expression = Self { text: fields.join(" "), pattern, counts_real_time: matches!(hour, "*" | "*/1") };
        if expression.next_local(DateTime::constant(2000, 1, 1, 0, 0, 0, 0), true).is_none() {
            return Err(ExpressionError::Never(expression.text));
        }
        Ok(expression)
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Expression {
    /// The first instant after `after` at which the expression fires; `None` past the end of the calendar.
    pub fn next_after(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        if self.counts_real_time { self.next_in_real_time(after, zone) } else { self.next_by_clock(after, zone) }
    }

    /// Each local time once. The instants of local times never run backwards, so the first one that lies after `after`
    /// is the answer; more than one is tried only within an hour that comes twice.
    fn next_by_clock(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut local = zone.to_datetime(after);
        loop {
            local = self.next_local(local, false)?;
            let instant = first_instant(local, zone)?;
            if instant > after {
                return Some(instant);
            }
        }
    }

    /// As the clocks show it under one offset after the other.
    fn next_in_real_time(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let (mut from, mut is_included) = (after, false);
        loop {
            let offset = zone.to_offset(from);
            let next = self.next_local(offset.to_datetime(from), is_included);
            let candidate = next.and_then(|local| offset.to_timestamp(local).ok());
            match (candidate, zone.following(from).next()) {
                (Some(instant), Some(change)) if instant < change.timestamp() => return Some(instant),
                (instant, None) => return instant,
                // From the change of the clocks on, another offset holds.
                (_, Some(change)) => (from, is_included) = (change.timestamp(), true),
            }
        }
    }

    fn next_local(&self, from: DateTime, is_included: bool) -> Option<DateTime> {
        self.pattern.find_next_occurrence(&from, is_included).ok()
    }
}

/// The instant of a local time: the first of two, or the end of the gap that swallowed it.
fn first_instant(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
            offset.to_timestamp(local).ok()
        }
        // Under the later offset the skipped time would lie just before the change.
        AmbiguousOffset::Gap { after, .. } => {
            zone.following(after.to_timestamp(local).ok()?).next().map(|change| change.timestamp())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The next instants, as the clocks of the zone show them.
    fn fires(expression: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
        let (expression, zone) = (expression.parse::<Expression>().unwrap(), TimeZone::get(zone).unwrap());
        let mut at: Timestamp = after.parse().unwrap();
        (0..count)
            .map(|_| {
                at = expression.next_after(at, &zone).unwrap();
                at.to_zoned(zone.clone()).strftime("%m-%d %H:%M %:z").to_string()
            })
            .collect()
    }

    #[test]
    fn local_times_that_the_clocks_skip_fire_at_the_first_instant_after_the_gap() {
        // 2026: Berlin 29 March 02:00 -> 03:00, New York 8 March 02:00 -> 03:00, Lord Howe 4 October 02:00 -> 02:30.
        for (expression, zone, after, expected) in [
            (
                "30 2 * * *",
                "Europe/Berlin",
                "2026-03-28T00:00:00Z",
                &["03-28 02:30 +01:00", "03-29 03:00 +02:00", "03-30 02:30 +02:00"][..],
            ),
            // The skipped times and the one at the gap's end are one instant: one run.
            ("0 2,3 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", &["03-29 03:00 +02:00", "03-30 02:00 +02:00"]),
            ("*/20 2 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", &["03-29 03:00 +02:00", "03-30 02:00 +02:00"]),
            ("0 */2 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", &["03-29 03:00 +02:00", "03-29 04:00 +02:00"]),
            ("15 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", &["03-08 03:00 -04:00", "03-09 02:15 -04:00"]),
            (
                "10 2 * * *",
                "Australia/Lord_Howe",
                "2026-10-02T16:00:00Z",
                &["10-04 02:30 +11:00", "10-05 02:10 +11:00"],
            ),
            (
                "45 2 * * *",
                "Australia/Lord_Howe",
                "2026-10-03T12:00:00Z",
                &["10-04 02:45 +11:00", "10-05 02:45 +11:00"],
            ),
        ] {
            assert_eq!(fires(expression, zone, after, expected.len()), expected, "{expression} {zone}");
        }
    }

    #[test]
    fn local_times_that_come_twice_fire_the_first_time_only() {
        // 2026: Berlin 25 October 03:00 -> 02:00, New York 1 November 02:00 -> 01:00, Lord Howe 5 April 02:00 -> 01:30.
        for (expression, zone, after, expected) in [
            ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", &["10-25 02:30 +02:00", "10-26 02:30 +01:00"][..]),
            (
                "*/30 2,3 * * *",
                "Europe/Berlin",
                "2026-10-24T12:00:00Z",
                &["10-25 02:00 +02:00", "10-25 02:30 +02:00", "10-25 03:00 +01:00", "10-25 03:30 +01:00"],
            ),
            ("5 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", &["11-01 01:05 -04:00", "11-02 01:05 -05:00"]),
            (
                "45 1 * * *",
                "Australia/Lord_Howe",
                "2026-04-04T12:00:00Z",
                &["04-05 01:45 +11:00", "04-06 01:45 +10:30"],
            ),
            (
                "15 1 * * *",
                "Australia/Lord_Howe",
                "2026-04-04T12:00:00Z",
                &["04-05 01:15 +11:00", "04-06 01:15 +10:30"],
            ),
        ] {
            assert_eq!(fires(expression, zone, after, expected.len()), expected, "{expression} {zone}");
        }
        // Asked in the middle of the second time round, what fired the first time does not fire again.
        assert_eq!(fires("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", 1), ["10-26 02:30 +01:00"]);
    }

    #[test]
    fn expressions_of_every_hour_count_real_time() {
        for (expression, zone, after, expected) in [
            (
                "30 * * * *",
                "Europe/Berlin",
                "2026-03-29T00:00:00Z",
                &["03-29 01:30 +01:00", "03-29 03:30 +02:00", "03-29 04:30 +02:00"][..],
            ),
            (
                "30 * * * *",
                "Europe/Berlin",
                "2026-10-25T00:00:00Z",
                &["10-25 02:30 +02:00", "10-25 02:30 +01:00", "10-25 03:30 +01:00"],
            ),
            (
                "*/20 * * * *",
                "America/New_York",
                "2026-03-08T06:30:00Z",
                &["03-08 01:40 -05:00", "03-08 03:00 -04:00", "03-08 03:20 -04:00"],
            ),
            (
                "*/20 * * * *",
                "Australia/Lord_Howe",
                "2026-04-04T14:30:00Z",
                &["04-05 01:40 +11:00", "04-05 01:40 +10:30", "04-05 02:00 +10:30"],
            ),
            ("0 * * * *", "Asia/Kathmandu", "2026-06-01T00:00:00Z", &["06-01 06:00 +05:45", "06-01 07:00 +05:45"]),
        ] {
            assert_eq!(fires(expression, zone, after, expected.len()), expected, "{expression} {zone}");
        }
    }

    #[test]
    fn days_months_and_weekdays_are_understood() {
        for (expression, after, expected) in [
            ("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
            ("0 9 * * mon-fri", "2026-11-20T09:00:00Z", "2026-11-23T09:00:00Z"),
            ("0 0 1 * *", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
            ("59 23 31 12 *", "2026-01-01T00:00:00Z", "2026-12-31T23:59:00Z"),
        ] {
            let next = expression.parse::<Expression>().unwrap().next_after(after.parse().unwrap(), &TimeZone::UTC);
            assert_eq!(next, Some(expected.parse().unwrap()), "{expression}");
        }
    }

    #[test]
    fn what_is_no_expression_says_why() {
        for text in ["", "* * * *", "0 * * * * *", "@daily", "60 * * * *", "a b c d e", "* * * * 9", "0 0 30 2 *"] {
            assert!(text.parse::<Expression>().is_err(), "{text}");
        }
        assert_eq!(
            "0 0 30 2 *".parse::<Expression>().unwrap_err().to_string(),
            "`0 0 30 2 *` never fires: no month has such a day"
        );
        assert_eq!(" 5  4 * *   * ".parse::<Expression>().unwrap().to_string(), "5 4 * * *");
    }
}
