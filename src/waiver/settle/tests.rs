//! Which finding a waiver accepts, and which waiver never counts, on real commits.

use super::super::approvals::Approval;
use super::*;
use crate::report::fixture::{finding, side, unset};
use crate::report::model;
use crate::revision::fixture::Fixture;

const WAIVER: &str = "waivers:\n  - policy: telemetry/vllm-usage-stats\n    file: compose.yaml\n    scope: service api\n    setting: VLLM_NO_USAGE_STATS\n    from: \"1\"\n    to: \"0\"\n    reason: Figures.\n    owner: \"@acme/privacy\"\n    expires: 2026-12-04\n";
const OWNER: &str = "@acme/privacy";
const DAY: &str = "2026-11-21";

/// A repository whose last two commits are base and head.
struct Change {
    fixture: Fixture,
    store: Store,
    base: Revision,
    head: Revision,
}

impl Change {
    /// Each side's waiver file, beside a configuration that changes.
    fn new(base: Option<&str>, head: Option<&str>) -> Self {
        let fixture = Fixture::new();
        for (side, value) in [(base, "1"), (head, "0")] {
            if let Some(text) = side {
                fixture.write(PATH, text);
            }
            fixture.write("compose.yaml", value);
            fixture.commit(value);
        }
        Self::between(fixture, "HEAD~1", "HEAD")
    }

    fn between(fixture: Fixture, base: &str, head: &str) -> Self {
        let store = fixture.store();
        let (base, head) = (store.resolve(base).unwrap(), store.resolve(head).unwrap());
        Self { fixture, store, base, head }
    }

    fn at(&self) -> Circumstances<'_> {
        Circumstances { store: &self.store, base: &self.base, head: &self.head, date: DAY, approvals: None, local: false, alone: false }
    }

    /// What was read, with one authorised owner.
    fn waivers(&self) -> Waivers {
        Waivers::find(&self.at(), &[OWNER.to_owned()], 60).unwrap().unwrap().unwrap()
    }

    fn head_id(&self) -> String {
        self.head.commit().unwrap().to_string()
    }

    fn approved_by(&self, user: &str, commit: &str) -> Approvals {
        let approval = Approval { user: user.into(), teams: vec![OWNER.into()], commit: commit.into(), at: None };
        Approvals { commit: self.head_id(), authors: vec!["@bob".into()], approvals: vec![approval], ..Approvals::default() }
    }
}

/// The weakening that [`WAIVER`] accepts.
fn weakened() -> Finding {
    let (base, head) = (side("compose.yaml", "1", "1", "1"), side("compose.yaml", "0", "0", "0"));
    let message = "it sends";
    finding("telemetry/vllm-usage-stats", Severity::Error, model::Change::Weakened, "VLLM_NO_USAGE_STATS", Some(base), Some(head), message)
}

/// What `accept` writes to one finding.
fn accepted(waivers: &Waivers, finding: Finding, at: &Circumstances) -> Option<String> {
    let mut findings = [finding];
    waivers.accept(&mut findings, at);
    let [finding] = findings;
    finding.waiver
}

#[test]
fn a_standing_waiver_accepts_its_transition_in_its_place_and_no_other() {
    let change = Change::new(Some(WAIVER), None);
    let (waivers, at) = (change.waivers(), change.at());
    let words = accepted(&waivers, weakened(), &at).unwrap();
    assert_eq!(words, "accepted by @acme/privacy until 2026-12-04: Figures.");
    let others: [fn(&mut Finding); 10] = [
        |one| one.policy = "telemetry/do-not-track".into(),
        |one| one.places[0].file = "other.yaml".into(),
        |one| one.scope = None,
        |one| one.scope = Some("service web".into()),
        |one| one.setting = "DO_NOT_TRACK".into(),
        |one| one.base = None,
        |one| one.base = Some(unset("safe")),
        |one| one.base.as_mut().unwrap().value = None,
        |one| one.head.as_mut().unwrap().value = Some("false".into()),
        |one| one.head = None,
    ];
    for (index, other) in others.into_iter().enumerate() {
        let mut one = weakened();
        other(&mut one);
        assert_eq!(accepted(&waivers, one, &at), None, "{index}");
    }
}

