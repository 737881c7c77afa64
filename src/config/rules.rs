//! What judges in one revision: its configuration, its packs, and the catalogue that comes of both. Read through git objects;
//! nothing is checked out, and nothing outside of the revision is looked at.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::bounds::Bounds;
use super::fault::{Fault, Key, place};
use super::{Config, parse};
use crate::policy::catalogue::Catalogue;
use crate::policy::file::Policy;
use crate::policy::order;
use crate::read::limits::decode;
use crate::read::tree::yaml;
use crate::revision::{Blob, Error, Id, Revision, Store};

/// The largest configuration, waiver or policy file, in bytes.
pub const MOST_BYTES: u64 = 1 << 20;

/// All policy files of one repository together, in bytes.
const MOST_PACK_BYTES: usize = 16 << 20;

/// Faults of one kind that are told; more of them help nobody.
const TOLD: usize = 20;

/// The most policy files of one repository.
const MOST_POLICIES: usize = 2_000;

/// A file of ours with its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnFile {
    /// Its path in the repository.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// One policy of a pack.
#[derive(Clone, Debug)]
pub struct PackPolicy {
    /// Where it stands.
    pub file: OwnFile,
    /// What it says.
    pub policy: Policy,
}

/// What judges in one revision.
#[derive(Debug, Default)]
pub struct Rules {
    /// Built-in policies and packs as configured; none where the built-in ones judge as they are.
    pub catalogue: Option<Catalogue>,
    /// The configuration.
    pub config: Config,
    /// What it says about files.
    pub bounds: Bounds,
    /// The configuration's own file.
    pub file: Option<OwnFile>,
    /// The policies of its packs.
    pub packs: Vec<PackPolicy>,
    /// The files by content: equal in two revisions means that the same rules judge.
    pub identity: Vec<(String, String)>,
}

/// What a revision has.
#[derive(Debug)]
pub enum Found {
    /// No configuration: the built-in policies judge.
    Nothing,
    /// Rules of its own.
    Rules(Box<Rules>),
    /// A configuration or policy that cannot be used.
    Faulty(Vec<Fault>),
}

impl Found {
    /// The rules, when there are any.
    #[must_use]
    pub fn rules(&self) -> Option<&Rules> {
        match self {
            Self::Rules(rules) => Some(rules),
            _ => None,
        }
    }
}

impl Rules {
    /// The first digits of the hash of everything that the repository itself decides.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for (path, id) in &self.identity {
            hash.update(format!("{path}\0{id}\n"));
        }
        hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
    }
}

/// What a revision has at `path`.
///
/// # Errors
/// Objects are missing, or the disk cannot be read.
pub fn find(store: &Store, revision: &Revision, path: &str) -> Result<Found, Error> {
    let Some(blob) = store.find(revision, path)? else { return Ok(Found::Nothing) };
    match read(store, revision, &blob) {
        Ok(file) => built(store, revision, file, blob.id.to_string()),
        Err(fault) => Ok(Found::Faulty(vec![fault])),
    }
}

/// A configuration that lies on the disk; its packs are those of the revision.
///
/// # Errors
/// Objects are missing, or the disk cannot be read.
pub fn from_disk(store: &Store, revision: &Revision, path: &Path) -> Result<Found, Error> {
    let name = path.display().to_string();
    let text = std::fs::read(path).map_err(|error| Error::Usage(format!("cannot read {name}: {error}")))?;
    let text = decode(text).map_err(|message| Error::Usage(format!("cannot read {name}: {message}")))?;
    let id = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    built(store, revision, OwnFile { path: name, text }, id)
}

/// Reads one of our own files.
///
/// # Errors
/// It is a link, too large, or no text.
pub fn read(store: &Store, revision: &Revision, blob: &Blob) -> Result<OwnFile, Fault> {
    let unreadable = |reason: String| Fault::on_line(&blob.path, "", (1, 1), format!("it cannot be read: {reason}"));
    let bytes = store.reader().read(revision, blob, MOST_BYTES).map_err(|error| unreadable(error.to_string()))?;
    let text = decode(bytes).map_err(unreadable)?;
    Ok(OwnFile { path: blob.path.clone(), text })
}

fn built(store: &Store, revision: &Revision, file: OwnFile, id: String) -> Result<Found, Error> {
    let config = match parse(&file.path, &file.text) {
        Ok(config) => config,
        Err(faults) => return Ok(Found::Faulty(faults)),
    };
    let mut identity = vec![(file.path.clone(), id)];
    let (packs, mut faults) = packs(store, revision, &config, &file, &mut identity)?;
    if !faults.is_empty() {
        return Ok(Found::Faulty(faults));
    }
    let bounds = config.bounds();
    let catalogue = if packs.is_empty() && config.policies.is_empty() {
        None
    } else {
        let catalogue = match catalogue(&config, &packs) {
            Ok(catalogue) => catalogue,
            Err(fault) => return Ok(Found::Faulty(vec![fault])),
        };
        faults.extend(misnamed(&config, &catalogue, &file));
        Some(catalogue)
    };
    if !faults.is_empty() {
        return Ok(Found::Faulty(faults));
    }
    Ok(Found::Rules(Box::new(Rules { catalogue, config, bounds, file: Some(file), packs, identity })))
}

