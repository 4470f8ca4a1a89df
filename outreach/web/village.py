"""A village's own page: signed address, no account, no script, nobody's details."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from campaigns.errors import CampaignError
from campaigns.fieldwork import announcements, deeds, village_pages
from campaigns.fieldwork.playing import Way
from campaigns.shanghai import day_of
from campaigns.vocabulary import AnnouncementState
from outreach.access import Action, Bearer
from outreach.web import played_form, village_files
from outreach.web.gate import needs_link, now, reading, wired, writing
from outreach.web.languages import sentence
from outreach.web.noting import noted
from outreach.web.qr import qr_code
from outreach.web.village_opened import Where, card, closed, where

bp = Blueprint("village", __name__, url_prefix="/v")
_WECHAT = "MicroMessenger"
_DONE = {AnnouncementState.PLAYED, AnnouncementState.SIGNED}
_CLOSED = {*_DONE, AnnouncementState.WITHDRAWN, AnnouncementState.NOT_DUE}

bp.register_error_handler(CampaignError, closed)


@bp.get("/<token>")
@needs_link(Action.READ_FIELDWORK)
def show(token: str) -> str:
    """What the village has to play."""
    with reading() as session:
        place = where(session, token)
        cards = village_pages.for_village(session, place.code, now())
    return render_template(
        "village/show.html",
        token=token,
        place=place,
        cards=cards,
        due=sum(each.state not in _CLOSED for each in cards),
        packed=[each for each in cards if each.pack and not each.withdrawn_at],
        slots=_("、").join(slot for slot, _label in played_form.slots()[:-1]),
        thanks=request.args.get("thanks"),
        today=day_of(now()),
        in_wechat=_WECHAT in request.user_agent.string,
    )


@bp.get("/<token>/<int:announcement_id>/listen.mp3")
@needs_link(Action.DOWNLOAD_AUDIO)
def listen(token: str, announcement_id: int) -> Response:
    """The sound, for the player of the page; listening is no download."""
    return village_files.clip(card(token, announcement_id)[1])


@bp.get("/<token>/<int:announcement_id>/download.mp3")
@needs_link(Action.DOWNLOAD_AUDIO)
def download(token: str, announcement_id: int) -> Response:
    """The sound as a file, counted once its last byte was sent."""
    place, found = card(token, announcement_id)
    return village_files.clip(found, save=True, sent=_counting(announcement_id, place))


@bp.get("/<token>/<int:announcement_id>/pack.zip")
@needs_link(Action.DOWNLOAD_AUDIO)
def pack(token: str, announcement_id: int) -> Response:
    """Everything for the memory stick in one file."""
    place, found = card(token, announcement_id)
    counting = _counting(announcement_id, place)
    return village_files.pack(found, place.name, place.township, sent=counting)


@bp.get("/<token>/<int:announcement_id>/played")
@needs_link(Action.REPORT_PLAYED, Bearer.DUTY)
def played(token: str, announcement_id: int) -> str:
    """Ask when and how often it was played."""
    return _ask_played(token, announcement_id)


@bp.post("/<token>/<int:announcement_id>/played")
@needs_link(Action.REPORT_PLAYED, Bearer.DUTY)
def confirm(token: str, announcement_id: int) -> Answer | tuple[str, int]:
    """Keep what the village told; telling it again changes it."""
    card(token, announcement_id)
    who = _who()
    try:
        play = played_form.read_play(request.form)
        with writing() as session:
            deeds.record_played(
                session, announcement_id, play, way=Way.LINK, actor=who, now=now()
            )
            noted(session, "tell_played", f"announcement:{announcement_id}")
    except CampaignError as error:
        return _ask_played(token, announcement_id, sentence(error)), 422
    return _thanks(token, announcement_id)


@bp.get("/<token>/<int:announcement_id>/missed")
@needs_link(Action.REPORT_PLAYED, Bearer.DUTY)
def missed(token: str, announcement_id: int) -> str:
    """Ask why it was not played."""
    return _ask_missed(token, announcement_id)


@bp.post("/<token>/<int:announcement_id>/missed")
@needs_link(Action.REPORT_PLAYED, Bearer.DUTY)
def explain(token: str, announcement_id: int) -> Answer | tuple[str, int]:
    """Keep why it was not played."""
    card(token, announcement_id)
    reason = request.form.get("reason", "")
    remark = request.form.get("remark", "")[:100]
    try:
        with writing() as session:
            deeds.record_missed(
                session,
                announcement_id,
                reason if reason in played_form.reasons() else "other",
                way=Way.LINK,
                remark=remark,
                now=now(),
            )
            noted(session, "tell_missed", f"announcement:{announcement_id}")
    except CampaignError as error:
        return _ask_missed(token, announcement_id, sentence(error)), 422
    return _thanks(token, announcement_id)


@bp.post("/<token>/<int:announcement_id>/deleted")
@needs_link(Action.REPORT_PLAYED, Bearer.DUTY)
def delete(token: str, announcement_id: int) -> Answer:
    """Keep that a withdrawn clip is gone from the memory stick."""
    card(token, announcement_id)
    with writing() as session:
        announcements.told_of_withdrawal(session, announcement_id, now=now())
        noted(session, "tell_deleted", f"announcement:{announcement_id}")
    return _thanks(token, announcement_id)


@bp.get("/<token>/sheet")
@needs_link(Action.DOWNLOAD_AUDIO)
def sheet(token: str) -> str:
    """The play sheet, for paper, with a code that opens this page."""
    with reading() as session:
        place = where(session, token)
        cards = village_pages.for_village(session, place.code, now())
    return render_template(
        "village/sheet.html",
        token=token,
        place=place,
        cards=[each for each in cards if each.clip and not each.withdrawn_at],
        file_name=village_files.file_name,
        slots=[slot for slot, _label in played_form.slots()[:-1]],
        today=day_of(now()),
        code=code_of(token),
    )


def code_of(token: str) -> Markup | None:
    """The QR code of a village's page; None without an address people can reach."""
    if not wired().settings.public_url:
        return None
    address = wired().settings.own_url + url_for("village.show", token=token)
    return qr_code(address)


def _thanks(token: str, announcement_id: int) -> Answer:
    return redirect(url_for("village.show", token=token, thanks=announcement_id), 303)


def _counting(announcement_id: int, place: Where) -> partial[None]:
    wiring = wired()
    return partial(
        village_files.count_download, wiring, announcement_id, Way.LINK, place.code
    )


def _ask_played(token: str, announcement_id: int, fault: str = "") -> str:
    place, found = card(token, announcement_id)
    return render_template(
        "village/played.html",
        token=token,
        place=place,
        card=found,
        fault=fault,
        given=request.form or played_form.as_typed(found.told),
        slots=played_form.slots(),
        means=played_form.means_of_playing(),
        people=played_form.people(),
    )


def _ask_missed(token: str, announcement_id: int, fault: str = "") -> str:
    place, found = card(token, announcement_id)
    return render_template(
        "village/missed.html",
        token=token,
        place=place,
        card=found,
        fault=fault,
        given=request.form,
        reasons=played_form.reasons(),
    )


def _who() -> str:
    return dict(played_form.people()).get(request.form.get("who", ""), "")
