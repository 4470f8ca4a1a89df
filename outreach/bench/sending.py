"""Legs of ``bench send``: ours, the bare client's, one task a message."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from celery import Celery
from sqlalchemy import exists, func, select

from campaigns.delivery.launching import launch
from campaigns.delivery.models import Message
from campaigns.vocabulary import MessageState
from outreach.bench import county, one_by_one
from outreach.bench.ground import Ground
from outreach.simulator import asking

PROCESSES = 2
IN_FLIGHT = 32
"""Messages under way in each lane, as the simulated provider's limits say."""
_EDGE = 0.1
_MEGABYTE = 1024 * 1024
_PATIENCE = 3600.0


@dataclass(frozen=True, slots=True)
class Leg:
    """One run: messages a second over its middle, and who needed the processors.

    ``cpu`` are microseconds a message of the simulator, the database and the client.
    """

    rate: float
    agreed: bool
    cpu: dict[str, float] = field(default_factory=dict)


class Road:
    """Simulator, broker and workers, and the ways to send over them."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self._queue = Celery(broker=ground.settings.broker_address)
        self._posted = 0

    def start(self) -> None:
        """Start the simulator, the broker and two sending processes."""
        manners = {"callbacks": False, "refused": 0.0}
        behaviour = ["--behaviour", json.dumps(manners)]
        self.ground.start("simulator", "outreach", "simulator", *behaviour)
        self.ground.wait("simulator", self._answers)
        self.ground.start_broker()
        self.start_workers("worker", "outreach.worker", "send")

    def start_workers(self, name: str, app: str, queue: str) -> None:
        """Start Celery with two processes on one queue."""
        self.ground.start(
            name,
            *["celery", "--app", app, "worker", "--queues", queue],
            *["--pool", "prefork", "--concurrency", str(PROCESSES)],
            *["--without-mingle", "--without-gossip", "--loglevel", "WARNING"],
        )

    def ours(self, messages: int) -> Leg:
        """A campaign of ``messages`` through claim, SDK, simulator and record."""
        campaign_id = self._launched()
        asking.clear(self.ground.settings)
        before = self._cpu("worker")
        for _ in range(PROCESSES):
            task = "outreach.tasks.sending.send"
            self._queue.send_task(task, [campaign_id], queue="send")
        self._until(lambda: not self._open(campaign_id))
        spent = _less(self._cpu("worker"), before, messages)
        return Leg(self._rate(messages), self._agrees(campaign_id, messages), spent)

    def bare(self, messages: int) -> Leg:
        """The same number through two processes of the bare client."""
        asking.clear(self.ground.settings)
        clients = [self._client(messages // PROCESSES) for _ in range(PROCESSES)]
        for client in clients:
            client.stdout.readline()  # type: ignore[union-attr]
        before = self._cpu()
        for client in clients:
            client.stdin.write("go\n")  # type: ignore[union-attr]
            client.stdin.flush()  # type: ignore[union-attr]
        told = [json.loads(client.communicate()[0]) for client in clients]
        spent = _less(self._cpu(), before, messages)
        spent["client"] = sum(said["cpu"] for said in told) / messages * 1e6
        accepted = asking.summary(self.ground.settings)
        return Leg(self._rate(messages), _whole(accepted, messages), spent)

    def one_by_one(self, messages: int) -> Leg:
        """The same through one Celery task a message and the synchronous SDK."""
        campaign_id = self._launched()
        asking.clear(self.ground.settings)
        self.start_workers("one_by_one", "outreach.bench.one_by_one", "bench")
        due = select(Message.id).where(Message.campaign_id == campaign_id)
        with self.ground.wiring.database.reading() as session:
            for key in session.scalars(due.order_by(Message.id).limit(messages)):
                facts = [key, county.TEXT]
                self._queue.send_task(one_by_one.TASK, facts, queue="bench")
        self._until(lambda: self._accepted() >= messages)
        self._until(lambda: self._taken(campaign_id) >= messages)
        self.ground.stop("one_by_one")
        return Leg(self._rate(messages), self._agrees(campaign_id, messages))

    def peak_rss_mb(self) -> float:
        """The largest memory that one sending process ever held."""
        process = self.ground.children["worker"].process
        if process is None:
            return 0.0
        return max(_peak_mb(p) for p in psutil.Process(process.pid).children())

    def _launched(self) -> int:
        """A campaign to everybody, due now."""
        database, clock = self.ground.wiring.database, self.ground.wiring.clock
        with database.writing() as session:
            campaign_id = county.campaign(session, clock())
            launch(session, campaign_id, clock())
        return campaign_id

    def _client(self, messages: int) -> subprocess.Popen[str]:
        settings = self.ground.settings
        facts = {
            "address": settings.simulator_address,
            "account": settings.simulator_account,
            "secret": settings.simulator_secret.get_secret_value(),
            "sender": one_by_one.SENDER,
            "to": county.NUMBER,
            "text": county.TEXT,
            "callback": f"{settings.own_url}/callbacks/simulator",
            "connections": settings.shares * IN_FLIGHT,
            "first": self._posted,
            "count": messages,
        }
        self._posted += messages
        client = subprocess.Popen(
            [sys.executable, "-m", "outreach.bench.bare"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        client.stdin.write(json.dumps(facts) + "\n")  # type: ignore[union-attr]
        client.stdin.flush()  # type: ignore[union-attr]
        return client

    def _answers(self) -> bool:
        try:
            asking.summary(self.ground.settings)
        except OSError:
            return False
        except Exception as refused:  # noqa: BLE001 - httpx has errors of its own
            return not type(refused).__module__.startswith("httpx")
        return True

    def _cpu(self, *names: str) -> dict[str, float]:
        used = {n: self.ground.children[n].cpu_seconds() for n in ("simulator", *names)}
        if "worker" in used:
            used["client"] = used.pop("worker")
        return {**used, "database": self.ground.server.cpu_seconds()}

    def _open(self, campaign_id: int) -> bool:
        waiting = exists().where(
            Message.campaign_id == campaign_id,
            Message.state < MessageState.ACCEPTED,
        )
        with self.ground.wiring.database.reading() as session:
            return bool(session.scalar(select(waiting)))

    def _agrees(self, campaign_id: int, messages: int) -> bool:
        """Whether the database says of everybody what the ledger says."""
        same = self._taken(campaign_id) == messages
        return same and _whole(asking.summary(self.ground.settings), messages)

    def _taken(self, campaign_id: int) -> int:
        """How many of a campaign's messages the database calls accepted, or further."""
        taken = select(func.count()).where(
            Message.campaign_id == campaign_id,
            Message.state.between(MessageState.ACCEPTED, MessageState.DELIVERED),
        )
        with self.ground.wiring.database.reading() as session:
            return session.scalar(taken) or 0

    def _accepted(self) -> int:
        return int(asking.summary(self.ground.settings)["accepted"])

    def _rate(self, messages: int) -> float:
        """Messages a second between the first tenth and the last."""
        low, high = int(messages * _EDGE), int(messages * (1 - _EDGE)) - 1
        ask = "SELECT at FROM message ORDER BY id LIMIT 1 OFFSET ?"
        with closing(sqlite3.connect(f"file:{self._ledger}?mode=ro", uri=True)) as file:
            ((began,), (ended,)) = (
                file.execute(ask, (at,)).fetchone() for at in (low, high)
            )
        return float((high - low) / max(ended - began, 1e-6))

    @property
    def _ledger(self) -> Path:
        return self.ground.settings.data_dir / "simulator" / "ledger.db"

    @staticmethod
    def _until(done: object) -> None:
        until = time.monotonic() + _PATIENCE
        while not done():  # type: ignore[operator]
            if time.monotonic() > until:
                raise TimeoutError
            time.sleep(0.2)


def _whole(summary: dict[str, object], messages: int) -> bool:
    return summary["accepted"] == messages and summary["same_token_twice"] == 0


def _less(
    after: dict[str, float], before: dict[str, float], messages: int
) -> dict[str, float]:
    return {name: (after[name] - before[name]) / messages * 1e6 for name in after}


def _peak_mb(process: psutil.Process) -> float:
    status = Path(f"/proc/{process.pid}/status")
    if status.exists():
        lines = dict(
            line.split(":", 1)
            for line in status.read_text().splitlines()
            if ":" in line
        )
        return int(lines["VmHWM"].split()[0]) / 1024
    return float(process.memory_info().rss / _MEGABYTE)


__all__ = ["IN_FLIGHT", "PROCESSES", "Leg", "Road"]
