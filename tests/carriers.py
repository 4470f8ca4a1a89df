"""A simulated carrier as its own process, for tests that speak to one over sockets."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from campaigns.delivery.provider import Outgoing, Provider, Submission
from campaigns.vocabulary import Channel
from outreach import providers
from outreach.settings import Settings, inherited

SECRET = "0123456789abcdef" * 2
ACCOUNT = Settings().simulator_account
PUBLIC = "https://bulletins.example"
TO = "+8619000000001"
TEXT = "【合江县残联】高温，请多喝水 + 按时服药 100%"
_COMMAND = (sys.executable, "-m", "outreach", "simulator")
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
    usual: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, **behaviour: Any) -> Carrier:
        self.process = subprocess.Popen(
            [*_COMMAND, "--behaviour", json.dumps(behaviour)],
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
        found: list[dict[str, Any]] = self.ask("GET", "/ledger").json()["entries"]
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


TWILIO_LIKE = ("simulator", "twilio")
"""The carriers that the simulator speaks like."""
CALLBACK_KEY = "nobody-guesses-this-address"


def settings_at(url: str, public_url: str = PUBLIC) -> Settings:
    """The settings of every provider, each talking to ``url``."""
    return Settings(
        _env_file=None,
        public_url=public_url,
        simulator_url=url,
        simulator_secret=SecretStr(SECRET),
        twilio_account=ACCOUNT,
        twilio_secret=SecretStr(SECRET),
        twilio_sender="+15005550006",
        twilio_base_url=url,
        aliyun_key_id="LTAI-test",
        aliyun_secret=SecretStr(SECRET),
        aliyun_endpoint=url.rstrip("/"),
        mas_base_url=url,
        mas_company="合江县残联",
        mas_account="hjcl",
        mas_secret=SecretStr(SECRET),
        mas_sign="A1b2",
        yixintong_base_url=url,
        yixintong_company="103905",
        yixintong_account="hjcl",
        yixintong_secret=SecretStr(SECRET),
        callback_key=SecretStr(CALLBACK_KEY),
    )


def provider_at(name: str, url: str, public_url: str = PUBLIC) -> Provider:
    """The provider ``name`` with all its settings, talking to ``url``."""
    return providers.make(name, settings_at(url, public_url))


def outgoing(**given: Any) -> Outgoing:
    facts: dict[str, Any] = {
        "message_id": 1,
        "campaign_id": 1,
        "attempt": 1,
        "channel": Channel.SMS,
        "phone": TO,
        "text": TEXT,
        "token": "tokenone",
        "parts": 1,
        "deadline": time.monotonic() + 30,
        "valid_seconds": 3600,
        "submitted_at": datetime.now(UTC),
        "serial": "00000000000101654321",
        "signature": "合江县残联",
        "template": "SMS_1",
        "values": {"township": "福宝镇"},
    }
    return Outgoing(**facts | given)


def run(provider: Provider, *steps: Awaitable[Any]) -> list[Any]:
    """Run calls one after the other in one loop, and close the provider."""

    async def all_of_them() -> list[Any]:
        try:
            return [await step for step in steps]
        finally:
            await provider.close()

    return asyncio.run(all_of_them())


def carry(provider: Provider, **given: Any) -> Submission:
    taken: Submission = run(provider, provider.carry(outgoing(**given)))[0]
    return taken
