#!/usr/bin/env bash
# Puts privgate into $RUNNER_TEMP/privgate/bin: the release named in `digests` beside this file, held against its sha256 there, or a
# build from this checkout. A step of action.yml runs it; see there for the inputs.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$RUNNER_TEMP/privgate

fail() {
  echo "::error title=privgate::$1"
  exit 3
}

# the checked repository's own rust-toolchain.toml and .cargo must not choose the compiler of its gate: build in the action's folder
from_source() {
  command -v cargo >/dev/null || fail 'building privgate needs Rust, and this runner has no cargo: install it in a step before, or set install to release'
  cd "$here/.."
  cargo install --locked --quiet --path . --root "$root"
}

target() {
  case "$RUNNER_OS-$RUNNER_ARCH" in
    Linux-X64) echo x86_64-unknown-linux-musl ;;
    Linux-ARM64) echo aarch64-unknown-linux-musl ;;
    macOS-X64) echo x86_64-apple-darwin ;;
    macOS-ARM64) echo aarch64-apple-darwin ;;
    Windows-X64) echo x86_64-pc-windows-msvc ;;
    Windows-ARM64) echo aarch64-pc-windows-msvc ;;
  esac
}

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum -- "$1"; else shasum -a 256 -- "$1"; fi | cut -d ' ' -f 1
}

# An attestation says who built the archive; its digest, embedded above, says which archive it is.
attested() {
  [ "$ATTESTATION" != 'off' ] || return 0
  if ! command -v gh >/dev/null || [ -z "${GH_TOKEN:-}" ]; then
    [ "$ATTESTATION" != 'required' ] || fail 'the attestation cannot be checked: this runner has no gh, or the step has no token'
    echo 'no gh here: the attestation is not checked, the digest is'
  elif gh attestation verify "$1" --repo "$ACTION_REPOSITORY" >/dev/null; then
    echo "attested by a workflow of $ACTION_REPOSITORY"
  elif [ "$ATTESTATION" = 'required' ]; then
    fail "the attestation of $1 could not be verified"
  else
    echo '::warning title=privgate::the attestation of the release could not be verified; its digest is the right one'
  fi
}

from_release() {
  local version target archive wanted
  version=$(sed -n 's/^# version //p' "$here/digests")
  target=$(target)
  [ -n "$target" ] || fail "there is no release for $RUNNER_OS on $RUNNER_ARCH: set install to source"
  archive=privgate-v$version-$target.tar.gz
  wanted=$(awk -v name="$archive" '$1 !~ /^#/ && $2 == name { print $1 }' "$here/digests")
  [ -n "$wanted" ] || fail "this commit of the action holds no digest of $archive: set install to source"
  mkdir -p "$root/bin"
  cd "$root"
  curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --retry 3 --max-time 120 --output "$archive" \
    "$GITHUB_SERVER_URL/$ACTION_REPOSITORY/releases/download/v$version/$archive" || fail "$archive could not be downloaded"
  [ "$(sha256 "$archive")" = "$wanted" ] || fail "$archive is not the file that this commit of the action knows: its sha256 differs"
  attested "$archive"
  # relative names only: tar takes a colon for another machine
  tar -xzf "$archive" -C bin --strip-components 1
  rm -- "$archive"
}

case "$INSTALL" in
  source) from_source ;;
  release) from_release ;;
  auto) if grep -q '^[0-9a-f]\{64\} ' "$here/digests"; then from_release; else from_source; fi ;;
  *) fail 'the input install is one of auto, release and source' ;;
esac
"$root/bin/privgate" --version
