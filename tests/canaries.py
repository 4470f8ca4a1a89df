"""Everybody of the demonstration is looked for in every file and answer of ours.

``make test-canaries`` runs the main job over the real processes with 2,000 people,
walks into every fault that a visitor can cause, stops, and reads all that is left:
database, queue, logs, journals, sound, packs, temporary files, a backup, the last
words, and what the pages of faults and the figures for a monitor answered. The
simulated carrier's ledger alone must know the numbers. Ends with 1 where one is found.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import openpyxl  # noqa: E402 - the path comes first
from journeys.visitor import Visitor  # noqa: E402

from outreach.roster import make_roster  # noqa: E402
from outreach.settings import inherited  # noqa: E402
from outreach.supervisor import free_port  # noqa: E402

_RUN = re.compile(rb"[0-9]{11,24}[Xx]?")
_NAMES = 60
_ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "unicode_escape")
_CARRIER = "simulator"
_SOUND = (b"ID3\3", b"ID3\4", b"RIFF")
_TAGS = 65_536


@dataclass
class Planted:
    """Numbers and names of the roster: nobody in it exists, and nothing may show."""

    numbers: set[bytes] = field(default_factory=set)
    names: set[bytes] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    sample: list[tuple[str, str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, members: int) -> Planted:
        """The people that the demonstration will make, read from the same workbook."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "roster.xlsx")
            make_roster(path, members)
            book = openpyxl.load_workbook(path, read_only=True)
            rows = list(book.active.iter_rows(values_only=True))
            book.close()
        head = next(n for n, row in enumerate(rows) if "姓名" in row)
        at = {name: n for n, name in enumerate(rows[head]) if name}
        made, names = cls(), []
        for row in rows[head + 1 :]:
            texts = [str(cell) for cell in row if cell is not None]
            digits = {re.sub(r"[^0-9Xx]", "", text) for text in texts}
            made.numbers |= {d.encode() for d in digits if len(d) >= 11}
            if row[at["姓名"]] and len(str(row[at["姓名"]])) == 3:
                names.append(str(row[at["姓名"]]))
                numbers = str(row[at["联系电话"]] or ""), str(row[at["残疾证号"]] or "")
                made.sample.append((names[-1], *numbers))
        ours = _own_words()
        chosen = [name for name in dict.fromkeys(names) if name not in ours][:_NAMES]
        made.names = {name.encode(form) for name in chosen for form in _ENCODINGS}
        return made

    def in_data(self, data: bytes) -> list[str]:
        """What of them is in ``data``; archives are opened, the same bytes once."""
        digest = hash(data)
        if digest in self.seen:
            return []
        self.seen.add(digest)
        if data[:4] == b"PK\3\4":
            with suppress(zipfile.BadZipFile):
                archive = zipfile.ZipFile(io.BytesIO(data))
                members = (archive.read(each) for each in archive.infolist())
                return sorted({one for each in members for one in self.in_data(each)})
        if data[:4] in _SOUND:
            data = data[:_TAGS] + data[-_TAGS:]  # words lie at either end of a sound
        found = {match.decode("latin-1") for match in self._numbers(data)}
        found |= {repr(name) for name in self.names if name in data}
        return sorted(found)

    def _numbers(self, data: bytes) -> Iterator[bytes]:
        for run in _RUN.findall(data):
            bare = run.rstrip(b"Xx")
            for form in (
                run,
                bare,
                bare.removeprefix(b"86"),
                bare.removeprefix(b"0086"),
            ):
                if form in self.numbers:
                    yield form


def _own_words() -> str:
    """All text of the project: a name that is a word in it proves nothing."""
    kinds = ("*.py", "*.csv", "*.json", "*.po", "*.html")
    places = (ROOT / "campaigns", ROOT / "outreach", ROOT / "audio")
    return "".join(
        path.read_text("utf-8", "ignore")
        for place in places
        for kind in kinds
        for path in place.rglob(kind)
    )


