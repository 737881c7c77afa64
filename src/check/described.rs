//! What documents say that is no change of what is done: a first description of what ran before, and the documents of a product that is
//! gone. The trees of both revisions tell, and they are asked only where such a finding would alarm.

use std::collections::BTreeSet;

use super::load::Sides;
use super::nested::ignored_below;
use crate::judge::announced;
use crate::judge::input::{At, PairIn, folder};
use crate::judge::moves::speaks_for;
use crate::judge::transition::{FOLDER, LISTED};
use crate::judge::world::World;
use crate::read::prose::{self, fences, is_about_privacy};
use crate::report::model::{Change, Finding, PathClass, Severity, StateWord};
use crate::revision::search::{gains, search};
use crate::revision::{Error, Pair};
use crate::setting::{Setting, Surface};
use crate::value::{Outcome, Value};

/// Bytes of one tree that are searched.
const BYTES: u64 = 32 << 20;

/// Words in code that counts, reports or tracks: libraries, and what people call their own. Plain `telemetry` is what programs trace
/// themselves with, too.
const COUNTS: &[&str] = &[
    "telemetry_enabled",
    "telemetryenabled",
    "telemetry.enabled",
    "enable_telemetry",
    "enabletelemetry",
    "disable_telemetry",
    "disabletelemetry",
    "telemetry_disabled",
    "telemetrydisabled",
    "telemetry_opt_out",
    "usage_reporting",
    "anonymized_telemetry",
    "no_telemetry",
    "notelemetry",
    "send_telemetry",
    "sendtelemetry",
    "telemetry_url",
    "telemetryurl",
    "telemetry_server",
    "telemetryclient",
    "telemetryevent",
    "telemetry_event",
    "telemetrylevel",
    "telemetryreporter",
    "telemetryservice",
    "extension-telemetry",
    "redhat-telemetry",
    "do_not_track",
    "posthog",
    "mixpanel",
    "amplitude",
    "rudderstack",
    "segment.io",
    "segment.com",
    "segment/analytics",
    "analytics.track",
    "analytics.identify",
    "firebase-analytics",
    "firebase/analytics",
    "firebaseanalytics",
    "applicationinsights",
    "appcenter.analytics",
    "google-analytics",
    "googletagmanager",
    "gtag(",
    "umami.is",
    "plausible.io",
    "matomo",
    "usage_stats",
    "usagestats",
    "usage-stats",
    "usage_statistics",
    "scarf.sh",
    "scarf_",
    "sentry_sdk",
    "@sentry/",
    "sentry.init",
];

/// Texts and lists of packages: what they name is not what the program does.
const NO_CODE: &[&str] = &[".md", ".mdx", ".markdown", ".rst", ".txt", ".adoc", ".lock", "-lock.json", "-lock.yaml", ".svg", ".csv"];

/// Lowers what only describes, and raises the first page about a telemetry that comes with it.
///
/// # Errors
/// Objects are missing.
pub fn lower(sides: &Sides, world: &World, findings: &mut [Finding]) -> Result<(), Error> {
    let (mut ran, mut alone, mut came) = (None, None, None);
    for finding in findings.iter_mut() {
        if finding.severity >= Severity::Note {
            if is_first_page(world, finding) {
                let came = match came {
                    Some(came) => came,
                    None => *came.insert(code_gains(sides)?),
                };
                if came {
                    finding.severity = Severity::Warning;
                }
            }
            continue;
        }
        if finding.policy == "promises/visitor-tracking" {
            // the picture itself does it, whatever else changed
        } else if under_another_name(world, finding) {
            finding.severity = Severity::Note;
        } else if is_announcement(finding) {
            let only_documents = match alone {
                Some(alone) => alone,
                None => *alone.insert(only_documents(sides)?),
            };
            let describes = if finding.policy == "promises/telemetry-announced" {
                match ran {
                    Some(ran) => ran,
                    None => *ran.insert(ran_before(sides, only_documents)?),
                }
            } else {
                only_documents && first_words(world, &finding.file)
            };
            finding.severity = finding.severity.lowered(u8::from(describes));
        } else if signed_files_are_gone(sides, world, finding)?
            || ignored_below(sides, finding)?
            || finding.change == Change::Removed && with_what_it_was_for(sides, world, finding)?
        {
            finding.severity = Severity::Note;
        }
    }
    Ok(())
}

/// Whether a new document is the first of a product that was there before to tell of telemetry.
fn is_first_page(world: &World, finding: &Finding) -> bool {
    const ANNOUNCED: &str = "promises/telemetry-announced";
    let announces = finding.policy == ANNOUNCED || finding.also.iter().any(|policy| policy == ANNOUNCED);
    announces
        && finding.change == Change::Introduced
        && finding.surface == Surface::Claim
        && finding.path_class == PathClass::Product
        && world.pairs.iter().any(|pair| pair.base.is_some())
        && !announced::told(world, announced::TELEMETRY, speaks_for(folder(&finding.file)))
}

