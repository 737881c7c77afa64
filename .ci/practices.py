#!/usr/bin/env python3
"""Writes docs/practices.md from docs/practices.toml: each practice, and what of the catalogue looks after it.

    python3 .ci/practices.py > docs/practices.md
"""

import os
import tomllib

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


def link(policy):
    page = f"catalogue/{policy}.md"
    return f"[`{policy}`]({page})" if os.path.exists(os.path.join(ROOT, "policies", f"{policy}.yaml")) else f"`{policy}`"


def main():
    with open(os.path.join(ROOT, "docs", "practices.toml"), "rb") as file:
        chapters = tomllib.load(file)["chapter"]
    print("# Practices\n")
    print("Written by `.ci/practices.py` from [`practices.toml`](practices.toml): what models and their platforms should do by default, and what")
    print("of privgate looks after it. A test fails when a practice that files can show has nobody. `privgate explain ID` tells more of each.")
    for chapter in chapters:
        print(f"\n## {chapter['title']}\n\n| practice | looked after by |\n|---|---|")
        for practice in chapter["practice"]:
            by = []
            if practice.get("policies"):
                by.append(", ".join(link(policy) for policy in practice["policies"]))
            if practice.get("readers"):
                by.append("whatever is read by " + ", ".join(f"`{name}`" for name in practice["readers"]))
            if "beyond" in practice:
                by.append(practice["beyond"])
            print(f"| {practice['says']} | {'; '.join(by)} |")


main()
