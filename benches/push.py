#!/usr/bin/env python3
"""Measures `privgate pre-push` on pushes of about twenty files in real histories: each is to be judged in under 100 ms.

A push is a commit of the main line that changed 18 to 22 files against its first parent; every clone in the folder gives its newest ones.

    PRIVGATE_BENCH_REPOS=/folder/with/clones benches/push.py [--runs 5] [--each 5] [--clones 12] [--program target/release/privgate]

Ends with 1 when the median of all pushes takes longer than allowed.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time

ALLOWED = 100  # milliseconds
FILES = range(18, 23)
LOOKED_AT = 400  # commits of the main line


def git(repo, *arguments):
    return subprocess.run(["git", "-C", repo, *arguments], check=True, capture_output=True).stdout.decode(errors="replace")


def clones(root):
    for name in sorted(os.listdir(root)):
        for path in (os.path.join(root, name, "repo"), os.path.join(root, name)):
            if os.path.isdir(os.path.join(path, "objects")) or os.path.isdir(os.path.join(path, ".git")):
                yield name, path
                break


def pushes(repo, most):
    """Pairs of commits, newest first."""
    log = git(repo, "log", "--first-parent", "-m", "--raw", "--no-abbrev", "-M", f"-{LOOKED_AT}", "--format=%x00%H %P", "HEAD")
    found = []
    for entry in log.split("\0")[1:]:
        lines = entry.strip().splitlines()
        commit, *parents = lines[0].split()
        if parents and len([line for line in lines[1:] if line.startswith(":")]) in FILES:
            found.append((parents[0], commit))
        if len(found) == most:
            break
    return found


def judged(program, repo, before, after):
    """Wall milliseconds, milliseconds of the processor, and exit code."""
    line = f"refs/heads/topic {after} refs/heads/topic {before}\n".encode()
    before_run, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    ended = subprocess.run([program, "pre-push", "--repo", repo, "origin", "file:///nowhere"], input=line, capture_output=True, check=False)
    took, after_run = (time.perf_counter() - start) * 1000, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = (after_run.ru_utime + after_run.ru_stime - before_run.ru_utime - before_run.ru_stime) * 1000
    if ended.returncode not in (0, 1, 3):
        sys.exit(f"{repo} {before}..{after} ended with {ended.returncode}: {ended.stderr.decode(errors='replace')}")
    return took, used, ended.returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--each", type=int, default=5)
    parser.add_argument("--clones", type=int, default=12)
    parser.add_argument("--program", default="target/release/privgate")
    asked = parser.parse_args()
    root = os.environ.get("PRIVGATE_BENCH_REPOS")
    if not root:
        sys.exit("PRIVGATE_BENCH_REPOS must name the folder that holds the clones")
    program = os.path.abspath(asked.program)
    print(f"median of {asked.runs} runs of each push after a warm-up\n")
    print("| clone | pushes | median ms | slowest ms | processor ms | stopped | |")
    print("|---|---|---|---|---|---|---|")
    everything, shown = [], 0
    for name, repo in clones(root):
        try:
            found = pushes(repo, asked.each)
        except subprocess.CalledProcessError:
            continue  # a clone that lacks a part of its history
        if not found:
            continue
        medians, busy, stopped = [], [], 0
        for before, after in found:
            judged(program, repo, before, after)
            runs = [judged(program, repo, before, after) for _ in range(asked.runs)]
            medians.append(statistics.median(took for took, _, _ in runs))
            busy.append(statistics.median(used for _, used, _ in runs))
            stopped += runs[0][2] == 1
        everything += medians
        middle = statistics.median(medians)
        verdict = "ok" if middle <= ALLOWED else "over time"
        print(f"| {name} | {len(found)} | {middle:.1f} | {max(medians):.1f} | {statistics.median(busy):.1f} | {stopped} | {verdict} |", flush=True)
        shown += 1
        if shown == asked.clones:
            break
    if not everything:
        sys.exit("no clone has a push of about twenty files")
    everything.sort()
    worst = everything[min(len(everything) - 1, len(everything) * 95 // 100)]
    print(f"\n{len(everything)} pushes: median {statistics.median(everything):.1f} ms, 95th percentile {worst:.1f} ms; allowed {ALLOWED} ms")
    sys.exit(0 if statistics.median(everything) <= ALLOWED else 1)


main()