/// Whether a changed file of code has a word for counting that it did not have before.
fn code_gains(sides: &Sides) -> Result<bool, Error> {
    let changes = sides.store.changes(sides.base, sides.head, &is_code, &|_| 0)?;
    // what is called so counts, whatever the words in it
    let counts = |pair: &Pair| pair.head.as_ref().is_some_and(|blob| is_called_counting(&blob.path));
    if changes.pairs.iter().any(counts) {
        return Ok(true);
    }
    gains(sides.store, (sides.base, sides.head), &changes.pairs, &counting())
}

/// Whether a file of code, or its folder, is called by what it counts.
fn is_called_counting(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let named = |part: &str| matches!(part, "telemetry" | "analytics" | "posthog" | "usage_stats" | "usage-stats" | "usage_tracking");
    let of = |part: &str| named(part.split('.').next().unwrap_or(part));
    let elsewhere = |part: &str| matches!(part, "test" | "tests" | "docs" | "examples" | "locales" | "i18n");
    let code = crate::read::by_path(path).is_some_and(crate::read::Reader::is_code);
    code && lower.split('/').any(of) && !lower.split('/').any(elsewhere)
}

/// Whether a document says the same on both sides, and only one of its two names tells that it is to be listened to: a page that is
/// now called `data-privacy`, a README that became `overview`.
fn under_another_name(world: &World, finding: &Finding) -> bool {
    let gone = finding.change == Change::Removed && finding.policy.starts_with("promises/");
    if !gone && !is_announcement(finding) {
        return false;
    }
    world.pairs.iter().any(|pair| {
        let (Some(base), Some(head)) = (pair.at(At::Base), pair.at(At::Head)) else { return false };
        let (other, name) = if gone { (head, base) } else { (base, head) };
        if base.path == head.path || ![&base.path, &head.path].contains(&&finding.file) {
            return false;
        }
        let weak = |setting: &Setting| matches!(&setting.value, Outcome::One(Value::Text(value)) if **value == *"opposite");
        let named = |setting: &Setting| {
            setting.names.iter().any(|(surface, name)| {
                matches!(surface, Surface::Claim | Surface::Section) && **name == *finding.setting && weak(setting) != gone
            })
        };
        prose::read(&name.path, other.text()).settings.iter().any(named)
    })
}

/// Whether something left together with what it was for.
fn with_what_it_was_for(sides: &Sides, world: &World, finding: &Finding) -> Result<bool, Error> {
    let promise = finding.policy.starts_with("promises/");
    Ok(promise && product_gone(sides, world, &finding.file)? || guarded_is_gone(sides, finding)?)
}

/// Whether what a policy guards left together with what protected it: the folder of a file that is gone, the file that a list named.
fn guarded_is_gone(sides: &Sides, finding: &Finding) -> Result<bool, Error> {
    let policy = sides.catalogue.index_of(&finding.policy).and_then(|index| sides.catalogue.policies().get(index));
    let through = policy.and_then(|policy| policy.rule.guards.as_ref().map(|guards| guards.through.clone()));
    let place = folder(&finding.file);
    match through.as_deref() {
        Some(FOLDER) => {
            let Some(place) = guarded_folder(sides, &finding.file)? else { return Ok(false) };
            Ok(sides.store.list_below(sides.head, place, &|path| lies_in(path, place))?.blobs.is_empty())
        }
        Some(LISTED) => {
            let name = finding.scope.as_deref().and_then(|scope| scope.rsplit_once(' ').map_or(Some(scope), |(_, name)| Some(name)));
            let name = name.unwrap_or("").trim_start_matches("./");
            let path = if place.is_empty() { name.to_owned() } else { format!("{place}/{name}") };
            Ok(sides.store.find(sides.head, &path)?.is_none())
        }
        _ => Ok(false),
    }
}

/// The folder that a file was there for: the nearest one that held something else as well. `.well-known/` and `sbom/` often hold
/// nothing but the one file, and what that is about lies above. Nothing where that is the whole repository.
fn guarded_folder<'p>(sides: &Sides, path: &'p str) -> Result<Option<&'p str>, Error> {
    let mut place = folder(path);
    while !place.is_empty() {
        let others = |other: &str| other != path && lies_in(other, place);
        if !sides.store.list_below(sides.base, place, &others)?.blobs.is_empty() {
            return Ok(Some(place));
        }
        place = folder(place);
    }
    Ok(None)
}

