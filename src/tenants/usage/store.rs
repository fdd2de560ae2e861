//! SQL of usage: one row for each key and UTC day.

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Tenant, TenantSql, Tx},
    words::ApiKeyId,
};
use jiff::{civil::Date, tz::TimeZone};

use super::{
    counter::{Meter, Unwritten},
    window::DAY,
};

// Where the organization is gone there is nothing left to count for; a foreign key's refusal would take the batch along.
const ADD: TenantSql = TenantSql::new(
    "insert into usage_days (organization_id, api_key_id, day, requests, not_modified, limited, bytes)
     select ?1, ?2, ?3, cast(?4 as bigint), cast(?5 as bigint), cast(?6 as bigint), cast(?7 as bigint)
     where exists (select 1 from organizations where id = ?1)
     on conflict (organization_id, api_key_id, day) do update set
        requests = usage_days.requests + excluded.requests,
        not_modified = usage_days.not_modified + excluded.not_modified,
        limited = usage_days.limited + excluded.limited,
        bytes = usage_days.bytes + excluded.bytes",
);

const TOUCH: TenantSql = TenantSql::new(
    "update api_keys set last_used_at = ?3
     where organization_id = ?1 and id = ?2 and (last_used_at is null or last_used_at < ?3)",
);

/// Adds what was metered to the days, and notes when the keys were used.
pub fn write(tx: &Tx, batch: &[Unwritten]) -> Result<(), DbError> {
    for unwritten in batch {
        for (day, meter) in &unwritten.days {
            let Meter { requests, not_modified, limited, bytes } = meter;
            tx.execute(
                ADD.of(&unwritten.visitor, (unwritten.key, day_text(*day), requests, not_modified, limited, bytes)),
            )?;
        }
        if let Some(used_at) = unwritten.used_at {
            tx.execute(TOUCH.of(&unwritten.visitor, (unwritten.key, used_at)))?;
        }
    }
    Ok(())
}

const COUNTED: TenantSql = TenantSql::new(
    "select day, requests - not_modified from usage_days
     where organization_id = ?1 and api_key_id = ?2 and day in (?3, ?4)",
);

/// Requests of today and of yesterday that the limits count; days as numbers since 1970.
pub fn counted(conn: &Conn, tenant: &impl Tenant, key: ApiKeyId, today: i64) -> Result<(i64, i64), DbError> {
    let (today, yesterday) = (day_text(today), day_text(today - 1));
    let rows = conn
        .list(COUNTED.of(tenant, (key, &today, &yesterday)), |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?)))?;
    let of = |day: &str| rows.iter().find(|(each, _)| each == day).map_or(0, |(_, requests)| *requests);
    Ok((of(&today), of(&yesterday)))
}

/// One key's use on one day.
#[derive(Debug)]
pub struct KeyDay {
    /// The UTC day, `2026-05-01`.
    pub day: String,
    /// The key.
    pub key: ApiKeyId,
    /// What it is for; nothing for a key that is gone.
    pub name: Option<String>,
    /// Its last characters.
    pub hint: Option<String>,
    /// What it did.
    pub meter: Meter,
}

const BETWEEN: TenantSql = TenantSql::new(
    "select usage_days.day, usage_days.api_key_id, api_keys.name, api_keys.hint,
            usage_days.requests, usage_days.not_modified, usage_days.limited, usage_days.bytes
     from usage_days
     left join api_keys on api_keys.organization_id = usage_days.organization_id and api_keys.id = usage_days.api_key_id
     where usage_days.organization_id = ?1 and usage_days.day >= ?2 and usage_days.day <= ?3
     order by usage_days.day, usage_days.api_key_id",
);

/// All keys' use on the days from `from` to `to`, both included.
pub fn between(conn: &Conn, tenant: &impl Tenant, from: Date, to: Date) -> Result<Vec<KeyDay>, DbError> {
    conn.list(BETWEEN.of(tenant, (from.to_string(), to.to_string())), |row| {
        Ok(KeyDay {
            day: row.get(0)?,
            key: row.get(1)?,
            name: row.get(2)?,
            hint: row.get(3)?,
            meter: Meter { requests: row.get(4)?, not_modified: row.get(5)?, limited: row.get(6)?, bytes: row.get(7)? },
        })
    })
}

/// `2026-05-01` for the day's number since 1970.
fn day_text(day: i64) -> String {
    let midnight = Timestamp::from_millisecond(day.saturating_mul(DAY)).unwrap_or_default();
    midnight.to_zoned(TimeZone::UTC).date().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_utc_calendar_s() {
        assert_eq!(day_text(0), "1970-01-01");
        assert_eq!(day_text(20_514), "2026-03-02");
    }
}