#[test]
fn what_cannot_fail_and_what_is_said_of_waivers_is_never_waived() {
    let text = WAIVER.replace("telemetry/vllm-usage-stats", "gate/waiver-added");
    let change = Change::new(Some(&format!("{WAIVER}{}", text.replace("waivers:\n", ""))), None);
    let (waivers, at) = (change.waivers(), change.at());
    let mut stronger = weakened();
    stronger.change = model::Change::Strengthened;
    assert_eq!(accepted(&waivers, stronger, &at), None);
    let mut own = weakened();
    own.policy = "gate/waiver-added".into();
    assert_eq!(accepted(&waivers, own, &at), None);
}

#[test]
fn a_side_that_did_not_exist_is_a_value_left_out() {
    let change = Change::new(Some(&WAIVER.replace("    from: \"1\"\n", "")), None);
    let (waivers, at) = (change.waivers(), change.at());
    assert_eq!(accepted(&waivers, weakened(), &at), None);
    let mut new = weakened();
    new.base = None;
    assert!(accepted(&waivers, new, &at).is_some());
}

#[test]
fn every_place_needs_a_waiver_and_the_old_name_of_the_first_file_counts() {
    let change = Change::new(Some(WAIVER), None);
    let (waivers, at) = (change.waivers(), change.at());
    let mut two = weakened();
    two.places.push(model::Place { file: "web.yaml".into(), line: 1 });
    assert_eq!(accepted(&waivers, two.clone(), &at), None);
    let both = format!("{WAIVER}{}", WAIVER.replace("waivers:\n", "").replace("compose.yaml", "web.yaml"));
    let change = Change::new(Some(&both), None);
    assert!(accepted(&change.waivers(), two, &change.at()).is_some());
    // renamed: the waiver names it as base had it
    let mut moved = weakened();
    moved.file = "docker-compose.yaml".into();
    moved.places[0].file = "docker-compose.yaml".into();
    assert!(accepted(&waivers, moved.clone(), &at).is_some());
    moved.file = "first.yaml".into();
    assert_eq!(accepted(&waivers, moved, &at), None, "base's name is that of the first file only");
}

#[test]
fn who_may_waive_and_how_long_is_decided_before_anything_else() {
    for (from, to) in [("2026-12-04", "2026-11-20"), ("2026-12-04", "2027-03-01"), ("@acme/privacy", "@mallory"), ("Figures.", "\"\"")] {
        let change = Change::new(Some(&WAIVER.replace(from, to)), None);
        assert_eq!(accepted(&change.waivers(), weakened(), &change.at()), None, "{to}");
    }
    let change = Change::new(Some(&WAIVER.replace("@acme", "@ACME")), None);
    assert!(accepted(&change.waivers(), weakened(), &change.at()).is_some(), "names have no case");
}

