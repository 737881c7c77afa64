//! Days of the calendar as numbers: how long a waiver lasts.

/// Days since 1970-01-01 of a date `YYYY-MM-DD` that exists.
#[must_use]
pub fn of(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let mut number =
        |length: usize| parts.next().filter(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))?.parse::<i64>().ok();
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    if parts.next().is_some() || !(1..=12).contains(&month) {
        return None;
    }
    // Howard Hinnant's `days_from_civil`
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    (date(days) == text).then_some(days)
}

/// The civil date of a day since 1970-01-01 (Howard Hinnant's `civil_from_days`).
#[must_use]
pub fn date(days: i64) -> String {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn only_days_that_exist_are_days() {
        assert_eq!(of("1970-01-01"), Some(0));
        assert_eq!(of("2024-02-29"), Some(19_782));
        assert_eq!(of("2026-11-21"), Some(20_778));
        for wrong in ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "tomorrow", "2026-11-21T00", "2026-11-31", ""] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
