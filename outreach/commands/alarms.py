"""``outreach alarms``: what is not well, for a timer that outlives our processes."""

from __future__ import annotations

import click

from outreach import alarms as all_alarms
from outreach.commands.check import show
from outreach.commands.wired import fit_settings, json_option
from outreach.wiring import build


@click.command
@click.option("--tell", is_flag=True, help="Tell OUTREACH_ALARM_WEBHOOK what is new.")
@json_option
def alarms(*, tell: bool, as_json: bool) -> None:
    """List what is not well; exit 1 where there is anything.

    A worker tells by itself each minute: a timer that runs this with --tell says so
    when no worker is left to do it.
    """
    fit_settings()
    wiring = build()
    now = wiring.clock()
    found = all_alarms.tell(wiring) if tell else all_alarms.ailing(wiring, now)
    show(found, "alarms", as_json=as_json)
    if found:
        raise SystemExit(1)
