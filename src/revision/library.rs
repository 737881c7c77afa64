//! Reading a repository with libgit2: straight from the object database, in this process.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use git2::{DiffOptions, ErrorClass, ErrorCode, ObjectType, Repository, RepositoryOpenFlags, Tree, TreeEntry};

use super::backend::{Backend, Compared, Content, DEEPEST, Entry, MOST_FILES, Named, Touched, entry, push};
use super::blob::{Blob, Id};
use super::error::Error;

/// A repository opened with libgit2.
pub(super) struct Library {
    repository: Repository,
    index: Option<PathBuf>,
}

impl Library {
    /// Opens the repository whose git folder this is.
    pub(super) fn open(place: &super::place::Place) -> Result<Self, git2::Error> {
        let repository = Repository::open_ext(&place.git_dir, RepositoryOpenFlags::NO_SEARCH, std::iter::empty::<&str>())?;
        if let Some(work) = &place.named_work {
            repository.set_workdir(work, false)?;
        }
        if !place.alternates.is_empty() {
            let objects = repository.odb()?;
            for folder in place.alternates.iter().filter_map(|folder| folder.to_str()) {
                objects.add_disk_alternate(folder)?;
            }
        }
        Ok(Self { repository, index: place.index.clone() })
    }

    pub(super) fn work(&self) -> Option<PathBuf> {
        self.repository.workdir().map(Path::to_path_buf)
    }

    pub(super) fn common(&self) -> PathBuf {
        self.repository.commondir().to_path_buf()
    }

    fn read_index(&self) -> Result<git2::Index, git2::Error> {
        match &self.index {
            Some(path) => {
                let mut index = git2::Index::open(path)?;
                self.repository.set_index(&mut index)?;
                Ok(index)
            }
            None => self.repository.index(),
        }
    }

    fn tree(&self, id: Option<Id>) -> Result<Option<Tree<'_>>, git2::Error> {
        id.map(|id| self.repository.find_tree(id.oid()?)).transpose()
    }
}

/// `None` for what libgit2 does not find: what that means depends on the kind of clone.
fn found<T>(result: Result<T, git2::Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The mode as it stands in the tree: old tools wrote modes that libgit2's own diff panics over.
fn bits(item: &TreeEntry<'_>) -> u32 {
    u32::try_from(item.filemode_raw()).unwrap_or(0)
}

fn is_tree(item: &TreeEntry<'_>) -> bool {
    item.kind() == Some(ObjectType::Tree)
}

/// The entries of two trees that differ. Both are in git's order, where a folder sorts as if its name ended in `/`; a tree
/// that breaks the order gives an entry on each side, which is no worse.
fn difference<'a>(old: Option<&'a Tree<'a>>, new: Option<&'a Tree<'a>>) -> Vec<(Option<TreeEntry<'a>>, Option<TreeEntry<'a>>)> {
    let mut olds = old.into_iter().flat_map(Tree::iter).peekable();
    let mut news = new.into_iter().flat_map(Tree::iter).peekable();
    let mut differing = Vec::new();
    loop {
        let order = match (olds.peek(), news.peek()) {
            (None, None) => return differing,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) => by_name(old, new),
        };
        let old = if order.is_le() { olds.next() } else { None };
        let new = if order.is_ge() { news.next() } else { None };
        let same = matches!((&old, &new), (Some(old), Some(new)) if old.id() == new.id() && old.filemode_raw() == new.filemode_raw());
        if !same {
            differing.push((old, new));
        }
    }
}

fn by_name(one: &TreeEntry<'_>, two: &TreeEntry<'_>) -> Ordering {
    let slash = |item: &TreeEntry<'_>| is_tree(item).then_some(b'/');
    one.name_bytes().iter().copied().chain(slash(one)).cmp(two.name_bytes().iter().copied().chain(slash(two)))
}