fn lies_in(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a signature covers fewer files because those files are gone.
fn signed_files_are_gone(sides: &Sides, world: &World, finding: &Finding) -> Result<bool, Error> {
    if finding.policy != "supply-chain/signed-files" {
        return Ok(false);
    }
    let is_it = |pair: &&PairIn| [At::Base, At::Head].into_iter().any(|at| pair.at(at).is_some_and(|file| file.path == finding.file));
    let Some(pair) = world.pairs.iter().find(is_it) else { return Ok(false) };
    let (was, is) = (covered(pair, At::Base), covered(pair, At::Head));
    let place = folder(&finding.file);
    let mut gone = was.difference(&is).peekable();
    if gone.peek().is_none() {
        return Ok(false);
    }
    for name in gone {
        let path = if place.is_empty() { (*name).to_owned() } else { format!("{place}/{name}") };
        // a file that never stood in the repository may still be there
        if sides.store.find(sides.base, &path)?.is_none() || sides.store.find(sides.head, &path)?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The files that a signature covers.
fn covered(pair: &PairIn, at: At) -> BTreeSet<&str> {
    let settings = pair.at(at).and_then(|file| file.reading()).into_iter().flat_map(|reading| &reading.settings);
    let listed = settings.filter(|setting| setting.names.iter().any(|(_, name)| **name == *"signature resources"));
    let items = listed.filter_map(|setting| if let Outcome::One(Value::List(items)) = &setting.value { Some(items) } else { None });
    items.flatten().filter_map(|item| if let Value::Text(text) = item { Some(&**text) } else { None }).collect()
}

/// Whether nothing but texts and pictures changed, files of unknown kinds included.
fn only_documents(sides: &Sides) -> Result<bool, Error> {
    const TEXTS: &[&str] =
        &[".md", ".mdx", ".markdown", ".rst", ".txt", ".adoc", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".pdf", ".cast"];
    let changes = sides.store.changes(sides.base, sides.head, &|_| true, &|_| 0)?;
    let is_text = |path: &str| TEXTS.iter().any(|end| path.to_ascii_lowercase().ends_with(end));
    let texts = |pair: &Pair| [&pair.base, &pair.head].into_iter().flatten().all(|blob| is_text(&blob.path));
    Ok(changes.pairs.iter().all(texts))
}

/// Whether a document says for the first time what exposes people.
fn is_announcement(finding: &Finding) -> bool {
    let first = finding.base.as_ref().is_none_or(|base| base.state == StateWord::Unset);
    first && finding.surface == Surface::Claim && finding.change == Change::Weakened
}

/// Whether the program counted before: its code at base has words for it, and no file gained one. Where there is no code, a
/// document describes what is elsewhere.
fn ran_before(sides: &Sides, only_documents: bool) -> Result<bool, Error> {
    if search(sides.store, sides.base, &counting(), &is_code, BYTES)?.hits.is_empty() {
        let code: Vec<String> = sides.store.list(sides.base, &is_code)?.blobs.into_iter().map(|blob| blob.path).collect();
        return Ok(only_documents && is_site(&code));
    }
    if only_documents {
        return Ok(true);
    }
    // only what changed can have gained one
    Ok(!code_gains(sides)?)
}

fn counting() -> Vec<String> {
    COUNTS.iter().map(|word| (*word).to_owned()).collect()
}

fn is_code(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    crate::read::reads(path) && !fences::claims(path) && !NO_CODE.iter().any(|end| lower.ends_with(end)) && !lower.starts_with(".github/")
}

/// Whether a repository holds documentation only, by what builds it into pages.
fn is_site(code: &[String]) -> bool {
    const PAGES: &[&str] = &["docusaurus.config.", "mint.json", "docs.json", "hugo.", "book.toml", "antora", "gitbook"];
    const PROGRAMS: &[&str] =
        &["pyproject.toml", "setup.py", "Cargo.toml", "go.mod", "package.json", "pom.xml", "build.gradle", "Makefile"];
    let top = |names: &[&str]| code.iter().any(|path| names.iter().any(|name| path.starts_with(name)));
    top(PAGES) || !top(PROGRAMS) && (top(&["mkdocs.yml", "_config.yml", "conf.py"]) || code.len() < 5)
}

/// Whether a document said nothing about privacy before.
fn first_words(world: &World, path: &str) -> bool {
    let is_it = |pair: &&PairIn| pair.at(At::Head).is_some_and(|file| file.path == path);
    let before = world.pairs.iter().find(is_it).and_then(|pair| pair.at(At::Base)).and_then(|file| file.reading());
    before.is_none_or(|reading| {
        let text = |setting: &Setting| matches!(&setting.value, Outcome::One(Value::Text(value)) if **value == *"text");
        let speaks = |setting: &Setting| {
            setting.names.iter().any(|(surface, name)| match surface {
                Surface::Section => is_about_privacy(name) && text(setting),
                surface => *surface == Surface::Claim,
            })
        };
        !reading.settings.iter().any(speaks)
    })
}

/// Whether a deleted document spoke for a folder of which nothing is left: a product that left takes its promises along.
fn product_gone(sides: &Sides, world: &World, path: &str) -> Result<bool, Error> {
    let of = speaks_for(folder(path));
    let deleted = world.pairs.iter().any(|pair| pair.head.is_none() && pair.at(At::Base).is_some_and(|file| file.path == path));
    if of.is_empty() || !deleted {
        return Ok(false);
    }
    Ok(sides.store.list_below(sides.head, of, &|_| true)?.blobs.is_empty())
}
