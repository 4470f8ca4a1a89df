"""One person added or changed by hand, read by the same rules as a list."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from campaigns.errors import Refused, mark
from campaigns.orm import table_of
from campaigns.register import practice
from campaigns.register.importing import comparing
from campaigns.register.importing.checking import RowChecker
from campaigns.register.importing.headings import Header
from campaigns.register.importing.inspection import find_stored
from campaigns.register.importing.row import Row
from campaigns.register.importing.storing import columns, fresh
from campaigns.register.models import Member
from campaigns.register.places import Gazetteer
from campaigns.register.unit import current_unit
from campaigns.shanghai import day_of
from campaigns.vocabulary import LegalBasis

DROPPED = {
    "phone": ("phone",),
    "guardian": ("guardian_name", "guardian_relation", "guardian_phone"),
}
"""What can be taken off a person: an empty cell never does it."""


def read(
    session: Session,
    typed: Mapping[str, str],
    now: datetime,
    member: Member | None = None,
) -> Row:
    """The person as a row of a list, with whatever is wrong in ``problems``.

    ``typed`` holds texts by field. Of ``member`` who stands on the register already,
    name and number are taken where nothing is typed.
    """
    cells = dict(typed)
    if member is not None:
        cells["name"] = cells.get("name") or member.name
        number = cells.get("certificate") or member.certificate
        cells["certificate"] = number or ""
        cells["id_number"] = "" if number else member.id_number or ""
    header = Header(1, list(cells), fields=dict(enumerate(cells)))
    gazetteer = Gazetteer.of(session, current_unit(session).place_code)
    checker = RowChecker(header, gazetteer, day_of(now))
    return checker.check(1, list(cells.values()))


def add(session: Session, row: Row, basis: LegalBasis, now: datetime) -> int:
    """Put a right row on the register; the person's number.

    Raises Refused where they are on it already, NotReady while practice data stands.
    """
    practice.demand_earnest(session)
    stored = find_stored(session, [row]).get(row.number)
    if stored is not None:
        raise Refused(
            mark("这个人已经在名册里，是 %(n)s 号。"),
            mark("请打开那个人修改。"),
            n=stored["id"],
        )
    values = fresh(row.values, _identity(row), now) | {"legal_basis": basis}
    added = insert(table_of(Member)).values(values).returning(Member.id)
    number: int = session.execute(added).scalar_one()
    return number


def change(
    session: Session,
    member: Member,
    row: Row,
    now: datetime,
    dropped: Collection[str] = (),
) -> list[str]:
    """Write a right row over ``member``; the columns that changed, in order.

    ``dropped`` names keys of ``DROPPED``. Raises Refused where the row is somebody
    else on the register.
    """
    stored = find_stored(session, [row]).get(row.number)
    if stored is not None and stored["id"] != member.id:
        raise Refused(
            mark("这个号码是另一个在册人员的：%(n)s 号。"),
            mark("请核对原件。"),
            n=stored["id"],
        )
    before = dict(comparing.known(session, [member.identity])[member.identity])
    gone: dict[str, Any] = {
        column: None for each in dropped for column in DROPPED[each] if before[column]
    }
    said = {**row.values, "status": None}
    new = comparing.changes(said, before, LegalBasis.NONE) | gone
    # Without an ID number the key is made of name, phone and village, and stays.
    identity = _identity(row) if row.values.get("id_number") else member.identity
    if new:
        found = columns({**before, **new}, identity) | {"updated_at": now}
        session.execute(update(Member), [{**found, "id": member.id}])
        session.refresh(member)
    return sorted(new)


def _identity(row: Row) -> bytes:
    if row.identity is None or row.problems:
        raise Refused(mark("这一行还有要改的地方。"))
    return row.identity
