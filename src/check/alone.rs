//! Digests that change alone: the file that a list names is the same on both sides, and now the list names another one's digest. Only the
//! trees tell, and they are asked only where a list changed.

use super::load::Sides;
use crate::judge::digests::{self, Mispinned};
use crate::judge::found::Found;
use crate::judge::input::At;
use crate::judge::world::World;
use crate::revision::Error;

/// Bytes of a file whose digest is made.
const BYTES: u64 = 64 << 20;

/// Files that are read for that.
const FILES: usize = 20;

/// Digests that were a file's own and are not any more, while the file stayed.
///
/// # Errors
/// Objects are missing.
pub(super) fn digests(sides: &Sides, world: &World) -> Result<Vec<Found>, Error> {
    let mut found = Vec::new();
    for pin in digests::repinned(world).into_iter().take(FILES) {
        let (Some(before), Some(after)) = (sides.store.find(sides.base, &pin.path)?, sides.store.find(sides.head, &pin.path)?) else {
            continue;
        };
        if before.id != after.id || !after.mode.is_file() {
            continue;
        }
        let Ok(bytes) = sides.store.reader().read_or_pointer(sides.head, &after, BYTES) else { continue };
        let own = of_pointer(&bytes).unwrap_or_else(|| digests::sha256(&bytes));
        let pair = world.pairs.get(pin.pair).and_then(|pair| pair.at(At::Head));
        if own == pin.before && own != pin.after && pair.is_some() {
            found.extend(digests::alone(world, &Mispinned { own: &own, pin: &pin }));
        }
    }
    Ok(found)
}

/// The digest that a pointer of git-lfs names.
fn of_pointer(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes.get(..bytes.len().min(1024))?).ok().filter(|text| text.starts_with("version https://git-lfs"))?;
    text.lines().find_map(|line| line.strip_prefix("oid sha256:")).map(|oid| oid.trim().to_ascii_lowercase())
}
