"""The drill itself: a production county is knocked over, and nobody is told twice."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.journey


def test_a_county_that_is_knocked_over_loses_and_doubles_nobody():
    command = ["drill", "--messages", "200", "--kills", "6", "--lease", "5", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "outreach", *command],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.stdout, done.stderr
    report = json.loads(done.stdout)
    assert done.returncode == 0, report
    assert report["ok"] is True
    assert report["kills"] >= 6
    assert report["messages"] == 200
    assert report["sent_twice"] == report["lost"] == report["stuck"] == 0
    assert report["tally_equals_recount"] is True
    assert all(report["invariants"].values())
