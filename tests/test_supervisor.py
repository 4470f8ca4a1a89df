"""The embedded stack is one tree: started once, restarted where it dies, then gone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest
from processes import working_in

from outreach.settings import Settings, inherited
from outreach.supervisor import free_port

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("tree")]

_PATIENCE = 60.0


class Up:
    """An ``outreach up`` in a folder of its own, its words in a file beside it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port(0)
        self.folder = folder
        self.words = folder.parent / "words.txt"
        self.environment = inherited(
            OUTREACH_DATA_DIR=str(folder),
            OUTREACH_PORT=str(self.port),
            OUTREACH_SIMULATOR_PORT=str(free_port(0)),
        )
        self.begin()

    def begin(self) -> None:
        with self.words.open("wb") as words:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "outreach", "up"],
                env=self.environment,
                stdout=words,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def again(self, **changed: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "outreach", "up"],
            env={**self.environment, **changed},
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )

    def until(self, question: Callable[[], bool]) -> None:
        end = time.monotonic() + _PATIENCE
        while not question():
            assert self.process.poll() is None, self.words.read_text()
            assert time.monotonic() < end, self.words.read_text()
            time.sleep(0.1)

    def healthy(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def tree(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, *words: str) -> psutil.Process | None:
        for process in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):  # dead, and not yet buried
                if set(words) <= set(process.cmdline()):
                    return process
        return None

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=_PATIENCE)


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    running = Up(tmp_path / "数据 文件夹")
    yield running
    if running.process.poll() is None:
        running.stop(signal.SIGTERM)


def test_it_starts_once_mends_itself_and_leaves_nothing_behind(up: Up):
    up.until(up.healthy)
    a_second_up_says_so(up)
    a_killed_worker_is_started_again(up)
    assert len(up.tree()) >= 5
    assert up.stop(signal.SIGTERM) == 0
    assert working_in(up.folder) == []
    assert not Settings(data_dir=up.folder).socket_path.exists()


def a_second_up_says_so(up: Up) -> None:
    held = json.loads((up.folder / "up.lock").read_text())
    assert held["pid"] == up.process.pid
    second = up.again()
    assert second.returncode == 1
    assert str(up.process.pid) in second.stderr
    elsewhere = up.again(OUTREACH_DATA_DIR=str(up.folder.parent / "elsewhere"))
    assert elsewhere.returncode == 1
    assert str(up.port) in elsewhere.stderr, "the port is taken, and that is said"


def a_killed_worker_is_started_again(up: Up) -> None:
    first = up.child("worker", "--beat")
    assert first is not None
    os.kill(first.pid, signal.SIGKILL)
    up.until(lambda: up.child("worker", "--beat") not in {None, first})


def test_ctrl_c_while_it_starts_stops_what_had_started(up: Up):
    up.until(lambda: len(up.tree()) >= 3)
    assert up.stop(signal.SIGINT) == 0
    assert working_in(up.folder) == []


def test_a_killed_supervisor_takes_its_tree_with_it_and_is_followed(up: Up):
    up.until(up.healthy)
    up.process.kill()
    up.process.wait()
    assert working_in(up.folder, 20) == []
    up.begin()
    up.until(lambda: up.child("web") is not None or up.healthy())
