//! `privgate explain`: what a policy guards, why, and how to fix a finding.

use std::fmt::Write;

use crate::cli::output;
use crate::policy::catalogue::Catalogue;
use crate::policy::compiled::Compiled;
use crate::policy::file::{Given, Kind, Order, Together, Words};

/// Flags of `explain`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    repository: crate::cli::Repository,
    /// A policy's id, as findings show it: `telemetry/vllm-usage-stats`
    #[arg(value_name = "POLICY-ID")]
    id: String,
}

/// Runs it and gives the exit code.
pub fn run(arguments: &Arguments) -> u8 {
    let catalogue = match super::own::catalogue(&arguments.repository.repo) {
        Ok(catalogue) => catalogue,
        Err((exit, message)) => {
            output::tell(&format!("error: {message}"));
            return exit;
        }
    };
    if let Some(prose) = crate::gate::prose(&arguments.id).or_else(|| crate::data::prose(&arguments.id)) {
        let refs = prose.refs.join(", ");
        output::print(&format!(
            "{}\n  {}\n\nwhy        {}\nfix        {}\nrefs       {refs}\n",
            arguments.id, prose.title, prose.why, prose.fix
        ));
        return 0;
    }
    if let Some(policy) = catalogue.get(&arguments.id) {
        output::print(&text(&catalogue, policy));
        0
    } else {
        let near = catalogue.nearest(&arguments.id).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        output::tell(&format!("error: no policy `{}`{near} (`privgate policy list` shows all)", arguments.id));
        2
    }
}

/// A policy in words; the documentation's pages hold the same text.
#[must_use]
pub fn text(catalogue: &Catalogue, policy: &Compiled) -> String {
    let rule = &policy.rule;
    let prose = catalogue.prose(&rule.id);
    let mut out = String::new();
    let _ = writeln!(out, "{}\n  {}\n", rule.id, prose.title);
    let mut row = |name: &str, text: &str| {
        if !text.is_empty() {
            let _ = writeln!(out, "{name:<10} {text}");
        }
    };
    row("why", &prose.why);
    row("fix", &prose.fix);
    row("product", rule.product.as_deref().unwrap_or(""));
    row("order", &rule.safety.as_ref().map(order).unwrap_or_default());
    row("unset", &unset(policy));
    row("new", &rule.floor.as_ref().map(|floor| format!("a new setting must reach {}", given(floor))).unwrap_or_default());
    if rule.kind == Kind::Policy {
        for (index, entry) in policy.entries.iter().enumerate() {
            let spellings: Vec<String> = policy.spellings.get(entry.clone()).unwrap_or_default().iter().map(spelling).collect();
            row(if index == 0 { "settings" } else { "" }, &spellings.join(", then "));
        }
        if policy.entries.len() > 1 {
            row(
                "together",
                match rule.together {
                    Together::First => "the first one that is written counts",
                    Together::Safest => "one safe setting is enough",
                    Together::Weakest => "one weak setting is enough",
                },
            );
        }
    }
    row("covers", &rule.covers.0.join(", "));
    row("refs", &prose.refs.join(", "));
    row("source", &prose.source.join(", "));
    out
}

fn spelling(spelling: &crate::policy::compiled::Spelling) -> String {
    let mut text = format!("{} {}", spelling.surface.word(), spelling.written);
    let mut add = |words: &Words, what: &str| {
        if !words.0.is_empty() {
            let _ = write!(text, " {what} {}", words.0.join(" or "));
        }
    };
    add(&spelling.given.kinds, "in");
    add(&spelling.given.files, "of");
    add(&spelling.given.value, "with");
    if let Some(side) = spelling.given.enabled_is {
        let _ = write!(text, " (enabled is {})", if side == crate::policy::file::Side::Safe { "safe" } else { "weak" });
    }
    if let Some(versions) = &spelling.given.versions {
        let _ = write!(text, " (versions {versions})");
    }
    text
}

fn order(order: &Order) -> String {
    let rung = |words: &Words| words.0.join(" = ");
    match order {
        Order::Switch => "on the safe side > on the weak side".into(),
        Order::Ladder(rungs) => rungs.iter().map(rung).collect::<Vec<_>>().join(" > "),
        Order::Ladders(ladders) => {
            ladders.iter().map(|rungs| rungs.iter().map(rung).collect::<Vec<_>>().join(" > ")).collect::<Vec<_>>().join("; ")
        }
        Order::Number(number) => match number.safer {
            crate::policy::file::SaferNumber::Lower => "lower is safer".into(),
            crate::policy::file::SaferNumber::Higher => "higher is safer".into(),
        },
        Order::Members(members) => match members.safer {
            crate::policy::file::SaferSet::Fewer => "fewer members are safer".into(),
            crate::policy::file::SaferSet::More => "more members are safer".into(),
        },
        Order::Present(crate::policy::file::Side::Safe) => "written > not written".into(),
        Order::Present(crate::policy::file::Side::Weak) => "not written > written".into(),
        Order::Shape(shapes) => shapes.iter().map(|shape| shape.name.clone()).collect::<Vec<_>>().join(" > "),
        Order::Reach(crate::policy::file::Reach::Listen) => "this machine > private networks > everywhere".into(),
        Order::Reach(crate::policy::file::Reach::Send(own)) => {
            format!("this machine > private networks > own ({}) > elsewhere", own.0.join(", "))
        }
        Order::Pin => "digest > exact version > range > floating".into(),
        Order::Secret(_) => "required > reference > literal > known to everyone".into(),
        Order::Frozen => "any other value asks a person".into(),
        Order::Decision(decision) => decision.order.0.join(" > "),
        Order::AppendOnly(_) => "records may join, none may leave without a release".into(),
        Order::Parts(parts) => {
            format!("weaker when one of {} is weaker and none is stronger", parts.keys().cloned().collect::<Vec<_>>().join(", "))
        }
    }
}

fn unset(policy: &Compiled) -> String {
    let case = |case: &crate::policy::compiled::UnsetCase| {
        let mut text = given(&case.value);
        if let Some(versions) = &case.versions {
            let _ = write!(text, " for versions {versions}");
        }
        if !case.packages.is_empty() {
            let _ = write!(text, " where {} runs", case.packages.join(" or "));
        }
        if !case.conditions.is_empty() {
            text.push_str(" under a condition");
        }
        text
    };
    policy.unset.iter().map(case).collect::<Vec<_>>().join("; ")
}

fn given(value: &Given) -> String {
    match value {
        Given::One(text) => text.clone(),
        Given::Many(texts) if texts.is_empty() => "nothing".into(),
        Given::Many(texts) => texts.join(", "),
    }
}
