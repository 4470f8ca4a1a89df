"""Reads the rows of one list, and finds people who stand in it twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from campaigns import privacy
from campaigns.errors import Refused, mark
from campaigns.register.importing import cells
from campaigns.register.importing.headings import Header
from campaigns.register.importing.how import read_phones
from campaigns.register.importing.row import Notices, Row
from campaigns.register.importing.where import read_place
from campaigns.register.importing.who import read_disability, read_identity
from campaigns.register.places import Gazetteer
from campaigns.register.text_cells import PRIVATE_USE

_FLAGS = ("living_alone", "chronic_illness", "reads_aloud")
_HOUSEHOLD = 6
"""More people than this behind one number are no household: a clerk's own number."""


class RowChecker:
    """Reads rows by the header's columns; remembers who was there before."""

    def __init__(self, header: Header, gazetteer: Gazetteer, today: date) -> None:
        self._columns = header.by_field()
        self._gazetteer = gazetteer
        self._today = today
        self._first: dict[bytes, int] = {}
        self._behind: Counter[str] = Counter()
        self.notices = Notices()

    def check(self, number: int, cells_of_row: Sequence[Any]) -> Row:
        """Read row ``number`` (from 1); whatever is wrong is in ``problems``."""
        row = Row(number, cells_of_row, self._columns, self.notices)
        row.values["name"] = row.read("name", cells.name_of)
        if not row.values["name"] and not row.wrong("name"):
            row.problem("name", Refused(mark("没有姓名。"), mark("请补上姓名。")))
        read_identity(row, self._today)
        read_disability(row)
        read_place(row, self._gazetteer)
        read_phones(row)
        _read_rest(row)
        self._whose(row)
        self._key(row)
        return row

    def _whose(self, row: Row) -> None:
        """Tell of a number that is hardly the member's own."""
        phone = row.values["phone"]
        if phone is None:
            return
        self._behind[phone] += 1
        if self._behind[phone] == _HOUSEHOLD + 1:
            sentence = mark("%(n)s 个号码有 6 人以上共用，请核对是谁的：%(cells)s。")
            row.notice(sentence, "phone")
        if phone in self._gazetteer.duty_phones:
            sentence = mark("%(n)s 人填的是村里值守人的号码，请核对：%(cells)s。")
            row.notice(sentence, "phone")

    def _key(self, row: Row) -> None:
        """The row's identity: by ID number, else by name, phone and village."""
        values = row.values
        if not values["name"]:
            return
        home = values.get("village") or values.get("township")
        said = (values["name"], values.get("phone"), home)
        row.said = "|".join(part or "" for part in said)
        if values.get("id_number"):
            row.identity = privacy.blind("id", values["id_number"])
        elif not row.wrong("certificate", "id_number"):
            row.identity = privacy.blind("provisional", row.said)
        if row.identity is not None:
            self._twice(row, row.identity)

    def _twice(self, row: Row, identity: bytes) -> None:
        first = self._first.setdefault(identity, row.number)
        if first == row.number:
            return
        fault = Refused(
            mark("和第 %(row)s 行是同一个人。"), mark("请删去多余的一行。"), row=first
        )
        known = "certificate" if row.values.get("certificate") else "id_number"
        row.problem(known if row.values.get("id_number") else "name", fault)


def _read_rest(row: Row) -> None:
    values = row.values
    values["address"] = row.read("address", cells.free_text)
    values["notes"] = row.read("notes", cells.free_text)
    for name in _FLAGS:
        values[name] = row.read(name, cells.flag_of)
    if "独居" in (row.read("marks", cells.free_text) or ""):
        values["living_alone"] = True
    said = f"{row.read('status', cells.free_text) or ''}{values['notes'] or ''}"
    values["status"] = cells.status_of(said) if said else None
    name = values["name"]
    if name and not name.isascii() and PRIVATE_USE.search(name):
        row.notice(mark("%(n)s 个姓名有生僻字，可能显示不出：%(cells)s。"), "name")
