"""Taking a roster in, against openpyxl merely going through its cells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from campaigns.errors import NotReady, mark
from campaigns.register import importing
from campaigns.register.models import Member
from campaigns.vocabulary import LegalBasis
from outreach.bench import county
from outreach.bench.ground import Ground, ground
from outreach.bench.limits import Limits, middle, seconds, spread
from outreach.roster import make_roster

LIMITS = Limits(most={"ratio_to_iterating": 5.0})
_SIZES = {"full": (35_000, 3), "small": (200, 1)}
_MISSING = mark(
    "测速要与 openpyxl 相比，它属于开发依赖。请先运行 make install，"
    "再运行 .venv/bin/outreach bench。"
)


def run(scale: str = "full") -> dict[str, Any]:
    """A workbook validated, encrypted and stored in PostgreSQL, three times.

    Each time into an empty register; about two minutes on two cores.
    """
    members, times = _SIZES[scale]
    ours, theirs, stored = [], [], []
    iterate = _iterator()
    for _ in range(times):
        with ground() as place:
            path = place.settings.data_dir / "roster.xlsx"
            make_roster(path, members, county=county.COUNTY)
            with place.wiring.database.writing() as session:
                county.found(session, place.wiring.clock())
            theirs.append(seconds(lambda: iterate(path)))  # noqa: B023 - called at once
            ours.append(seconds(lambda: _import(place, path)))  # noqa: B023
            with place.wiring.database.reading() as session:
                stored.append(session.scalar(select(func.count()).select_from(Member)))
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    figures = {
        "ratio_to_iterating": round(middle(ratios), 2),
        "rows": members,
        "import_seconds": spread(ours),
        "iterating_seconds": spread(theirs),
    }
    return LIMITS.judged(figures, agreed=stored == [members] * times)


def _import(place: Ground, path: Path) -> None:
    database, clock = place.wiring.database, place.wiring.clock
    with database.writing() as session:
        made = importing.check_file(
            session,
            path,
            file_name=path.name,
            legal_basis=LegalBasis.STATUTORY,
            made_by=None,
            now=clock(),
        )
    importing.take_in(database.writing, made.id, now=clock())


def _iterator() -> Callable[[Path], None]:
    """Going through every cell, with the library loaded beforehand."""
    try:
        from openpyxl import load_workbook  # noqa: PLC0415 - dev only
    except ImportError:
        raise NotReady(_MISSING) from None

    def iterate(path: Path) -> None:
        book = load_workbook(path, read_only=True, data_only=True)
        for sheet in book:
            for _row in sheet.iter_rows(values_only=True):
                pass
        book.close()

    return iterate
