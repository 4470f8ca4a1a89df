"""Announcements of one's own places: what was played, signing off, withdrawing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.errors import NotFound, mark
from campaigns.fieldwork import announcements, deeds, village_pages
from campaigns.fieldwork.side_by_side import Heard, side_by_side
from campaigns.fieldwork.village_pages import VillageRow
from campaigns.register.place_names import spoken
from campaigns.vocabulary import AnnouncementState
from outreach import access
from outreach.access import Action
from outreach.web.charts import Part, squares
from outreach.web.drawing import Caption
from outreach.web.forms import Typed, row_number
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.languages import shown_word
from outreach.web.noting import noted

bp = Blueprint("fieldwork", __name__, url_prefix="/fieldwork")

_S = AnnouncementState
_MARKS = {
    _S.PLAYED: ("good", "✓"),
    _S.SIGNED: ("good", "✓"),
    _S.DOWNLOADED: ("sent", "↓"),
    _S.MISSED: ("bad", "✕"),
    _S.NOT_DUE: ("off", "–"),
    _S.WITHDRAWN: ("off", "–"),
    _S.PREPARED: ("open", ""),
    _S.ALERTED: ("open", ""),
}
_MOST = 50
_SIGNABLE = {_S.PLAYED, _S.MISSED, _S.NOT_DUE}


@dataclass(frozen=True, slots=True)
class Broadcast(Heard):
    """One campaign on the loudspeakers of the reader's places, village by village."""

    rows: list[VillageRow] = field(default_factory=list)


bp.add_app_template_filter(spoken, "village")


@bp.get("/")
@needs(Action.READ_FIELDWORK)
def index() -> str:
    """Every broadcast of one's places."""
    with reading() as session:
        broadcasts = side_by_side(session, access.scope(acting()).places)
    return render_template("fieldwork/index.html", broadcasts=broadcasts)


@bp.get("/announcements/<int:campaign_id>")
@needs(Action.READ_FIELDWORK)
def show(campaign_id: int) -> str:
    """One broadcast, village by village."""
    with reading() as session:
        broadcast = opened(session, campaign_id)
        whole = _all_mine(session, broadcast)
    towns = _towns(broadcast.rows) if len(broadcast.rows) > 1 else []
    chosen, rows = _chosen(broadcast.rows)
    return render_template(
        "fieldwork/show.html",
        broadcast=broadcast,
        towns=towns,
        chosen=chosen,
        rows=rows,
        signable={row.announcement_id for row in rows if row.state in _SIGNABLE},
        whole=whole,
    )


@bp.post("/announcements/<int:campaign_id>/sign")
@needs(Action.SIGN_OFF)
def sign(campaign_id: int) -> Response:
    """Sign for the ticked villages."""
    with writing() as session:
        known = {row.announcement_id for row in opened(session, campaign_id).rows}
        ticked = {row_number(n) for n in request.form.getlist("signed")}
        n = deeds.sign_off(session, ticked & known, by=acting().user_id, now=now())
        noted(session, "sign_off", f"campaign:{campaign_id}")
    said = ngettext("已签认 %(num)s 个村。", "已签认 %(num)s 个村。", n)
    flash(said if n else _("没有勾选可以签认的村。"), "good" if n else "warn")
    town = request.args.get("township") or None
    return redirect(
        url_for("fieldwork.show", campaign_id=campaign_id, township=town), 303
    )


@bp.get("/announcements/<int:campaign_id>/withdraw")
@needs(Action.WITHDRAW)
def ask_withdraw(campaign_id: int) -> str:
    """What withdrawing means, before it is done."""
    with reading() as session:
        broadcast = _whole(session, campaign_id)
    have = [row for row in broadcast.rows if row.downloaded_at or row.played_at]
    return render_template(
        "fieldwork/withdraw.html", broadcast=broadcast, have=have, typed=Typed()
    )


@bp.post("/announcements/<int:campaign_id>/withdraw")
@needs(Action.WITHDRAW)
def withdraw(campaign_id: int) -> str | tuple[str, int]:
    """Withdraw the clip everywhere and list the villages that already have it."""
    typed = Typed()
    with typed.catching("reason"), writing() as session:
        broadcast = _whole(session, campaign_id)
        told = announcements.withdraw(
            session,
            campaign_id,
            reason=typed["reason"],
            by=acting().user_id,
            now=now(),
        )
        noted(session, "withdraw", f"campaign:{campaign_id}")
    if typed:
        return render_template(
            "fieldwork/withdrawn.html", broadcast=broadcast, told=told
        )
    with reading() as session:
        broadcast = _whole(session, campaign_id)
    have = [row for row in broadcast.rows if row.downloaded_at or row.played_at]
    shown = {"broadcast": broadcast, "have": have, "typed": typed}
    return render_template("fieldwork/withdraw.html", **shown), 422


def opened(session: Session, campaign_id: int) -> Broadcast:
    """The broadcast inside one's places. Raises NotFound where there is none."""
    places = access.scope(acting()).places
    rows = village_pages.for_places(session, places, campaign_id)
    if not rows:
        raise NotFound(mark("没有这条广播，或者不在您的范围里。"))
    counts = Counter(row.state.value for row in rows)
    played = sum(row.played_at is not None for row in rows)
    return Broadcast(campaign_id, rows[0].title, counts, played, rows)


def _whole(session: Session, campaign_id: int) -> Broadcast:
    """A broadcast for whoever may withdraw it: all of its villages are theirs."""
    mine = opened(session, campaign_id)
    if not _all_mine(session, mine):
        raise NotFound(mark("这条广播还在别的乡镇播，请县残联撤回。"))
    return mine


def _all_mine(session: Session, mine: Broadcast) -> bool:
    everywhere = village_pages.for_places(session, (), mine.campaign_id)
    return len(everywhere) == len(mine.rows)


def _chosen(rows: list[VillageRow]) -> tuple[str, list[VillageRow]]:
    """The township that the address asks for, and the villages to list.

    Where no township is asked for, all of a few; of many those that did not play.
    """
    asked = request.args.get("township", "")
    found = [row for row in rows if row.township == asked]
    if found:
        return asked, found
    missed = [row for row in rows if row.state is _S.MISSED]
    return "", rows if len(rows) <= _MOST else missed[:_MOST]


def _towns(rows: Iterable[VillageRow]) -> list[tuple[str, str, str, object]]:
    """Each township with the sentence and the squares of its villages."""
    by_town: dict[str, list[VillageRow]] = {}
    for row in rows:
        by_town.setdefault(row.township, []).append(row)
    return [(code, *_town(code, villages)) for code, villages in by_town.items()]


def _town(code: str, villages: list[VillageRow]) -> tuple[str, str, object]:
    name = villages[0].township_name
    played = sum(row.played_at is not None for row in villages)
    said = _("%(played)s / %(due)s 村已播", played=played, due=len(villages))
    parts = [
        Part(row.village_name, 1, *_MARKS[row.state][:1], note=_MARKS[row.state][1])
        for row in villages
    ]
    states = Counter(row.state for row in villages)
    told = "，".join(
        f"{shown_word(f'announcement.{state.value}')} {n}"
        for state, n in states.items()
    )
    return name, said, squares(Caption(f"t{code}", name, told), parts)
