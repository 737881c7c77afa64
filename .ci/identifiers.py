#!/usr/bin/env python3
"""How precise the recognisers of identifiers are, on a labelled set that Faker makes and no part of this project knows.

    pip install faker==40.54.0
    python3 .ci/identifiers.py PRIVGATE [FOLDER]

Writes files of 80 lines into FOLDER (a temporary one by default), lets `privgate check` compare an empty folder with it, and counts
per kind: lines that hold such an identifier and were told (right), lines that do not and were told (wrong), lines that do and were
not (missed). Same seed, same set. Exits with 1 when a kind that fails builds is below 0.99 precision.
"""

import base64
import collections
import json
import os
import random
import subprocess
import sys
import tempfile

from faker import Faker

SEED = 20261121
LINES = 80
FILES = 60  # of each kind, and of each sort of look-alike
LOCALES = ["en_US", "de_DE", "fr_FR", "es_ES", "it_IT", "pl_PL", "nl_NL", "pt_BR", "sv_SE", "en_GB"]
IBAN = ["de_DE", "fr_FR", "en_GB", "es_ES", "it_IT", "nl_NL", "pl_PL", "pt_PT", "de_AT", "de_CH", "fi_FI", "no_NO", "nl_BE", "tr_TR"]
FAILS = ["email", "card", "iban", "us-ssn"]

fakes = {locale: Faker(locale) for locale in sorted(set(LOCALES + IBAN))}
rng = random.Random(SEED)
Faker.seed(SEED)


def grouped(text, sign, sizes=(4,)):
    out, at, turn = [], 0, 0
    while at < len(text):
        size = sizes[min(turn, len(sizes) - 1)]
        out.append(text[at : at + size])
        at, turn = at + size, turn + 1
    return sign.join(out)


def email(style):
    fake = fakes[rng.choice(LOCALES)]
    return rng.choice([fake.ascii_free_email, fake.ascii_company_email, fake.ascii_company_email])()


def card(style):
    kind = rng.choice(["visa16", "visa16", "mastercard", "mastercard", "amex", "discover", "jcb16", "diners", "visa13", "visa19", "maestro"])
    number = fakes["en_US"].credit_card_number(card_type=kind)
    return number if style == 0 else grouped(number, " -"[style - 1], (4, 6, 5) if len(number) in (14, 15) else (4,))


def iban(style):
    number = fakes[rng.choice(IBAN)].iban()
    return number if style == 0 else grouped(number, " ")


def ssn(style):
    return fakes["en_US"].ssn()


def ip(style):
    return fakes["en_US"].ipv4_public()


def phone(style):
    while True:
        number = fakes[rng.choice(LOCALES)].phone_number()
        if number.startswith("+"):
            return number


POSITIVE = {"email": email, "card": card, "iban": iban, "us-ssn": ssn, "ip": ip, "phone": phone}


def words():
    return fakes["en_US"].sentence(nb_words=rng.randint(3, 9)).rstrip(".")


def name():
    return fakes[rng.choice(LOCALES)].name()


# the shapes in which data stand in files; one a file
FRAMES = [
    ("csv", lambda value: f"{rng.randint(1, 99999)},{name().replace(',', ' ')},{value},{fakes['en_US'].date()}"),
    ("csv", lambda value: f'"{name()}";"{value}";"{words()}"'),
    ("tsv", lambda value: f"{rng.randint(1, 99999)}\t{value}\t{words()}"),
    ("jsonl", lambda value: json.dumps({"id": rng.randint(1, 10**6), "text": f"{words()} {value} {words()}"})),
    ("jsonl", lambda value: json.dumps({"user": {"name": name(), "value": value}, "n": rng.random()}, ensure_ascii=False)),
    ("txt", lambda value: f"{words()}: {value}. {words()}."),
    ("txt", lambda value: f"{fakes['en_US'].iso8601()} INFO request user={value} status=200 took={rng.randint(1, 900)}ms"),
    ("txt", lambda value: f"{name()} <{value}>"),
    ("txt", lambda value: f"INSERT INTO people VALUES ({rng.randint(1, 9999)}, '{value}', NULL);"),
    ("md", lambda value: f"| {words()} | {value} | {rng.randint(1, 99)} |"),
]


def digits(count):
    return "".join(rng.choice("0123456789") for _ in range(count))


def wrong_iban():
    number = fakes["de_DE"].iban()
    return number[:2] + f"{(int(number[2:4]) + rng.randint(1, 90)) % 97:02}" + number[4:]


