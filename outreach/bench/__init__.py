"""``outreach bench``: ratios measured in one run against named limits.

Each area is a module with ``run() -> dict``, whose ``ok`` says whether every figure
keeps its limit. Figures are ratios, or sizes that a machine's speed does not change.
"""

from __future__ import annotations

from importlib import import_module
from inspect import signature

import click

from outreach.commands.wired import answer, json_option

AREAS = {
    "audience": "outreach.bench.audience",
    "audio": "outreach.bench.audio",
    "import": "outreach.bench.importing",
    "pages": "outreach.bench.pages",
    "receipts": "outreach.bench.receipts",
    "rotate": "outreach.bench.rotate",
    "send": "outreach.bench.send",
    "statistics": "outreach.bench.statistics",
}
"""Area -> module, loaded when it is asked for."""


@click.command
@click.argument("area", type=click.Choice(sorted(AREAS)))
@click.option(
    "--scale",
    type=click.Choice(["full", "small"]),
    help="small: whether it works, in seconds; its figures mean nothing.",
)
@click.option(
    "--members",
    type=int,
    help="send: also to so many, for the memory; rotate: so many.",
)
@click.option("--explain", is_flag=True, default=None, help="statistics: every plan.")
@json_option
def bench(
    area: str,
    *,
    scale: str | None,
    members: int | None,
    explain: bool | None,
    as_json: bool,
) -> None:
    """Measure AREA on this machine; exit 1 where a figure misses its limit."""
    given = {"scale": scale, "members": members, "explain": explain}
    chosen = {name: value for name, value in given.items() if value is not None}
    run = import_module(AREAS[area]).run
    unknown = sorted(set(chosen) - set(signature(run).parameters))
    if unknown:
        raise click.UsageError(f"bench {area} has no option --{unknown[0]}")
    figures = run(**chosen)
    answer(figures, as_json=as_json)
    if not figures["ok"]:
        raise SystemExit(1)


__all__ = ["AREAS", "bench"]
