"""Mutated lists, texts and callbacks, for as long as asked: ``make fuzz``.

Each target takes something good, damages it, and hands it to the real code, which may
refuse it with a sentence and nothing else. What it may not do is printed with the seed
that leads there again, and ends the run with 1.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from hostile import files  # noqa: E402 - the path comes first
from hostile.desk import worked  # noqa: E402
from lists import HEADINGS, person  # noqa: E402
from twilio.request_validator import RequestValidator  # noqa: E402

from audio.errors import Unreadable as Unspeakable  # noqa: E402
from audio.reading import read  # noqa: E402
from campaigns import privacy  # noqa: E402
from campaigns.bulletins import library  # noqa: E402
from campaigns.errors import Unreadable  # noqa: E402
from campaigns.orm import Base  # noqa: E402
from campaigns.register import places  # noqa: E402
from campaigns.register.importing.checking import RowChecker  # noqa: E402
from campaigns.register.importing.tidying import DataRows  # noqa: E402
from campaigns.register.models import Place  # noqa: E402
from campaigns.register.sheets.limits import Refusal  # noqa: E402
from campaigns.register.sheets.pages import open_page  # noqa: E402
from campaigns.register.sheets.reading import Table, open_table  # noqa: E402
from campaigns.register.sheets.texts import open_text  # noqa: E402
from outreach import receiving, wiring  # noqa: E402
from outreach.app import create_app  # noqa: E402
from outreach.settings import Settings  # noqa: E402

SECONDS = 10.0
"""Nothing may take longer."""

_NASTY = [
    *("\x00", "\ufeff", "\u202e", "\ud7ff", "\U0010ffff", "𠮷", "①", "٣", "½", "㎏"),
    *("\r", "\n", '"', "'", ",", ";", "\t", "%", "%s", "{", "}", "${", "【", "…", "-"),
    *(
        "0",
        "9" * 40,
        "1e999",
        "-0",
        "NaN",
        "12:00",
        "2026年13月45日",
        "110",
        "‱",
        "a" * 99,
    ),
]


def damage(chance: random.Random, data: bytes) -> bytes:
    """``data`` with some bytes changed, cut, doubled or moved."""
    found = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5, 20])):
        at = chance.randrange(len(found) + 1)
        until = min(len(found), at + chance.choice([1, 2, 8, 200]))
        match chance.randrange(5):
            case 0:
                found[at:until] = chance.randbytes(until - at)
            case 1:
                del found[at:until]
            case 2:
                found[at:at] = found[at:until] * chance.choice([1, 3, 50])
            case 3:
                found[at:at] = chance.choice(_NASTY).encode("utf-8", "replace")
            case _:
                found[at:until] = b"\xff" * (until - at)
    return bytes(found)


def damaged_text(chance: random.Random, text: str) -> str:
    """``text`` with nasty pieces put in, and pieces cut and doubled."""
    for _ in range(chance.choice([1, 2, 4, 12])):
        at = chance.randrange(len(text) + 1)
        until = at + chance.choice([0, 1, 3, 20])
        piece = chance.choice([*_NASTY, text[at:until], chr(chance.randrange(0x2FFFF))])
        text = text[:at] + piece + text[until:]
    return text.encode("utf-8", "replace").decode()


class Importer:
    """Lists of every kind, damaged as files and inside of archives."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "list"
        rows = [
            [*HEADINGS, "出生日期", "备注"],
            *([*person(n), "", ""] for n in (1, 2)),
        ]
        cells = "".join(f"<td>{cell}</td>" for cell in rows[1])
        self.seeds: list[bytes] = [
            files.as_csv(rows),
            files.as_csv(rows, "gb18030"),
            files.as_csv(rows, "utf-16"),
            f"<table><tr><td>{'</td><td>'.join(rows[0])}</td></tr>"
            f"<tr rowspan=2>{cells}</tr></table>".encode(),
            files.as_xlsx(rows),
            files.written(lambda _, sheet: sheet.write_formula("F2", "=A1", None, "x")),
        ]
        self.gazetteer = places.Gazetteer("510522")
        for row in places.shipped_rows("510522"):
            self.gazetteer.add(_place(row))

    def once(self, chance: random.Random) -> object:
        """One damaged list, read as the child and the checker read it."""
        seed = chance.choice(self.seeds)
        if seed.startswith(b"PK") and chance.random() < 0.8:
            entries = files.parts(seed)
            name = chance.choice(list(entries))
            entries[name] = damage(chance, entries[name])
            content = files.zipped(entries, 1)
        else:
            content = damage(chance, seed)
        self.path.write_bytes(content)
        with suppress(Refusal, Unreadable):
            if content.startswith((b"PK", b"\xd0\xcf")):
                # A workbook may take the memory, and its reader with it: in a child.
                with open_table(self.path) as table:
                    self._check(table)
            else:
                opener = open_page if content.lstrip()[:1] == b"<" else open_text
                about, rows = opener(str(self.path))
                self._check(Table(about.pop("rows"), _sent(rows), **about))
        return content

    def _check(self, table: Table) -> None:
        data = DataRows(table, None, None)
        checker = RowChecker(data.header, self.gazetteer, date(2026, 11, 26))
        for number, cells in data:
            json.dumps(checker.check(number, cells).problems, default=str)


