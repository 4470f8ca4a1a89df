"""Numbers to mend as a workbook: one line a person, masked, by township."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from campaigns.fieldwork.mending import ToMend
from campaigns.privacy import mask_name, mask_phone
from campaigns.reporting.sheets import write_list
from campaigns.reporting.tables import Table, Value
from campaigns.shanghai import SHANGHAI
from campaigns.words import word

_HEADER = (
    "serial",
    "township",
    "village",
    "name",
    "addressee",
    "phone",
    "number.status",
    "number.strikes",
    "time",
    "number.new",
    "daily.remarks",
)


def mend_list(rows: Iterable[ToMend], language: str = "zh") -> Table:
    """The list as a table; the new number is written in by hand."""
    say = partial(word, language=language)
    lines = tuple(_line(n, row, say) for n, row in enumerate(rows, 1))
    total: list[Value] = [say("figure.total"), len(lines), *[""] * (len(_HEADER) - 2)]
    return Table(say("mend_list"), tuple(map(say, _HEADER)), lines, tuple(total))


def write_mend_list(
    rows: Iterable[ToMend],
    to: Path | BinaryIO,
    *,
    unit: str,
    now: datetime,
    language: str = "zh",
) -> None:
    """Write the list as a workbook to print and stamp."""
    table = mend_list(rows, language)
    write_list(table, to, unit=unit, now=now, language=language)


def _line(number: int, row: ToMend, say: partial[str]) -> tuple[Value, ...]:
    member = row.member
    last = f"{row.last_at.astimezone(SHANGHAI):%Y-%m-%d}" if row.last_at else ""
    return (
        number,
        row.township,
        row.village,
        mask_name(member.name),
        say(f"addressee_{row.addressee.value}"),
        mask_phone(row.phone) if row.phone else "",
        say(f"number.{row.status.value}"),
        row.strikes or "",
        last,
        "",
        "",
    )
