"""The units below and their daily reports: reminded, returned, entered, taken in."""

from __future__ import annotations

import tempfile
from datetime import datetime, time
from pathlib import Path

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from campaigns.errors import NotFound, mark
from campaigns.register.models import Place
from campaigns.reporting.daily import city, filing, lookup, reminding, standing
from campaigns.reporting.daily.contradicting import contradictions
from campaigns.reporting.daily.county_sheets import Fault
from campaigns.shanghai import SHANGHAI, day_of, midnight
from outreach.access import Action
from outreach.web.daily import (
    day_in,
    entry_of,
    note,
    typed_columns,
    word_fields,
)
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.open_items import open_words

bp = Blueprint("daily_units", __name__, url_prefix="/reporting/daily")


@bp.get("/<day>/units")
@needs(Action.READ_DAILY)
def show(day: str) -> str:
    """Each unit below as a row, reported or not."""
    when = day_in(day)
    with reading() as session:
        rows = standing.standings(session, acting().place, when, now())
        odd = contradictions(session, acting().place, when)
    count = standing.counted(rows)
    return render_template(
        "daily/units.html",
        day=when,
        rows=rows,
        count=count,
        odd=odd,
        open_words=open_words,
    )


@bp.post("/<day>/remind")
@needs(Action.RETURN_DAILY)
def remind(day: str) -> Answer:
    """Remind whoever has not reported today."""
    with writing() as session:
        missing = reminding.remind_below(session, acting().place, now())
        note(session, "remind_daily", f"{acting().place}:{day}")
    names = "、".join(place.name for place in missing)
    flash(_("已提醒：%(names)s。", names=names) if names else _("都报了。"), "good")
    return redirect(url_for("daily_units.show", day=day), 303)


@bp.post("/<day>/units/<code>/return")
@needs(Action.RETURN_DAILY)
def send_back(day: str, code: str) -> Answer:
    """Return a unit's report to it."""
    with writing() as session:
        below = _below(session, code)
        filing.send_back(
            session,
            code,
            day_in(day),
            reason=request.form.get("reason", ""),
            by=acting().user_id,
            now=now(),
        )
        note(session, "return_daily", f"{code}:{day}")
    flash(_("已退回%(name)s，半小时内改好不算迟报。", name=below.name), "good")
    return redirect(url_for("daily_units.show", day=day), 303)


@bp.get("/<day>/units/<code>")
@needs(Action.RETURN_DAILY)
def ask(day: str, code: str) -> str:
    """Enter for a unit what it told by telephone, or return what it filed."""
    return _page(day, code, Typed())


@bp.post("/<day>/units/<code>")
@needs(Action.RETURN_DAILY)
def enter(day: str, code: str) -> Answer | tuple[str, int]:
    """代报: with who rang, when, and who answered."""
    typed = Typed()
    entry = entry_of(typed, zero="zero" in request.form)
    if typed:
        with typed.catching("called_by"), writing() as session:
            _below(session, code)
            filing.file_report(
                session,
                code,
                day_in(day),
                entry,
                by=acting().user_id,
                now=now(),
                way="behalf",
                called_by=typed["called_by"],
            )
            note(session, "file_daily", f"{code}:{day}")
    if not typed:
        return _page(day, code, typed), 422
    flash(_("已代报。"), "good")
    return redirect(url_for("daily_units.show", day=day), 303)


@bp.get("/incident")
@needs(Action.FILE_DAILY)
def ask_incident() -> str:
    """The short form: what happened, and who was rung."""
    return _incident(Typed(hour=f"{now().astimezone(SHANGHAI):%H:%M}"))


@bp.post("/incident")
@needs(Action.FILE_DAILY)
def tell_incident() -> Answer | tuple[str, int]:
    """Keep it at once; today's report counts it."""
    typed = Typed()
    with typed.catching("what"), writing() as session:
        moment = _moment(typed)
        reminding.tell_incident(
            session,
            acting().place,
            typed["what"],
            told=typed["told"],
            happened_at=moment,
            told_at=now(),
            by=acting().user_id,
            now=now(),
        )
        note(session, "tell_incident", acting().place)
    if not typed:
        return _incident(typed), 422
    flash(_("已登记。今天的日报会算上这一件。"), "good")
    return redirect(url_for("daily.index"), 303)


@bp.get("/workbooks")
@needs(Action.RETURN_DAILY)
def ask_workbook() -> str:
    """Choose a county's workbook."""
    return render_template("daily/workbooks.html", typed=Typed(), faults=[], made=None)


@bp.post("/workbooks")
@needs(Action.RETURN_DAILY)
def take_in() -> Answer | tuple[str, int]:
    """Take a workbook in, or say cell by cell why it is returned."""
    typed, faults, made = Typed(), list[Fault](), None
    with typed.catching("file"), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report"
        request.files["file"].save(path)
        with writing() as session:
            made, faults = city.take_in_workbook(
                session,
                acting().place,
                path,
                reason=typed["reason"],
                by=acting().user_id,
                now=now(),
            )
            note(session, "take_in_daily", f"{made.unit}:{made.day}")
    if made is None or faults:
        shown = {"typed": typed, "faults": faults, "made": made}
        return render_template("daily/workbooks.html", **shown), 422
    flash(_("已收下，数字都对得上。"), "good")
    return redirect(url_for("daily_units.show", day=made.day), 303)


def _page(day: str, code: str, typed: Typed) -> str:
    with reading() as session:
        unit = _below(session, code)
        versions = lookup.versions(session, code, day_in(day))
    return render_template(
        "daily/unit.html",
        day=day_in(day),
        place=unit,
        versions=versions,
        held=lookup.valid(versions),
        typed=typed,
        fields=typed_columns(),
        words=word_fields(),
    )


def _below(session: Session, code: str) -> Place:
    """A unit that reports to the reader's. Raises NotFound."""
    unit = lookup.get_unit(session, code)
    if unit.parent != acting().place:
        raise NotFound(mark("没有这个单位，或者不在您的范围里。"))
    return unit


def _incident(typed: Typed) -> str:
    with reading() as session:
        since = midnight(day_of(now()))
        told = reminding.incidents_of(session, acting().place, since)
    return render_template("daily/incident.html", typed=typed, told=told)


def _moment(typed: Typed) -> datetime:
    try:
        hour = time.fromisoformat(typed["hour"])
    except ValueError:
        hour = now().astimezone(SHANGHAI).time()
    return datetime.combine(day_of(now()), hour, SHANGHAI)
