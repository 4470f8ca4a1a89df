"""``outreach demo``: the main job in one command, told in one JSON object."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from processes import working_in

from campaigns.reporting.people import OUTCOMES
from outreach.settings import inherited
from outreach.supervisor import free_port

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("tree")]

MEMBERS = 120
PROMISED = {
    "members",
    "import_errors",
    "segments",
    "audience",
    "messages",
    "copies",
    "calls",
    "receipts_applied",
    "reached",
    "villages",
    "clips",
    "packs",
    "announcements",
    "outcome",
    "visits",
    "daily_report",
    "seconds",
    "peak_rss_mb",
}


@pytest.mark.timeout(600)
def test_the_demonstration_runs_twice_and_tells_the_same_story(tmp_path: Path):
    folder = tmp_path / "演示 数据"
    try:
        first, second = play(folder), play(folder)
    finally:
        # A pack for each of 239 villages: too much to be kept by every test run.
        shutil.rmtree(folder, ignore_errors=True)
    for facts in (first, second):
        the_promised_figures_are_there_and_add_up(facts)
        the_clips_are_loud_enough_and_not_too_loud(facts)
    assert first["members"] == second["members"]
    assert first["audience"] == second["audience"]
    assert first["messages"]["delivered"] == second["messages"]["delivered"]


def play(folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [
            *[sys.executable, "-m", "outreach", "demo"],
            *["--members", str(MEMBERS), "--once", "--json"],
        ],
        env=inherited(
            OUTREACH_DATA_DIR=str(folder),
            OUTREACH_VOICE="tone",
            OUTREACH_VOICE_ORDER="tone",
            OUTREACH_PORT=str(free_port(0)),
            OUTREACH_SIMULATOR_PORT=str(free_port(0)),
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert working_in(folder) == []
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def the_promised_figures_are_there_and_add_up(facts: dict[str, Any]) -> None:
    assert set(facts) >= PROMISED
    assert facts["members"] == facts["audience"] == MEMBERS
    assert facts["import_errors"] > 0, "the roster has faulty rows, and they are told"
    assert sum(facts["messages"].values()) == facts["audience"]
    people = dict(facts["people"])
    assert people.pop("reached") == facts["reached"]
    assert sum(people.values()) == facts["audience"]
    assert 0 < facts["reached"] <= facts["messages"]["delivered"]
    assert facts["receipts_applied"] >= facts["messages"]["delivered"]
    assert facts["villages"] == facts["packs"] > 0
    assert facts["first_clip_before_last_receipt"]
    assert facts["proof"]["holds"]
    assert facts["proof"]["ledger"] > 0
    announcements = facts["announcements"]
    assert sum(announcements.values()) == facts["villages"]
    told = [announcements[state] for state in ("played", "signed", "missed")]
    assert told == [3, 2, 1]
    outcome = facts["outcome"]
    assert sum(outcome.values()) == facts["audience"]
    assert set(outcome) == set(OUTCOMES)
    assert outcome["reached"] == facts["reached"]
    assert outcome["to_visit"] > 0, "who was not reached is visited"
    assert facts["visits"]["done"] == 3
    assert facts["visits"]["open"] >= 1
    assert facts["daily_report"]["zeros_explicit"]
    assert facts["daily_report"]["closes"]
    # The county says that nothing happened while doors are open: that is told too.
    left = facts["daily_report"]["contradicted_by"]
    assert left["visits"] >= facts["visits"]["open"]
    figures = facts["daily_report"]["figures"]
    assert (figures["visits"], figures["found"], figures["solved"]) == (4, 3, 1)
    assert figures["holders"] == facts["members"]
    told = facts["messages"]["delivered"] + facts["copies"]["delivered"]
    calls = facts["calls"]
    assert figures["delivered"] == told + calls["texts"]
    assert calls["proof"]["holds"]
    assert set(calls["sounds"]) <= {"200"}
    assert bool(calls["sounds"]) >= bool(calls["answered"])
    assert calls["audience"] >= calls["placed"] >= calls["answered"] >= calls["pressed"]
    assert facts["seconds"]["total"] > 0
    assert 100 < facts["peak_rss_mb"] < 2000


def the_clips_are_loud_enough_and_not_too_loud(facts: dict[str, Any]) -> None:
    assert facts["clips"]
    for clip in facts["clips"]:
        assert clip["seconds"] > 0
        assert -17 <= clip["lufs"] <= -15
        assert clip["true_peak"] <= -1.0
