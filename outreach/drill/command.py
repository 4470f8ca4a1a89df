"""The ``outreach drill`` command: options, progress, and one report."""

from __future__ import annotations

import json
import secrets

import click

from outreach.drill.playing import play
from outreach.drill.run import Wanted, run
from outreach.drill.table import SCENARIOS, SETS, chosen
from outreach.stopping import Stopped, on_signals


@click.command
@click.option("--messages", default=600, show_default=True, type=click.IntRange(20))
@click.option("--kills", default=12, show_default=True, type=click.IntRange(0))
@click.option("--seed", type=int, help="Repeat the choices of an earlier drill.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 8))
@click.option("--lease", default=45, show_default=True, type=click.IntRange(2))
@click.option("--freezes", is_flag=True, help="Freeze processes too (SIGSTOP).")
@click.option(
    "--resend-after-absence",
    "resend",
    is_flag=True,
    help="Send again what the carrier's records prove absent.",
)
@click.option("--scenario", "names", multiple=True, help="Play this one; repeat it.")
@click.option("--set", "wanted_set", type=click.Choice(SETS), help="Play a set.")
@click.option("--list", "only_list", is_flag=True, help="Show scenarios and faults.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def drill(  # noqa: PLR0913, PLR0917 - one argument for each option
    messages: int,
    kills: int,
    seed: int | None,
    workers: int,
    lease: int,
    names: tuple[str, ...],
    wanted_set: str | None,
    *,
    freezes: bool,
    resend: bool,
    only_list: bool,
    as_json: bool,
) -> None:
    """Kill workers, broker and database, and compare the carrier's ledger with ours."""
    if only_list:
        _list()
        return
    if freezes and resend:
        # Whoever sleeps past every question may send when it wakes.
        told = "--freezes and --resend-after-absence exclude each other"
        raise click.UsageError(told)
    if unknown := set(names) - set(SCENARIOS):
        known = ", ".join(SCENARIOS)
        raise click.UsageError(f"{', '.join(sorted(unknown))}? known: {known}")
    wanted = Wanted(
        messages=messages,
        kills=kills,
        seed=secrets.randbelow(10**6) if seed is None else seed,
        workers=workers,
        lease=lease,
        freezes=freezes,
        resend=resend,
    )
    click.echo(f"种子 / seed {wanted.seed}", err=True)
    scenarios = chosen(names, wanted_set)
    on_signals()
    try:
        report = play(scenarios, wanted.seed, _say) if scenarios else run(wanted, _say)
    except Stopped:
        raise click.Abort from None
    click.echo(json.dumps(report, ensure_ascii=False, indent=None if as_json else 2))
    if not report["ok"]:
        raise SystemExit(1)


def _say(words: str) -> None:
    click.echo(words, err=True)


def _list() -> None:
    for scenario in SCENARIOS.values():
        night = "  (nightly)" if scenario.nightly else ""
        faults = " ".join(scenario.faults)
        click.echo(f"{scenario.name:18} {faults:12} {scenario.words}{night}")