#[test]
fn a_waiver_of_the_change_waits_for_its_owner_locally_and_counts_by_an_approval_of_the_head() {
    let change = Change::new(None, Some(WAIVER));
    let (waivers, at) = (change.waivers(), change.at());
    assert_eq!(accepted(&waivers, weakened(), &at), None);
    let local = Circumstances { local: true, ..at };
    assert_eq!(accepted(&waivers, weakened(), &local).as_deref(), Some("pending: @acme/privacy has to approve it"));
    let approved = change.approved_by("@ann", &change.head_id());
    let words = accepted(&waivers, weakened(), &Circumstances { approvals: Some(&approved), ..at }).unwrap();
    assert_eq!(words, "accepted by @acme/privacy (@ann) until 2026-12-04: Figures.");
    for (user, commit) in [("@bob", change.head_id()), ("@ann", change.base.commit().unwrap().to_string())] {
        let approved = change.approved_by(user, &commit);
        assert_eq!(accepted(&waivers, weakened(), &Circumstances { approvals: Some(&approved), ..at }), None, "{user}");
    }
    // a longer one of the change does not hide the shorter one of the base, and the other way round
    let longer = Change::new(Some(WAIVER), Some(&WAIVER.replace("2026-12-04", "2026-12-24")));
    let local = Circumstances { local: true, ..longer.at() };
    assert!(accepted(&longer.waivers(), weakened(), &local).unwrap().starts_with("accepted"));
    // one place that waits keeps all waiting
    let other = WAIVER.replace("waivers:\n", "").replace("compose.yaml", "web.yaml");
    let half = Change::new(Some(WAIVER), Some(&format!("{WAIVER}{other}")));
    let mut two = weakened();
    two.places.push(model::Place { file: "web.yaml".into(), line: 1 });
    assert!(accepted(&half.waivers(), two, &Circumstances { local: true, ..half.at() }).unwrap().starts_with("pending"));
}

#[test]
fn an_unreadable_file_is_waived_by_its_object() {
    let change = Change::new(None, None);
    let blob = |rev: &str| change.fixture.git(&["rev-parse", &format!("{rev}:compose.yaml")]);
    let unreadable = |mut one: Finding| {
        one.head.as_mut().unwrap().state = StateWord::Unreadable;
        one.head.as_mut().unwrap().value = Some("0".into());
        one
    };
    for (to, counts) in [(blob("HEAD").to_uppercase(), true), (blob("HEAD~1"), false), ("0".into(), false)] {
        let text = WAIVER.replace("to: \"0\"", &format!("to: \"{to}\""));
        let waivers = Waivers { base: parse(PATH, &text).unwrap(), head: vec![], file: None, owners: vec![OWNER.into()], most_days: 60 };
        assert_eq!(accepted(&waivers, unreadable(weakened()), &change.at()).is_some(), counts, "{to}");
    }
}

#[test]
fn an_approved_commit_counts_in_the_merge_that_brings_it_in_as_it_was() {
    let bring = |also: &[(&str, &str)]| {
        let fixture = Fixture::new();
        fixture.write("compose.yaml", "1");
        fixture.commit("base");
        fixture.git(&["checkout", "-q", "-b", "topic"]);
        fixture.write("compose.yaml", "0");
        fixture.write(PATH, WAIVER);
        fixture.commit("weak");
        fixture.git(&["checkout", "-q", "main"]);
        fixture.write("README.md", "x");
        fixture.commit("elsewhere");
        fixture.git(&["merge", "-q", "--no-ff", "--no-commit", "topic"]);
        for (path, text) in also {
            fixture.write(path, text);
        }
        fixture.commit("merge");
        Change::between(fixture, "HEAD~1", "HEAD")
    };
    let says = |change: &Change, approved: &str| {
        let approvals = change.approved_by("@ann", &change.fixture.git(&["rev-parse", approved]));
        let at = Circumstances { approvals: Some(&approvals), ..change.at() };
        let waivers = change.waivers();
        (accepted(&waivers, weakened(), &at).is_some(), waivers.raised(&[], &at)[0].1.is_some())
    };
    let merged = bring(&[]);
    assert_eq!(says(&merged, "topic"), (true, true));
    assert_eq!(says(&merged, "HEAD~1"), (false, false), "what it was merged into says nothing of it");
    assert_eq!(says(&merged, "topic~1"), (false, false), "only what was merged itself");
    assert_eq!(says(&bring(&[("compose.yaml", "2")]), "topic"), (false, false), "the file is another one");
    assert_eq!(says(&bring(&[(PATH, &WAIVER.replace("12-04", "12-05"))]), "topic"), (false, false), "the waiver is another one");
    assert_eq!(says(&bring(&[("other.yaml", "2")]), "topic"), (true, true), "what the waiver does not speak of");
}

