"""What every command needs: a process put together, and answers as text or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from outreach import wiring
from outreach.catalogs import told_error
from outreach.migrating import migrate
from outreach.production import refusals
from outreach.secrets_file import with_secrets
from outreach.settings import Settings


def fit_settings() -> Settings:
    """The settings in force; ends with 1 and a sentence for each thing refused."""
    settings = with_secrets(Settings())
    refused = refusals(settings)
    for each in refused:
        click.echo(told_error(each), err=True)
    if refused:
        raise SystemExit(1)
    return settings


def open_wiring() -> wiring.Wiring:
    """Put this process together on a database that has this version's tables."""
    settings = fit_settings()
    migrate(settings)
    # Read anew by itself, so that it hears of a new key.
    return wiring.build()


def json_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add ``--json``, which prints exactly one object on standard output."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def answer(facts: dict[str, Any], *, as_json: bool) -> None:
    """Print ``facts`` as one JSON object, or as lines of name and value."""
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2, default=str))
        return
    for name, value in facts.items():
        click.echo(f"{name:24} {value}")
