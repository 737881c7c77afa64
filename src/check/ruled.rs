//! Whose rules judge: those of the base, and those of the head a second time where they differ. The findings are the union, the
//! worse one where both say something of one transition; then come the findings about the gate itself.

use std::collections::HashMap;
use std::path::PathBuf;

use super::{Compared, FailOn, Judged, Request, check_one, decide};
use crate::config::bounds::Bounds;
use crate::config::fault::Fault;
use crate::config::rules::{Found, Rules, find, from_disk};
use crate::config::{Config, PATH};
use crate::gate::configuration::{self, Configured};
use crate::gate::owners::{self, Deciding};
use crate::gate::{Place, Raised, Said, policies};
use crate::policy::catalogue::{Catalogue, built_in_rules};
use crate::report::model::{Change, ErrorShown, Finding, Report, Severity, Verdict};
use crate::revision::{Error, Revision, Store};
use crate::span::Span;
use crate::waiver::Approvals;
use crate::waiver::settle::{Circumstances, Waivers};

/// Whose configuration counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// The base's; the head's only adds.
    #[default]
    Base,
    /// The head's alone: there is nothing to compare with.
    Head,
}

/// What a run is given besides the two revisions.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Whose configuration counts.
    pub whose: Whose,
    /// Where the configuration stands in the base, when not at `privgate.yaml`.
    pub config: Option<String>,
    /// A configuration from the disk instead of the base's.
    pub config_from_disk: Option<PathBuf>,
    /// `fail_on` of the request was asked for; otherwise the configuration may say it.
    pub fail_on_given: bool,
    /// Who approved the head commit.
    pub approvals: Option<Approvals>,
    /// A local run (`--staged`, `pre-push`): a new waiver shows as pending and does not block.
    pub local: bool,
}

/// Both sides' rules.
struct Both {
    base: Found,
    head: Found,
}

impl Both {
    fn find(store: &Store, base: &Revision, head: &Revision, inputs: &Inputs) -> Result<Self, Error> {
        let path = inputs.config.as_deref().unwrap_or(PATH);
        let of_head = find(store, head, path)?;
        let of_base = match (&inputs.config_from_disk, inputs.whose) {
            (Some(file), _) => from_disk(store, base, file)?,
            (None, Whose::Head) => Found::Nothing,
            (None, Whose::Base) => find(store, base, path)?,
        };
        if inputs.config.is_some() && inputs.whose == Whose::Base && matches!(of_base, Found::Nothing) {
            return Err(Error::Usage(format!("the base has no configuration at `{path}`")));
        }
        Ok(if inputs.whose == Whose::Head { Self { base: of_head, head: Found::Nothing } } else { Self { base: of_base, head: of_head } })
    }

    /// Whether both sides have the same rules.
    fn same(&self) -> bool {
        match (&self.base, &self.head) {
            (Found::Nothing, Found::Nothing) => true,
            (Found::Rules(base), Found::Rules(head)) => base.identity == head.identity,
            _ => false,
        }
    }
}