#[test]
fn a_waiver_that_the_change_brings_is_told_at_its_place() {
    let change = Change::new(None, Some(WAIVER));
    let (waivers, at) = (change.waivers(), change.at());
    let raised = waivers.raised(&[], &at);
    let [(one, settled)] = raised.as_slice() else { panic!("{raised:?}") };
    assert_eq!((one.id, one.change, one.severity), ("gate/waiver-added", model::Change::Introduced, Severity::Error));
    assert_eq!(one.setting, "telemetry/vllm-usage-stats: VLLM_NO_USAGE_STATS 1 -> 0");
    assert!(one.message.starts_with("a waiver is added: ") && one.message.ends_with("@acme/privacy until 2026-12-04"), "{}", one.message);
    assert_eq!(*settled, None);
    assert_eq!(one.near.span.of(WAIVER), "policy: telemetry/vllm-usage-stats");
    let local = Circumstances { local: true, ..at };
    assert_eq!(waivers.raised(&[], &local)[0].1.as_deref(), Some("pending: @acme/privacy has to approve it"));
    let approvals = change.approved_by("@ann", &change.head_id());
    let approved = Circumstances { approvals: Some(&approvals), ..at };
    assert_eq!(waivers.raised(&[], &approved)[0].1.as_deref(), Some("approved by @ann for @acme/privacy"));
    assert!(waivers.raised(&[], &Circumstances { alone: true, ..at }).is_empty(), "nothing is new in one revision");
}

#[test]
fn a_longer_waiver_is_widened_and_a_shorter_one_is_quiet() {
    let longer = Change::new(Some(WAIVER), Some(&WAIVER.replace("2026-12-04", "2026-12-24")));
    let (waivers, at) = (longer.waivers(), longer.at());
    let raised = waivers.raised(&[], &at);
    assert_eq!((raised[0].0.id, raised[0].0.change), ("gate/waiver-added", model::Change::Weakened));
    assert!(raised[0].0.message.contains("from @acme/privacy until 2026-12-04 to @acme/privacy until 2026-12-24"), "{:?}", raised[0].0);
    let shorter = Change::new(Some(WAIVER), Some(&WAIVER.replace("2026-12-04", "2026-11-24")));
    assert!(shorter.waivers().raised(&[], &shorter.at()).is_empty());
    // what is left out is told as nothing
    let open = Change::new(None, Some(&WAIVER.replace("    to: \"0\"\n", "")));
    assert!(open.waivers().raised(&[], &open.at())[0].0.setting.ends_with(" 1 -> nothing"));
}

#[test]
fn a_waiver_that_can_never_count_is_an_error_where_it_is_new_and_a_note_where_it_stood() {
    let told = |base: Option<&str>, head: &str, alone: bool| {
        let change = Change::new(base, Some(head));
        let waivers = change.waivers();
        let raised = waivers.raised(&[], &Circumstances { alone, ..change.at() });
        raised.into_iter().map(|(one, settled)| (one.id, one.severity, one.message, settled)).collect::<Vec<_>>()
    };
    let expired = WAIVER.replace("2026-12-04", "2026-11-20");
    for (base, alone, severity) in
        [(None, false, Severity::Error), (Some(expired.as_str()), false, Severity::Note), (Some(expired.as_str()), true, Severity::Error)]
    {
        let [(id, found, message, settled)] = &told(base, &expired, alone)[..] else { panic!("{base:?} {alone}") };
        assert_eq!((*id, *found, settled), ("gate/waiver-invalid", severity, &None));
        assert!(message.contains("does not count: it has expired"), "{message}");
    }
    let others = told(None, &WAIVER.replace("@acme/privacy", "@mallory"), false);
    assert!(others[0].2.contains("`@mallory` may not waive here (@acme/privacy may)"), "{others:?}");
    let change = Change::new(None, Some(WAIVER));
    let nobody = Waivers::find(&change.at(), &[], 60).unwrap().unwrap().unwrap();
    assert!(nobody.raised(&[], &change.at())[0].0.message.contains("(nobody may)"));
}