impl Backend for Library {
    fn resolve(&self, rev: &str) -> Result<Option<Named>, Error> {
        let object = match self.repository.revparse_single(rev) {
            Ok(object) => object,
            Err(error) if error.code() == ErrorCode::Ambiguous => {
                return Err(Error::Usage(format!("`{rev}` could be several objects: give more of its id")));
            }
            Err(error)
                if matches!(error.class(), ErrorClass::Odb | ErrorClass::Zlib | ErrorClass::Os) && error.code() != ErrorCode::NotFound =>
            {
                return Err(error.into());
            }
            // libgit2 has many codes for "no such thing": unborn branches, bad syntax, parents that are not there.
            Err(_) => return Ok(None),
        };
        match object.kind() {
            Some(ObjectType::Tree) => Ok(Some(Named { commit: None, tree: object.id().into() })),
            Some(ObjectType::Blob) => Err(Error::Usage(format!("`{rev}` is a file's content, not a commit"))),
            _ => match object.peel_to_commit() {
                Ok(commit) => Ok(Some(Named { commit: Some(commit.id().into()), tree: commit.tree_id().into() })),
                Err(_) => Ok(None),
            },
        }
    }

    fn parents(&self, commit: Id) -> Result<Vec<Id>, Error> {
        Ok(self.repository.find_commit(commit.oid()?)?.parent_ids().map(Id::from).collect())
    }

    fn merge_bases(&self, one: Id, two: Id) -> Result<Option<Vec<Id>>, Error> {
        let bases = found(self.repository.merge_bases(one.oid()?, two.oid()?))?;
        Ok(Some(bases.map(|bases| bases.iter().map(|id| Id::from(*id)).collect()).unwrap_or_default()))
    }

    fn compare(&self, base: Option<Id>, head: Option<Id>) -> Result<Option<Compared>, Error> {
        let mut compared = Compared::default();
        let mut waiting = vec![(Vec::new(), base, head, 0)];
        while let Some((folder, base, head, depth)) = waiting.pop() {
            let Some(old) = found(self.tree(base))? else { return Ok(None) };
            let Some(new) = found(self.tree(head))? else { return Ok(None) };
            for (old, new) in difference(old.as_ref(), new.as_ref()) {
                let name = old.as_ref().or(new.as_ref()).map(|item| item.name_bytes().to_vec()).unwrap_or_default();
                let path = [folder.as_slice(), name.as_slice()].concat();
                let tree = |item: &Option<TreeEntry<'_>>| item.as_ref().filter(|item| is_tree(item)).map(|item| Id::from(item.id()));
                let (inner_old, inner_new) = (tree(&old), tree(&new));
                if inner_old.is_some() || inner_new.is_some() {
                    if depth >= DEEPEST {
                        compared.too_deep += 1;
                    } else {
                        waiting.push(([path.as_slice(), b"/"].concat(), inner_old, inner_new, depth + 1));
                    }
                }
                let blob = |item: Option<TreeEntry<'_>>| item.and_then(|item| entry(&path, item.id().into(), bits(&item)));
                compared.base.extend(blob(old));
                compared.head.extend(blob(new));
            }
            if compared.base.len().max(compared.head.len()) + waiting.len() > MOST_FILES {
                return Err(Error::Limit(format!("more than {MOST_FILES} files differ")));
            }
        }
        Ok(Some(compared))
    }

    fn list(&self, tree: Id, below: &str) -> Result<Option<(Vec<Blob>, usize)>, Error> {
        let mut blobs = Vec::new();
        let mut too_deep = 0;
        let mut from = (Vec::new(), tree, 0);
        for step in below.split('/').filter(|step| !step.is_empty()) {
            let Some(tree) = found(self.repository.find_tree(from.1.oid()?))? else { return Ok(None) };
            let folder = tree.get_name(step).filter(|item| item.kind() == Some(ObjectType::Tree));
            let Some(id) = folder.map(|item| item.id()) else { return Ok(Some((blobs, too_deep))) };
            from.0.extend([step.as_bytes(), b"/"].concat());
            from = (from.0, id.into(), from.2 + 1);
        }
        let mut waiting = vec![from];
        while let Some((folder, id, depth)) = waiting.pop() {
            let Some(tree) = found(self.repository.find_tree(id.oid()?))? else { return Ok(None) };
            for item in &tree {
                let mut path: Vec<u8> = folder.clone();
                path.extend_from_slice(item.name_bytes());
                match item.kind() {
                    Some(ObjectType::Tree) if depth >= DEEPEST => too_deep += 1,
                    Some(ObjectType::Tree) => {
                        path.push(b'/');
                        waiting.push((path, item.id().into(), depth + 1));
                    }
                    _ => blobs.extend(entry(&path, item.id().into(), bits(&item))),
                }
            }
            if blobs.len() + waiting.len() > MOST_FILES {
                return Err(Error::Limit(format!("a revision has more than {MOST_FILES} files")));
            }
        }
        Ok(Some((blobs, too_deep)))
    }

