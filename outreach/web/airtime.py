"""Around the loudspeaker: quiet times, silent villages, the log, withdrawals."""

from __future__ import annotations

from datetime import date, time, timedelta
from io import BytesIO

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
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from campaigns.errors import NotFound, Refused, mark
from campaigns.fieldwork import (
    announcements,
    deeds,
    ladder,
    quiet,
    signing,
    village_pages,
)
from campaigns.fieldwork.models import QuietTime
from campaigns.register import practice
from campaigns.register.models import Place
from campaigns.register.unit import current_unit
from campaigns.reporting.play_log import write_play_log
from campaigns.shanghai import day_of, midnight
from outreach import access
from outreach.access import Action
from outreach.web import downloads
from outreach.web.fieldwork import opened
from outreach.web.forms import Typed, row_number
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.languages import clock, language, shown_word
from outreach.web.noting import noted

bp = Blueprint("airtime", __name__, url_prefix="/fieldwork")
_DAYS = 31


@bp.get("/log.xlsx")
@needs(Action.READ_FIELDWORK)
def log() -> Response:
    """播出登记表 of the last month, to print and sign."""
    today = day_of(now())
    first, to = today - timedelta(days=_DAYS), BytesIO()
    with writing() as session:
        since = midnight(first)
        places = access.scope(acting()).places
        rows = village_pages.play_log(session, places, since, now())
        unit = session.get(Place, acting().place)
        plain = unit.name if unit else current_unit(session).name
        name = practice.named(session, plain)
        write_play_log(
            rows, to, unit=name, since=first, until=today, language=language()
        )
        noted(session, "export_play_log", f"place:{acting().place}")
    title = f"{name}_{shown_word('play_log')}_{today:%Y%m%d}.xlsx"
    return downloads.workbook(to, title)


@bp.get("/quiet")
@needs(Action.SIGN_OFF)
def ask_quiet() -> str:
    """The days and hours in which loudspeakers keep silent."""
    return _quiet_page(Typed(place=acting().place))


@bp.post("/quiet")
@needs(Action.SIGN_OFF)
def add_quiet() -> Answer | tuple[str, int]:
    """Add exam hours, a funeral or a market day for one's own places."""
    typed = Typed()
    with typed.catching("day"), writing() as session:
        _inside(session, typed["place"])
        quiet.add_quiet(
            session,
            typed["place"],
            _day(typed["day"]),
            typed["kind"],
            begins=_time(typed["begins"]) or time(0),
            ends=_time(typed["ends"]),
            by=acting().shown_as,
            now=now(),
        )
        noted(session, "add_quiet", f"place:{typed['place']}")
    if not typed:
        return _quiet_page(typed), 422
    flash(_("已增加静音时段。紧急播出不受影响。"), "good")
    return redirect(url_for("airtime.ask_quiet"), 303)


@bp.get("/waiting")
@needs(Action.SIGN_OFF)
def waiting() -> str:
    """Villages that answered nobody, and announcements that wait for a signature."""
    with reading() as session:
        places = access.scope(acting()).places
        ring = ladder.to_ring(session, places)
        sign = signing.unsigned(session, places, now())
    return render_template("fieldwork/waiting.html", ring=ring, sign=sign)


@bp.get("/announcements/<int:campaign_id>/to-tell")
@needs(Action.WITHDRAW)
def to_tell(campaign_id: int) -> str:
    """Villages that still have a withdrawn clip, each until it was told."""
    with reading() as session:
        broadcast = opened(session, campaign_id)
        mine = {row.announcement_id for row in broadcast.rows}
        told = announcements.to_tell(session, campaign_id)
    rows = [row for row in told if row.announcement_id in mine]
    return render_template("fieldwork/to_tell.html", broadcast=broadcast, rows=rows)


@bp.post("/announcements/<int:campaign_id>/to-tell")
@needs(Action.WITHDRAW)
def tick_told(campaign_id: int) -> Answer:
    """Tick off the villages that were told."""
    ticked = {row_number(n) for n in request.form.getlist("told")}
    with writing() as session:
        rows = opened(session, campaign_id).rows
        for key in ticked & {row.announcement_id for row in rows}:
            announcements.told_of_withdrawal(session, key, now=now())
        noted(session, "tell_withdrawn", f"campaign:{campaign_id}")
    flash(_("记下了，已通知 %(n)s 个村。", n=len(ticked)), "good")
    return redirect(url_for("airtime.to_tell", campaign_id=campaign_id), 303)


@bp.post("/villages/<int:announcement_id>/village-sign")
@needs(Action.SIGN_OFF)
def village_sign(announcement_id: int) -> Answer:
    """Keep who signed in the village, from the paper sheet."""
    with writing() as session:
        found = deeds.get_announcement(session, announcement_id)
        _inside(session, found.village)
        name = request.form.get("signed", "")
        signing.sign_in_village(session, announcement_id, name, now=now())
        noted(session, "village_sign", f"announcement:{announcement_id}")
    flash(_("已登记村里的签字。"), "good")
    return redirect(url_for("airtime.waiting"), 303)


def _quiet_page(typed: Typed) -> str:
    with reading() as session:
        here = acting().place
        today = day_of(now())
        found = session.scalars(
            select(QuietTime)
            .where(QuietTime.day >= today, QuietTime.place.startswith(here))
            .order_by(QuietTime.day, QuietTime.begins)
        ).all()
        names = {q.place: session.get_one(Place, q.place).name for q in found}
        mine = select(Place).where(
            Place.code.startswith(here), Place.valid_to.is_(None)
        )
        places = [(p.code, p.name) for p in session.scalars(mine.order_by(Place.code))]
    kinds = [(kind, shown_word(f"quiet.{kind}")) for kind in quiet.KINDS]
    return render_template(
        "fieldwork/quiet.html",
        typed=typed,
        found=found,
        names=names,
        places=places,
        kinds=kinds,
        hour=clock,
    )


def _inside(session: Session, place: str) -> None:
    if not place.startswith(acting().place) or session.get(Place, place) is None:
        raise NotFound(mark("没有这个地方，或者不在您的范围里。"))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(mark("日期写成 2026-06-07 这样。")) from None


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None
