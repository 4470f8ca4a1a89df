"""A provider at the seam whose ledger is a file: what it wrote there was sent."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from campaigns.delivery.provider import (
    Callback,
    Limits,
    Outgoing,
    Report,
    Submission,
)
from campaigns.vocabulary import Channel

Fault = Callable[[Outgoing], None]


class Ledger:
    """Appends a line for each accepted message, as one write that no kill can tear."""

    name = "simulator"
    channels = frozenset({Channel.SMS, Channel.ALERT, Channel.VOICE})
    limits = Limits(per_second=100_000)

    def __init__(self, path: Path, *, latency: float = 0.0) -> None:
        self.path = path
        self.latency = latency
        self.before: Fault = lambda _: None
        self.after: Fault = lambda _: None
        self.file = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY)

    async def carry(self, outgoing: Outgoing) -> Submission:
        self.before(outgoing)
        if self.latency:
            await asyncio.sleep(self.latency)
        os.write(self.file, f"{outgoing.phone} {outgoing.token}\n".encode())
        self.after(outgoing)
        return Submission(f"SM{outgoing.token}")

    async def find(self, outgoing: Outgoing) -> Submission | None:
        if any(outgoing.token in line for line in self.lines()):
            return Submission(f"SM{outgoing.token}")
        return None

    def read_callback(self, callback: Callback) -> list[Report]:
        raise NotImplementedError

    async def close(self) -> None:
        os.close(self.file)

    def lines(self) -> list[str]:
        return self.path.read_text().splitlines()
