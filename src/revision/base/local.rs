//! Base and head in a clone that nobody automated: where the branch left the default branch.

use super::Found;
use crate::revision::{Error, Id, Store};

pub(super) fn find(store: &Store, head: Option<&str>) -> Result<Found, Error> {
    let tip = store.commit(head.unwrap_or("HEAD"))?;
    let here = head.is_none_or(|head| head == "HEAD");
    let branch = match head {
        None | Some("HEAD") => store.symbolic("HEAD"),
        Some(name) => Some(format!("refs/heads/{name}")).filter(|name| store.commit(name).is_ok()),
    };
    let branch = branch.as_deref().and_then(|name| name.strip_prefix("refs/heads/"));
    let (reference, default) = default_branch(store)?;
    if branch == Some(default.as_str()) {
        return on_default(store, &default, tip);
    }
    let base = store.merge_bases(store.commit(&reference)?, tip)?;
    let shown = short(&reference);
    if here && branch.is_none() && base.contains(&tip) {
        return Err(Error::NoBase(format!("HEAD is on no branch and already part of {shown}: give --base, such as --base HEAD~1")));
    }
    Ok(Found::new(base, tip, format!("the merge-base with the default branch {shown}")))
}

/// The reference of the default branch and the branch's own name: what the remote says, else `main`, else `master`.
fn default_branch(store: &Store) -> Result<(String, String), Error> {
    let remotes = store.remotes();
    default_branch_among(store, &remotes).ok_or_else(|| match remotes.first() {
        Some(remote) if store.is_shallow() => store.lacking_branch(remote, "main"),
        _ => Error::NoBase("there is no default branch here (no origin/HEAD, main or master): give --base".to_string()),
    })
}

/// The same among some remotes, else in this clone; `None` where neither knows one.
pub(super) fn default_branch_among(store: &Store, remotes: &[String]) -> Option<(String, String)> {
    for remote in remotes {
        let prefix = format!("refs/remotes/{remote}/");
        let target = store.symbolic(&format!("{prefix}HEAD")).filter(|target| store.commit(target).is_ok());
        if let Some((target, branch)) = target.as_ref().and_then(|target| Some((target, target.strip_prefix(&prefix)?))) {
            return Some((target.clone(), branch.to_string()));
        }
    }
    ["main", "master"].iter().find_map(|branch| {
        let places = remotes.iter().map(|remote| format!("refs/remotes/{remote}/{branch}")).chain([format!("refs/heads/{branch}")]);
        let reference = places.into_iter().find(|name| store.commit(name).is_ok())?;
        Some((reference, (*branch).to_string()))
    })
}

fn on_default(store: &Store, default: &str, tip: Id) -> Result<Found, Error> {
    let none =
        || Error::NoBase(format!("{default} is the default branch itself and follows no other branch: give --base, such as --base HEAD~1"));
    let value = |key: &str| store.setting(&format!("branch.{default}.{key}"));
    let (remote, merge) = value("remote").zip(value("merge")).ok_or_else(none)?;
    let upstream = merge.strip_prefix("refs/heads/").ok_or_else(none)?;
    let reference = if remote == "." { merge.clone() } else { format!("refs/remotes/{remote}/{upstream}") };
    let other = store.commit(&reference).map_err(|_| store.lacking_branch(&remote, upstream))?;
    let base = store.merge_bases(other, tip)?;
    Ok(Found::new(base, tip, format!("the merge-base with {}, which {default} follows", short(&reference))))
}

fn short(reference: &str) -> &str {
    reference.strip_prefix("refs/remotes/").or_else(|| reference.strip_prefix("refs/heads/")).unwrap_or(reference)
}
