"""Child processes: started again with patience, told to stop, and killed at last."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from outreach.children import Child, stop_all
from outreach.settings import inherited

_STUBBORN = "import signal,time; signal.signal(15, signal.SIG_IGN); {}time.sleep(60)"
_READY = "print('ready', flush=True); "
Make = Callable[..., Child]


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Make]:
    """Starts a child that runs some Python."""
    made: list[Child] = []

    def make(code: str, name: str = "child") -> Child:
        log = tmp_path / "logs" / f"{name}.log"
        made.append(Child(name, [sys.executable, "-c", code], inherited(), log))
        made[-1].start()
        return made[-1]

    yield make
    stop_all(made, 0)


def ended(one: Child) -> bool:
    assert one.process is not None
    one.process.wait(20)
    return not one.alive


def until_it_says(one: Child, word: str) -> None:
    end = time.monotonic() + 20
    while word not in one.last_words():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_child_that_ends_at_once_is_started_ever_more_patiently(child: Make):
    one = child("pass")
    waits = []
    for _ in range(4):
        assert ended(one)
        now = time.monotonic()
        assert not one.restart_when_due(now), "not at once"
        waits.append(one.due - now)
        assert one.restart_when_due(one.due)
    assert waits == sorted(waits)
    assert waits[-1] > 4 * waits[0]


def test_a_child_that_was_well_for_a_while_is_started_without_delay(child: Make):
    one = child("pass")
    one.starts = 9
    assert ended(one)
    later = time.monotonic() + 3600
    one.restart_when_due(later)
    assert one.due - later < 1


def test_a_child_that_runs_is_left_alone(child: Make):
    one = child("import time; time.sleep(60)")
    assert not one.restart_when_due(time.monotonic())
    assert one.starts == 1


def test_whoever_does_not_stop_is_named_and_killed(child: Make):
    deaf = child(_STUBBORN.format(_READY), "deaf")
    polite = child("import time; time.sleep(60)", "polite")
    until_it_says(deaf, "ready")
    assert stop_all([polite, deaf], 0.5) == ["deaf"]
    assert not deaf.alive
    assert not polite.alive


def with_a_grandchild(child: Make) -> tuple[Child, psutil.Process]:
    """A child whose own child hears no SIGTERM."""
    code = _STUBBORN.format(_READY)
    one = child(
        "import subprocess, sys, time; "
        f"subprocess.Popen([sys.executable, '-c', {code!r}]); time.sleep(60)"
    )
    until_it_says(one, "ready")
    assert one.process is not None
    (grandchild,) = psutil.Process(one.process.pid).children()
    return one, grandchild


def test_what_a_child_left_in_its_group_goes_with_it(child: Make):
    one, grandchild = with_a_grandchild(child)
    stop_all([one], 2)
    assert psutil.wait_procs([grandchild], timeout=10)[1] == []


def test_what_a_killed_child_left_behind_ends_before_it_starts_again(child: Make):
    one, grandchild = with_a_grandchild(child)
    assert one.process is not None
    one.process.kill()
    assert ended(one)
    assert grandchild.is_running()
    one.restart_when_due(time.monotonic())
    assert psutil.wait_procs([grandchild], timeout=10)[1] == []


def test_last_words_are_the_end_of_the_log(child: Make):
    one = child("for n in range(40): print('line', n)")
    assert ended(one)
    assert one.last_words().splitlines()[-1] == "line 39"
    assert "line 1\n" not in one.last_words()
