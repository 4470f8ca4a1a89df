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
    session: Session, unit: Place, since: datetime, until: datetime | None
) -> dict[str, Counter[str]]:
    """What was recorded in ``unit`` after ``since``, by township or village.

    By township for a county. Columns of which there is none stay away; ``until`` None
    means now.
    """
    found: dict[str, Counter[str]] = {}
    for place, n in _tries(session, unit, since, until):
        found.setdefault(place or "", Counter())["visits"] += n
    for place, kind, solved, passed, n in _needs(session, unit, since, until):
        figures = found.setdefault(place or "", Counter())
        figures[KEYS[kind]] += n
        figures["found"] += n
        figures["solved"] += n * solved
        figures["passed"] += n * passed
    return found


def together(parts: dict[str, Counter[str]]) -> Counter[str]:
    """The sum of all parts."""
    sums: Counter[str] = Counter()
    for figures in parts.values():
        sums.update(figures)
    return sums


def _tries(
    session: Session, unit: Place, since: datetime, until: datetime | None
) -> Any:  # noqa: ANN401 - rows
    by, within = _where(VisitTry, unit)
    inside = [*within, VisitTry.at > since]
    if until is not None:
        inside.append(VisitTry.at <= until)
    return session.execute(select(by, func.count()).where(*inside).group_by(by))


def _needs(
    session: Session, unit: Place, since: datetime, until: datetime | None
) -> Any:  # noqa: ANN401 - rows
    by, within = _where(Need, unit)
    inside = [*within, Need.raised_at > since]
    solved: ColumnElement[bool] = Need.state == NeedState.SOLVED
    passed: ColumnElement[bool] = Need.passed_at.is_not(None)
    if until is not None:
        inside.append(Need.raised_at <= until)
        solved = and_(solved, Need.closed_at <= until)
        passed = and_(passed, Need.passed_at <= until)
    flags = (
        case((solved, 1), else_=0).label("solved"),
        case((and_(passed, ~solved), 1), else_=0).label("passed"),
    )
    rows = select(by.label("place"), Need.kind, *flags).where(*inside).subquery()
    columns = list(rows.c)
    return session.execute(select(*columns, func.count()).group_by(*columns))


def _where(
    table: type[VisitTry | Need], unit: Place
) -> tuple[Any, list[ColumnElement[bool]]]:
    by = table.township if unit.level is Level.COUNTY else table.village
    place = table.village if unit.level is Level.VILLAGE else table.township
    return by, [place >= unit.code, place < unit.code + _AFTER_DIGITS]
