//! Room on the heap before it is needed. glibc lets the heap of every thread but the first grow page by page, and each time all
//! threads wait for the kernel: a change of twenty files did that five hundred times.

use std::hint::black_box;

/// What a thread asks for at once, in bytes. Nothing of it is touched, so it costs no memory before it is used.
const AHEAD: usize = 4 << 20;

/// To be called once, before threads start. glibc takes from the largest block that was given back so far up to which size blocks come from
/// the heap, and how much of it stays when it is free.
pub fn prepare() {
    drop(black_box(Vec::<u8>::with_capacity(2 * AHEAD)));
}

/// To be called by a thread before work that allocates much.
pub fn ahead() {
    drop(black_box(Vec::<u8>::with_capacity(AHEAD)));
}