def _sent(rows: Iterable[list[Any]]) -> Iterator[list[Any]]:
    """Rows as a child sends them: an empty list for a blank one."""
    return (row if any(cell not in {"", None} for cell in row) else [] for row in rows)


def _place(row: Any) -> Place:
    return Place(
        code=row.code,
        name=row.name,
        level=row.level,
        parent=row.above,
        aliases=list(row.aliases),
    )


class Reader:
    """Texts of the library, damaged, and read as they would be spoken."""

    def __init__(self, _folder: Path) -> None:
        self.seeds = [text.spoken for text in library.texts()]

    def once(self, chance: random.Random) -> object:
        """One damaged text, cut short so that there are many."""
        seed = chance.choice(self.seeds)
        at = chance.randrange(len(seed))
        text = damaged_text(chance, seed[at : at + chance.choice([5, 40, 200])])
        try:
            reading = read(text)
        except Unspeakable:
            return text
        assert len(reading.sounds) == len(reading.spoken), text
        for longest in (20, 40):
            clauses = reading.clauses(longest)
            assert "".join(c.text for c in clauses) == reading.spoken, text
        return text


class Callbacks:
    """Reports and pushes, damaged, over the address that providers call."""

    def __init__(self, folder: Path) -> None:
        key = "nobody-guesses-this-address"
        app = create_app(
            Settings(
                _env_file=None,
                data_dir=folder,
                aliyun_key_id="id",
                aliyun_secret="secret",
                callback_key=key,
            )
        )
        self.wiring = app.extensions["outreach"]
        Base.metadata.create_all(self.wiring.database.engine)
        self.client = app.test_client()
        settings = self.wiring.settings
        self.validator = RequestValidator(settings.simulator_secret.get_secret_value())
        self.form = {
            "AccountSid": settings.simulator_account,
            "MessageSid": "SM" + "a" * 32,
            "MessageStatus": "delivered",
            "ErrorCode": "30003",
            "To": "+8619000000001",
            "RawDlrDoneDate": "2611230405",
        }
        self.item = {
            "phone_number": "19000000001",
            "success": True,
            "err_code": "DELIVERED",
            "report_time": "2026-11-23 12:00:05",
            "biz_id": "9006^0",
            "out_id": "a" * 40,
        }
        self.key = key
        self.turns = 0

    def once(self, chance: random.Random) -> object:
        """One damaged report; every hundredth time the inbox is applied."""
        send = self._pushed if chance.random() < 0.5 else self._signed
        said, status = send(chance)
        assert status < 500, (status, said)
        self.turns += 1
        if self.turns % 100 == 0:
            receiving.apply_batch(self.wiring)
        return said

    def _signed(self, chance: random.Random) -> tuple[object, int]:
        form = dict(self.form)
        for name in chance.sample(list(form), 2):
            form[name] = damaged_text(chance, form[name])
        path = f"/callbacks/simulator/{'a' * chance.choice([0, 1, 40, 900])}"
        address = self.wiring.settings.own_url + path
        headers = {}
        if chance.random() < 0.9:
            signature = self.validator.compute_signature(address, form)
            headers["X-Twilio-Signature"] = signature
        answer = self.client.post(path, data=form, headers=headers)
        return form, answer.status_code

    def _pushed(self, chance: random.Random) -> tuple[object, int]:
        item: dict[str, Any] = dict(self.item)
        for name in chance.sample(list(item), 2):
            item[name] = chance.choice(
                [None, [], {}, 0, -1, 10**40, 1e308, True, damaged_text(chance, "x")]
            )
        body = json.dumps([self.item, item] * chance.choice([1, 1, 30])).encode()
        if chance.random() < 0.4:
            body = damage(chance, body)
        kind = chance.choice(["", "/replies"])
        path = f"/callbacks/aliyun/{self.key}{kind}"
        answer = self.client.post(path, data=body, content_type="application/json")
        return body, answer.status_code


TARGETS = {"importer": Importer, "reader": Reader, "callbacks": Callbacks}


def run(name: str, folder: Path, seed: int, seconds: float, turns: int = 0) -> int:
    """Damage things until the time is over, or ``turns`` are done; how many there were.

    Whatever is raised leads back with ``--seed`` and the number of the turn.
    """
    target = TARGETS[name](folder)
    end = time.monotonic() + seconds
    done = 0
    while time.monotonic() < end and (not turns or done < turns):
        chance = random.Random(f"{seed}-{done}")
        begun = worked()
        try:
            target.once(chance)
        except BaseException:
            sys.stderr.write(f"{name}: --seed {seed}, turn {done}\n")
            raise
        took = worked() - begun
        assert took < SECONDS, f"{name}: --seed {seed}, turn {done}: {took:.1f} s"
        done += 1
    return done


def main() -> None:
    """Every target for so many seconds."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("targets", nargs="*", default=list(TARGETS))
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument(
        "--seed", type=int, default=random.SystemRandom().getrandbits(32)
    )
    given = asked.parse_args()
    privacy.unlock(privacy.Keyring({1: os.urandom(32)}, 1, os.urandom(32)))
    for name in given.targets:
        with tempfile.TemporaryDirectory() as folder:
            done = run(name, Path(folder), given.seed, given.seconds)
            sys.stdout.write(f"{name}: {done} turns, seed {given.seed}, no fault\n")
            wiring._current.clear()


if __name__ == "__main__":
    main()
