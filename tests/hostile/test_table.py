"""The table of hostile inputs is whole, each has one test, and its page is current."""

from __future__ import annotations

import ast
import re
from collections import Counter

from hostile.inputs import FOLDER, GROUPS, PAGE, VERDICTS, page, table

SIZES = {"A": 28, "B": 52, "C": 40, "D": 30, "E": 32, "F": 26, "G": 30}


def test_every_number_stands_once_with_its_verdict_and_outcome():
    assert list(table()) == [f"H{n:03d}" for n in range(1, 239)]
    assert Counter(line.group for line in table().values()) == SIZES
    assert set(SIZES) == set(GROUPS)
    for line in table().values():
        assert line.verdict in VERDICTS, line
        assert line.input, line
        assert line.outcome, line


def test_every_input_has_the_one_test_that_the_table_names():
    found: dict[str, list[str]] = {number: [] for number in table()}
    for path in sorted(FOLDER.glob("test_*.py")):
        source = path.read_text("utf-8")
        tests = {
            node.name
            for node in ast.parse(source).body
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        }
        for number in set(re.findall(r'"(H\d{3})', source)):
            file, _, test = table()[number].test.partition("::")
            if file == path.name and test in tests:
                found[number].append(test)
            else:
                found[number].append(f"not {test}, but somewhere in {path.name}")
    assert found == {n: [line.test.split("::")[1]] for n, line in table().items()}


def test_the_page_is_what_the_table_says():
    assert PAGE.read_text("utf-8") == page(), "run python tests/hostile/inputs.py"
