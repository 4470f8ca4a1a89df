"""A campaign's result as one paragraph that can be read out in a meeting."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

from campaigns.reporting.statistics import CampaignStatistics
from campaigns.shanghai import SHANGHAI
from campaigns.vocabulary import Channel

_SAY = {
    "audience": ("发送名单 {n} 人", "{n} people in the audience"),
    "reached": (
        (
            "联系上 {n} 人（短信送达且适合本人 {delivered} 人，"
            "已确认联系上 {contacted} 人），到达率 {rate}"
        ),
        (
            "{n} reached ({delivered} delivered where that suits, {contacted} "
            "confirmed by a person), {rate} of the audience"
        ),
    ),
    "family": ("在家人处 {n} 人", "{n} whose family was told"),
    "to_visit": ("转走访 {n} 人", "{n} to visit"),
    "attempted": ("发过未到 {n} 人", "{n} attempted and not reached"),
    "refused": ("拒收 {n} 人", "{n} refused"),
    "not_applicable": ("已不在册 {n} 人", "{n} no longer on the register"),
    "waiting": ("还在等回执 {n} 人", "{n} waiting for a receipt"),
    "sum": ("各项相加等于发送名单人数", "together these are the audience"),
    "villages": (
        "大喇叭应播 {due} 个村，已播 {played} 个，没播 {missed} 个，覆盖率 {rate}",
        (
            "of {due} villages due, {played} played it and {missed} missed it, "
            "coverage {rate}"
        ),
    ),
    "messages": (
        "短信提交 {submitted} 条，计费 {parts} 条，费用约 {cost} 元",
        "{submitted} messages submitted, {parts} billed parts, about {cost} yuan",
    ),
    "calls": (
        "语音电话打出 {called} 个，有人接听 {answered} 个，按键确认听到 {pressed} 个",
        (
            "{called} voice calls placed, {answered} answered by a person, {pressed} "
            "of them confirmed with a key"
        ),
    ),
    "as_of": ("截至 {moment}", "as of {moment}"),
    "not_yet": ("暂无", "none yet"),
}
_PARTS = ("family", "to_visit", "attempted", "refused", "not_applicable", "waiting")


def paragraph(statistics: CampaignStatistics, language: str = "zh") -> str:
    """The figures in sentences; ``language`` is ``zh`` or ``en``.

    A share never stands alone, and the parts of the audience add up.
    """
    stop, gap = ("。", "") if language == "zh" else (".", " ")
    sentences = [
        *_people(statistics, language),
        *_villages(statistics, language),
        *_messages(statistics, language),
        *_as_of(statistics, language),
    ]
    return gap.join(f"{_capital(sentence)}{stop}" for sentence in sentences)


def percent(share: float | None, language: str = "zh") -> str:
    """A share with one decimal, never rounded up, or that there is none yet."""
    if share is None:
        return _say("not_yet", language)
    return f"{floor(share * 1000) / 10:.1f}%"


def _people(statistics: CampaignStatistics, language: str) -> Iterator[str]:
    everybody = statistics.everybody
    yield _say("audience", language, n=everybody.audience)
    yield _say(
        "reached",
        language,
        n=everybody.reached,
        delivered=everybody.delivered_suitable,
        contacted=everybody.contacted,
        rate=percent(everybody.rate, language),
    )
    comma = "，" if language == "zh" else ", "
    numbers = {name: getattr(everybody, name) for name in _PARTS}
    named = [_say(name, language, n=n) for name, n in numbers.items() if n]
    yield comma.join([*named, _say("sum", language)])


def _villages(statistics: CampaignStatistics, language: str) -> Iterator[str]:
    villages = statistics.villages
    if Channel.LOUDSPEAKER in statistics.channels:
        yield _say(
            "villages",
            language,
            due=villages.due,
            played=villages.played,
            missed=villages.missed,
            rate=percent(villages.coverage, language),
        )


def _messages(statistics: CampaignStatistics, language: str) -> Iterator[str]:
    if Channel.SMS in statistics.channels:
        yield _say(
            "messages",
            language,
            submitted=statistics.submitted,
            parts=statistics.parts,
            cost=f"{statistics.cost:,.2f}",
        )
    if Channel.VOICE in statistics.channels:
        yield _say(
            "calls",
            language,
            called=statistics.called,
            answered=statistics.answered,
            pressed=statistics.pressed,
        )


def _as_of(statistics: CampaignStatistics, language: str) -> Iterator[str]:
    if statistics.as_of is not None:
        local = statistics.as_of.astimezone(SHANGHAI)
        yield _say("as_of", language, moment=local.strftime("%Y-%m-%d %H:%M"))


def _say(key: str, language: str, **values: int | str) -> str:
    shown = {
        name: f"{value:,}" if isinstance(value, int) else value
        for name, value in values.items()
    }
    return _SAY[key][int(language == "en")].format(**shown)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
