//! `privgate-waivers.yaml`: its format, and what is wrong with a single waiver whatever it is for.

use serde::Deserialize;

use super::day;
use crate::config::fault::{Fault, of_parser};
use crate::config::is_owner;

/// Where waivers stand.
pub const PATH: &str = "privgate-waivers.yaml";

/// More waivers than this are no exceptions any more.
const MOST: usize = 1_000;

/// One waiver.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The policy of the finding.
    pub policy: String,
    /// The file, at base or at head.
    pub file: String,
    /// What the setting belongs to: `service api`; left out where the finding has none.
    #[serde(default)]
    pub scope: Option<String>,
    /// The setting as the finding names it.
    pub setting: String,
    /// The value before, as the report shows it; left out where the subject did not exist.
    #[serde(default, deserialize_with = "scalar")]
    pub from: Option<String>,
    /// The value after, as the report shows it; left out where the subject is gone.
    #[serde(default, deserialize_with = "scalar")]
    pub to: Option<String>,
    /// Why this is acceptable.
    pub reason: String,
    /// Who accepts it.
    pub owner: String,
    /// The last day on which it counts, `YYYY-MM-DD`.
    pub expires: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Waivers {
    waivers: Vec<Waiver>,
}

/// A text, a number or a switch, as written.
fn scalar<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    use crate::policy::file::Given;
    match Option::<Given>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Given::One(text)) => Ok(Some(text)),
        Some(Given::Many(_)) => Err(serde::de::Error::custom("expected one value, found a list")),
    }
}

impl Waiver {
    /// Whether it accepts the same change in the same place, for whatever reason and time.
    #[must_use]
    pub fn same_change(&self, other: &Self) -> bool {
        (&self.policy, &self.file, &self.scope, &self.setting, &self.from, &self.to)
            == (&other.policy, &other.file, &other.scope, &other.setting, &other.from, &other.to)
    }

    /// Whether it accepts no more than another one: the same change, by the same owner, no longer.
    #[must_use]
    pub fn within(&self, other: &Self) -> bool {
        self.same_change(other) && self.owner == other.owner && self.expires <= other.expires
    }

    /// Why it can never count, whoever may waive: nothing where it is well made.
    #[must_use]
    pub fn ill_made(&self, today: &str, most_days: u32) -> Option<String> {
        let (Some(end), Some(now)) = (day::of(&self.expires), day::of(today)) else {
            return Some(format!("`{}` is no day; write `expires: YYYY-MM-DD`", self.expires));
        };
        if end < now {
            return Some(format!("it has expired on {}: delete it", self.expires));
        }
        if end - now > i64::from(most_days) {
            return Some(format!("it lasts until {}, {} days; {most_days} are the most", self.expires, end - now));
        }
        let wide = |text: &str| text.is_empty() || text.contains(['*', '?', '{', '[']) && !text.contains("${");
        if wide(&self.policy) || wide(&self.file) || self.file.ends_with('/') {
            return Some("it is too wide: name one policy and one file, without wildcards".into());
        }
        if self.setting.is_empty() || self.setting == "*" || (self.from.is_none() && self.to.is_none()) {
            return Some("it is too wide: write the setting, and the values it goes `from` and `to`".into());
        }
        if self.reason.trim().is_empty() {
            return Some("it has no reason".into());
        }
        if !is_owner(&self.owner) {
            return Some("it has no owner: write `owner: \"@user\"` or `\"@group/team\"`".into());
        }
        None
    }
}

/// Reads the text of a waiver file.
///
/// # Errors
/// The fault with its place.
pub fn parse(path: &str, text: &str) -> Result<Vec<Waiver>, Fault> {
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#') || line.trim() == "---") {
        return Ok(Vec::new());
    }
    let options = serde_saphyr::options! { strict_booleans: true };
    let read: Waivers = serde_saphyr::from_str_with_options(text, options).map_err(|error| of_parser(path, text, &error))?;
    if read.waivers.len() > MOST {
        return Err(Fault::at(path, text, 0, format!("{} waivers are more than {MOST}", read.waivers.len())));
    }
    Ok(read.waivers)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "waivers:\n  - policy: telemetry/vllm-usage-stats\n    file: compose.yaml\n    scope: service api\n    setting: VLLM_NO_USAGE_STATS\n    from: \"1\"\n    to: 0\n    reason: The vendor needs figures.\n    owner: \"@acme/privacy\"\n    expires: 2026-12-04\n";

    #[test]
    fn the_documented_waiver_is_read() {
        let waivers = parse(PATH, ONE).unwrap();
        assert_eq!((waivers[0].from.as_deref(), waivers[0].to.as_deref()), (Some("1"), Some("0")));
        assert_eq!(waivers[0].ill_made("2026-11-21", 180), None);
        assert_eq!(parse(PATH, "waivers: []\n").unwrap(), []);
        assert_eq!(parse(PATH, "# none\n").unwrap(), []);
    }

    #[test]
    fn what_makes_a_waiver_worthless_is_told() {
        for (from, to, said) in [
            ("2026-12-04", "2026-11-20", "expired"),
            ("2026-12-04", "2027-11-20", "180 are the most"),
            ("2026-12-04", "soon", "no day"),
            ("file: compose.yaml", "file: \"**/compose.yaml\"", "too wide"),
            ("file: compose.yaml", "file: deploy/", "too wide"),
            ("policy: telemetry/vllm-usage-stats", "policy: \"telemetry/*\"", "too wide"),
            ("setting: VLLM_NO_USAGE_STATS", "setting: \"*\"", "too wide"),
            ("    from: \"1\"\n    to: 0\n", "", "too wide"),
            ("The vendor needs figures.", "\" \"", "no reason"),
            ("\"@acme/privacy\"", "\"\"", "no owner"),
            ("\"@acme/privacy\"", "somebody", "no owner"),
        ] {
            assert!(ONE.contains(from), "{from}");
            let text = ONE.replacen(from, to, 1);
            let told = parse(PATH, &text).unwrap()[0].ill_made("2026-11-21", 180).unwrap_or_default();
            assert!(told.contains(said), "{to}: {told}");
        }
    }

    #[test]
    fn a_malformed_file_is_told_at_its_place() {
        let fault = parse(PATH, &ONE.replace("reason:", "raeson:")).unwrap_err();
        assert_eq!(fault.line, 8, "{fault}");
        assert!(fault.message.contains("did you mean `reason`?"), "{fault}");
        assert!(parse(PATH, &ONE.replace("    owner: \"@acme/privacy\"\n", "")).is_err());
    }
}
