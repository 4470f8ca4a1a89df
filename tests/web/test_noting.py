"""Whatever a page changes stands in the record of deeds, in words."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

from campaigns.words import knows
from outreach.api.operations import OPERATIONS

ROOT = Path(__file__).parents[2]
CHANGES_NOTHING = {
    "api.count_segment",
    "audience.count",
    "bulletins.measure",
    "sound.record",
    "me.choose_language",
    "me.save_display",
}
"""What is only counted, heard, or looks different for the person alone."""

NOTES = {"noted", "note", "_note", "enter", "leave", "sign_in", "act"}


def _calls(function) -> set[str]:
    """Names that a function calls, followed through its own module."""
    module = inspect.getmodule(function)
    seen, waiting = set(), [function.__name__]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        there = getattr(module, name, None)
        if inspect.isfunction(there) and there.__module__ == module.__name__:
            tree = ast.parse(inspect.getsource(there).strip())
            called = (
                each.func for each in ast.walk(tree) if isinstance(each, ast.Call)
            )
            waiting += [
                each.id if isinstance(each, ast.Name) else getattr(each, "attr", "")
                for each in called
            ]
    return seen


def test_every_page_that_changes_something_notes_it(app):
    deeds = {f"api.{one.name}": one.view for one in OPERATIONS}
    silent = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods
        and rule.endpoint not in CHANGES_NOTHING
        and not _calls(deeds.get(rule.endpoint, app.view_functions[rule.endpoint]))
        & NOTES
    ]
    assert silent == []


@pytest.mark.parametrize(
    "file", sorted((ROOT / "outreach").rglob("*.py")), ids=lambda path: path.stem
)
def test_every_deed_has_its_words(file):
    named = re.compile(
        r"""(?:noted|note|_note|_steer)\(\s*(?:\w+,\s*)?"([a-z_]+)\"""", re.VERBOSE
    )
    for deed in named.findall(file.read_text("utf-8")):
        assert knows(f"deed.{deed}"), deed
