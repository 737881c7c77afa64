#!/usr/bin/env python3
"""Writes docs/products.md: which researched settings of each product the catalogue judges, and which it does not.

    python3 .ci/products.py FOLDER-OF-RESEARCH > docs/products.md

The folder holds JSON lines with `product`, `setting`, `names`, `area`, `default_is_safe` and `confidence`. Needs PyYAML.
"""

import collections
import glob
import json
import os
import re
import sys

import yaml

SURFACES = "env key flag argument field directive image dependency permission command section claim record decision".split()


def unfold(text):
    opening = text.find("{")
    if opening < 0:
        return [text]
    depth, parts, start = 0, [], opening + 1
    for at in range(opening, len(text)):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                parts.append(text[start:at])
                return [one for part in parts for one in unfold(text[:opening] + part + text[at + 1 :])]
        elif text[at] == "," and depth == 1:
            parts.append(text[start:at])
            start = at + 1
    return [text]


def fold(text):
    return re.sub(r"[-_\s]", "", text).lower()


def last(name):
    """What tells a name: the last step of a path, the keyword of a call."""
    name = re.sub(r"\[[^\]]*\]", "", name)
    inner = re.search(r"\(([^()]*)\)\s*$", name)
    name = inner.group(1) if inner and inner.group(1) else name.split("=")[0]
    return fold(re.split(r"[.\s/:]", name.strip().lstrip("-"))[-1])


def words(value):
    return value if isinstance(value, list) else [value]


class Catalogue:
    def __init__(self, folder):
        self.known, self.count = collections.defaultdict(set), 0
        for path in sorted(glob.glob(os.path.join(folder, "*", "*.yaml"))):
            with open(path, encoding="utf-8") as file:
                policy = yaml.safe_load(file)
            self.count += 1
            for spelling in policy.get("settings", []):
                for one in [spelling, *spelling.get("first", [])]:
                    self.add(policy["id"], one)

    def add(self, policy, spelling):
        for surface in SURFACES:
            for text in map(str, words(spelling.get(surface, []))):
                if text.startswith("/") and text.endswith("/") and len(text) > 2:
                    for name in re.split(r"\(\?:|\(\?i[):]|[()|^$]", text[1:-1]):     # names that an expression lists in full
                        if re.fullmatch(r"[A-Za-z][A-Za-z0-9]*(?:[_.][A-Za-z0-9]+)+", name):
                            self.known[fold(name)].add(policy)
                    continue
                for name in unfold(text.replace("[no-]", "")):
                    self.known[fold(name.lstrip("-"))].add(policy)
                    if "*" not in last(name) and "<" not in last(name):
                        self.known[last(name)].add(policy)

    def judges(self, entry):
        names = [entry["setting"], *(entry.get("names") or [])]
        for name in names:
            for text in re.split(r"\s*(?:/|,|\bor\b|;)\s+", name):
                bare = text.strip().split(" ")[0].split("=")[0]
                found = self.known.get(fold(bare.lstrip("-"))) or (self.known.get(last(text)) if len(last(text)) > 3 else None)
                if found:
                    return sorted(found)
        return []


def main():
    research = sys.argv[1]
    catalogue = Catalogue(os.path.join(os.path.dirname(__file__), "..", "policies"))
    products = collections.defaultdict(list)
    for path in sorted(glob.glob(os.path.join(research, "*.jsonl"))):
        with open(path, encoding="utf-8") as file:
            for line in filter(None, map(str.strip, file)):
                entry = json.loads(line)
                if entry["confidence"] == "high":
                    products[entry["product"].lower()].append((entry, catalogue.judges(entry)))
    total = sum(map(len, products.values()))
    judged = sum(1 for entries in products.values() for _, found in entries if found)
    print("# Products\n")
    print("Written by `.ci/products.py`: settings of products whose meaning was read in the product's own source, and how many of them a")
    print("policy of the catalogue names. What is not named may still be judged by the lexicon, which knows words and no products.\n")
    print(f"{catalogue.count} policies; {judged} of {total} researched settings of {len(products)} products are named.\n")
    print("| product | settings | named | not named |")
    print("|---|---|---|---|")
    for product, entries in sorted(products.items(), key=lambda item: (-len(item[1]), item[0])):
        missing = [entry["setting"] for entry, found in entries if not found]
        shown = ", ".join(f"`{name}`".replace("|", "\\|") for name in missing) or ""
        print(f"| {product} | {len(entries)} | {len(entries) - len(missing)} | {shown} |")


main()
