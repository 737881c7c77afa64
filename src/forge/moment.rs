//! Moments as forges write them (RFC 3339), as numbers that can be compared.

use crate::waiver::day;

/// Milliseconds since 1970 of `2026-11-20T10:00:00Z`, `2026-11-20T11:00:00.250+01:00` and the like.
#[must_use]
pub fn of(text: &str) -> Option<i64> {
    let (date, rest) = text.trim().split_once(['T', 't', ' '])?;
    let day = day::of(date)?;
    let sign = rest.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = rest.split_at_checked(sign)?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = clock.split(':').map(|part| number(part, 2));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    let shift = match zone.strip_prefix(['+', '-']) {
        None => zone.eq_ignore_ascii_case("z").then_some(0)?,
        Some(zone) => {
            let (hours, minutes) = zone.split_once(':').or_else(|| zone.split_at_checked(2))?;
            let minutes = number(hours, 2)? * 60 + number(minutes, 2)?;
            if rest.contains('-') { -minutes } else { minutes }
        }
    };
    let seconds = day * 86_400 + hour * 3_600 + minute * 60 + second - shift * 60;
    Some(seconds * 1_000 + number(&thousandths, 3)?)
}

fn number(text: &str, length: usize) -> Option<i64> {
    (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn one_moment_has_one_number_in_every_zone() {
        let noon = of("2026-11-20T12:00:00Z").unwrap();
        assert_eq!(noon, 1_795_176_000_000);
        for same in ["2026-11-20T13:00:00+01:00", "2026-11-20T05:00:00-07:00", "2026-11-20T12:00:00.000Z", "2026-11-20 12:00:00+0000"] {
            assert_eq!(of(same), Some(noon), "{same}");
        }
        assert_eq!(of("2026-11-20T12:00:00.25Z"), Some(noon + 250));
        assert!(of("2026-11-20T11:59:59.999999Z").unwrap() < noon);
    }

    #[test]
    fn what_is_no_moment_has_no_number() {
        for wrong in ["", "2026-11-20", "2026-11-20T12:00Z", "2026-11-31T12:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T12:00:00", "T::Z"]
        {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
