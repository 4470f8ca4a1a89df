"""The overview of a span as a table, and its workbook: what the page shows, no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

import xlsxwriter

from campaigns.planning.listing import CampaignRow
from campaigns.reporting.definitions import DEFINITIONS
from campaigns.reporting.overview import Overview, summed
from campaigns.reporting.paragraph import percent
from campaigns.reporting.people import KINDS
from campaigns.reporting.sheets import Formats, Heading, minute, write_sheet
from campaigns.reporting.spans import Span
from campaigns.reporting.tables import Table, Value
from campaigns.words import word

Line = tuple[CampaignRow, Overview]
"""A campaign and its figures."""

_DEFINED = (
    "figure.audience",
    "figure.reached",
    "figure.reached_rate",
    "figure.coverage_rate",
    *(f"figure.{kind}" for kind in KINDS),
    "figure.messages",
    "parts",
    "cost",
)


def campaigns_table(lines: Sequence[Line], language: str = "zh") -> Table:
    """One row a campaign, newest first, and their sum."""
    say = partial(word, language=language)
    header = (
        say("campaign"),
        say("state"),
        say("figure.began"),
        say("figure.audience"),
        say("figure.reached"),
        say("figure.reached_rate"),
        say("figure.coverage_rate"),
        say("figure.to_visit"),
        say("figure.refused"),
        say("figure.messages"),
        say("parts"),
        say("cost"),
    )
    rows = tuple(
        (
            row.name,
            say(f"campaign.{row.status.value}"),
            minute(row.launched_at),
            *_figures(found, language),
        )
        for row, found in lines
    )
    whole = summed(found for _, found in lines)
    total = (say("figure.total"), "", "", *_figures(whole, language))
    return Table(say("report_campaigns"), header, rows, total)


def people_table(lines: Sequence[Line], language: str = "zh") -> Table:
    """What became of everybody on the lists of all campaigns; the parts add up."""
    say = partial(word, language=language)
    everybody = summed(found for _, found in lines).everybody
    rows = tuple((say(f"figure.{kind}"), getattr(everybody, kind)) for kind in KINDS)
    header = (say("figure.item"), say("figure.person_times"))
    total = (say("figure.total"), everybody.audience)
    return Table(say("report_summary"), header, rows, total)


def write_overview(  # noqa: PLR0913 - what, where to, whose, of when, in which language
    lines: Sequence[Line],
    to: Path | BinaryIO,
    *,
    span: Span,
    unit: str,
    language: str = "zh",
    translate: Callable[[str], str] = str,
) -> None:
    """Write both tables and how their figures are defined as an XLSX file.

    ``translate`` is as for ``write_workbook``.
    """
    say = partial(word, language=language)
    days = f"{span.first:%Y-%m-%d} – {span.last:%Y-%m-%d}"
    title = f"{unit} {say('report_campaigns')}"
    heading = Heading(title, unit, days, language)
    why: list[tuple[Value, ...]] = [
        (say(code), translate(DEFINITIONS[code])) for code in _DEFINED
    ]
    named = (say("figure.item"), say("figure.definitions"))
    defined = Table(say("figure.definitions"), named, tuple(why))
    with xlsxwriter.Workbook(to, {"in_memory": True}) as workbook:
        formats = Formats.of(workbook)
        made = (campaigns_table(lines, language), people_table(lines, language))
        for table in (*made, defined):
            write_sheet(workbook, formats, heading, *table.parts)


def _figures(found: Overview, language: str) -> tuple[Value, ...]:
    people, villages = found.everybody, found.villages
    return (
        people.audience,
        people.reached,
        percent(people.rate, language),
        percent(villages.coverage, language) if villages.due else "",
        people.to_visit,
        people.refused,
        found.messages,
        found.parts,
        float(found.cost),
    )
