"""The daily report of one's own unit: filled in, filed, corrected, printed."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from campaigns.errors import NotFound, mark
from campaigns.register import practice
from campaigns.reporting.daily import filing, lookup, periods, reminding
from campaigns.reporting.daily.clock import due_at, minutes_late
from campaigns.reporting.daily.columns import COLUMNS, RATES, TYPED, Column, rate_of
from campaigns.reporting.daily.contradicting import open_items
from campaigns.reporting.daily.filing import WORDS, Entry
from campaigns.reporting.daily.models import DailyReport
from campaigns.reporting.daily.sheet_rows import blocks_of
from campaigns.reporting.daily.workbook import SAID, file_name, write_daily
from campaigns.shanghai import day_of
from outreach.access import Action
from outreach.web import downloads
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.languages import shown_word
from outreach.web.noting import noted
from outreach.web.open_items import open_words

bp = Blueprint("daily", __name__, url_prefix="/reporting/daily")
_DAYS = 14
_MOST = range(1_000_001)


@bp.get("/")
@needs(Action.READ_DAILY)
def index() -> str:
    """The days of the period, today first, and how each stands."""
    with reading() as session:
        period = periods.current_period(session)
        unit = lookup.get_unit(session, acting().place)
        days = _days(session, period.begins_at) if period else []
    return render_template("daily/index.html", period=period, place=unit, days=days)


@bp.post("/period")
@needs(Action.RUN_DAILY)
def steer() -> Answer:
    """Begin a response period, or end the one that is on."""
    begin = request.form.get("deed") == "begin"
    with writing() as session:
        if begin:
            name = request.form.get("name", "")
            periods.open_period(session, name, by=acting().user_id, now=now())
        else:
            periods.close_period(session, now=now())
        note(session, "begin_daily" if begin else "end_daily", acting().place)
    flash(_("日报开始了，每天 16:00 前上报。") if begin else _("日报结束了。"), "good")
    return redirect(url_for("daily.index"), 303)


@bp.get("/<day>")
@needs(Action.READ_DAILY)
def show(day: str) -> str:
    """What was filed, or the form with everything counted already."""
    return _page(day_in(day), Typed())


@bp.post("/<day>")
@needs(Action.FILE_DAILY)
def file(day: str) -> Answer | tuple[str, int]:
    """File it, as a zero report where that button was pressed."""
    typed, when = Typed(), day_in(day)
    entry = entry_of(typed, zero="zero" in request.form)
    if typed:
        with typed.catching(), writing() as session:
            made = filing.file_report(
                session,
                acting().place,
                when,
                entry,
                by=acting().user_id,
                now=now(),
                excuse=typed["excuse"],
            )
            note(session, "file_daily", f"{made.unit}:{made.day}")
    if not typed:
        return _page(when, typed), 422
    flash(_("已上报，版本 %(n)s。", n=made.version), "good")
    if made.parts.get("open"):
        flash(_("这份零报告和台账对不上，请核实。有异常马上报。"), "warn")
    return redirect(url_for("daily.show", day=day), 303)


@bp.get("/<day>/correct")
@needs(Action.FILE_DAILY)
def ask_correct(day: str) -> str:
    """The form again, with what was filed and a place for the reason."""
    with reading() as session:
        report = _valid(session, day_in(day))
    told = {key: str(n) for key, n in report.own.items()}
    return _page(report.day, Typed(**told, **report.words), correcting=True)


@bp.post("/<day>/correct")
@needs(Action.FILE_DAILY)
def correct(day: str) -> Answer | tuple[str, int]:
    """Another version with its reason; the first one stays to be seen."""
    typed, when = Typed(), day_in(day)
    entry = entry_of(typed)
    if typed:
        with typed.catching("reason"), writing() as session:
            made = filing.correct(
                session,
                acting().place,
                when,
                entry,
                reason=typed["reason"],
                by=acting().user_id,
                now=now(),
            )
            note(session, "correct_daily", f"{made.unit}:{made.day}")
    if not typed:
        return _page(when, typed, correcting=True), 422
    flash(_("已更正，版本 %(n)s。", n=made.version), "good")
    return redirect(url_for("daily.show", day=day), 303)


@bp.get("/<day>/report.xlsx")
@needs(Action.READ_DAILY)
def workbook(day: str) -> Response:
    """The workbook to print, stamp and hand upwards; always as it is filed."""
    to = BytesIO()
    with writing() as session:
        report = _valid(session, day_in(day))
        name = practice.named(session, lookup.get_unit(session, report.unit).name)
        write_daily(report, to, name)
        note(session, "export_daily", f"{report.unit}:{report.day}")
    name = file_name(report, name)
    return downloads.workbook(to, name)


def day_in(text: str) -> date:
    """The day of an address. Raises NotFound."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound(mark("没有这一天。请从日报的列表里打开。")) from None


