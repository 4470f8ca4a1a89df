"""A scenario on several hosts: workers in network namespaces, one database, one broker.

Each namespace reaches us over a wire of its own, through a tunnel from its loopback:
without one a production county refuses a database on another host that is not sealed.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from campaigns.vocabulary import MessageState
from outreach.drill.namespaces import Namespaces
from outreach.drill.relay import Relay
from outreach.drill.scene import NotRun, Scenario, Scene
from outreach.supervisor import free_port

_FASTER = 1.4
"""How much faster three workers must be than one: lanes fill up slowly."""
_LATENCY = 6.0
_MEASURED_SECONDS = 4 * _LATENCY
_POOL = min(2, os.cpu_count() or 1)
_WORKERS = {"east1": 0, "east2": 0, "west1": 1}
"""In which namespace each runs."""


def _spread(scene: Scene) -> None:
    with ExitStack() as kept:
        try:
            hosts = kept.enter_context(Namespaces(2))
        except OSError as fault:
            words = f"no network namespace can be made here: {fault}"
            raise NotRun(words) from fault
        given = [_words(scene, kept, hosts, host) for host in range(2)]
        for worker in scene.stand.workers:
            scene.stand.held.add(worker)
            scene.stand.terminate(worker)
        for name in _WORKERS:
            kept.callback(_gone, scene, name)
        _play(scene, hosts, given)


def _play(scene: Scene, hosts: Namespaces, given: list[dict[str, str]]) -> None:
    _join(scene, "east1", hosts, given)
    # Slow enough that a worker's lanes are the limit, and not the carrier's line.
    campaign = scene.begin(1800, latency_ms=_LATENCY * 1000)
    scene.until(lambda: _serving(scene, 0) >= _POOL, "a worker's processes do not send")
    alone = _rate(scene, campaign)
    _join(scene, "east2", hosts, given)
    _join(scene, "west1", hosts, given)
    scene.until(lambda: _serving(scene, 0) > _POOL, "the second does not send")
    scene.until(lambda: _serving(scene, 1), "the third does not send")
    together = _rate(scene, campaign)
    words = f"{alone:.1f} a second alone, {together:.1f} together"
    scene.check(
        f"more workers are no faster: {words}", holds=together > alone * _FASTER
    )
    scene.told.append(words)
    before = scene.count(MessageState.IN_DOUBT)
    gently = scene.stand.remove("west1", 60.0)
    scene.check("a worker had to be killed", holds=gently)
    doubted = scene.count(MessageState.IN_DOUBT) - before
    scene.check("a worker that left, left doubt", holds=not doubted)
    scene.stand.behave(latency_ms=0.0)
    scene.until(scene.over, "it does not end")


def _serving(scene: Scene, host: int) -> int:
    """How many processes of a namespace have begun to send."""
    return len(list((scene.stand.folder / f"tunnel{host}").glob("journal/*.claims")))


def _rate(scene: Scene, campaign: int) -> float:
    before, began = scene.office.accepted(campaign), time.monotonic()
    scene.stand.wait(_MEASURED_SECONDS)
    carried = scene.office.accepted(campaign) - before
    return carried / (time.monotonic() - began)


def _join(
    scene: Scene, name: str, hosts: Namespaces, given: list[dict[str, str]]
) -> None:
    host = _WORKERS[name]
    words = [sys.executable, "-m", "outreach", "worker"]
    scene.stand.add(name, hosts.command(host, words), **given[host])


def _gone(scene: Scene, name: str) -> None:
    if name in scene.stand.children:
        scene.stand.remove(name)


def _words(
    scene: Scene, kept: ExitStack, hosts: Namespaces, host: int
) -> dict[str, str]:
    """A tunnel from a namespace's loopback to us, and the settings of who is there."""
    stand, gateway = scene.stand, hosts.gateways[host]
    ends: list[Path | tuple[str, int]] = [
        stand.database.socket,
        stand.broker_socket,
        ("127.0.0.1", stand.settings.simulator_port),
    ]
    relays = [Relay(free_port(0), there, 0, [gateway]) for there in ends]
    for relay in relays:
        relay.start()
        kept.callback(relay.stop)
    database, queue, carrier = (relay.port for relay in relays)
    name = f"tunnel{host}"
    words = f"tunnel({gateway!r}, {[database, queue, carrier]})"
    code = f"from outreach.drill.relay import tunnel; {words}"
    stand.add(name, hosts.command(host, [sys.executable, "-c", code]))
    kept.callback(stand.remove, name)
    address = f"postgresql+psycopg://postgres@127.0.0.1:{database}/postgres"
    return {
        "OUTREACH_DATABASE_URL": address,
        "OUTREACH_BROKER_URL": f"redis://127.0.0.1:{queue}/0",
        "OUTREACH_SIMULATOR_URL": f"http://127.0.0.1:{carrier}",
        # A machine of its own has a folder of its own, and its own journals in it.
        "OUTREACH_DATA_DIR": str(stand.folder / name),
    }


SCENARIOS = (
    Scenario(
        "two-hosts",
        (),
        "workers in two network namespaces: one more is faster, one less loses nothing",
        _spread,
        nightly=True,
    ),
)
