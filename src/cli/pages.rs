//! The pages of the catalogue for the documentation: one a policy and one an area, made from the policies themselves.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use super::{explain, output};
use crate::policy::catalogue::{Catalogue, built_in_files};
use crate::policy::file::{Expectations, Policy};

/// Writes all pages below a folder, and takes away pages of policies that are gone.
#[must_use]
pub fn write(folder: &Path) -> u8 {
    let pages = match pages() {
        Ok(pages) => pages,
        Err(error) => {
            output::tell(&format!("error: {error}"));
            return 3;
        }
    };
    if let Err(error) = store(folder, &pages) {
        output::tell(&format!("error: cannot write below {}: {error}", folder.display()));
        return 2;
    }
    output::print(&format!("{} pages below {}\n", pages.len(), folder.display()));
    0
}

fn store(folder: &Path, pages: &BTreeMap<String, String>) -> std::io::Result<()> {
    for (path, text) in pages {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, text)?;
    }
    for area in std::fs::read_dir(folder)? {
        let area = area?.path();
        if !area.is_dir() {
            continue;
        }
        for page in std::fs::read_dir(&area)? {
            let page = page?.path();
            let name = page.strip_prefix(folder).unwrap_or(&page).to_string_lossy().replace('\\', "/");
            if page.extension().is_some_and(|extension| extension == "md") && !pages.contains_key(&name) {
                std::fs::remove_file(page)?;
            }
        }
    }
    Ok(())
}

/// All pages by their paths below the folder of the catalogue.
///
/// # Errors
/// The binary is damaged.
pub fn pages() -> Result<BTreeMap<String, String>, String> {
    let catalogue = Catalogue::built_in().map_err(|error| error.to_string())?;
    let policies = built_in_files().map_err(|error| error.to_string())?;
    let mut areas: BTreeMap<&str, Vec<&Policy>> = BTreeMap::new();
    for policy in &policies {
        areas.entry(policy.id.split('/').next().unwrap_or_default()).or_default().push(policy);
    }
    let mut pages = BTreeMap::new();
    for (area, policies) in &areas {
        pages.insert(format!("{area}/README.md"), area_page(area, policies));
        for policy in policies {
            pages.insert(format!("{}.md", policy.id), policy_page(&catalogue, policy));
        }
    }
    pages.insert("README.md".into(), contents(&areas));
    Ok(pages)
}

fn contents(areas: &BTreeMap<&str, Vec<&Policy>>) -> String {
    let mut text = String::from(
        "# The catalogue\n\nWritten by `privgate policy docs`: every built-in policy by its area.\n\n| area | policies |\n|---|---|\n",
    );
    for (area, policies) in areas {
        let _ = writeln!(text, "| [{area}]({area}/README.md) | {} |", policies.len());
    }
    let _ = writeln!(text, "\n{} policies.", areas.values().map(Vec::len).sum::<usize>());
    text
}

fn area_page(area: &str, policies: &[&Policy]) -> String {
    let mut text =
        format!("# {area}\n\nWritten by `privgate policy docs`.\n\n| policy | true while all is well | product |\n|---|---|---|\n");
    for policy in policies {
        let name = policy.id.rsplit('/').next().unwrap_or_default();
        let product = policy.product.as_deref().unwrap_or("");
        let _ = writeln!(text, "| [{name}]({name}.md) | {} | {} |", cell(&policy.title), cell(product));
    }
    text
}

fn policy_page(catalogue: &Catalogue, policy: &Policy) -> String {
    let explained = catalogue.get(&policy.id).map(|compiled| explain::text(catalogue, compiled)).unwrap_or_default();
    let fence = fence(&explained);
    let mut text = format!("# {}\n\n{}\n\n{fence}text\n{}\n{fence}\n", policy.id, policy.title, explained.trim_end());
    text.push_str("\n## Examples that run\n\n| example | comes out as |\n|---|---|\n");
    for example in &policy.examples {
        let _ = writeln!(text, "| {} | {} |", cell(&example.name), cell(&expected(&example.expect)));
    }
    text
}

fn expected(expectations: &Expectations) -> String {
    let changes: Vec<&str> = expectations.0.iter().map(|expectation| expectation.change.as_str()).collect();
    if changes.is_empty() { "quiet".into() } else { changes.join(", ") }
}

/// A fence longer than any run of backticks in a text.
fn fence(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    "`".repeat((longest + 1).max(3))
}

/// A text as one cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").split_whitespace().collect::<Vec<_>>().join(" ")
}
