"""A campaign's figures as charts: where people are, the gates, reasons and time."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from campaigns.reporting.people import People
from campaigns.reporting.statistics import CampaignStatistics
from campaigns.vocabulary import Channel, MessageState, Reason
from outreach.web.charts import (
    Chart,
    Moment,
    Part,
    funnel,
    sorted_bars,
    stacked_bar,
    step_line,
)
from outreach.web.drawing import Caption
from outreach.web.frame import moment
from outreach.web.languages import shown_word

_S = MessageState
_TONES = {
    _S.DELIVERED: "good",
    _S.SENT: "sent",
    _S.ACCEPTED: "taken",
    _S.QUEUED: "open",
    _S.SUBMITTING: "open",
    _S.UNDELIVERED: "bad",
    _S.REJECTED: "bad",
    _S.NO_RECEIPT: "warn",
    _S.IN_DOUBT: "doubt",
    _S.SKIPPED: "off",
    _S.CANCELLED: "off",
}
_ORDER = (
    _S.DELIVERED,
    _S.SENT,
    _S.ACCEPTED,
    _S.SUBMITTING,
    _S.QUEUED,
    _S.IN_DOUBT,
    _S.NO_RECEIPT,
    _S.UNDELIVERED,
    _S.REJECTED,
    _S.SKIPPED,
    _S.CANCELLED,
)
_PEOPLE = {
    "delivered_suitable": "good",
    "contacted": "good",
    "family": "warn",
    "waiting": "open",
    "to_visit": "warn",
    "attempted": "warn",
    "refused": "off",
    "not_applicable": "off",
}
_LONGEST_LINE = 24


def states(found: CampaignStatistics, *, linked: bool) -> Chart:
    """Messages by state; every state that has any leads to its people."""
    parts = [
        Part(
            shown_word(state.word),
            n,
            _TONES[state],
            _people(found, Channel.SMS, state=int(state)) if linked else None,
        )
        for state in _ORDER
        if (n := found.messages.get(state.name.lower(), 0))
    ]
    said = _(
        "短信一共 %(n)s 人，每人一行，加起来等于发送名单。", n=f"{found.audience:,}"
    )
    columns = (_("状态"), *_numbers())
    return stacked_bar(Caption("states", _("短信的状态"), said, columns), parts)


def calls(found: CampaignStatistics, *, linked: bool) -> Chart:
    """Calls by what came of them; each leads to its people."""
    sums = Counter(found.calls)
    parts = []
    for row in found.call_reasons:
        sums[row.state.name.lower()] -= row.n
        link = _people(found, Channel.VOICE, row.state, row.reason) if linked else None
        name = shown_word(f"reason.{row.reason.value}")
        parts.append(Part(name, row.n, _TONES[row.state], link))
    for state in _ORDER:
        if n := sums[state.name.lower()]:
            link = _people(found, Channel.VOICE, state) if linked else None
            parts.append(Part(_of_call(state), n, _TONES[state], link))
    said = _(
        "打出 %(called)s 个，由人接听 %(answered)s 个，按键确认听到 %(pressed)s 个。",
        called=f"{found.called:,}",
        answered=f"{found.answered:,}",
        pressed=f"{found.pressed:,}",
    )
    columns = (_("结果"), *_numbers())
    return stacked_bar(
        Caption("calls", shown_word("report_calls"), said, columns), parts
    )


def _of_call(state: MessageState) -> str:
    if state is _S.DELIVERED:
        return shown_word("figure.calls_answered")
    return shown_word(state.word)


def everybody(people: People) -> Chart:
    """The partition of the audience."""
    said = _(
        "联系上 %(reached)s 人：短信送达且本人能看 %(suits)s 人，"
        "加上有人联系上 %(met)s 人。",
        **_reached(people),
    )
    columns = (_("结果"), *_numbers())
    caption = Caption("people", _("人都到哪里了"), said, columns)
    return stacked_bar(caption, _kinds(people))


def people_of_several(people: People) -> Chart:
    """The partition of several audiences together."""
    said = _(
        "联系上 %(reached)s 人次：短信送达且本人能看 %(suits)s 人次，"
        "加上有人联系上 %(met)s 人次。各项相加等于发送名单合计。",
        **_reached(people),
    )
    columns = (_("结果"), shown_word("figure.person_times"), shown_word("figure.share"))
    caption = Caption("people", _("人都到哪里了"), said, columns)
    return stacked_bar(caption, _kinds(people))


def _reached(people: People) -> dict[str, str]:
    return {
        "reached": f"{people.reached:,}",
        "suits": f"{people.delivered_suitable:,}",
        "met": f"{people.contacted:,}",
    }


def _kinds(people: People) -> list[Part]:
    return [
        Part(shown_word(f"figure.{name}"), n, tone)
        for name, tone in _PEOPLE.items()
        if (n := getattr(people, name)) or name in {"delivered_suitable", "contacted"}
    ]


def gates(found: CampaignStatistics) -> Chart:
    """How many people passed each gate on the way to being reached.

    Every gate counts people by their own phones, so that no bar is longer than the
    first; what guardians got is said beside it.
    """
    written = found.audience - sum(found.skipped.values())
    parts = [
        Part(shown_word("figure.audience"), found.audience, "open"),
        Part(_("本人有合适的号码"), written, "open"),
        Part(_("通道收下"), found.taken, "sent"),
        Part(_("本人手机收到"), found.messages.get("delivered", 0), "sent"),
        Part(shown_word("figure.reached"), found.reached, "good"),
    ]
    said = _(
        "名单上 %(all)s 人，最后联系上 %(reached)s 人。"
        "同一个号码只发一次，家里其他人跟着算；另有 %(copies)s 条发给监护人。",
        all=f"{found.audience:,}",
        copies=f"{found.to_guardians:,}",
        reached=f"{found.reached:,}",
    )
    columns = (_("关口"), *_numbers())
    return funnel(Caption("gates", _("漏斗"), said, columns), parts)


def reasons(found: CampaignStatistics, *, linked: bool) -> Chart:
    """Why a text did not arrive, longest first."""
    sums: Counter[tuple[str, Reason]] = Counter()
    for row in found.reasons:
        sums[_tone_of(row.state), row.reason] += row.n
    parts = [
        Part(
            shown_word(f"reason.{reason.value}"),
            n,
            tone,
            _people(found, Channel.SMS, reason=reason) if linked else None,
        )
        for (tone, reason), n in sums.items()
    ]
    total = sum(part.value for part in parts)
    said = _("有 %(n)s 人没有收到短信，原因从多到少排。", n=f"{total:,}")
    columns = (_("原因"), *_numbers())
    caption = Caption("reasons", _("为什么没收到短信"), said, columns)
    return sorted_bars(caption, parts, _("其他原因"))


def over_time(
    found: CampaignStatistics, points: list[tuple[datetime, int]], send_before: datetime
) -> Chart:
    """Delivered so far, and the last moment for sending when it is near."""
    step = max(1, len(points) // _LONGEST_LINE)
    kept = [*points[:-1:step], *points[-1:]]
    moments = [Moment(at, n, moment(at)) for at, n in kept]
    last = f"{moments[-1].value:,}" if moments else "0"
    when = moments[-1].label if moments else "–"
    said = _("到 %(when)s，送达 %(n)s 人。", when=when, n=last)
    caption = Caption("time", _("随时间"), said, (_("时间"), _("送达")))
    late = None
    if moments and send_before <= moments[-1].at + 2 * (moments[-1].at - moments[0].at):
        late = Moment(send_before, 0, _("最晚发送"))
    top = max(found.submitted, moments[-1].value if moments else 0)
    return step_line(caption, moments, top=top, deadline=late)


def _numbers() -> tuple[str, str]:
    return shown_word("figure.people"), shown_word("figure.share")


def _tone_of(state: MessageState) -> str:
    return _TONES.get(state, "off")


def _people(
    found: CampaignStatistics,
    channel: Channel,
    state: int | None = None,
    reason: Reason = Reason.NONE,
) -> str:
    return url_for(
        "messages.people",
        campaign_id=found.campaign_id,
        channel=channel.value,
        state=None if state is None else int(state),
        reason=reason.value or None,
    )