def entry_of(typed: Typed, *, zero: bool = False) -> Entry:
    """What a form says; an empty figure stays 未填 and never becomes 0."""
    figures = {
        key: typed.number(key, _MOST, _("写 0 或更大的整数。"))
        for key in TYPED
        if typed[key].strip()
    }
    words = {key: typed.text(key) for key in WORDS}
    return Entry(typed=figures, words=words, zero=zero)


def typed_columns() -> list[tuple[str, str]]:
    """Key and title of each figure that people fill in."""
    return [(c.key, shown_word(c.code)) for c in COLUMNS if c.typed]


def word_fields() -> list[tuple[str, str]]:
    """Key and title of what is said in words, but for incidents and examples."""
    return [(key, shown_word(SAID[key])) for key in WORDS]


def note(session: Session, deed: str, subject: str) -> None:
    """Keep the deed; a report is named by its unit and day."""
    noted(session, deed, f"daily:{subject}")


def _page(day: date, typed: Typed, *, correcting: bool = False) -> str:
    with reading() as session:
        unit = lookup.get_unit(session, acting().place)
        versions = lookup.versions(session, unit.code, day)
        held = lookup.valid(versions)
        period = periods.current_period(session)
        shown: Any = held
        if (held is None and period) or correcting:
            shown = filing.preview(session, unit.code, day, entry_of(Typed()))
        reminders = reminding.reminders_of(session, unit.code, day)
        waits = held.parts.get("open", {}) if held else open_items(session, unit.code)
    return render_template(
        "daily/show.html",
        day=day,
        place=unit,
        versions=versions,
        held=held,
        shown=shown,
        blocks=blocks_of(unit.level),
        rates=RATES,
        rate_of=rate_of,
        typed=typed,
        fields=typed_columns(),
        words=word_fields(),
        correcting=correcting,
        period=period,
        due=due_at(unit.level, day),
        late=minutes_late(unit.level, day, now()),
        reminders=reminders,
        open=waits if period else {},
        cell=shown_cell,
        open_words=open_words,
    )


def shown_cell(figures: dict[str, int], column: Column) -> str:
    """A figure; a nought says who said it, and a blank that nobody did."""
    n = figures.get(column.key)
    if n is None:
        return shown_word("report.unfilled")
    if n:
        return f"{n:,}"
    return shown_word("report.zero_checked" if column.typed else "report.zero_system")


def _valid(session: Session, day: date) -> DailyReport:
    report = lookup.valid_report(session, acting().place, day)
    if report is None:
        raise NotFound(mark("这一天还没有上报。"))
    return report


def _days(session: Session, begins: Any) -> list[tuple[date, DailyReport | None]]:  # noqa: ANN401
    today, first = day_of(now()), day_of(begins)
    count = min((today - first).days + 1, _DAYS)
    days = [today - timedelta(days=n) for n in range(count)]
    return [(day, lookup.valid_report(session, acting().place, day)) for day in days]
