"""A simulated carrier as its own process, for tests that speak to one over sockets."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from outreach.settings import Settings, inherited

SECRET = "0123456789abcdef" * 2
ACCOUNT = Settings().simulator_account
_PATIENCE = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Carrier:
    """``start`` and ``kill`` may alternate; the ledger stays in ``folder``."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, **behaviour: Any) -> Carrier:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "outreach", "simulator"]
            + ["--behaviour", json.dumps(behaviour)],
            env=inherited(
                OUTREACH_DATA_DIR=str(self.folder),
                OUTREACH_SIMULATOR_PORT=str(self.port),
                OUTREACH_SIMULATOR_SECRET=SECRET,
            ),
        )
        until = time.monotonic() + _PATIENCE
        while not self._answers():
            assert time.monotonic() < until, "the simulator did not start"
            assert self.process.poll() is None, "the simulator ended at once"
            time.sleep(0.05)
        return self

    def stop(self, name: signal.Signals = signal.SIGTERM) -> int:
        assert self.process
        self.process.send_signal(name)
        return self.process.wait(_PATIENCE)

    def behave(self, **changed: Any) -> None:
        self.ask("POST", "/faults", json=changed).raise_for_status()

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        credentials = (ACCOUNT, SECRET)
        return httpx.request(
            method, self.url + path, auth=credentials, trust_env=False, **more
        )

    def ledger(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", "/ledger").json()["messages"]
        return found

    def _answers(self) -> bool:
        try:
            return self.ask("GET", "/ledger/summary").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False


def eventually(question: Any, patience: float = 10.0) -> Any:
    """Ask until the answer is true, and return it."""
    until = time.monotonic() + patience
    while not (found := question()):
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.02)
    return found
