"""All tables of a campaign's report: people, then cost and replies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from campaigns.fieldwork.answering import Answers, summed
from campaigns.reporting import cost
from campaigns.reporting.statistics import CampaignStatistics
from campaigns.reporting.tables import Table, tables
from campaigns.words import word


def report_tables(
    statistics: CampaignStatistics,
    names: Mapping[str, str],
    language: str = "zh",
    answers: Iterable[Answers] = (),
) -> dict[str, Table]:
    """Every table by its key; ``names`` are place names by code."""
    made = tables(statistics, names, language)
    if statistics.parts or statistics.alert_parts:
        made["cost"] = _cost(statistics, names, language)
    if every := list(answers):
        made["replies"] = _replies(every, language)
    return made


def _cost(
    statistics: CampaignStatistics, names: Mapping[str, str], language: str
) -> Table:
    """The whole, divided by the way it went and once more by township."""
    say = partial(word, language=language)
    found = [
        ("channel", say(f"channel_{channel.value}"), spent)
        for channel, spent in cost.by_channel(statistics).items()
    ]
    for place, spent in cost.by_township(statistics).items():
        name = names.get(place, place) if place else say("figure.other_townships")
        found.append(("township", name, spent))
    rows = tuple(
        (say(by), name, spent.parts, float(spent.yuan)) for by, name, spent in found
    )
    header = (say("figure.divided_by"), say("figure.item"), say("parts"), say("cost"))
    parts = statistics.parts + statistics.alert_parts
    whole = (say("figure.total"), "", parts, float(statistics.cost))
    return Table(say("cost"), header, rows, whole, named=2)


def _replies(answers: list[Answers], language: str) -> Table:
    """By what they ask for: all, closed and waiting."""
    rows = tuple(
        (word(f"wish.{each.wish.value}", language), each.n, each.closed, each.waiting)
        for each in answers
    )
    codes = ("reply.asks", "figure.count", "reply.closed", "reply.waiting")
    n, waiting = summed(answers)
    total = (word("figure.total", language), n, n - waiting, waiting)
    header = tuple(word(code, language) for code in codes)
    return Table(word("nav.replies", language), header, rows, total)
