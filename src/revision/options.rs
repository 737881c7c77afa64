//! libgit2's process-wide options, set once before the first repository is opened.

use std::sync::Once;

static SET: Once = Once::new();

/// Repository extensions that change nothing about how objects and references are read: we run no hooks, filters or configured commands.
const HARMLESS: [&str; 4] = ["partialclone", "worktreeconfig", "preciousobjects", "relativeworktrees"];

/// Sets the options, the first time it is called.
///
/// - Ownership is not checked: CI containers run as root over a checkout of another user, and nothing of the repository is executed.
/// - Packs are not hashed again while reading, as git does not either: it doubles the time, and the commit ids that we are
///   given come from the same object database.
#[allow(unsafe_code, reason = "libgit2 keeps these options in globals; see SAFETY")]
pub(super) fn set() {
    SET.call_once(|| {
        // SAFETY: both calls write libgit2's global state and are unsound only while another thread reads it. `Once` runs this
        // one time, and every other use of git2 in this crate is reached through `Store`, whose constructors come here first.
        unsafe {
            // A failure leaves the stricter default: the repository is then refused with a message, never read wrongly.
            let _ = git2::opts::set_verify_owner_validation(false);
            let _ = git2::opts::set_extensions(&HARMLESS);
        }
        git2::opts::strict_hash_verification(false);
    });
}
