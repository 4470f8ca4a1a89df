"""Scenarios in which workers end, freeze or come twice."""

from __future__ import annotations

import signal

from campaigns.vocabulary import MessageState
from outreach.drill.scene import Scenario, Scene
from outreach.worker import celery

_HINTS = (
    "outreach.tasks.launching.launch",
    "outreach.tasks.sending.send",
)


def _groups(scene: Scene) -> None:
    scene.begin(600, latency_ms=50.0)
    for _ in range(10):
        for worker in scene.stand.workers:
            scene.stand.kill(worker)
        scene.stand.wait(scene.draw.uniform(0.5, 3.0))


def _pool(scene: Scene) -> None:
    scene.begin(480, latency_ms=50.0)
    for _ in range(12):
        scene.stand.kill_one_of(scene.draw.choice(scene.stand.workers))
        scene.stand.wait(scene.draw.uniform(0.1, 0.6))


def _soft_stop(scene: Scene) -> None:
    scene.begin(480, latency_ms=1500.0)
    for worker in scene.stand.workers:
        scene.stand.terminate(worker)
    scene.stand.until(scene.over, 90)
    scene.check("a soft stop left doubt", holds=not scene.count(MessageState.IN_DOUBT))


def _hard_stop(scene: Scene) -> None:
    scene.begin(360, latency_ms=1500.0)
    for worker in scene.stand.workers:
        scene.stand.terminate(worker)
    scene.stand.wait(2.0)
    for worker in scene.stand.workers:
        scene.stand.kill(worker)


def _restarts(scene: Scene) -> None:
    scene.begin(900, latency_ms=50.0)
    for _ in range(4):
        for worker in scene.stand.workers:
            scene.stand.terminate(worker)
        scene.stand.wait(6.0)
    scene.stand.until(scene.over, 90)
    scene.check("a deployment left doubt", holds=not scene.count(MessageState.IN_DOUBT))


def _freeze(scene: Scene) -> None:
    scene.begin(480, latency_ms=100.0)
    for _ in range(2):
        for worker in scene.stand.workers:
            scene.stand.held.add(worker)
            scene.stand.tell(worker, signal.SIGSTOP)
        scene.stand.wait(scene.stand.settings.lease_seconds * 2.0)
        for worker in scene.stand.workers:
            scene.stand.tell(worker, signal.SIGCONT)
            scene.stand.held.discard(worker)
        scene.stand.wait(2.0)


def _many_hints(scene: Scene) -> None:
    campaign = scene.release(300, latency_ms=20.0)
    for _ in range(100):
        for name in _HINTS:
            celery.send_task(name, [campaign], expires=30)
        celery.send_task("outreach.tasks.housekeeping.tick", expires=30)
    scene.until(scene.over, "the hints stopped it")


SCENARIOS = (
    Scenario("worker-groups", ("F11",), "every worker killed ten times", _groups),
    Scenario(
        "pool-processes",
        ("F12",),
        "one process of a pool, as the kernel out of memory kills",
        _pool,
    ),
    Scenario(
        "soft-stop",
        ("F14",),
        "SIGTERM with messages under way: nobody in doubt",
        _soft_stop,
    ),
    Scenario(
        "hard-stop", ("F15",), "SIGTERM, and SIGKILL two seconds later", _hard_stop
    ),
    Scenario("restarts", ("F16",), "every worker restarted again and again", _restarts),
    Scenario("freeze", ("F13",), "every worker frozen for twice its lease", _freeze),
    Scenario(
        "many-hints",
        ("F17", "F29", "F43"),
        "each hint a hundred times, two beats, several launchers",
        _many_hints,
    ),
)