/// Judges one base with the rules of both sides; also says from which severity on it failed.
pub(super) fn judge(
    store: &Store,
    built_in: &Catalogue,
    base: &Revision,
    compared: &Compared,
    request: &Request,
    inputs: &Inputs,
) -> Result<(Report, FailOn), Error> {
    let both = Both::find(store, base, &compared.head, inputs)?;
    store.whole(&[base, &compared.head], &|_| true)?;
    let bounds = Bounds::default();
    let (catalogue, of_base) = ruled_by(both.base.rules(), built_in, &bounds);
    let mut judged = check_one(store, catalogue, of_base, base, compared, request)?;
    // a configuration decides how files are read; it holds no default itself
    let alone = inputs.whose == Whose::Head || both.same();
    if !alone && !matches!(both.head, Found::Faulty(_)) {
        let (catalogue, of_head) = ruled_by(both.head.rules(), built_in, &bounds);
        let second = check_one(store, catalogue, of_head, base, compared, request)?;
        judged = union(judged, second);
    }
    if !alone {
        let about_the_gate = gate(&both)?;
        let mut found = crate::gate::findings(about_the_gate);
        graded(&mut found, &both);
        judged.report.findings.extend(found);
        judged.report.findings.sort_by_key(|finding| finding.severity);
    }
    if inputs.whose == Whose::Base {
        let mut found = owners_joined(store, base, &compared.head, &both)?;
        graded(&mut found, &both);
        judged.report.findings.extend(found);
        judged.report.findings.sort_by_key(|finding| finding.severity);
    }
    look_at_data(&mut judged.report, &both, store, base, compared)?;
    let approvals = inputs.approvals.as_ref();
    let alone_in_time = inputs.whose == Whose::Head;
    let at = Circumstances { store, base, head: &compared.head, date: &request.date, approvals, local: inputs.local, alone: alone_in_time };
    let broken = waived(&mut judged.report.findings, &both, &at)?;
    store.whole(&[base, &compared.head], &|path| super::may_fail(of_base, path))?;
    judged.report.coverage.policy_source = source(&both, inputs);
    let mut report = judged.report;
    let fail_on = fails_on(request, inputs, &both);
    (report.verdict, report.exit) = decide(&report.findings, fail_on, judged.unread || (judged.beyond && fail_on != FailOn::Never));
    let faults: Vec<Fault> = faults(&both).into_iter().chain(broken).collect();
    if !faults.is_empty() {
        (report.verdict, report.exit) = (Verdict::Error, 2);
        report.errors.extend(faults.iter().map(shown));
    }
    Ok((report, fail_on))
}

/// Who joins those that may waive, where CODEOWNERS says who may. A repository that has no file of ours, and whose CODEOWNERS knows of
/// none, asks nobody about waivers: there every change of an owner would be told.
fn owners_joined(store: &Store, base: &Revision, head: &Revision, both: &Both) -> Result<Vec<Finding>, Error> {
    let named = |found: &Found| found.rules().is_some_and(|rules| !rules.config.waivers.owners.0.is_empty());
    if named(&both.base) || named(&both.head) {
        return Ok(Vec::new());
    }
    let ours = !matches!(both.base, Found::Nothing) || store.find(base, crate::waiver::file::PATH)?.is_some();
    let (was, is) = (Deciding::find(store, base)?, Deciding::find(store, head)?);
    if !ours && !was.speaks_of_us() {
        return Ok(Vec::new());
    }
    Ok(crate::gate::findings(owners::joined(&was, &is).into_iter().collect()))
}

/// Adds what changed data files hold, where `data:` of the base or of the head asks for it.
fn look_at_data(report: &mut Report, both: &Both, store: &Store, base: &Revision, compared: &Compared) -> Result<(), Error> {
    let rules: Vec<&Rules> = [both.base.rules(), both.head.rules()].into_iter().flatten().collect();
    let mut looked = super::data::data(store, base, &compared.head, &rules)?;
    graded(&mut looked.findings, both);
    for finding in &mut looked.findings {
        finding.severity = finding.severity.lowered(finding.path_class.discount());
    }
    report.coverage.files += looked.files;
    report.coverage.skipped.extend(looked.skipped);
    report.coverage.skipped.sort();
    report.coverage.skipped.dedup();
    report.findings.extend(looked.findings);
    report.findings.sort_by_key(|finding| finding.severity);
    Ok(())
}

/// Marks what is waived and adds what is to say about the waivers themselves; gives the fault of a malformed waiver file.
fn waived(findings: &mut Vec<Finding>, both: &Both, at: &Circumstances) -> Result<Option<Fault>, Error> {
    let rules = both.base.rules().map(|rules| &rules.config.waivers);
    let owners = rules.map(|rules| rules.owners.0.as_slice()).unwrap_or_default();
    let most_days = rules.map_or(crate::config::MOST_DAYS, crate::config::WaiverRules::most_days);
    let waivers = match Waivers::find(at, owners, most_days)? {
        None => return Ok(None),
        Some(Err(fault)) => return Ok(Some(fault)),
        Some(Ok(waivers)) => waivers,
    };
    waivers.accept(findings, at);
    let (raised, settled): (Vec<Raised>, Vec<Option<String>>) = waivers.raised(findings, at).into_iter().unzip();
    let mut found: Vec<Finding> = raised
        .into_iter()
        .zip(settled)
        .flat_map(|(raised, settled)| {
            crate::gate::findings(vec![raised]).into_iter().map(move |finding| Finding { waiver: settled.clone(), ..finding })
        })
        .collect();
    graded(&mut found, both);
    findings.extend(found);
    findings.sort_by_key(|finding| finding.severity);
    Ok(None)
}

