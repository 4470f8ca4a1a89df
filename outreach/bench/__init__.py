"""``outreach bench``: ratios measured in one run against named limits.

Each area is a module with ``run() -> dict``, whose ``ok`` says whether every figure
keeps its limit. Figures are ratios, or sizes that a machine's speed does not change.
"""

from __future__ import annotations

from importlib import import_module

import click

from outreach.commands.wired import answer, json_option

AREAS = {
    "audience": "outreach.bench.audience",
    "audio": "outreach.bench.audio",
    "import": "outreach.bench.importing",
    "pages": "outreach.bench.pages",
    "receipts": "outreach.bench.receipts",
    "send": "outreach.bench.send",
    "statistics": "outreach.bench.statistics",
}
"""Area -> module, loaded when it is asked for."""


@click.command
@click.argument("area", type=click.Choice(sorted(AREAS)))
@json_option
def bench(area: str, *, as_json: bool) -> None:
    """Measure AREA on this machine; exit 1 where a figure misses its limit."""
    figures = import_module(AREAS[area]).run()
    answer(figures, as_json=as_json)
    if not figures["ok"]:
        raise SystemExit(1)


__all__ = ["AREAS", "bench"]
