"""Visits and needs for the daily report: counted where they were recorded, once.

A need belongs to the day on which it was raised; that it was solved later is told
late, as a late receipt is. Solved and passed on are never one figure.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from campaigns.fieldwork.visit_models import Need, VisitTry
from campaigns.register.models import Place
from campaigns.vocabulary import Level, NeedKind, NeedState

KEYS = {
    NeedKind.DOCTOR: "need_doctor",
    NeedKind.MEDICINE: "need_medicine",
    NeedKind.GOODS: "need_goods",
    NeedKind.DEVICES: "need_devices",
    NeedKind.MIND: "need_mind",
    NeedKind.OTHER: "need_other",
    NeedKind.CAR: "need_other",
}
"""The report's column of each kind."""

_AFTER_DIGITS = "a"


def recorded(
    session: Session,
    unit: Place,
    begun: datetime,
    since: datetime,
    until: datetime | None,
) -> tuple[dict[str, Counter[str]], Counter[str]]:
    """What was recorded in ``unit``: after ``since`` by part, and all after ``begun``.

    ``begun`` is not after ``since``. By township for a county, otherwise by village.
    Columns of which there is none stay away; ``until`` None means now.
    """
    fresh: dict[str, Counter[str]] = {}
    total = Counter[str]()

    def add(place: str | None, new: int, figures: dict[str, int]) -> None:
        total.update(figures)
        if new:
            fresh.setdefault(place or "", Counter()).update(figures)

    for place, new, n in _tries(session, unit, begun, since, until):
        add(place, new, {"visits": n})
    for place, new, kind, solved, passed, n in _needs(
        session, unit, begun, since, until
    ):
        add(place, new, {KEYS[kind]: n, "found": n})
        add(place, new, {"solved": n * solved, "passed": n * passed})
    return fresh, total


def _tries(
    session: Session,
    unit: Place,
    begun: datetime,
    since: datetime,
    until: datetime | None,
) -> Any:  # noqa: ANN401 - rows
    by, within = _where(VisitTry, unit)
    inside = [*within, VisitTry.at > begun]
    if until is not None:
        inside.append(VisitTry.at <= until)
    new = case((VisitTry.at > since, 1), else_=0).label("new")
    rows = select(by.label("place"), new).where(*inside).subquery()
    return session.execute(select(*rows.c, func.count()).group_by(*rows.c))


def _needs(
    session: Session,
    unit: Place,
    begun: datetime,
    since: datetime,
    until: datetime | None,
) -> Any:  # noqa: ANN401 - rows
    by, within = _where(Need, unit)
    inside = [*within, Need.raised_at > begun]
    solved: ColumnElement[bool] = Need.state == NeedState.SOLVED
    passed: ColumnElement[bool] = Need.passed_at.is_not(None)
    if until is not None:
        inside.append(Need.raised_at <= until)
        solved = and_(solved, Need.closed_at <= until)
        passed = and_(passed, Need.passed_at <= until)
    new = case((Need.raised_at > since, 1), else_=0).label("new")
    flags = (
        case((solved, 1), else_=0).label("solved"),
        case((and_(passed, ~solved), 1), else_=0).label("passed"),
    )
    place = by.label("place")
    rows = select(place, new, Need.kind, *flags).where(*inside).subquery()
    return session.execute(select(*rows.c, func.count()).group_by(*rows.c))


def _where(
    table: type[VisitTry | Need], unit: Place
) -> tuple[Any, list[ColumnElement[bool]]]:
    by = table.township if unit.level is Level.COUNTY else table.village
    place = table.village if unit.level is Level.VILLAGE else table.township
    return by, [place >= unit.code, place < unit.code + _AFTER_DIGITS]
