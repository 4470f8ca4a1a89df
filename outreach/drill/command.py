"""The ``outreach drill`` command: options, progress, and one report."""

from __future__ import annotations

import json
import secrets

import click

from outreach.drill.run import Wanted, run


@click.command
@click.option("--messages", default=600, show_default=True, type=click.IntRange(20))
@click.option("--kills", default=12, show_default=True, type=click.IntRange(0))
@click.option("--seed", type=int, help="Repeat the choices of an earlier drill.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 8))
@click.option("--lease", default=45, show_default=True, type=click.IntRange(2))
@click.option("--freezes", is_flag=True, help="Freeze processes too (SIGSTOP).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def drill(  # noqa: PLR0913 - one argument for each option
    messages: int,
    kills: int,
    seed: int | None,
    workers: int,
    lease: int,
    *,
    freezes: bool,
    as_json: bool,
) -> None:
    """Kill workers, broker and database, and compare the carrier's ledger with ours."""
    wanted = Wanted(
        messages=messages,
        kills=kills,
        seed=secrets.randbelow(10**6) if seed is None else seed,
        workers=workers,
        lease=lease,
        freezes=freezes,
    )
    click.echo(f"种子 / seed {wanted.seed}", err=True)
    report = run(wanted, lambda words: click.echo(words, err=True))
    click.echo(json.dumps(report, ensure_ascii=False, indent=None if as_json else 2))
    if not report["ok"]:
        raise SystemExit(1)