fn ruled_by<'a>(rules: Option<&'a Rules>, built_in: &'a Catalogue, bounds: &'a Bounds) -> (&'a Catalogue, &'a Bounds) {
    rules.map_or((built_in, bounds), |rules| (rules.catalogue.as_ref().unwrap_or(built_in), &rules.bounds))
}

/// The faults that stop: those of the head's files, and those of the base's unless the head's are whole again.
fn faults(both: &Both) -> Vec<Fault> {
    match (&both.base, &both.head) {
        (_, Found::Faulty(faults)) | (Found::Faulty(faults), Found::Nothing) => faults.clone(),
        _ => Vec::new(),
    }
}

fn shown(fault: &Fault) -> ErrorShown {
    ErrorShown { file: Some(fault.file.clone()), line: Some(fault.line), message: fault.pictured() }
}

/// The strictest word of the flag, or of both configurations where no flag was given.
fn fails_on(request: &Request, inputs: &Inputs, both: &Both) -> FailOn {
    if inputs.fail_on_given {
        return request.fail_on;
    }
    let of = |found: &Found| found.rules().and_then(|rules| rules.config.fail_on);
    let base = of(&both.base).unwrap_or(request.fail_on);
    // what the head says only counts where it is stricter
    of(&both.head).map_or(base, |head| base.strictest(head))
}

/// Where the policies came from, with a digest of what is not built in.
fn source(both: &Both, inputs: &Inputs) -> String {
    let version = crate::report::model::Tool::THIS.version;
    let built_in = format!("built-in {version}");
    let words = |rules: &Rules| {
        let own = match rules.packs.len() {
            0 => String::new(),
            1 => "1 own policy, ".into(),
            many => format!("{many} own policies, "),
        };
        let file = rules.file.as_ref().map_or(PATH, |file| file.path.as_str());
        format!("{file} ({own}sha256 {})", rules.digest())
    };
    let place = if inputs.config_from_disk.is_some() {
        "disk"
    } else if inputs.whose == Whose::Head {
        "revision"
    } else {
        "base"
    };
    match (&both.base, &both.head) {
        (Found::Rules(rules), _) if both.same() || inputs.whose == Whose::Head => format!("{built_in}, {place} {}", words(rules)),
        (Found::Rules(base), Found::Rules(head)) => format!("{built_in}, {place} {}, and head {}", words(base), words(head)),
        (Found::Rules(base), _) => format!("{built_in}, {place} {}", words(base)),
        (_, Found::Rules(head)) => format!("{built_in}; head {} only adds: the base has none that can be used", words(head)),
        _ => built_in,
    }
}

/// The findings of both runs: what only one says, and the worse one of what both say.
fn union(mut one: Judged, other: Judged) -> Judged {
    let known: HashMap<String, usize> =
        one.report.findings.iter().enumerate().map(|(index, finding)| (finding.fingerprint.clone(), index)).collect();
    for finding in other.report.findings {
        match known.get(&finding.fingerprint).and_then(|index| one.report.findings.get_mut(*index)) {
            Some(same) if finding.severity < same.severity => *same = finding,
            Some(_) => {}
            None => one.report.findings.push(finding),
        }
    }
    one.report.coverage.settings = one.report.coverage.settings.max(other.report.coverage.settings);
    one.report.coverage.policies = one.report.coverage.policies.max(other.report.coverage.policies);
    one.report.coverage.skipped.extend(other.report.coverage.skipped);
    one.report.coverage.skipped.sort();
    one.report.coverage.skipped.dedup();
    one.unread |= other.unread;
    one.beyond |= other.beyond;
    one
}

