"""What this project is made of: licences against an allow-list, and a CycloneDX SBOM.

Both are read from the locks and from the installed packages' own metadata; nothing is
asked over a network. ``licences`` ends with 1 where one is not allowed.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
_ENTRY = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^\s;\\]+)( *;[^\\\n]*)?", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_WORDS = re.compile(r"\s+(?:AND|OR)\s+|[()]")
# How metadata from before SPDX expressions name the same things.
_SPDX = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
}
# Said in the package's own licence file and nowhere in its metadata.
_READ_BY_HAND = {"axe-playwright-python": "MIT"}


@dataclass(frozen=True, slots=True)
class Part:
    """A locked package; ``licence`` is empty where it is not installed here."""

    name: str
    version: str
    licence: str
    hashes: tuple[str, ...]
    elsewhere: bool
    """The lock holds it for another platform or Python."""
    needs: tuple[str, ...] = ()


def parts(lock: str) -> Iterator[Part]:
    """Every package of ``requirements/<lock>.txt``, in the lock's order."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text("utf-8")
    found = list(_ENTRY.finditer(text))
    ends = [each.start() for each in found[1:]] + [len(text)]
    for each, end in zip(found, ends, strict=True):
        name, version, marker = each[1], each[2], (each[3] or "").strip(" ;")
        hashes = tuple(_HASH.findall(text, each.start(), end))
        elsewhere = bool(marker) and not Marker(marker).evaluate()
        try:
            there = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            yield Part(name, version, "", hashes, elsewhere)
            continue
        licence = _READ_BY_HAND.get(name) or licence_of(there.metadata)
        needs = tuple(sorted(set(_needs(there.requires or []))))
        yield Part(name, version, licence, hashes, elsewhere, needs)


def licence_of(told: Any) -> str:  # noqa: ANN401 - e-mail headers by another name
    """An SPDX expression, from the newest kind of metadata that says one."""
    if told.get("License-Expression"):
        return str(told["License-Expression"])
    named = [
        each.rpartition("::")[2].strip()
        for each in told.get_all("Classifier") or []
        if each.startswith("License ::")
    ]
    names = [each for each in named if each not in {"OSI Approved", "DFSG approved"}]
    names = names or [str(told.get("License") or "").strip().partition("\n")[0]]
    return " OR ".join(_SPDX.get(each.lower(), each) for each in names)


def _needs(requires: list[str]) -> Iterator[str]:
    for text in requires:
        wanted = Requirement(text)
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
            yield re.sub(r"[-_.]+", "-", wanted.name).lower()


def allowed() -> dict[str, str]:
    """Where each licence may be: ``run`` is everywhere, ``dev`` in our tools alone."""
    with (ROOT / "requirements" / "licences.csv").open(encoding="utf-8") as file:
        return {row["licence"]: row["where"] for row in csv.DictReader(file)}


def faults(found: list[Part], lock: str, known: dict[str, str]) -> Iterator[str]:
    """What must not be handed over, a sentence each."""
    for part in found:
        if part.elsewhere:
            continue
        if not part.licence:
            yield f"{part.name}: not installed, or without a licence; run make install"
            continue
        for each in filter(None, map(str.strip, _WORDS.split(part.licence))):
            where = known.get(each)
            if where is None or (where == "dev" and lock == "run"):
                yield f"{part.name}: {each} is not allowed in {lock}.txt"


def sbom() -> dict[str, Any]:
    """What runs in production, as CycloneDX 1.6; the same lock gives the same file."""
    found = [part for part in parts("run") if not part.elsewhere]
    known = {part.name for part in found}
    ours = metadata.metadata("outreach")
    us = f"pkg:pypi/outreach@{ours['Version']}"
    serial = uuid.uuid5(uuid.NAMESPACE_URL, us + "".join(map(repr, found)))
    direct = _needs(metadata.requires("outreach") or [])
    root = _component("outreach", ours["Version"], "Apache-2.0")
    below = [_ref(found, name) for name in sorted({*direct} & known)]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"component": root},
        "components": [
            _component(part.name, part.version, part.licence)
            | {
                "properties": [
                    {"name": "outreach:lock:sha256", "value": each}
                    for each in part.hashes
                ]
            }
            for part in found
        ],
        "dependencies": [{"ref": us, "dependsOn": below}]
        + [
            {
                "ref": f"pkg:pypi/{part.name}@{part.version}",
                "dependsOn": [_ref(found, n) for n in part.needs if n in known],
            }
            for part in found
        ],
    }


def _component(name: str, version: str, licence: str) -> dict[str, Any]:
    purl = f"pkg:pypi/{name}@{version}"
    kind = "application" if name == "outreach" else "library"
    facts = {"type": kind, "bom-ref": purl, "name": name, "version": version}
    told = [{"expression": licence}] if licence else []
    return {**facts, "purl": purl, "licenses": told}


def _ref(found: list[Part], name: str) -> str:
    return next(f"pkg:pypi/{p.name}@{p.version}" for p in found if p.name == name)


def main(what: str) -> int:
    """Print the list or the SBOM; return the exit code."""
    if what == "sbom":
        print(json.dumps(sbom(), ensure_ascii=False, indent=1))
        return 0
    wrong: list[str] = []
    for lock in ("run", "dev"):
        found = list(parts(lock))
        wrong += faults(found, lock, allowed())
        if lock == "run":
            for part in found:
                print(f"{part.name:28} {part.version:14} {part.licence or '–'}")
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
