//! From the time on a site's clocks to the instant that is meant, across the days on which clocks change.

use ground::{clock::Timestamp, words::TimeZoneName};
use jiff::{civil::DateTime, tz::AmbiguousOffset};
use machinery::web::FieldProblem;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::EntryError;

/// Which of the two is meant where the clocks show a time twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Repeated {
    /// The first, before the clocks go back.
    #[default]
    Earlier,
    /// The second, after it.
    Later,
}

/// A local time that is also an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// As it is kept and told: `2027-03-28T06:00:00`.
    pub local_time: String,
    /// The instant.
    pub at: Timestamp,
}

/// The instant at which the clocks of this zone show this time. A time that they skip is refused; of one that they show
/// twice `repeated` is taken. What is not after `now` is refused too.
pub fn resolve(
    local_time: &str,
    repeated: Repeated,
    zone: &TimeZoneName,
    now: Timestamp,
) -> Result<Resolved, EntryError> {
    let is_plain = local_time.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b':' | b'T'));
    let parsed =
        local_time.parse::<DateTime>().ok().filter(|_| is_plain && local_time.len() >= "2027-03-28T06:00".len());
    let wanted = parsed.ok_or_else(|| {
        refused(
            "time_invalid",
            "A local time is written 2027-03-28T06:00, without a zone: it is the site's.".to_owned(),
        )
    })?;
    let ambiguous = zone.zone().to_ambiguous_timestamp(wanted);
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        return Err(refused(
            "time_skipped",
            format!("The clocks of {zone} go forward then and never show {local_time}. Choose a time before or after."),
        ));
    }
    let at = match repeated {
        Repeated::Earlier => ambiguous.earlier(),
        Repeated::Later => ambiguous.later(),
    };
    let at = at.map_err(|_| refused("time_invalid", "This time is too far away.".to_owned()))?;
    if at <= now {
        return Err(refused("time_past", format!("{local_time} in {zone} is over. Choose a time to come.")));
    }
    Ok(Resolved { local_time: wanted.to_string(), at })
}

/// How far the clocks are from UTC at that instant, and whether they show this time twice.
pub fn standing(local_time: &str, zone: &TimeZoneName, at: Timestamp) -> (String, bool) {
    let zone = zone.zone();
    let is_repeated = local_time
        .parse::<DateTime>()
        .is_ok_and(|wanted| matches!(zone.to_ambiguous_timestamp(wanted).offset(), AmbiguousOffset::Fold { .. }));
    (zone.to_offset(at).to_string(), is_repeated)
}

fn refused(code: &'static str, detail: String) -> EntryError {
    EntryError::Request(FieldProblem { pointer: "/local_time".to_owned(), code: code.into(), detail })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_time_is_one_instant_or_is_refused() {
        use Repeated::{Earlier, Later};
        let zone: TimeZoneName = "Europe/Zurich".parse().unwrap();
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        for (local_time, repeated, expected) in [
            ("2027-01-01T06:00", Earlier, Ok("2027-01-01T05:00:00Z")),
            ("2027-07-01T06:00:30", Earlier, Ok("2027-07-01T04:00:30Z")),
            ("2027-03-28T01:59", Earlier, Ok("2027-03-28T00:59:00Z")),
            ("2027-03-28T02:00", Earlier, Err("time_skipped")),
            ("2027-03-28T02:30", Later, Err("time_skipped")),
            ("2027-03-28T03:00", Earlier, Ok("2027-03-28T01:00:00Z")),
            ("2027-10-31T02:30", Earlier, Ok("2027-10-31T00:30:00Z")),
            ("2027-10-31T02:30", Later, Ok("2027-10-31T01:30:00Z")),
            ("2025-10-31T02:30", Later, Err("time_past")),
            ("2027-13-31T02:30", Later, Err("time_invalid")),
            ("2027-10-31", Later, Err("time_invalid")),
            ("2027-10-31T02:30Z", Later, Err("time_invalid")),
            ("2027-10-31T02:30+02:00", Later, Err("time_invalid")),
            ("", Later, Err("time_invalid")),
        ] {
            let found = resolve(local_time, repeated, &zone, now).map(|resolved| resolved.at.to_string());
            let found = found.map_err(|error| match error {
                EntryError::Request(problem) => problem.code.into_owned(),
                other => other.to_string(),
            });
            assert_eq!(found.as_deref().map_err(String::as_str), expected, "{local_time} {repeated:?}");
        }
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(standing("2027-10-31T02:30:00", &zone, at("2027-10-31T01:30:00Z")), ("+01".to_owned(), true));
        assert_eq!(standing("2027-07-01T06:00:00", &zone, at("2027-07-01T04:00:00Z")), ("+02".to_owned(), false));
    }
}
