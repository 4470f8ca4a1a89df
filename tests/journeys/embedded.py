"""The embedded stack in a folder of its own, as tests start, wound and question it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from redis import Redis

from outreach.migrating import migrate
from outreach.secrets_file import with_secrets
from outreach.settings import Settings
from outreach.simulator import asking
from outreach.supervisor import Stack, free_port

Answer = TypeVar("Answer")

LEASE_SECONDS = 6
CALM = {
    "latency_ms": 0.0,
    "sent_seconds": 0.1,
    "receipt_seconds": 0.6,
    "late": 0.0,
    "silent": 0.0,
    "refused": 0.0,
    "callbacks": True,
    "too_many": 0.0,
    "reset_after": 0.0,
    "error_after": 0.0,
}
"""Everybody answers within a second, and nobody is silent: journeys must end."""


class Embedded:
    """The whole product as a county runs it, except that the voice is a tone."""

    def __init__(self, folder: Path) -> None:
        given = Settings(
            _env_file=None,
            data_dir=folder,
            port=free_port(0),
            simulator_port=free_port(0),
            voice="tone",
            voice_order="tone",
            lease_seconds=LEASE_SECONDS,
        )
        self.settings = with_secrets(given)
        # From its first moment: one that is started again must not fall back to the
        # ordinary refusals and silences.
        self.stack = Stack(self.settings, behaviour=dict(CALM))
        migrate(self.settings)

    def start(self) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.settings.data_dir)
            for name in [n for n in os.environ if n.startswith("OUTREACH_")]:
                patch.delenv(name)
            patch.setenv("OUTREACH_VOICE", "tone")
            patch.setenv("OUTREACH_VOICE_ORDER", "tone")
            patch.setenv("OUTREACH_LEASE_SECONDS", str(LEASE_SECONDS))
            self.stack.start()

    def stop(self) -> set[str]:
        """Stop everything; the names of what had to be killed, the recorder aside.

        It runs at the lowest priority: on a busy machine it may not get the processor
        in time to end by itself, and what it was making is made again.
        """
        return set(self.stack.stop()) - {"recorder"}

    def kill(self, name: str) -> None:
        """SIGKILL one process with all of its group, as the kernel out of memory."""
        child = next(c for c in self.stack.children if c.name == name)
        assert child.process is not None
        os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()
        # The supervisor grows patient with a process that dies often: we are not.
        child.starts = 1

    def until(self, question: Callable[[], Answer], patience: float = 60.0) -> Answer:
        """Tend the stack and ask until the answer is true; return the answer."""
        end = time.monotonic() + patience
        while not (found := question()):
            assert time.monotonic() < end, self.last_words()
            self.stack.tend()
            time.sleep(0.1)
        return found

    def last_words(self) -> str:
        return "\n\n".join(f"{c.name}: {c.last_words()}" for c in self.stack.children)

    def behave(self, **changed: Any) -> None:
        asking.behave(self.settings, **changed)

    def receipts_waiting(self) -> bool:
        """Whether the carrier has something left to report, or cannot be asked."""
        try:
            return bool(asking.summary(self.settings)["pending_receipts"])
        except httpx.TransportError:
            return True

    def ledger(self) -> list[dict[str, Any]]:
        return [dict(entry) for entry in asking.ledger(self.settings)]

    def forget_everything_queued(self) -> None:
        """What a broker loses that lost its disk."""
        with Redis(unix_socket_path=str(self.settings.socket_path)) as broker:
            broker.flushall()
