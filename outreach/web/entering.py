"""What a village account hears, or a township enters for a village, and its codes."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

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
from campaigns.fieldwork import deeds, village_pages
from campaigns.fieldwork.playing import Way
from campaigns.fieldwork.village_pages import Card, VillageRow
from campaigns.register.place_names import spoken
from campaigns.register.scope import villages
from campaigns.shanghai import day_of, midnight
from campaigns.vocabulary import MissedReason
from outreach import access
from outreach.access import Action
from outreach.web import played_form, village_files, village_link
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, wired, writing
from outreach.web.languages import shown_word
from outreach.web.noting import noted
from outreach.web.village import code_of

bp = Blueprint("entering", __name__, url_prefix="/fieldwork")
_LINK_DAYS = 180
_LOG_DAYS = 7


@bp.get("/villages/<int:announcement_id>")
@needs(Action.REPORT_PLAYED)
def ask(announcement_id: int) -> str:
    """One village's announcement: the sound, and what to tell about it."""
    return _page(announcement_id, Typed(deed="played", repeats="2", means="usb"))


@bp.post("/villages/<int:announcement_id>")
@needs(Action.REPORT_PLAYED)
def enter(announcement_id: int) -> Answer | tuple[str, int]:
    """Keep what was told; by paper or telephone when somebody else enters it."""
    row, _card = _mine(announcement_id)
    typed = Typed()
    typed.choice("way", {*Way}, _("请选是怎么知道的。"))
    if typed["deed"] == "missed":
        typed.choice("reason", {*MissedReason}, _("请选为什么没播成。"))
    if typed:
        with typed.catching(), writing() as session:
            _enter(session, announcement_id, typed)
            told = "enter_missed" if typed["deed"] == "missed" else "enter_played"
            noted(session, told, f"announcement:{announcement_id}")
    if typed:
        flash(_("已登记：%(village)s。", village=spoken(row.village_name)), "good")
        return redirect(url_for("fieldwork.show", campaign_id=row.campaign_id), 303)
    return _page(announcement_id, typed), 422


@bp.get("/villages/<int:announcement_id>/listen.mp3")
@needs(Action.DOWNLOAD_AUDIO)
def listen(announcement_id: int) -> Response:
    """The sound for the page's player."""
    return village_files.clip(_mine(announcement_id)[1])


@bp.get("/villages/<int:announcement_id>/download.mp3")
@needs(Action.DOWNLOAD_AUDIO)
def download(announcement_id: int) -> Response:
    """The sound as a file."""
    row, card = _mine(announcement_id)
    return village_files.clip(card, save=True, sent=_counting(row))


@bp.get("/villages/<int:announcement_id>/pack.zip")
@needs(Action.DOWNLOAD_AUDIO)
def pack(announcement_id: int) -> Response:
    """The village's pack."""
    row, card = _mine(announcement_id)
    sent = _counting(row)
    return village_files.pack(
        card, spoken(row.village_name), row.township_name, sent=sent
    )


@bp.get("/links")
@needs(Action.SIGN_OFF)
def links() -> str:
    """Each village's address, as text for its group and as a code for paper."""
    until = day_of(now()) + timedelta(days=_LINK_DAYS)
    with reading() as session:
        found = villages(session, access.scope(acting()))
    listed = []
    for code, village, township in found:
        token = village_link.mint(code, until, wired().signer)
        address = wired().settings.own_url + url_for("village.show", token=token)
        listed.append((township, village, address, code_of(token)))
    return render_template("fieldwork/links.html", links=listed, until=until)


@bp.get("/log")
@needs(Action.READ_FIELDWORK)
def log() -> str:
    """The play log of the last days."""
    today = day_of(now())
    since = midnight(today - timedelta(days=_LOG_DAYS))
    with reading() as session:
        places = access.scope(acting()).places
        lines = village_pages.play_log(session, places, since, now())
    shown = [line for line in lines if line.deed in {"played", "missed", "signed"}]
    return render_template("fieldwork/log.html", lines=shown, days=_LOG_DAYS)


def _enter(session: Session, announcement_id: int, typed: Typed) -> None:
    way, actor = typed["way"], acting().shown_as
    if typed["deed"] == "missed":
        deeds.record_missed(
            session,
            announcement_id,
            typed["reason"],
            way=way,
            actor=actor,
            remark=typed["remark"],
            now=now(),
        )
        return
    play = played_form.read_play(request.form)
    deeds.record_played(session, announcement_id, play, way=way, actor=actor, now=now())


def _mine(announcement_id: int) -> tuple[VillageRow, Card]:
    """An announcement inside one's places. Raises NotFound."""
    with reading() as session:
        found = deeds.get_announcement(session, announcement_id)
        places = access.scope(acting()).places
        rows = village_pages.for_places(session, places, found.campaign_id)
        cards = village_pages.for_village(session, found.village, now())
    row = next((r for r in rows if r.announcement_id == announcement_id), None)
    card = next((c for c in cards if c.id == announcement_id), None)
    if row is None or card is None:
        raise NotFound(mark("没有这条广播，或者不在您的范围里。"))
    return row, card


def _counting(row: VillageRow) -> partial[None]:
    return partial(
        village_files.count_download,
        wired(),
        row.announcement_id,
        Way.ACCOUNT,
        acting().shown_as,
    )


def _page(announcement_id: int, typed: Typed) -> str:
    row, card = _mine(announcement_id)
    reasons = [(r.value, shown_word(f"missed.{r.value}")) for r in MissedReason]
    ways = [
        (Way.ACCOUNT.value, _("我就是这个村的")),
        (Way.PAPER.value, _("照签字的播放单代登")),
        (Way.PHONE.value, _("村里来电话说的")),
    ]
    return render_template(
        "fieldwork/entry.html",
        row=row,
        card=card,
        typed=typed,
        ticked=typed.all("slots"),
        slots=played_form.slots(),
        means=played_form.means_of_playing(),
        reasons=reasons,
        ways=ways,
    )
