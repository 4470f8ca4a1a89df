"""A clerk's desk: files are handed in by the page, and what follows is looked at.

Whatever is handed in, these hold: the page answers, the deed is in the record, the
child stays within its memory, an answer comes in time, and the register is untouched
until somebody lets the list in.
"""

from __future__ import annotations

import io
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from office import PASSWORD, Visitor, staff
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from campaigns import privacy
from campaigns.orm import Base
from campaigns.register import places, unit
from campaigns.register.import_models import Import, ImportRow
from campaigns.register.models import Member
from campaigns.vocabulary import ImportState, RowVerdict
from outreach import intake, wiring
from outreach.app import create_app
from outreach.audit import AuditRow
from outreach.settings import Settings
from outreach.web.safety import limiter

SECONDS = 10
_KILOBYTES = 512 << 10
_CHILDREN = resource.RUSAGE_CHILDREN


@dataclass
class Sent:
    """What became of a file; ``cells`` maps addresses to fault and remedy."""

    address: str
    state: ImportState
    refusal: str
    figures: dict[str, Any]
    told: list[str]
    cells: dict[str, str]
    rows: dict[int, RowVerdict]
    page: str
    asked: bool
    seconds: float = field(repr=False)

    @property
    def number(self) -> int:
        """The import's id."""
        return int(self.address.rsplit("/", 1)[1])

    @property
    def people(self) -> int:
        """Rows that could be let in."""
        return sum(self.figures.get(name, 0) for name in ("new", "changed", "same"))

    @property
    def remarks(self) -> list[str]:
        """What is told, without what invented numbers bring with them."""
        usual = ("号段没有见过", "地区代码没有见过")
        return [text for text in self.told if not any(part in text for part in usual)]

    @property
    def possible(self) -> tuple[str, ...]:
        """The verdicts that this can be called, for the file as a whole."""
        if self.refusal:
            return ("R",)
        if self.cells:
            return ("R", "Q")
        return ("A", "N", "Q") if self.remarks or self.asked else ("A", "N")


class Desk:
    """One office with real places, one clerk, one colleague; no worker runs."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.database = app.extensions["outreach"].database
        self.settings = app.extensions["outreach"].settings
        self.clerk = self.visit("xian")

    def visit(self, name: str = "") -> Visitor:
        """Somebody signed in; nobody without a name."""
        visitor = Visitor(self.app.test_client())
        if name:
            answer = visitor.send("/sign-in", name=name, password=PASSWORD)
            assert answer.status_code == 303, answer.status_code
        return visitor

    def count(self, model: type[Base], *where: Any) -> int:
        with self.database.reading() as session:
            query = select(func.count()).select_from(model).where(*where)
            return int(session.scalar(query) or 0)

    def deeds(self, action: str) -> int:
        """How often ``action`` stands in the record."""
        return self.count(AuditRow, AuditRow.action == action)

    def send(self, content: bytes | Path, name: str = "名册.xlsx") -> Sent:
        """Hand a file in, have it checked, and look at everything."""
        data = content if isinstance(content, bytes) else content.read_bytes()
        before = self.count(Member), self.deeds("check_import")
        # A child is weighed from its fork on, when it is still as heavy as we are.
        heaviest = max(_KILOBYTES, _heaviest())
        begun = worked()
        answer = self.hand_in(data, name)
        assert answer.status_code == 303, answer.status_code
        self.work()
        sent = self.look(answer.location, begun)
        assert sent.seconds < SECONDS, sent.seconds
        assert (self.count(Member), self.deeds("check_import") - 1) == before
        ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert _heaviest() <= max(heaviest, ours)
        return sent

    def hand_in(
        self, data: bytes, name: str = "名册.xlsx", by: Visitor | None = None
    ) -> TestResponse:
        """The upload alone."""
        clerk = by or self.clerk
        body, kind = self.form(data, name, clerk)
        address = "/register/imports/new"
        return clerk.client.post(address, data=body, content_type=kind)

    def form(
        self, data: bytes, name: str = "名册.xlsx", by: Visitor | None = None
    ) -> tuple[bytes, str]:
        """The upload's body, and its content type."""
        fields = {
            **(by or self.clerk).keys("/register/imports/new"),
            "legal_basis": "statutory",
            "file": FileStorage(io.BytesIO(data), filename=name),
        }
        boundary, body = encode_multipart(fields)
        return body, f"multipart/form-data; boundary={boundary}"

    def work(self) -> None:
        """What a worker does when it is nudged."""
        current = wiring.current()
        with self.database.reading() as session:
            waiting = session.execute(
                select(Import.id, Import.state).where(
                    Import.state.in_([ImportState.CHECKING, ImportState.IMPORTING])
                )
            ).all()
        for key, state in waiting:
            if state is ImportState.CHECKING:
                intake.check(current, key)
            else:
                intake.take_in(current, key)

    def take_in(self, sent: Sent) -> None:
        """Let the right rows in."""
        answer = self.clerk.send(sent.address, f"{sent.address}/take-in")
        assert answer.status_code == 303, answer.status_code
        self.work()
        assert "已导入" in self.clerk.read(sent.address)

    def look(self, address: str, begun: float) -> Sent:
        """The import as its page and its rows show it."""
        shown = self.clerk.open(address)
        assert shown.status_code in {200, 302}, shown.status_code
        text = shown.get_data(as_text=True)
        with self.database.reading() as session:
            made = session.get_one(Import, int(address.rsplit("/", 1)[1]))
            rows = session.scalars(
                select(ImportRow).where(
                    ImportRow.import_id == made.id,
                    ImportRow.verdict == RowVerdict.WRONG,
                )
            ).all()
            fault = intake.error_of(made)
            if fault is not None:
                assert made.state is ImportState.FAILED
                assert rows == []
                assert "名册没有变" in text
            return Sent(
                address,
                made.state,
                str(fault or ""),
                made.figures,
                [_said(one) for one in made.figures.get("told", [])],
                {p["cell"]: _said(p) for row in rows for p in row.problems},
                {row.row_number: row.verdict for row in rows},
                text,
                shown.status_code == 302,
                worked() - begun,
            )

    def members(self) -> list[Member]:
        with self.database.reading() as session:
            return list(session.scalars(select(Member).order_by(Member.id)))


def _said(one: dict[str, Any]) -> str:
    sentence = one["sentence"] + one.get("mend", "")
    return str(sentence % one["values"] if one["values"] else sentence)


def worked() -> float:
    """Processor seconds of ours and of our children: other people's do not count."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, _CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _heaviest() -> int:
    """Kilobytes of the heaviest child that has ended."""
    return resource.getrusage(_CHILDREN).ru_maxrss


def county(session: Session) -> None:
    """合江县 with all of its places, and one account of each role."""
    places.load_places(session, places.shipped_rows("510522"), places.SOURCE)
    unit.save_unit(
        session, place_code="510522", name="合江县残联", signature="合江县残联"
    )
    staff(session)


@contextmanager
def open_desk(
    folder: Path,
    keyring: privacy.Keyring,
    make: Callable[[Session], None] = county,
    **settings: Any,
) -> Iterator[Desk]:
    """A desk over a database of its own; the keys are put back afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        # There is no queue: a hint would only wait for a broker that is not there.
        patch.setattr("outreach.web.imports.nudge", lambda *_: False)
        app = create_app(Settings(data_dir=folder / "var", _env_file=None, **settings))
        database = app.extensions["outreach"].database
        Base.metadata.create_all(database.engine)
        with database.writing() as session:
            make(session)
        limiter.reset()
        yield Desk(app)
        database.dispose()
        wiring._current.clear()
        privacy.unlock(keyring)