/// What changed in the rules themselves.
fn gate(both: &Both) -> Result<Vec<Raised<'_>>, Error> {
    static NONE: Config = Config::NONE;
    let mut raised = Vec::new();
    let side = |found| match found {
        Some(rules) => {
            let rules: &Rules = rules;
            Configured { config: &rules.config, file: rules.file.as_ref() }
        }
        None => Configured { config: &NONE, file: None },
    };
    let (base, head) = (both.base.rules(), both.head.rules());
    if let (Found::Faulty(faults), Some(rules)) = (&both.base, head) {
        raised.extend(faults.first().and_then(|fault| mended(fault, rules)));
        return Ok(raised);
    }
    if matches!(both.head, Found::Faulty(_)) {
        return Ok(raised);
    }
    let mut all = built_in_rules().map_err(|error| Error::Limit(error.to_string()))?;
    all.extend(base.iter().flat_map(|rules| &rules.packs).map(|pack| pack.policy.clone()));
    raised.extend(configuration::compare(&configuration::Compared { base: side(base), head: side(head), policies: &all }));
    if let Some(base) = base {
        let kept: Vec<String> =
            head.iter().flat_map(|head| &head.config.packs.0).map(|pack| format!("{}/", pack.trim_end_matches('/'))).collect();
        // a pack that left the configuration is told once; a file that left a pack is told by itself
        let left = |path: &str| !kept.iter().any(|pack| path.starts_with(pack.as_str()));
        raised.extend(policies::compare(&base.packs, head.map(|head| head.packs.as_slice()).unwrap_or_default(), &left));
    }
    Ok(raised)
}

/// A configuration that could not be read and now can: nobody can say what it held.
fn mended<'a>(fault: &Fault, rules: &'a Rules) -> Option<Raised<'a>> {
    let file = rules.file.as_ref()?;
    let place = Place { file, span: Span::new(0, file.text.lines().next().map_or(0, str::len)) };
    Some(Raised {
        id: "gate/config-loosened",
        change: Change::Undecided,
        severity: Severity::Warning,
        setting: file.path.clone(),
        base: Said::Unset("malformed".into()),
        head: Said::Written(place, "well-formed".into()),
        near: place,
        message: format!(
            "the base's configuration could not be used ({fault}), so whether this one is looser cannot be told; it and the built-in policies judge"
        ),
    })
}

/// Findings about the gate have severities that both configurations may change; the stricter word counts.
fn graded(findings: &mut Vec<Finding>, both: &Both) {
    let word = |rules: Option<&Rules>, finding: &Finding| -> Option<Severity> {
        let Some((_, entry)) = rules.and_then(|rules| rules.config.of_policy(&finding.policy)) else { return Some(finding.severity) };
        let Some(grades) = &entry.severity else { return Some(finding.severity) };
        let own = crate::policy::file::Severities {
            weakened: match finding.severity {
                Severity::Error => crate::policy::file::Level::Error,
                Severity::Warning => crate::policy::file::Level::Warning,
                Severity::Note => crate::policy::file::Level::Note,
            },
            ..Default::default()
        };
        let mut adjusted = own;
        grades.apply(&mut adjusted);
        (*grades != crate::config::Grades::None).then(|| crate::judge::severity::of_policy(&adjusted, finding.change))
    };
    findings.retain_mut(|finding| {
        let words =
            [word(both.base.rules(), finding), both.head.rules().map_or(Some(finding.severity), |rules| word(Some(rules), finding))];
        let worst = words.into_iter().flatten().min();
        finding.severity = worst.unwrap_or(finding.severity);
        worst.is_some()
    });
}

/// The rules of one revision for commands that look at it alone; none where the built-in policies judge as they are.
///
/// # Errors
/// The configuration or a policy is malformed (exit 2), or objects are missing.
pub fn rules_of(store: &Store, revision: &Revision) -> Result<Option<Box<Rules>>, Error> {
    match find(store, revision, PATH)? {
        Found::Nothing => Ok(None),
        Found::Rules(rules) => Ok(Some(rules)),
        Found::Faulty(faults) => {
            let words: Vec<String> = faults.iter().map(|fault| format!("{}:{}: {}", fault.file, fault.line, fault.pictured())).collect();
            // these words quote the repository's own lines, and runners read commands out of logs
            Err(Error::Usage(crate::report::escape::log(&crate::report::escape::terminal(&words.join("\n")))))
        }
    }
}

/// What a revision's configuration says about files.
pub(super) fn bounds_of(store: &Store, revision: &Revision) -> Result<Bounds, Error> {
    Ok(rules_of(store, revision)?.map(|rules| rules.bounds).unwrap_or_default())
}
