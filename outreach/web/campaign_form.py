"""A campaign's decisions as the form asks for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from campaigns.audience import segments, selection
from campaigns.audience.models import Segment
from campaigns.audience.rules import in_words
from campaigns.bulletins import listing
from campaigns.planning.drafting import CHANNELS, Plan
from campaigns.planning.models import Campaign
from campaigns.register.places import names_by_code
from campaigns.register.practice import CARRIER
from campaigns.register.unit import current_unit
from campaigns.shanghai import SHANGHAI
from campaigns.vocabulary import Channel
from outreach import access
from outreach.previews import Progress
from outreach.providers import NAMES, lacking, mute
from outreach.web.forms import Typed
from outreach.web.four_forms import Sound
from outreach.web.frame import day, practising
from outreach.web.gate import acting, now, wired
from outreach.web.languages import clock, language, sentence, shown_word

_FORM_TIME = "%Y-%m-%dT%H:%M"


def blank(session: Session, version: str) -> Typed:
    """A new campaign: texts and loudspeakers, the settings' provider, at once.

    Calls cost most and are listened to first: whoever wants them ticks them.
    """
    found = listing.usable(session, now(), acting().categories)
    only = str(found[0].version_id) if len(found) == 1 else ""
    return Typed(
        version_id=version or only,
        channels=f"{Channel.SMS},{Channel.LOUDSPEAKER}",
        provider=_usual(),
        when="now",
    )


def filled(campaign: Campaign) -> Typed:
    """A draft's decisions."""
    return Typed(
        name=campaign.name,
        version_id=campaign.version_id,
        segment_id=campaign.segment_id,
        channels=",".join(campaign.channels),
        provider=campaign.provider,
        when="at" if campaign.starts_at else "now",
        starts_at=_shown(campaign.starts_at),
        send_before=_shown(campaign.send_before),
        resend_absent="1" if campaign.resend_absent else "",
    )


def choices(session: Session) -> dict[str, Any]:
    """Every option of the form, with the sentence beside it."""
    texts = listing.usable(session, now(), acting().categories)
    return {
        "versions": [(row.version_id, row.title, _about(row)) for row in texts],
        "segments": _segments(session),
        "channels": [(c.value, shown_word(f"channel_{c.value}")) for c in _channels()],
        "uncalled": uncalled(_usual()),
        "providers": _providers(),
        "window": _window(session),
    }


def read_plan(session: Session, typed: Typed) -> Plan:
    """What was decided; sentences in ``typed.errors`` where it cannot be."""
    usable = listing.usable(session, now())
    versions = {str(row.version_id): row.title for row in usable}
    known = {str(each.id) for each in usable_segments(session)}
    version = typed.choice("version_id", versions, _("选一篇已签发的文稿。"))
    segment = typed.choice("segment_id", known, _("选一个人群。"))
    ready = [code for code, *_rest in _providers()]
    provider = typed.choice("provider", ready, _("选一个通道。"))
    channels = typed.all("channels")
    if Channel.VOICE in channels and (why := uncalled(provider)):
        typed.wrong("channels", why)
    return Plan(
        name=typed.text("name", longest=60) or versions.get(version, "")[:60],
        version_id=int(version or 0) if typed else 0,
        segment_id=int(segment or 0) if typed else 0,
        channels=channels,
        provider=provider,
        starts_at=_moment(typed, "starts_at") if typed["when"] == "at" else None,
        send_before=_moment(typed, "send_before", asked=False),
        resend_absent=typed.ticked("resend_absent"),
    )


def read_heard(typed: Typed, call: Sound) -> None:
    """Who listened to what calls play: only once there is something to hear."""
    if call.progress != Progress.READY:
        typed.wrong("heard_by", _("打电话放的录音还没有录好。先录好、听过，再批准。"))
    typed.text("heard_by", _("写明是谁试听的。"), longest=60)


def uncalled(provider: str) -> str:
    """Why ``provider`` places no calls here, in a sentence; empty where it does."""
    if provider not in NAMES:
        return ""
    why = mute(provider, wired().settings)
    return sentence(why) if why else ""


def _usual() -> str:
    """The provider of new campaigns."""
    return CARRIER if practising() else wired().settings.provider


def _channels() -> list[Channel]:
    """What can be chosen here: calls where one provider that is ready places them."""
    calls = any(not uncalled(name) for name, *_rest in _providers())
    return [each for each in CHANNELS if each is not Channel.VOICE or calls]


def usable_segments(session: Session) -> list[Segment]:
    """Segments of one's own categories: an association writes to its members only."""
    own = acting().categories
    rules = (
        (each, segments.rule_of(session, each))
        for each in segments.list_segments(session)
    )
    return [each for each, rule in rules if not own or rule.within(own) == rule]


def _segments(session: Session) -> list[tuple[int, str, str]]:
    names = names_by_code(session, current_unit(session).place_code)
    usable, found = usable_segments(session), []
    rules = [segments.rule_of(session, segment) for segment in usable]
    totals = selection.sizes(session, rules, access.scope(acting()), now())
    for segment, rule, total in zip(usable, rules, totals, strict=True):
        words = in_words(rule, names, language())
        about = _("%(total)s 人；%(rule)s", total=f"{total:,}", rule=words)
        found.append((segment.id, segment.name, about))
    return found


def _about(row: listing.BulletinRow) -> str:
    return _(
        "%(urgency)s；短信 %(parts)s 条；有效期至 %(day)s",
        urgency=shown_word(f"urgency.{row.urgency.value}"),
        parts=row.parts if row.parts is not None else "–",
        day=day(row.valid_until),
    )


def _providers() -> list[tuple[str, str, str]]:
    """Each provider that can be used, its name, and what to know about it."""
    settings = wired().settings
    about = {
        "simulator": _("练习和演示用，不会真的发出去。"),
        "twilio": _("境外通道，先要在“境外线路”页批准。"),
        "aliyun": _("文稿的模板先在阿里云报备，通过以后才能发。"),
        "mas": _("中国移动的政企接口。"),
        "yixintong": _("中国联通的政企接口，没有回执：发出的都按“无回执”算。"),
        "portal_file": _("导出号码文件，到运营商网页上发，再把结果传回来。"),
    }
    names = (CARRIER,) if practising() else NAMES
    ready = [name for name in names if lacking(name, settings) is None]
    return [(name, shown_word(f"provider.{name}"), about[name]) for name in ready]


def _window(session: Session) -> str:
    unit = current_unit(session)
    return f"{clock(unit.window_from)}–{clock(unit.window_to)}"


def _moment(typed: Typed, name: str, *, asked: bool = True) -> datetime | None:
    text = typed[name].strip()
    if not text and not asked:
        return None
    try:
        return datetime.strptime(text, _FORM_TIME).replace(tzinfo=SHANGHAI)
    except ValueError:
        typed.wrong(name, _("请写成 2026-11-25T16:00 的样子。"))
        return None


def _shown(moment: datetime | None) -> str:
    return moment.astimezone(SHANGHAI).strftime(_FORM_TIME) if moment else ""