#[test]
fn what_undoes_the_accepted_change_asks_to_delete_its_waiver() {
    let change = Change::new(Some(WAIVER), Some(WAIVER));
    let (waivers, at) = (change.waivers(), change.at());
    let mut back = weakened();
    back.change = model::Change::Strengthened;
    (back.base, back.head) = (Some(side("compose.yaml", "0", "0", "0")), Some(side("compose.yaml", "1", "1", "1")));
    let told = |one: &Finding| waivers.raised(std::slice::from_ref(one), &at).first().map(|(one, _)| (one.id, one.severity));
    assert_eq!(told(&back), Some(("gate/waiver-invalid", Severity::Note)));
    let mut also = back.clone();
    also.policy = "telemetry/other".into();
    assert_eq!(told(&also), None);
    also.also = vec!["telemetry/vllm-usage-stats".into()];
    assert!(told(&also).is_some());
    let others: [fn(&mut Finding); 4] = [
        |one| one.change = model::Change::Weakened,
        |one| one.file = "web.yaml".into(),
        |one| one.scope = None,
        |one| one.base.as_mut().unwrap().value = Some("2".into()),
    ];
    for (index, other) in others.into_iter().enumerate() {
        let mut one = back.clone();
        other(&mut one);
        assert_eq!(told(&one), None, "{index}");
    }
}

#[test]
fn only_files_that_can_be_read_say_anything() {
    let change = Change::new(None, None);
    assert!(Waivers::find(&change.at(), &[], 60).unwrap().is_none());
    let broken = WAIVER.replace("reason:", "raeson:");
    let change = Change::new(None, Some(&broken));
    assert!(Waivers::find(&change.at(), &[], 60).unwrap().unwrap().is_err());
    let change = Change::new(Some(&broken), Some(WAIVER));
    assert_eq!(accepted(&change.waivers(), weakened(), &change.at()), None, "what cannot be read at base accepts nothing");
    // the file goes: what stood in the base has been accepted, and nothing of it is new
    let change = Change::new(Some(WAIVER), Some(WAIVER));
    change.fixture.remove(PATH);
    change.fixture.commit("gone");
    let change = Change::between(change.fixture, "HEAD~1", "HEAD");
    assert!(accepted(&change.waivers(), weakened(), &change.at()).is_some());
    assert!(change.waivers().raised(&[], &change.at()).is_empty());
}

#[test]
fn without_a_configuration_the_owners_of_the_file_may_waive_as_the_base_names_them() {
    let fixture = Fixture::new();
    fixture.write(".github/CODEOWNERS", "* @acme/all\n/privgate-waivers.yaml @acme/privacy\n");
    fixture.write("CODEOWNERS", "* @mallory\n");
    fixture.write(PATH, WAIVER);
    fixture.commit("base");
    fixture.write(".github/CODEOWNERS", "* @mallory\n");
    fixture.commit("head");
    let change = Change::between(fixture, "HEAD~1", "HEAD");
    let found = |alone: bool| Waivers::find(&Circumstances { alone, ..change.at() }, &[], 60).unwrap().unwrap().unwrap();
    assert!(accepted(&found(false), weakened(), &change.at()).is_some());
    assert_eq!(accepted(&found(true), weakened(), &change.at()), None, "by itself, a revision names its own");
    assert_eq!(owners_named("# nobody\n\n* @a @b\n"), ["@a", "@b"]);
    let line = "* @a\n";
    assert_eq!(owners_named(&line.repeat(crate::read::decision::LINES)), ["@a"]);
    assert!(owners_named(&line.repeat(crate::read::decision::LINES + 1)).is_empty());
}
