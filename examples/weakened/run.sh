#!/bin/sh
# Builds privgate, commits base/ and then head/ to a repository in a temporary folder, and lets privgate judge the change.
# Ends with privgate's own exit code: 1, because the change weakens defaults.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)

cargo build --locked --quiet --manifest-path "$root/Cargo.toml" --target-dir "${CARGO_TARGET_DIR:-$root/target}"
privgate="${CARGO_TARGET_DIR:-$root/target}/debug/privgate"

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# an identity of its own, and nobody's git configuration
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=Example GIT_AUTHOR_EMAIL=example@example.org GIT_AUTHOR_DATE='2026-01-01T00:00:00Z'
export GIT_COMMITTER_NAME=Example GIT_COMMITTER_EMAIL=example@example.org GIT_COMMITTER_DATE='2026-01-01T00:00:00Z'

git init --quiet "$work"
cp -R "$here/base/." "$work"
git -C "$work" add --all
git -C "$work" commit --quiet --message 'A private assistant'
git -C "$work" tag before
cp -R "$here/head/." "$work"
git -C "$work" add --all
git -C "$work" commit --quiet --message 'Easier debugging; let the analytics team reach the vector store'

code=0
"$privgate" check --repo "$work" --base before --head HEAD || code=$?
exit "$code"
