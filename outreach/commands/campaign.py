"""``outreach campaign``: list campaigns, see how far one is, and write its report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from campaigns.delivery import tally
from campaigns.planning.lifecycle import get_campaign
from campaigns.planning.listing import list_campaigns
from campaigns.register.models import Place
from campaigns.register.unit import current_unit
from campaigns.reporting.exporting import write_workbook
from campaigns.reporting.small_cells import guarded
from campaigns.reporting.statistics import CampaignStatistics, campaign_statistics
from outreach.audit import note
from outreach.commands.wired import answer, json_option, open_wiring


@click.group
def campaign() -> None:
    """Look at campaigns."""


@campaign.command("list")
@json_option
def list_all(*, as_json: bool) -> None:
    """Print all campaigns by id, name and state."""
    with open_wiring().database.reading() as session:
        found = {str(c.id): f"{c.name} ({c.status})" for c in list_campaigns(session)}
    answer(found, as_json=as_json)


@campaign.command
@click.argument("campaign_id", type=int)
@json_option
def status(campaign_id: int, *, as_json: bool) -> None:
    """Print how far a campaign is."""
    with open_wiring().database.reading() as session:
        made = get_campaign(session, campaign_id)
        seen = campaign_statistics(session, campaign_id)
    answer({"name": made.name, "status": made.status, **_facts(seen)}, as_json=as_json)


@campaign.command
@click.argument("campaign_id", type=int)
@click.option("--out", type=click.Path(path_type=Path), default=None)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh")
@json_option
def report(campaign_id: int, out: Path | None, language: str, *, as_json: bool) -> None:
    """Write a campaign's report as a workbook."""
    path = out or Path(f"campaign-{campaign_id}.xlsx")
    wiring = open_wiring()
    now = wiring.clock()
    with wiring.database.writing() as session:
        seen = campaign_statistics(session, campaign_id, now=now)
        names = {p.code: p.name for p in session.scalars(select(Place))}
        unit = current_unit(session)
        write_workbook(
            guarded(seen), path, unit=unit.name, names=names, language=language
        )
        note(session, "report.written", f"campaign:{campaign_id}", now=now)
    answer({"file": str(path), **_facts(seen)}, as_json=as_json)


@campaign.command
@click.argument("campaign_id", type=int)
@click.option("--repair", is_flag=True, help="Write what the rows themselves say.")
@json_option
def recount(campaign_id: int, *, repair: bool, as_json: bool) -> None:
    """Count a campaign's rows and compare; exit 1 where the tally differs."""
    wiring = open_wiring()
    with wiring.database.writing() as session:
        get_campaign(session, campaign_id)
        wrong = tally.recount(session, campaign_id)
        if wrong and repair:
            tally.repair(session, campaign_id)
            subject = f"campaign:{campaign_id}"
            note(session, "tally.repaired", subject, now=wiring.clock())
    answer({"cells_wrong": len(wrong), "repaired": repair}, as_json=as_json)
    if wrong and not repair:
        raise SystemExit(1)


def _facts(seen: CampaignStatistics) -> dict[str, Any]:
    return {
        "audience": seen.audience,
        "messages": dict(seen.messages),
        "people": dict(seen.people),
        "outcome": dict(seen.outcome),
        "reached": seen.reached,
    }