class Show:
    """The demonstration, serving, with what it says and a folder for what it drops."""

    def __init__(self, folder: Path, members: int) -> None:
        self.folder = folder
        self.dropped = folder / "tmp"
        self.dropped.mkdir()
        self.port = free_port(0)
        self.said = (folder / "said.txt").open("w+b")
        self.process = subprocess.Popen(
            [
                *[sys.executable, "-m", "outreach", "demo"],
                *["--members", str(members), "--json"],
            ],
            env=inherited(
                OUTREACH_DATA_DIR=str(folder / "var"),
                OUTREACH_VOICE="tone",
                OUTREACH_VOICE_ORDER="tone",
                OUTREACH_PORT=str(self.port),
                OUTREACH_SIMULATOR_PORT=str(free_port(0)),
                OUTREACH_METRICS_KEY="canaries",
                OUTREACH_LOG_FORMAT="json",
                TMPDIR=str(self.dropped),
                PYTHONPATH=str(ROOT),
            ),
            stdout=self.said,
            stderr=self.said,
        )

    def wait(self) -> dict[str, str]:
        """Passwords by name, once it serves."""
        while b"http://" not in self._words():
            try:
                self.process.wait(1)
            except subprocess.TimeoutExpired:
                continue
            raise SystemExit(self._words().decode("utf-8", "replace"))
        self.process.poll()
        told = self._words().decode("utf-8", "replace").split("网址", 1)[1]
        self.port = int(re.search(r"http://[^:/]+:(\d+)", told)[1])  # type: ignore[index]
        return dict(re.findall(r"^  (\w+) +(\S+)", told, re.MULTILINE))

    def stop(self) -> None:
        """As Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(120)

    def _words(self) -> bytes:
        return Path(self.said.name).read_bytes()


def faults(show: Show, passwords: dict[str, str], planted: Planted) -> Iterator[bytes]:
    """Walk into every fault with planted names and numbers in hand; their answers."""
    name = next(iter(passwords))
    with closing(Visitor(f"http://127.0.0.1:{show.port}")) as visitor:
        http = visitor.client
        visitor.sign_in(name, passwords[name])
        for who, phone, number in planted.sample[:20]:
            for secret in (who, phone, number):
                form = visitor.open("/register").form("find")
                http.post("/register/find", data={**form.fields, "find": [secret]})
                answers = [
                    http.get(f"/register/{secret}"),
                    http.get("/register", params={"township": secret, "page": secret}),
                    http.post("/register/find", data={"find": secret}),
                    http.post("/callbacks/simulator/none", data={"To": secret}),
                    http.post("/api/v1/campaigns", json={"name": secret}),
                    http.get("/api/v1/members", params={"find": secret}),
                    http.post("/sign-in", data={"name": secret, "password": secret}),
                    http.request("DELETE", f"/register/{secret}"),
                    http.get("/register", headers={"X-Forwarded-For": secret.encode()}),
                ]
                # What a page of ours shows to whoever asked for it is no leak; a page
                # of a fault has nothing to show.
                yield from (a.content for a in answers if a.status_code >= 400)
        for path in ("/metrics", "/healthz", "/readyz"):
            yield http.get(path, headers={"Authorization": "Bearer canaries"}).content


def backup(show: Show) -> None:
    """A copy as an office makes it, beside the data."""
    subprocess.run(
        [sys.executable, "-m", "outreach", "backup", str(show.folder / "copy")],
        env=inherited(
            OUTREACH_DATA_DIR=str(show.folder / "var" / "demo"), PYTHONPATH=str(ROOT)
        ),
        check=True,
        capture_output=True,
    )


def files(folder: Path) -> Iterable[Path]:
    """Everything but the carrier's own ledger."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and _CARRIER not in path.relative_to(folder).parts:
            yield path


def main() -> None:
    """Run, look, tell in one JSON object."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--members", type=int, default=2_000)
    members = asked.parse_args().members
    planted = Planted.of(members)
    with tempfile.TemporaryDirectory(prefix="outreach-canaries-") as name:
        show = Show(Path(name), members)
        found: dict[str, list[str]] = {}
        looked = [0, 0]

        def look(where: str, data: bytes) -> None:
            looked[0] += 1
            looked[1] += len(data)
            if traces := planted.in_data(data):
                found.setdefault(where, []).extend(traces[:5])

        try:
            passwords = show.wait()
            for answer in faults(show, passwords, planted):
                look("answers", answer)
        finally:
            show.stop()
        backup(show)
        for path in files(show.folder):
            look(str(path.relative_to(show.folder)), path.read_bytes())
        kept = any((show.folder / "var").rglob("ledger.db"))
        known = planted.in_data(
            b"".join(p.read_bytes() for p in (show.folder / "var").rglob("ledger.db*"))
        )
    told = {
        "numbers": len(planted.numbers),
        "names": len(planted.names) // len(_ENCODINGS),
        "looked_at": looked[0],
        "megabytes": looked[1] // 1_000_000,
        "the_carrier_knows": kept and bool(known),
        "found": found,
    }
    print(json.dumps(told, ensure_ascii=False, indent=2))  # noqa: T201 - its answer
    raise SystemExit(1 if found or not known else 0)


if __name__ == "__main__":
    main()
