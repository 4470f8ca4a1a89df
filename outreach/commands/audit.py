"""``outreach audit``: check the chain of deeds."""

from __future__ import annotations

import click
from sqlalchemy import func, select

from outreach.audit import AuditRow, broken_at
from outreach.commands.wired import answer, json_option, open_wiring


@click.group
def audit() -> None:
    """Look after the record of deeds."""


@audit.command
@json_option
def verify(*, as_json: bool) -> None:
    """Recompute the chain; exit 1 and name the first row that does not fit."""
    with open_wiring().database.reading() as session:
        rows = session.scalar(select(func.count()).select_from(AuditRow))
        broken = broken_at(session)
    answer({"rows": rows, "broken_at": broken}, as_json=as_json)
    if broken is not None:
        raise SystemExit(1)
