//! What a push changes: base and head of each reference that git tells its pre-push hook of.

use super::local::default_branch_among;
use super::{Error, Found, Id, Store};

/// One line of git's pre-push protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What was pushed, as the user named it: a reference, `HEAD~2`, or `(delete)`.
    pub local_name: String,
    /// The object that the server is to have; zero for a deletion.
    pub local: Id,
    /// The reference on the server.
    pub remote_name: String,
    /// What the server has there now; zero where it has none.
    pub remote: Id,
}

/// What there is to judge about one reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// No commit to compare, and why that is fine.
    Nothing(String),
    /// Two ends to compare.
    Compare(Found),
}

impl Line {
    /// Reads `<local name> <local id> <remote name> <remote id>`. The local name may hold spaces (`HEAD@{1 day ago}`), the others never do.
    ///
    /// # Errors
    /// It is not such a line.
    pub fn parse(line: &str) -> Result<Self, Error> {
        let wrong = |what: &str| {
            Error::Usage(format!(
                "`{}` is no line of git's pre-push protocol ({what}): git itself runs this command as a hook, \
                 `privgate init --pre-push` installs it; to compare by hand, use `privgate check`",
                line.chars().take(120).collect::<String>()
            ))
        };
        let mut words = line.rsplitn(4, ' ');
        let (Some(remote), Some(remote_name), Some(local), Some(local_name)) = (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(wrong("it has fewer than four words"));
        };
        let id = |text: &str| Id::parse(text).ok_or_else(|| wrong("an object id has 40 or 64 hexadecimal digits"));
        Ok(Self { local_name: local_name.to_string(), local: id(local)?, remote_name: remote_name.to_string(), remote: id(remote)? })
    }
}

/// What to compare for one pushed reference. `remote` is the name that git hands to the hook: a remote's, or an address.
///
/// # Errors
/// No base can be named (exit 3), with the fetch that brings what is missing.
pub fn pushed(store: &Store, remote: &str, line: &Line) -> Result<Pushed, Error> {
    if line.local.is_zero() {
        return Ok(Pushed::Nothing("it is deleted".to_string()));
    }
    let head = match store.commit(&line.local.to_string()) {
        Ok(head) => head,
        // a tag may name a folder or a file; a branch never does
        Err(Error::Usage(_)) => return Ok(Pushed::Nothing("it is no commit".to_string())),
        Err(Error::Unknown { .. }) if line.remote_name.starts_with("refs/tags/") => {
            return Ok(Pushed::Nothing("it is no commit".to_string()));
        }
        Err(Error::Unknown { .. }) => return Err(Error::NoBase(format!("the pushed commit {} is not in this repository", line.local))),
        Err(error) => return Err(error),
    };
    let default = default_of(store, remote);
    if line.remote.is_zero() {
        return new_reference(store, line, head, default);
    }
    if let Ok(base) = store.commit(&line.remote.to_string()) {
        return Ok(updated(store, line, base, head, default));
    }
    // Somebody else pushed, and this clone has not fetched it: what it knows of that branch is where they parted.
    let branch = line.remote_name.strip_prefix("refs/heads/").unwrap_or(&line.remote_name);
    let tracking = format!("refs/remotes/{remote}/{branch}");
    let known = store.commit(&tracking).ok().map(|tip| (tracking, tip));
    let Some((name, tip)) = known.or(default.map(|default| (default.reference, default.tip))) else {
        return Err(store.lacking_commit_at(remote, line.remote));
    };
    let base = store.merge_bases(tip, head)?;
    if base.contains(&head) {
        return Ok(Pushed::Nothing(format!("it is already part of {}", short(&name))));
    }
    let why = format!("the server has a commit there that this clone lacks: the merge-base with {}", short(&name));
    Ok(Pushed::Compare(Found::new(base, head, why)))
}

/// A remote's default branch, as far as this clone knows it.
struct Default {
    reference: String,
    branch: String,
    tip: Id,
}

fn default_of(store: &Store, remote: &str) -> Option<Default> {
    let mut remotes = store.remotes();
    // Pushed by address, the other remotes are the nearest thing that is known.
    if remotes.iter().any(|name| name == remote) {
        remotes = vec![remote.to_string()];
    }
    let (reference, branch) = default_branch_among(store, &remotes)?;
    let tip = store.commit(&reference).ok()?;
    Some(Default { reference, branch, tip })
}

fn new_reference(store: &Store, line: &Line, head: Id, default: Option<Default>) -> Result<Pushed, Error> {
    let Some(default) = default else {
        return Ok(Pushed::Nothing("it is new, and so is everything on this remote: nothing was there before".to_string()));
    };
    let own = line.remote_name.strip_prefix("refs/heads/") == Some(default.branch.as_str());
    if own && default.reference.starts_with("refs/heads/") {
        return Ok(Pushed::Nothing("it is the first push of the default branch: nothing was there before".to_string()));
    }
    let base = store.merge_bases(default.tip, head)?;
    let shown = short(&default.reference);
    if base.contains(&head) {
        return Ok(Pushed::Nothing(format!("it is new and holds nothing that {shown} does not have")));
    }
    let why = format!("it is new: the merge-base with the default branch {shown}");
    Ok(Pushed::Compare(Found::new(base, head, why)))
}

/// The server's commit is the base. Where the push also brings in newer work of the default branch (a merge, a rebase), what came
/// from there was judged when it came there: only what is weaker than both counts.
fn updated(store: &Store, line: &Line, base: Id, head: Id, default: Option<Default>) -> Pushed {
    if base == head {
        return Pushed::Nothing("the server has it already".to_string());
    }
    let own = |default: &Default| line.remote_name.strip_prefix("refs/heads/") == Some(default.branch.as_str());
    if let Some(default) = default.filter(|default| !own(default)) {
        let meets = |commit: Id| store.merge_bases(default.tip, commit).ok();
        if let (Some(before), Some(now)) = (meets(base), meets(head))
            && before != now
        {
            let shown = short(&default.reference);
            let why = format!("the server's commit and, as newer work of {shown} came in, the merge-base with it");
            let mut bases = vec![base];
            bases.extend(now.into_iter().filter(|id| *id != base));
            return Pushed::Compare(Found::new(bases, head, why));
        }
    }
    Pushed::Compare(Found::one(base, head, "the commit that the server has"))
}

fn short(reference: &str) -> &str {
    reference.strip_prefix("refs/remotes/").or_else(|| reference.strip_prefix("refs/heads/")).unwrap_or(reference)
}
