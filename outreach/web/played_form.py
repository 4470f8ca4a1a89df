"""What a village tells about a day's playing, from its link or entered for it."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from campaigns.errors import Refused, mark
from campaigns.fieldwork.playing import Play
from campaigns.shanghai import day_of
from campaigns.vocabulary import MissedReason
from outreach.recording import USUAL_SLOTS
from outreach.web.forms import row_number
from outreach.web.gate import now

OTHER_SLOT = "other"
_MOST_REPEATS = 20


def read_play(form: MultiDict[str, str]) -> Play:
    """A day's playing. Raises Refused for a number that is none."""
    today = day_of(now())
    ago = 1 if form.get("day") == "yesterday" else 0
    known = (*USUAL_SLOTS, OTHER_SLOT)
    repeats = form.get("repeats", "").strip()
    played = row_number(repeats)
    if played > _MOST_REPEATS or not repeats.isdecimal():
        raise Refused(mark("遍数写 1 到 %(most)s。"), most=_MOST_REPEATS)
    means = form.get("means", "usb")
    return Play(
        day=today - timedelta(days=ago),
        slots=tuple(slot for slot in known if slot in form.getlist("slots")),
        repeats=played,
        means=means if means in dict(means_of_playing()) else "usb",
    )


def as_typed(play: Play | None) -> MultiDict[str, str]:
    """The form as it would have been filled in to tell ``play``, or as it begins."""
    today = day_of(now())
    if play is None or not today - timedelta(days=1) <= play.day <= today:
        return MultiDict({"day": "today", "repeats": "2", "means": "usb"})
    typed = {"day": "today" if play.day == today else "yesterday"}
    typed |= {"repeats": str(play.repeats), "means": play.means}
    return MultiDict([*typed.items(), *(("slots", slot) for slot in play.slots)])


def slots() -> list[tuple[str, str]]:
    """The usual times of the day, and any other."""
    return [*((slot, slot) for slot in USUAL_SLOTS), (OTHER_SLOT, _("别的时间"))]


def means_of_playing() -> list[tuple[str, str]]:
    """By what it was played."""
    return [
        ("usb", _("U盘")),
        ("phone", _("手机")),
        ("microphone", _("对着话筒读")),
        ("platform", _("广播平台")),
    ]


def people() -> list[tuple[str, str]]:
    """Who may have played it."""
    return [
        ("cadre", _("村干部")),
        ("committee", _("专职委员")),
        ("grid", _("网格员")),
        ("volunteer", _("志愿者")),
    ]


def reasons() -> list[MissedReason]:
    """Why it was not played."""
    return list(MissedReason)
