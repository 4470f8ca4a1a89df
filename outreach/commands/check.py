"""``outreach check``: every part with its state, and how to mend what ails."""

from __future__ import annotations

import json

import click

from outreach.catalogs import name_of, told
from outreach.commands.wired import json_option
from outreach.condition import Part
from outreach.settings import Settings

_COLOURS = {"ok": "green", "warn": "yellow", "bad": "red"}


@click.command
@json_option
def check(*, as_json: bool) -> None:
    """Look at settings, keys, database, broker, provider, voice, disk and clock.

    Exit 1 where something is bad: the service could not serve like this.
    """
    from outreach.checking import parts  # noqa: PLC0415 - a voice costs a second

    found = parts(Settings())
    fit = all(part.level != "bad" for part in found)
    show(found, "parts", as_json=as_json, fit=fit)
    if not fit:
        raise SystemExit(1)


def show(found: list[Part], name: str, /, *, as_json: bool, **more: object) -> None:
    """Print parts as lines, or under ``name`` in one JSON object beside ``more``."""
    if as_json:
        facts = {**more, name: [_facts(part) for part in found]}
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    for part in found:
        click.echo(_line(part))


def _facts(part: Part) -> dict[str, str]:
    return {
        "part": part.name,
        "level": part.level,
        "says": told(part.says, part.values),
        "mend": told(part.mend, part.values) if part.mend else "",
    }


def _line(part: Part) -> str:
    facts = _facts(part)
    name = name_of(part.label)
    level = click.style(f"{part.level:5}", fg=_COLOURS[part.level])
    return f"{level} {name}  {facts['says']}  {facts['mend']}".rstrip()