F = fakes["en_US"]
NEGATIVE = {
    "uuid": lambda: F.uuid4(),
    "md5": lambda: F.md5(),
    "sha1": lambda: F.sha1(),
    "sha256": lambda: F.sha256(),
    "base64": lambda: base64.b64encode(rng.randbytes(rng.randint(12, 60))).decode(),
    "base64url": lambda: base64.urlsafe_b64encode(rng.randbytes(rng.randint(12, 60))).decode(),
    "seconds": lambda: str(rng.randint(10**9, 2 * 10**9)),
    "milliseconds": lambda: str(rng.randint(10**12, 2 * 10**12)),
    "microseconds": lambda: str(rng.randint(15 * 10**14, 18 * 10**14)),
    "nanoseconds": lambda: str(rng.randint(15 * 10**17, 18 * 10**17)),
    "iso time": lambda: F.iso8601(),
    "order plain": lambda: digits(16),
    "order grouped": lambda: grouped(digits(16), "-"),
    "order letters": lambda: f"ORD-{digits(4)}-{digits(6)}",
    "snowflake": lambda: str(rng.randint(10**17, 10**18)),
    "isbn": lambda: F.isbn13(),
    "ean": lambda: F.ean13(),
    "version": lambda: f"v{rng.randint(0, 30)}.{rng.randint(0, 30)}.{rng.randint(0, 40)}.{rng.randint(0, 9999)}",
    "build": lambda: f"{rng.randint(0, 20)}.{rng.randint(0, 99)}.{rng.randint(0, 99)}+build.{digits(8)}",
    "float": lambda: repr(rng.uniform(-1000, 1000)),
    "floats": lambda: "[" + ", ".join(repr(rng.gauss(0, 1)) for _ in range(4)) + "]",
    "exponent": lambda: f"{rng.random():.16e}",
    "place": lambda: f"{F.latitude()},{F.longitude()}",
    "test domain": lambda: F.safe_email(),
    "nobody's": lambda: f"noreply@{F.domain_name()}",
    "git address": lambda: f"git@github.com:{F.user_name()}/{F.domain_word()}.git",
    "package": lambda: f"@{F.domain_word()}/{F.domain_word()}@{rng.randint(0, 9)}.{rng.randint(0, 20)}.{rng.randint(0, 20)}",
    "handle": lambda: f"@{F.user_name()}",
    "address with user": lambda: f"https://{F.user_name()}@{F.domain_name()}/{F.uri_path()}",
    "picture": lambda: f"{F.domain_word()}@{rng.randint(1, 3)}x.png",
    "private ip": lambda: F.ipv4_private(),
    "mask": lambda: rng.choice(["255.255.255.0", "255.255.0.0", "0.0.0.0", "127.0.0.1", "169.254.1.1"]),
    "mac": lambda: F.mac_address(),
    "agent": lambda: F.user_agent(),
    "ein": lambda: F.ein(),
    "itin": lambda: F.itin(),
    "date": lambda: F.date(pattern="%d-%m-%Y"),
    "wrong iban": wrong_iban,
    "swift": lambda: F.swift(),
    "vin": lambda: F.vin(),
    "domestic phone": lambda: f"({digits(3)}) {digits(3)}-{digits(4)}",
    "plus": lambda: f"{rng.randint(1, 99)}+{rng.randint(1, 99)}={rng.randint(1, 99)}",
    "money": lambda: f"{rng.randint(1, 10**6):,}.{digits(2)}",
    "hex colour": lambda: F.hex_color(),
    "part number": lambda: f"{digits(3)}-{digits(3)}-{digits(3)}",
    "zip": lambda: f"{digits(5)}-{digits(4)}",
    "matrix": lambda: " ".join(digits(4) for _ in range(8)),
    "text": lambda: F.paragraph(),
}


def make(folder):
    labels = {}
    os.makedirs(os.path.join(folder, "data"))

    def write(file, lines, kind):
        with open(os.path.join(folder, "data", file), "w", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")
        labels[f"data/{file}"] = (kind, len(lines))

    for kind, value in POSITIVE.items():
        for number in range(FILES):
            end, frame = FRAMES[number % len(FRAMES)]
            write(f"{kind}-{number}.{end}", [frame(value(number // len(FRAMES) % 3)) for _ in range(LINES)], kind)
    for index, (sort, value) in enumerate(NEGATIVE.items()):
        for number in range(FILES // 2):
            end, frame = FRAMES[number % len(FRAMES)]
            write(f"none-{index}-{number}.{end}", [frame(value()) for _ in range(LINES)], sort)
    # and all look-alikes among each other
    for number in range(FILES):
        end, frame = FRAMES[number % len(FRAMES)]
        write(f"mixed-{number}.{end}", [frame(rng.choice(list(NEGATIVE.values()))()) for _ in range(LINES)], "mixed")
    return labels


def main():
    program = os.path.abspath(sys.argv[1])
    folder = sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp()
    head, base = os.path.join(folder, "head"), os.path.join(folder, "base")
    labels = make(head)
    config = "data: { files: ['data/**'], kinds: [email, card, iban, us-ssn, ip, phone] }\n"
    for side in (head, base):
        os.makedirs(side, exist_ok=True)
        with open(os.path.join(side, "privgate.yaml"), "w", encoding="utf-8") as out:
            out.write(config)
    run = subprocess.run(
        [program, "check", "--base", f"dir:{base}", "--head", f"dir:{head}", "--format", "json"], capture_output=True, text=True, check=False
    )
    report = json.loads(run.stdout)
    right, wrong, by_sort, told = collections.Counter(), collections.Counter(), collections.Counter(), collections.Counter()
    for finding in report["findings"]:
        if not finding["policy"].startswith("data/"):
            continue
        kind = finding["policy"].split("/")[1]
        assert kind != "scan", finding["message"]
        label, _ = labels[finding["file"]]
        lines = len({place["line"] for place in finding["places"]})
        told[kind] += lines
        if label == kind:
            right[kind] += lines
        else:
            wrong[kind] += lines
            by_sort[(kind, label)] += lines
    held = collections.Counter()
    for kind, lines in labels.values():
        held[kind] += lines
    others = sum(lines for kind, lines in labels.values() if kind not in POSITIVE)
    print(f"{sum(held[kind] for kind in POSITIVE)} lines with an identifier, {others} without, seed {SEED}\n")
    print("| kind | lines | right | wrong | missed | precision | recall |\n|---|---|---|---|---|---|---|")
    low = False
    for kind in POSITIVE:
        precision = right[kind] / max(told[kind], 1)
        print(f"| `{kind}` | {held[kind]} | {right[kind]} | {wrong[kind]} | {held[kind] - right[kind]} | {precision:.4f} | {right[kind] / held[kind]:.4f} |")
        low |= kind in FAILS and precision < 0.99
    for (kind, sort), lines in by_sort.most_common(20):
        print(f"  wrong {kind}: {lines} lines of {sort}", file=sys.stderr)
    sys.exit(1 if low else 0)


main()
