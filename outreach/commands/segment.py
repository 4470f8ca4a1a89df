"""``outreach segment``: list segments and count a rule."""

from __future__ import annotations

import json

import click

from campaigns.audience import segments, selection
from campaigns.audience.rules import Rule
from campaigns.errors import Refused, mark
from campaigns.register.scope import Scope
from outreach.commands.wired import answer, json_option, open_wiring


@click.group
def segment() -> None:
    """Look at segments."""


@segment.command("list")
@json_option
def list_segments(*, as_json: bool) -> None:
    """Print all segments by id and name."""
    with open_wiring().database.reading() as session:
        found = {str(s.id): s.name for s in segments.list_segments(session)}
    answer(found, as_json=as_json)


@segment.command
@click.argument("rule")
@json_option
def count(rule: str, *, as_json: bool) -> None:
    """Count a RULE: a segment's id, or JSON such as '{"categories": [1]}'."""
    wiring = open_wiring()
    with wiring.database.reading() as session:
        if rule.isdigit():
            found = segments.get_segment(session, int(rule))
            asked = segments.rule_of(session, found)
        else:
            asked = Rule.from_json(_read(rule))
        counted = selection.count(session, asked, Scope(), wiring.clock())
    facts = {
        "total": counted.total,
        "reachable": counted.reachable,
        "by_category": counted.by_category,
        "by_township": counted.by_township,
        "reasons": {str(k): n for k, n in counted.reasons.items()},
    }
    answer(facts, as_json=as_json)


def _read(text: str) -> dict[str, object]:
    try:
        rule = json.loads(text)
    except json.JSONDecodeError:
        rule = None
    if not isinstance(rule, dict):
        raise Refused(
            mark("人群规则要写人群编号或 JSON，例如 '{\"categories\": [1]}'。")
        )
    return rule