    fn find(&self, tree: Id, path: &str) -> Result<Option<Blob>, Error> {
        let Some(tree) = found(self.repository.find_tree(tree.oid()?))? else { return Ok(None) };
        // A file where a folder would have to be is one more way not to be there.
        let Ok(item) = tree.get_path(Path::new(path)) else { return Ok(None) };
        Ok(entry(path.as_bytes(), item.id().into(), bits(&item)))
    }

    fn read(&mut self, id: Id, cap: u64) -> Result<Content, Error> {
        let objects = self.repository.odb()?;
        let Some((size, kind)) = found(objects.read_header(id.oid()?))? else { return Ok(Content::Absent) };
        if kind != ObjectType::Blob {
            return Err(Error::Git(format!("object {id} is no file")));
        }
        if size as u64 > cap {
            return Ok(Content::TooLarge(size as u64));
        }
        // Not the blob cache: each file is read once.
        Ok(match found(objects.read(id.oid()?))? {
            Some(object) => Content::Bytes(object.data().to_vec()),
            None => Content::Absent,
        })
    }

    fn index(&self) -> Result<Vec<Entry>, Error> {
        let index = self.read_index()?;
        let mut entries: Vec<Entry> = Vec::with_capacity(index.len());
        for item in index.iter() {
            let stage = item.flags >> 12 & 3;
            let extended = git2::IndexEntryExtendedFlag::from_bits_truncate(item.flags_extended);
            if extended.contains(git2::IndexEntryExtendedFlag::INTENT_TO_ADD) {
                continue;
            }
            let Some(blob) = entry(&item.path, item.id.into(), item.mode) else { continue };
            push(&mut entries, blob, stage, extended.contains(git2::IndexEntryExtendedFlag::SKIP_WORKTREE));
        }
        Ok(entries)
    }

    fn tracked(&self, path: &str) -> Result<Option<Blob>, Error> {
        let index = self.read_index()?;
        let item = [0, 2, 3].into_iter().find_map(|stage| index.get_path(Path::new(path), stage));
        Ok(item.and_then(|item| entry(&item.path, item.id.into(), item.mode)))
    }

    fn touched(&self) -> Result<Vec<Touched>, Error> {
        let index = self.read_index()?;
        let mut options = DiffOptions::new();
        options.context_lines(0).skip_binary_check(true).ignore_submodules(true).include_typechange(true);
        options.include_untracked(true).recurse_untracked_dirs(true).include_unreadable(true).update_index(false);
        let difference = self.repository.diff_index_to_workdir(Some(&index), Some(&mut options))?;
        let touched = difference.deltas().filter_map(|delta| {
            let gone = delta.status() == git2::Delta::Deleted;
            let file = if gone { delta.old_file() } else { delta.new_file() };
            Some(Touched { path: file.path_bytes()?.to_vec(), gone })
        });
        Ok(touched.collect())
    }

    fn ignored(&self, path: &str) -> bool {
        self.repository.is_path_ignored(path).unwrap_or(true)
    }

    fn symbolic(&self, name: &str) -> Option<String> {
        self.repository.find_reference(name).ok()?.symbolic_target().ok()?.map(String::from)
    }

    fn configuration(&self) -> Vec<(String, String)> {
        let mut all = Vec::new();
        let Ok(configuration) = self.repository.config() else { return all };
        let Ok(mut entries) = configuration.entries(Some("^(remote|branch|extensions)\\.")) else { return all };
        while let Some(Ok(item)) = entries.next() {
            if let (Ok(name), Ok(value)) = (item.name(), item.value()) {
                all.push((name.to_string(), value.to_string()));
            }
        }
        all
    }
}
