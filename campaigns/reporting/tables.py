"""A campaign's figures as tables, the same for every file they are written to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from campaigns.reporting.paragraph import percent
from campaigns.reporting.people import Figures, People
from campaigns.reporting.statistics import CampaignStatistics
from campaigns.reporting.villages import Villages
from campaigns.vocabulary import Category, Channel, MessageState, Reason
from campaigns.words import word

Value = str | int | float
_PARTS = {
    "figure.delivered_suitable": "delivered_suitable",
    "figure.contacted": "contacted",
    "figure.family": "family",
    "figure.to_visit": "to_visit",
    "figure.attempted": "attempted",
    "figure.refused": "refused",
    "figure.not_applicable": "not_applicable",
    "figure.waiting": "waiting",
}
"""Words of the parts that add up to the audience, and their fields."""

_VILLAGES = {
    "figure.villages_due": "due",
    "figure.villages_played": "played",
    "figure.villages_missed": "missed",
    "figure.villages_downloaded": "downloaded",
    "figure.villages_not_due": "not_due",
    "figure.plays": "plays",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A named table; ``total`` is its last row, 合计, where sums make sense.

    The first ``named`` columns say what a row is of.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: tuple[Value, ...] | None = None
    named: int = 1

    @property
    def parts(self) -> tuple[Any, ...]:
        """What a sheet is written of, in the order in which it wants them."""
        return self.name, self.header, self.rows, self.total, self.named

    @property
    def lines(self) -> tuple[tuple[Value, ...], ...]:
        """All rows with the last one."""
        return self.rows if self.total is None else (*self.rows, self.total)


def tables(
    statistics: CampaignStatistics, names: Mapping[str, str], language: str = "zh"
) -> dict[str, Table]:
    """Every table by its key; ``names`` are place names by code."""
    made = {
        "summary": _summary(statistics, language),
        "by_township": _by_township(statistics, names, language),
        "by_category": _by_category(statistics, language),
        "heat": _heat(statistics, names, language),
        "reasons": _reasons(statistics, language),
    }
    if Channel.VOICE in statistics.channels:
        made["calls"] = _calls(statistics, language)
    if Channel.LOUDSPEAKER in statistics.channels:
        made["villages"] = _villages(statistics, names, language)
    return made


def _summary(statistics: CampaignStatistics, language: str) -> Table:
    say = partial(word, language=language)
    everybody, villages = statistics.everybody, statistics.villages
    rows: list[tuple[Value, ...]] = [
        (say("figure.audience"), everybody.audience),
        (say("figure.reached"), everybody.reached),
        *((say(code), getattr(everybody, name)) for code, name in _PARTS.items()),
        (say("figure.reached_rate"), percent(everybody.rate, language)),
        (say("figure.messages"), statistics.submitted),
        (say("figure.copies"), statistics.to_guardians),
        (say("figure.delivery_rate"), percent(statistics.delivery_rate, language)),
        (say("parts"), statistics.parts),
        (say("cost"), float(statistics.cost)),
    ]
    if Channel.VOICE in statistics.channels:
        calls = (
            ("figure.calls", statistics.called),
            ("figure.calls_answered", statistics.answered),
            ("figure.calls_pressed", statistics.pressed),
        )
        rows += [(say(code), n) for code, n in calls]
    if Channel.LOUDSPEAKER in statistics.channels:
        pairs = _VILLAGES.items()
        rows += [(say(code), getattr(villages, name)) for code, name in pairs]
        rate = percent(villages.coverage, language)
        rows.append((say("figure.coverage_rate"), rate))
    header = (say("figure.item"), say("figure.count"))
    return Table(say("report_summary"), header, tuple(rows))


def _by_township(
    statistics: CampaignStatistics, names: Mapping[str, str], language: str
) -> Table:
    rows = (
        (names.get(code, code), people)
        for code, people in statistics.by_township.items()
    )
    first = word("township", language)
    return _people("report_by_township", first, rows, statistics.everybody, language)


def _by_category(statistics: CampaignStatistics, language: str) -> Table:
    rows = (
        (word(f"category_{int(category)}", language), people)
        for category, people in statistics.by_category.items()
    )
    first = word("category", language)
    return _people("report_by_category", first, rows, statistics.everybody, language)


def _people(
    code: str,
    first: str,
    rows: Iterable[tuple[str, People | Figures]],
    everybody: People,
    language: str,
) -> Table:
    say = partial(word, language=language)
    header = (
        first,
        say("figure.people"),
        say("figure.reached"),
        say("figure.reached_rate"),
        *map(say, _PARTS),
    )
    lines = tuple(_line(name, people, language) for name, people in rows)
    total = _line(say("figure.total"), everybody, language)
    return Table(say(code), header, lines, total)


def _line(name: str, people: People | Figures, language: str) -> tuple[Value, ...]:
    counts = (people.audience, people.reached)
    parts = (getattr(people, field) for field in _PARTS.values())
    return (
        name,
        *map(_shown, counts),
        percent(people.rate, language),
        *map(_shown, parts),
    )


def _shown(n: int | None) -> Value:
    return word("figure.left_out") if n is None else n


def _heat(
    statistics: CampaignStatistics, names: Mapping[str, str], language: str
) -> Table:
    """Reached / people for each township and category; empty where there is nobody."""
    say = partial(word, language=language)
    header = (say("township"), *(say(f"category_{int(it)}") for it in Category))
    rows = tuple(
        (
            names.get(place, place),
            *(_share(statistics.heat.get((place, category))) for category in Category),
        )
        for place in statistics.by_township
    )
    bottom = (_share(statistics.by_category.get(category)) for category in Category)
    return Table(say("report_heat"), header, rows, (say("figure.total"), *bottom))


def _share(people: People | Figures | None) -> str:
    return f"{_shown(people.reached)}/{_shown(people.audience)}" if people else ""


def _reasons(statistics: CampaignStatistics, language: str) -> Table:
    say = partial(word, language=language)
    rows = tuple(
        (say(row.state.word), say(f"reason.{row.reason.value}"), row.n)
        for row in statistics.reasons
    )
    total = (say("figure.total"), "", sum(row.n for row in statistics.reasons))
    header = (say("state"), say("reason"), say("figure.count"))
    return Table(say("report_reasons"), header, rows, total)


def _calls(statistics: CampaignStatistics, language: str) -> Table:
    """Every call by state and reason; without a reason too, so that they add up."""
    say = partial(word, language=language)
    why = [(row.state, row.reason, row.n) for row in statistics.call_reasons]
    told = Counter[str]()
    for state, _, n in why:
        told[state.name.lower()] += n
    plain = [
        (MessageState[name.upper()], Reason.NONE, n - told[name])
        for name, n in statistics.calls.items()
        if n > told[name]
    ]
    rows = tuple(
        (say(state.word), say(f"reason.{reason.value}") if reason else "", n)
        for state, reason, n in sorted([*plain, *why], reverse=True)
    )
    total = (say("figure.total"), "", sum(statistics.calls.values()))
    header = (say("state"), say("reason"), say("figure.count"))
    return Table(say("report_calls"), header, rows, total)


def _villages(
    statistics: CampaignStatistics, names: Mapping[str, str], language: str
) -> Table:
    say = partial(word, language=language)
    header = (say("township"), *map(say, _VILLAGES), say("figure.coverage_rate"))
    rows = tuple(
        _village_line(names.get(code, code), villages, language)
        for code, villages in statistics.villages_by_township.items()
    )
    total = _village_line(say("figure.total"), statistics.villages, language)
    return Table(say("report_villages"), header, rows, total)


def _village_line(name: str, villages: Villages, language: str) -> tuple[Value, ...]:
    counts = (getattr(villages, field) for field in _VILLAGES.values())
    return (name, *counts, percent(villages.coverage, language))
