//! Owns the reading of moments as services may write them. Leaves out which field means what.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde_json::Value;

/// What a field says of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// The field is absent, or cannot be read.
    Unknown,
    /// The field is there and says that there is no such moment.
    None,
    /// The moment.
    At(DateTime<Utc>),
}

impl Reading {
    /// The moment, if there is one.
    pub(super) fn moment(self) -> Option<DateTime<Utc>> {
        match self {
            Self::At(moment) => Some(moment),
            Self::Unknown | Self::None => None,
        }
    }

    /// The form that keeps "unknown" and "none" apart.
    #[allow(clippy::option_option)] // the form that `ListedKey` has
    pub(super) fn said(self) -> Option<Option<DateTime<Utc>>> {
        match self {
            Self::Unknown => None,
            Self::None => Some(None),
            Self::At(moment) => Some(Some(moment)),
        }
    }
}

/// 1 January 2000: no key is older than the service.
const EARLIEST: i64 = 946_684_800;
/// 1 January 2200: beyond it, a date is a way to say something else.
const LATEST: i64 = 7_258_118_400;

/// Reads ISO 8601 with or without a zone (without one it is UTC), HTTP dates, and seconds or
/// milliseconds since 1970 as numbers or digits. Whatever lies outside the years 2000 to 2199 is
/// unknown, so that no later sum can overflow.
pub(super) fn read(value: &Value) -> Reading {
    match value {
        Value::Null => Reading::None,
        Value::Number(number) => number.as_f64().map_or(Reading::Unknown, from_number),
        Value::String(text) => from_text(text.trim()),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => Reading::Unknown,
    }
}

fn from_text(text: &str) -> Reading {
    if text.is_empty() || ["never", "none", "null"].iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return Reading::None;
    }
    // The longest form worth reading has far fewer characters; longer ones are not dates.
    if text.len() > 64 || !text.is_ascii() {
        return Reading::Unknown;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return text.parse().map_or(Reading::Unknown, from_number);
    }
    zoned(text).or_else(|| naive(text)).map_or(Reading::Unknown, bounded)
}

fn zoned(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%#z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z"))
        .or_else(|_| DateTime::parse_from_rfc2822(text))
        .ok()
        .map(|moment| moment.with_timezone(&Utc))
}

fn naive(text: &str) -> Option<DateTime<Utc>> {
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.and_time(NaiveTime::MIN)))
        .map(|moment| moment.and_utc())
}

/// Seconds and milliseconds of the accepted years do not overlap, so the size tells them apart.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // bounded right before
fn from_number(number: f64) -> Reading {
    let (earliest, latest) = (EARLIEST as f64, LATEST as f64);
    let milliseconds = if (earliest..latest).contains(&number) {
        number * 1000.0
    } else if (earliest * 1000.0..latest * 1000.0).contains(&number) {
        number
    } else {
        return Reading::Unknown;
    };
    DateTime::from_timestamp_millis(milliseconds as i64).map_or(Reading::Unknown, bounded)
}

fn bounded(moment: DateTime<Utc>) -> Reading {
    if (EARLIEST..LATEST).contains(&moment.timestamp()) { Reading::At(moment) } else { Reading::Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone as _;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn one_moment_is_read_in_every_form() {
        let noon = Reading::At(Utc.with_ymd_and_hms(2026, 11, 20, 12, 0, 0).unwrap());
        for value in [
            json!("2026-11-20T12:00:00Z"),
            json!("2026-11-20T12:00:00z"),
            json!("2026-11-20T12:00:00.000000Z"),
            json!("2026-11-20T14:00:00+02:00"),
            json!("2026-11-20T14:00:00+0200"),
            json!("2026-11-20 14:00:00+02"),
            json!("2026-11-20 12:00:00.0+00"),
            json!("2026-11-20T12:00:00"),
            json!("2026-11-20T12:00:00.0"),
            json!("2026-11-20 12:00:00"),
            json!("2026-11-20T12:00"),
            json!(" 2026-11-20T12:00:00Z "),
            json!("Fri, 20 Nov 2026 12:00:00 GMT"),
            json!(1_795_176_000),
            json!(1_795_176_000.0),
            json!("1795176000"),
            json!(1_795_176_000_000_i64),
            json!("1795176000000"),
        ] {
            assert_eq!(read(&value), noon, "{value}");
        }
    }

    #[test]
    fn a_day_alone_begins_at_midnight() {
        assert_eq!(read(&json!("2026-11-20")), Reading::At(Utc.with_ymd_and_hms(2026, 11, 20, 0, 0, 0).unwrap()));
    }

    #[test]
    fn null_and_words_for_never_are_none() {
        for value in [json!(null), json!(""), json!("never"), json!("None")] {
            assert_eq!(read(&value), Reading::None, "{value}");
        }
    }

    #[test]
    fn what_is_out_of_range_or_no_date_is_unknown() {
        for value in [
            json!(0),
            json!(-1),
            json!(12),
            json!(u64::MAX),
            json!(i64::MIN),
            json!(1e300),
            json!(946_684_799),
            json!(7_258_118_400_i64),
            json!("0001-01-01T00:00:00Z"),
            json!("9999-12-31T23:59:59Z"),
            json!("+262142-12-31T23:59:59Z"),
            json!("2026-13-40"),
            json!("soon"),
            json!("1.2.3"),
            json!("９"),
            json!(true),
            json!([1_795_176_000]),
            json!({"at": 1_795_176_000}),
        ] {
            assert_eq!(read(&value), Reading::Unknown, "{value}");
        }
    }

    proptest! {
        #[test]
        fn no_text_and_no_number_panics(text in "\\PC{0,80}", number in any::<f64>(), whole in any::<i64>()) {
            let _ = read(&json!(text));
            let _ = read(&json!(number));
            let _ = read(&json!(whole));
        }

        #[test]
        fn every_second_of_the_accepted_years_survives_as_seconds_milliseconds_and_iso(at in EARLIEST..LATEST) {
            let moment = DateTime::from_timestamp(at, 0).unwrap();
            prop_assert_eq!(read(&json!(at)), Reading::At(moment));
            prop_assert_eq!(read(&json!(at * 1000)), Reading::At(moment));
            prop_assert_eq!(read(&json!(moment.to_rfc3339())), Reading::At(moment));
        }
    }
}
