"""Looks for secrets in every file of the tree, and for known-bad versions in the locks.

Without a network, so that it never fails for want of one. A secret is what has the
form of a known kind of key, or a long random text in quotes. The list of versions
knows what somebody wrote into it, and no more: its newest date is printed.
"""

from __future__ import annotations

import csv
import math
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parent.parent
_KINDS = {
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "AWS key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "Alibaba Cloud key": re.compile(r"\bLTAI[0-9A-Za-z]{16,}\b"),
    "Tencent Cloud key": re.compile(r"\bAKID[0-9A-Za-z]{32}\b"),
    "token of a forge or chat": re.compile(
        r"\b(?:gh[pousr]|github_pat|glpat|xox[abps])[_-][0-9A-Za-z_-]{20,}"
    ),
    "web token": re.compile(r"\beyJ[\w-]{16,}\.eyJ[\w-]{16,}\.[\w-]{16,}"),
    "Twilio key": re.compile(r"\bSK[0-9a-f]{32}\b"),
    "password in an address": re.compile(
        r"\w+://[^\s:/@'\"{}$<>]+:(?!x@|y@|geheim@)[^\s:/@'\"{}$<>]{6,}@[\w.-]+"
    ),
    "secret set to a value": re.compile(
        r"(?i)(?:secret|password|passwd|token|api_?key)\w*[\"']?\s*[=:]\s*"
        r"[\"'](?=[^\"']*\d)[0-9A-Za-z+/=_-]{24,}[\"']"
    ),
}
_QUOTED = re.compile(r"[\"']([0-9A-Za-z+/=_-]{32,})[\"']")
_HEX = re.compile(r"[0-9a-f]+", re.IGNORECASE)
# What a file must be, not what opens one.
_DIGEST = re.compile(r"(?i)sha_?256|digest")
# Bits a character: sixteen digits carry at most 4, sixty-four letters at most 6.
_RANDOM_HEX, _RANDOM = 3.3, 4.6
_PRINTED = {".py", ".sh", ".yml", ".toml", ".csv", ".md", ".html", ".js", ".service"}
_PRINTED |= {".env", ".example", ".txt", ".json", ".po", ".cfg", ".ini", ".tsv", ""}
_HASHES = re.compile(r"requirements/\w+\.txt")
_ENTRY = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^\s;\\]+)", re.MULTILINE)
FINE = "not a secret"
"""A line that says so, and why, is passed over."""


def secrets_in(text: str) -> Iterator[tuple[int, str]]:
    """Number and kind of each line that looks like a secret."""
    for number, line in enumerate(text.splitlines(), 1):
        if FINE in line:
            continue
        kind = next((name for name, form in _KINDS.items() if form.search(line)), "")
        words = [] if kind or _DIGEST.search(line) else _QUOTED.findall(line)
        if any(random(word) for word in words):
            kind = "long random text"
        if kind:
            yield number, kind


def random(word: str) -> bool:
    """Whether a word has the entropy of a key rather than of a name or a pattern."""
    shares = [n / len(word) for n in Counter(word).values()]
    bits = -sum(share * math.log2(share) for share in shares)
    return bits > (_RANDOM_HEX if _HEX.fullmatch(word) else _RANDOM)


def tree() -> list[Path]:
    """Every file of the repository; without git, whatever an archive held."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - the git of who runs it
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    names = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    apart = {".venv", "var", "wheels", ".git", "secrets"}
    return names or [p for p in ROOT.rglob("*") if not apart & {*p.parts}]


def secrets() -> Iterator[str]:
    """A line for each place in the tree that looks like a secret."""
    for path in tree():
        name = path.relative_to(ROOT).as_posix()
        if not path.is_file() or path.suffix not in _PRINTED or _HASHES.fullmatch(name):
            continue
        for number, kind in secrets_in(path.read_bytes().decode("utf-8", "replace")):
            yield f"{name}:{number}: {kind}"


def bad_versions() -> Iterator[str]:
    """A line for each locked version that an advisory on the list names."""
    with (ROOT / "requirements" / "known-bad.csv").open(encoding="utf-8") as file:
        known = list(csv.DictReader(file))
    for lock in ("run", "dev", "voice"):
        text = (ROOT / "requirements" / f"{lock}.txt").read_text("utf-8")
        for name, version in _ENTRY.findall(text):
            for row in known:
                if row["package"] == name and version in SpecifierSet(row["bad"]):
                    yield f"{lock}.txt: {name} {version}: {row['advisory']}"
    print(f"known-bad.csv: read until {max(row['noted'] for row in known)}")


if __name__ == "__main__":
    found = [*secrets(), *bad_versions()]
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    raise SystemExit(1 if found else 0)
