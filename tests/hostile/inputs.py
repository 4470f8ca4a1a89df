"""The table of hostile inputs: what each is, and what the service must do with it.

``R`` it is refused, ``A`` it is taken as it is, ``N`` it is taken in one form, ``Q`` a
person is asked or told before anything enters, or the row stays out with what to
choose beside it. Run as a module, it writes ``docs/hostile-inputs.md``.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "hostile-inputs.md"
GROUPS = {
    "A": "Encodings and CSV",
    "B": "Workbooks",
    "C": "Telephone numbers",
    "D": "Identity and certificates",
    "E": "Names, places and texts",
    "F": "Callbacks",
    "G": "Pages, sessions and access",
}
VERDICTS = {"R": "refused", "A": "accepted", "N": "normalised", "Q": "asked"}


@dataclass(frozen=True, slots=True)
class Hostile:
    """One line of the table; ``test`` is file::function below this folder."""

    number: str
    group: str
    input: str
    verdict: str
    outcome: str
    test: str


@cache
def table() -> dict[str, Hostile]:
    """Every input by its number."""
    with (FOLDER / "inputs.csv").open(encoding="utf-8", newline="") as file:
        return {row["number"]: Hostile(**row) for row in csv.DictReader(file)}


def expect(number: str, *possible: str) -> None:
    """Hold what was seen, as the verdicts that it can be called, to the table."""
    line = table()[number]
    assert line.verdict in possible, (number, line.input, possible)


_HEAD = """# Hostile inputs

What files, forms and callbacks that were made to hurt, or that merely come from real
offices, do here. Made from `tests/hostile/inputs.csv`, where each line also names its
test: do not edit this page, run `python tests/hostile/inputs.py`.

For every one: no error of ours, no answer later than ten seconds, at most 512 MB in the
process that reads a file, a sentence that says what and where, nothing else in the same
list harmed, nothing half done, and a line in the record of deeds where a person acted.
"""
_TABLE = "| number | input | verdict | what the service does |\n|---|---|---|---|"


def page() -> str:
    """The table as the page that people read."""
    lines = [_HEAD]
    for letter, name in GROUPS.items():
        of_group = [line for line in table().values() if line.group == letter]
        lines += [f"## {letter}. {name}\n", _TABLE]
        lines += [
            f"| {line.number} | {_cell(line.input)} | {VERDICTS[line.verdict]} "
            f"| {_cell(line.outcome)} |"
            for line in of_group
        ]
        lines += [""]
    return "\n".join(lines)


def _cell(text: str) -> str:
    """As literal text: an input may look like markup, or like a cell's border."""
    for sign in "\\|<>*_`[]{}":
        text = text.replace(sign, f"&#{ord(sign)};")
    return text


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
