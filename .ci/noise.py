#!/usr/bin/env python3
"""Draws ordinary commits of public repositories and lists every alarm on them, for a reader to judge.

    python3 .ci/noise.py --seed 1 --mirror FOLDER [--tool target/release/privgate] [--each 15] > drawn.json

FOLDER holds bare repositories as OWNER+NAME/repo. Drawn are non-merge commits that have one parent and are reachable from the commit that
stands here, so the same seed gives the same commits whenever a repository is fetched. Prints one JSON document: the commits of each
repository and, for each commit with a finding of severity error or warning, those findings. docs/noise.md holds the judgements.
"""

import argparse
import concurrent.futures
import json
import random
import subprocess
import sys

# the newest commit that is drawn from
REPOSITORIES = {
    "assafelovic/gpt-researcher": "5d84d2f5553e70a2765a8ff3a0d2672d60437ce8",
    "bentoml/BentoML": "32230a5276a8da8b23c4a06a9ec6272c1993451a",
    "Chainlit/chainlit": "488b74579ace74ad917556a1560e9db68e011219",
    "chroma-core/chroma": "93652ec0869489b803fe1682427fc02bd47bec14",
    "cohere-ai/cohere-toolkit": "fdd4371edf164f2c1726a884e421049093c0128e",
    "continuedev/continue": "d0a3c0b626b5bebc3bef4742eec05a0242be0bab",
    "deepset-ai/haystack": "c7cb46c0f28ad1984f60e5d3e9404b124a221437",
    "FlowiseAI/Flowise": "ababf4c8ebc0263e03aeeb917832251d3fd785e4",
    "infiniflow/ragflow": "b1b8cd623520b97b2526ffb1514bd812bdcc7eaf",
    "letta-ai/letta": "87fd37aab68c7bdd0d66fe63751553756f6af3e5",
    "mem0ai/mem0": "8d5b7865bd0521e75fe9ab1b260eeccc83f8a378",
    "microsoft/presidio": "0aa9f8e44275cb52c00fbbebe19168e934e1f076",
    "nomic-ai/gpt4all": "cd70db29edaf0f02a567f5eea94f5e52240be3e9",
    "oobabooga/text-generation-webui": "1dcde41d03d13fc768316f4d2256a8a6dd044268",
    "Portkey-AI/gateway": "669825cbe89ee51569918b8f78a9db486fd69dd4",
    "qdrant/qdrant": "74f3e85b9473c62560006c043e13737ce6b48412",
    "songquanpeng/one-api": "8df4a2670b98266bd287c698243fff327d9748cf",
    "TabbyML/tabby": "21b29048d7bcf6b94f9f482f2d0fd05efadfd19f",
    "weaviate/weaviate": "adcffc5432aa797c60e3c4e479514054254fae2a",
    "xorbitsai/inference": "7ecec16b63383e18e4af790c4b522fb7d79f7e77",
}

ALARMS = ("error", "warning")


def git(folder, *words):
    return subprocess.run(["git", "-C", folder, *words], check=True, capture_output=True, text=True).stdout


def draw(folder, name, seed, each):
    """Commit ids with exactly one parent, drawn by seed and repository."""
    tip = REPOSITORIES[name]
    commits = sorted(git(folder, "rev-list", "--min-parents=1", "--max-parents=1", tip).split())
    return sorted(random.Random(f"{seed}:{name}").sample(commits, min(each, len(commits))))


def alarms(tool, folder, commit):
    """What the tool says at this commit, or why it did not run."""
    words = [tool, "check", "--repo", folder, "--base", f"{commit}^", "--head", commit, "--format", "json"]
    ran = subprocess.run(words, capture_output=True, text=True)
    try:
        findings = json.loads(ran.stdout)["findings"]
    except (ValueError, KeyError):
        return [{"severity": "error", "policy": "no report", "message": ran.stderr.strip()}]
    return [one for one in findings if one["severity"] in ALARMS and one["change"] not in ("strengthened", "unchanged")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--mirror", required=True)
    parser.add_argument("--tool", default="target/release/privgate")
    parser.add_argument("--each", type=int, default=15)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()

    folders = {name: f"{given.mirror}/{name.replace('/', '+')}/repo" for name in REPOSITORIES}
    drawn = {name: draw(folders[name], name, given.seed, given.each) for name in sorted(REPOSITORIES)}
    tasks = [(name, commit) for name, commits in drawn.items() for commit in commits]
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        said = list(pool.map(lambda task: alarms(given.tool, folders[task[0]], task[1]), tasks))
    alarmed = [{"repository": name, "commit": commit, "alarms": found} for (name, commit), found in zip(tasks, said) if found]
    json.dump({"seed": given.seed, "commits": drawn, "alarmed": alarmed}, sys.stdout, indent=1)
    print(f"{len(tasks)} commits, {len(alarmed)} with an alarm, {sum(map(len, said))} alarms", file=sys.stderr)


if __name__ == "__main__":
    main()
