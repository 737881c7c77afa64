#!/usr/bin/env python3
"""Writes docs/products.md: which researched settings of each product the catalogue judges, and which it does not.

    python3 .ci/products.py FOLDER-OF-RESEARCH > docs/products.md

The folder holds JSON lines with `product`, `setting`, `names`, `area`, `default_is_safe` and `confidence`. Needs PyYAML.
What a test asks of the program about the five worst settings of each product stands in tests/products.jsonl.
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
        self.known, self.wild, self.count = collections.defaultdict(set), [], 0
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
                    # the whole expression is left to the program: here it could take for ever
                    continue
                for name in unfold(text.replace("[no-]", "")):
                    self.known[fold(name.lstrip("-"))].add(policy)
                    if "*" not in last(name) and "<" not in last(name):
                        self.known[last(name)].add(policy)
                    elif re.search(r"[A-Za-z]{3}", re.sub(r"<[^>]*>", "", name)):     # `*` alone would name everything
                        self.add_wild("^" + re.sub(r"<[^>]*>|\\?\*+", "[^.]*", re.escape(name)) + "$", policy)

    def add_wild(self, expression, policy):
        self.wild.append((re.compile(expression), policy))

    def judges(self, entry):
        names = [entry["setting"], *(entry.get("names") or [])]
        for name in names:
            for text in re.split(r"\s*(?:/|,|\bor\b|;)\s+", name):
                bare = text.strip().split(" ")[0].split("=")[0]
                found = self.known.get(fold(bare.lstrip("-"))) or (self.known.get(last(text)) if len(last(text)) > 3 else None)
                if found:
                    return sorted(found)
        for name in names:
            for text in re.split(r"\s*(?:/|,|\bor\b|;)\s+", name):
                bare = text.strip().split(" ")[0].split("=")[0]
                found = {policy for expression, policy in self.wild if len(bare) > 3 and expression.fullmatch(bare)}
                if found:
                    return sorted(found)
        return []


# What hurts people most when it gets weaker; among equals what is weak as it comes, then what the research names first.
HARM = {"auth": 10, "dp-training": 9, "pii": 9, "remote-code": 9, "secrets": 9, "sharing": 9, "encryption": 8, "logging": 8, "third-party": 8,
        "tracing": 8, "isolation": 7, "network": 7, "supply-chain": 7, "telemetry": 7, "retention": 6, "debug": 5}


def aliases(entry):
    """The single names of an entry: two entries that share one are about one setting."""
    names = [entry["setting"], *(entry.get("names") or [])]
    parts = [part.strip() for name in names for part in re.split(r"\s+/\s+|,\s+|\s+or\s+", name)]
    return {fold(part.lstrip("-")) for part in parts if part}


def worst(entries, count=5):
    """Groups of entries about one setting each, the worst first."""
    groups = []
    for entry in entries:
        names = aliases(entry)
        same = [group for group in groups if group[0] & names]
        for group in same:
            groups.remove(group)
        merged = (names.union(*(group[0] for group in same)), [*(one for group in same for one in group[1]), entry])
        groups.append(merged)
    order = {id(entry): at for at, entry in enumerate(entries)}
    key = lambda group: (-max(HARM.get(one["area"], 0) + (0 if one["default_is_safe"] else 0.5) for one in group[1]), order[id(group[1][0])])
    return [group[1] for group in sorted(groups, key=key)[:count]]


def asked(path):
    """What the test asks the program: by product and setting."""
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in filter(None, map(str.strip, file))]
    return {(line["product"], fold(line["setting"])): line for line in lines}


def in_words(product, entries, tested):
    """How many of the five worst are told, and why the others are not."""
    told, rest = 0, []
    groups = worst(entries)
    for group in groups:
        lines = [tested[product, fold(entry["setting"])] for entry in group if (product, fold(entry["setting"])) in tested]
        if any("policy" in line for line in lines):
            told += 1
            continue
        reason = next((line["beyond"] for line in lines if "beyond" in line), None)
        rest.append(f"`{group[0]['setting']}`" + (f" ({reason})" if reason else " **missing**"))
    return f"{told} of {len(groups)}" + (": not " + ", ".join(rest) if rest else "")


def main():
    research, here = sys.argv[1], os.path.dirname(__file__)
    catalogue = Catalogue(os.path.join(here, "..", "policies"))
    tested = asked(os.path.join(here, "..", "tests", "products.jsonl"))
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
    print("policy of the catalogue names, by their name or by a pattern. What is not named may still be judged by the lexicon, which knows")
    print("words and no products.\n")
    print("The fourth column is no count of names. A test writes each of a product's five worst settings into a file of that product, once as")
    print("is careful and once as is not, and asks the program: the change for the worse is told by a policy, the way back is not, and where the")
    print("product is careless by itself the removal is told too. Worst is what opens a door or shows what people wrote, then what sends,")
    print("keeps or listens; spellings of one setting count once.\n")
    print(f"{catalogue.count} policies; {judged} of {total} researched settings of {len(products)} products are named.\n")
    print("| product | settings | named | told of the five worst | not named |")
    print("|---|---|---|---|---|")
    for product, entries in sorted(products.items(), key=lambda item: (-len(item[1]), item[0])):
        missing = [entry["setting"] for entry, found in entries if not found]
        shown = ", ".join(f"`{name}`" for name in missing)
        words_of_five = in_words(product, [entry for entry, _ in entries], tested)
        cells = (cell.replace("|", "\\|") for cell in (words_of_five, shown))
        print(f"| {product} | {len(entries)} | {len(entries) - len(missing)} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