/// The policy files of all packs, by path, and every fault in them.
fn packs(
    store: &Store,
    revision: &Revision,
    config: &Config,
    file: &OwnFile,
    identity: &mut Vec<(String, String)>,
) -> Result<(Vec<PackPolicy>, Vec<Fault>), Error> {
    if config.packs.0.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let folders: Vec<String> = config.packs.0.iter().map(|pack| format!("{}/", pack.trim_end_matches('/'))).collect();
    let ours = |path: &str| is_policy(path) && folders.iter().any(|folder| path.starts_with(folder.as_str()));
    let blobs = store.list(revision, &ours)?.blobs;
    let (mut policies, mut faults) = (Vec::new(), Vec::new());
    let tree = yaml::parse(&file.text);
    for (index, folder) in folders.iter().enumerate() {
        if !blobs.iter().any(|blob| blob.path.starts_with(folder.as_str())) {
            let at = place(&tree, &[Key::Name("packs"), Key::Item(index)]);
            let message = format!("there is no policy file below `{folder}` in this revision");
            faults.push(Fault::at(&file.path, &file.text, at.start, message));
        }
    }
    if blobs.len() > MOST_POLICIES {
        let at = place(&tree, &[Key::Name("packs")]);
        faults.push(Fault::at(&file.path, &file.text, at.start, format!("more than {MOST_POLICIES} policy files")));
        return Ok((policies, faults));
    }
    let mut bytes = 0;
    for blob in &blobs {
        identity.push((blob.path.clone(), blob.id.to_string()));
        match read(store, revision, blob) {
            Err(fault) => faults.push(fault),
            Ok(file) if bytes + file.text.len() > MOST_PACK_BYTES => {
                let message = format!("all policy files together are more than {} MiB", MOST_PACK_BYTES >> 20);
                faults.push(Fault::on_line(&file.path, "", (1, 1), message));
                break;
            }
            Ok(file) => match parsed(&file, &mut bytes) {
                Ok(policy) => policies.push(PackPolicy { file, policy }),
                Err(wrong) => {
                    faults.extend(wrong.into_iter().map(|one| Fault::on_line(&file.path, &file.text, (one.line, one.column), one.message)));
                }
            },
        }
    }
    Ok((policies, faults))
}

fn parsed(file: &OwnFile, bytes: &mut usize) -> Result<Policy, Vec<crate::packs::Faulty>> {
    *bytes += file.text.len();
    crate::packs::parse(Path::new(&file.path), &file.text)
}

fn is_policy(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, end)| end == "yaml" || end == "yml")
}

fn catalogue(config: &Config, packs: &[PackPolicy]) -> Result<Catalogue, Fault> {
    let own: Vec<Policy> = packs.iter().map(|pack| pack.policy.clone()).collect();
    Catalogue::adjusted(own, &|rule| config.adjust(rule), &|rule| config.silences_rule(rule)).map_err(|refused| {
        let pack = packs.iter().rev().find(|pack| pack.policy.id == refused.id);
        match pack {
            Some(pack) => Fault::at(&pack.file.path, &pack.file.text, 0, refused.to_string()),
            None => Fault::on_line(super::PATH, "", (1, 1), refused.to_string()),
        }
    })
}

/// Entries of `policies:` that mean no policy, and floors that are not on their policy's order.
fn misnamed(config: &Config, catalogue: &Catalogue, file: &OwnFile) -> Vec<Fault> {
    let tree = yaml::parse(&file.text);
    let mut faults = Vec::new();
    for (key, entry) in &config.policies {
        if faults.len() >= TOLD {
            break;
        }
        let mut wrong = |path: &[Key], message: String| {
            faults.push(Fault::at(&file.path, &file.text, place(&tree, path).start, message));
        };
        let here = [Key::Name("policies"), Key::Name(key)];
        let of_area = key.strip_suffix("/*");
        let is_meant = |id: &str| id == key || of_area.is_some_and(|area| id.split('/').next() == Some(area));
        let mut policies = catalogue.policies().iter().filter(|policy| is_meant(&policy.rule.id) || is_meant(policy.reported())).peekable();
        if policies.peek().is_none() && !crate::gate::IDS.iter().chain(crate::data::IDS).any(|id| is_meant(id)) {
            let near = catalogue.nearest(key).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            wrong(&here, format!("no policy `{key}`{near} (`privgate policy list` shows all)"));
        }
        let Some(floor) = &entry.floor else { continue };
        if of_area.is_some() {
            wrong(&here, "a floor is on the order of one policy: name the policy instead of the area".into());
        } else if let Some(policy) = policies.next()
            && policy.rule.safety.as_ref().is_none_or(|order| order::given(order, floor).is_none())
        {
            let at = [Key::Name("policies"), Key::Name(key), Key::Name("floor")];
            wrong(&at, format!("the floor is not on the order of `{key}`: `privgate explain {key}` shows it"));
        }
    }
    faults
}

/// The id of what stands at a path, to see whether two revisions have the same.
///
/// # Errors
/// Objects are missing, or the disk cannot be read.
pub fn id_at(store: &Store, revision: &Revision, path: &str) -> Result<Option<Id>, Error> {
    Ok(store.find(revision, path)?.map(|blob| blob.id))
}
