"""A killed owner leaves neither its PostgreSQL nor a stopped child nor its folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from outreach.watcher import Watcher

_OWNER = """
import os, signal, sys, time
from pathlib import Path
from outreach.children import Child
from outreach.postgres import Postgres
from outreach.settings import inherited
from outreach.watcher import Watcher

folder = Path(sys.argv[1])
folder.mkdir(mode=0o755)
watcher = Watcher(folder, grace=1)
server = Postgres(folder / "postgresql")
given = inherited(OUTREACH_DATA_DIR=str(folder))
frozen = Child("frozen", [sys.executable, "-c", "import time; time.sleep(600)"],
               given, folder / "log")
frozen.start()
frozen.tell(signal.SIGSTOP)
print(server._server.get_postmaster_info().pid, frozen.process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def bystander(tmp_path: Path) -> Iterator[psutil.Popen]:
    """Works beside the folder, and was given another whose name begins alike."""
    given = {**os.environ, "OUTREACH_DATA_DIR": str(tmp_path / "drill-of-another")}
    process = psutil.Popen(["sleep", "600"], cwd=tmp_path, env=given)
    yield process
    process.kill()
    process.wait()


def test_what_a_killed_owner_left_is_ended_and_nothing_else(tmp_path, bystander):
    # The server runs as a user of its own where we are root.
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    folder = tmp_path / "drill"
    with subprocess.Popen(
        [sys.executable, "-c", _OWNER, str(folder)], stdout=subprocess.PIPE
    ) as owner:
        left = [psutil.Process(int(pid)) for pid in owner.stdout.readline().split()]
        watching = [
            child
            for child in psutil.Process(owner.pid).children()
            if "outreach.watcher" in child.cmdline()
        ]
        owner.kill()
    gone, alive = psutil.wait_procs([*left, *watching], timeout=60)
    assert len(gone) == 3
    assert not alive
    assert not folder.exists()
    assert bystander.is_running()


def test_a_farewell_leaves_everything_as_it_is(tmp_path):
    Watcher(tmp_path).close()
    assert tmp_path.exists()
