#!/usr/bin/env python3
"""Measures `privgate check` on pairs of commits of large public repositories against the time git itself needs.

The floor is `git diff --raw -M` plus `git cat-file --batch` of the changed configuration blobs. Quote ratios, never times.

    PRIVGATE_BENCH_REPOS=/folder/with/clones benches/pairs.py [--runs 7] [--program target/release/privgate] [PAIR...]

The folder holds clones named `langfuse`, `charts` and `kops` (any name that ends so, bare or not; a `repo` folder inside counts too).
"""

import argparse
import glob
import os
import re
import statistics
import subprocess
import sys
import time

# name, repository, base, head, allowed ratio, allowed extra milliseconds, allowed MiB (None: not bounded here)
PAIRS = [
    ("empty", "langfuse", "93eb91d7819c", "93eb91d7819c", 1.5, 10, 32),
    ("small-L", "langfuse", "93eb91d7819c^", "93eb91d7819c", 1.5, 10, 32),
    ("small-B", "charts", "c58edb88cb9f^", "c58edb88cb9f", 1.5, 10, 32),
    ("large-L", "langfuse", "93eb91d7819c", "62751446149b", 2, 0, None),
    ("large-B", "charts", "9b3915b649a9", "5165628ae066", 2, 0, None),
    ("huge-B", "charts", "fb09f1b217cc", "5165628ae066", 3, 0, 256),
    ("huge-K", "kops", "19f7a57520cf", "268927e26409", 3, 0, 256),
]
CONFIGURATION = re.compile(r"(\.(ya?ml|json|toml|ini|cfg|conf|tf|hcl|properties|xml|md|tpl)|(^|/)\.env[^/]*|(^|/)Dockerfile[^/]*)$")


def repository(root, name):
    for found in sorted(glob.glob(os.path.join(root, "*" + name))):
        for path in (os.path.join(found, "repo"), found):
            if os.path.isdir(os.path.join(path, "objects")) or os.path.isdir(os.path.join(path, ".git")):
                return path
    return None


def run(arguments, feed=b""):
    """Wall milliseconds, peak MiB, exit code, standard error."""
    start = time.perf_counter()
    child = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        child.stdin.write(feed)
        child.stdin.close()
    except BrokenPipeError:
        pass
    errors = child.stderr.read().decode(errors="replace")
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return (time.perf_counter() - start) * 1000, used.ru_maxrss / 1024, child.returncode, errors


def median(runs, arguments, feed=b""):
    run(arguments, feed)
    measured = [run(arguments, feed) for _ in range(runs)]
    return statistics.median(one[0] for one in measured), max(one[1] for one in measured), measured[0][2], measured[0][3]


def changed_blobs(repo, base, head):
    raw = subprocess.run(["git", "-C", repo, "diff", "--raw", "-M", "--no-abbrev", "-z", base, head], check=True, capture_output=True).stdout
    fields = raw.decode(errors="replace").split("\0")
    blobs, files, at = [], 0, 0
    while at < len(fields) and fields[at].startswith(":"):
        _, _, before, after, status = fields[at].split(" ")
        paths = fields[at + 1 : at + (3 if status[0] in "RC" else 2)]
        at += 1 + len(paths)
        files += 1
        for blob, path in ((before, paths[0]), (after, paths[-1])):
            if CONFIGURATION.search(path) and set(blob) != {"0"}:
                blobs.append(blob)
    return files, blobs


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--program", default="target/release/privgate")
    parser.add_argument("pairs", nargs="*")
    asked = parser.parse_args()
    root = os.environ.get("PRIVGATE_BENCH_REPOS")
    if not root:
        sys.exit("PRIVGATE_BENCH_REPOS must name the folder that holds the clones")
    program = os.path.abspath(asked.program)
    start, memory, _, _ = median(asked.runs, [program, "--version"])
    print(f"`--version`: {start:.1f} ms, {memory:.0f} MiB; median of {asked.runs} after a warm-up\n")
    print("| pair | files | configuration blobs | diff ms | cat-file ms | floor ms | check ms | ratio | allowed | git MiB | check MiB | exit | |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    for name, where, base, head, ratio, extra, most in PAIRS:
        if asked.pairs and name not in asked.pairs:
            continue
        repo = repository(root, where)
        if repo is None:
            print(f"| {name} | no clone of {where} | | | | | | | | | | | |")
            continue
        files, blobs = changed_blobs(repo, base, head)
        diff, diff_memory, _, _ = median(asked.runs, ["git", "-C", repo, "diff", "--raw", "-M", base, head])
        feed = "".join(blob + "\n" for blob in blobs).encode()
        cat, cat_memory, _, _ = median(asked.runs, ["git", "-C", repo, "cat-file", "--batch"], feed) if blobs else (0, 0, 0, "")
        check = [program, "check", "--repo", repo, "--base", base, "--head", head, "--format", "json", "--date", "2026-11-21"]
        took, peak, code, errors = median(asked.runs, check)
        floor, allowed = diff + cat, ratio * (diff + cat) + extra
        git_memory = max(diff_memory, cat_memory)
        bounded = peak <= (2 * git_memory if most is None else most)
        verdict = "ok" if took <= allowed and bounded else "over time" if took > allowed else "over memory"
        verdict = verdict if "error:" not in errors else errors.strip().splitlines()[-1][:80]
        print(
            f"| {name} | {files} | {len(blobs)} | {diff:.1f} | {cat:.1f} | {floor:.1f} | {took:.1f} | {took / floor:.2f} "
            f"| {allowed:.0f} ms | {git_memory:.0f} | {peak:.0f} | {code} | {verdict} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
