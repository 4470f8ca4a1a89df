"""走访台账 as a workbook: whom somebody had to meet, who went, and what it came to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from campaigns.fieldwork.visit_pages import VisitRow
from campaigns.privacy import mask_name
from campaigns.register.approach import approach
from campaigns.reporting.sheets import minute, write_list
from campaigns.reporting.tables import Table, Value
from campaigns.words import word

_HEADER = (
    "serial",
    "township",
    "village",
    "name",
    "reason",
    "communication",
    "visit.opened",
    "visit.due",
    "visit.worker",
    "visit.tries",
    "state",
    "visit.outcome",
    "visit.closed",
    "daily.remarks",
)


def visit_ledger(rows: Iterable[VisitRow], language: str = "zh") -> Table:
    """A line a person, masked: how to meet them, never what is the matter."""
    say = partial(word, language=language)
    lines = tuple(_line(n, row, say) for n, row in enumerate(rows, 1))
    total: list[Value] = [say("figure.total"), len(lines), *[""] * (len(_HEADER) - 2)]
    total[9] = sum(int(line[9]) for line in lines)
    return Table(say("visit_ledger"), tuple(map(say, _HEADER)), lines, tuple(total))


def write_visit_ledger(
    rows: Iterable[VisitRow],
    to: Path | BinaryIO,
    *,
    unit: str,
    now: datetime,
    language: str = "zh",
) -> None:
    """Write the ledger as a workbook to print and stamp."""
    table = visit_ledger(rows, language)
    write_list(table, to, unit=unit, now=now, language=language)


def _line(number: int, row: VisitRow, say: Callable[[str], str]) -> tuple[Value, ...]:
    visit = row.visit
    done = "visit.unneeded" if visit.outcome == "unneeded" else "visit.done"
    return (
        number,
        row.township,
        row.village,
        mask_name(row.member.name),
        "、".join(map(say, row.reasons)),
        "、".join(map(say, approach(row.member))),
        minute(visit.opened_at),
        minute(visit.due_at),
        visit.worker or "",
        visit.tries,
        say(done if visit.closed_at else "visit.open"),
        say(f"outcome.{visit.outcome.value}") if visit.outcome else "",
        minute(visit.closed_at),
        "",
    )
