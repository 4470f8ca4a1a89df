"""Scenarios in which the broker is away, empty, slow, full or locked."""

from __future__ import annotations

import shutil

import httpx

from outreach.drill.scene import Scenario, Scene

_OK = 200


def _flush(scene: Scene) -> None:
    scene.begin(480)
    for _ in range(8):
        scene.stand.forget_queue()
        scene.stand.wait(0.7)


def _gone(scene: Scene, seconds: float) -> None:
    scene.begin(480)
    scene.stand.held.add("broker")
    scene.stand.kill("broker")
    scene.stand.wait(seconds)
    scene.stand.held.discard("broker")


def _minute(scene: Scene) -> None:
    _gone(scene, 60.0)


def _ten_minutes(scene: Scene) -> None:
    _gone(scene, 600.0)


def _empty(scene: Scene) -> None:
    scene.begin(360)
    scene.stand.held.add("broker")
    scene.stand.kill("broker")
    folder = scene.stand.folder / "broker" / "valkey"
    shutil.rmtree(folder)
    folder.mkdir()
    scene.stand.held.discard("broker")


def _resets(scene: Scene) -> None:
    scene.begin(720)
    for _ in range(10):
        scene.stand.relay.cut()
        scene.stand.wait(2.0)


def _slow(scene: Scene) -> None:
    """Ticks must not fill the queue until every hint comes too late to be taken."""
    scene.stand.relay.delay, scene.stand.relay.stalled = 0.2, 0.05
    scene.release(240)
    in_time = scene.stand.until(scene.over, 60)
    scene.check("hints come too late to be taken", holds=in_time)


def _configured(scene: Scene, bad: dict[str, str], good: dict[str, str]) -> None:
    scene.begin(480)
    with scene.stand.queue() as client:
        for name, value in bad.items():
            client.config_set(name, value)
    scene.stand.wait(8.0)
    with scene.stand.queue() as client:
        for name, value in good.items():
            client.config_set(name, value)


def _full(scene: Scene) -> None:
    _configured(scene, {"maxmemory": "1"}, {"maxmemory": "0"})


def _read_only(scene: Scene) -> None:
    scene.begin(480)
    with scene.stand.queue() as client:
        client.execute_command("REPLICAOF", "127.0.0.1", "1")
    scene.stand.wait(8.0)
    with scene.stand.queue() as client:
        client.execute_command("REPLICAOF", "NO", "ONE")


def _locked(scene: Scene) -> None:
    scene.release(240)
    with scene.stand.queue() as client:
        client.config_set("requirepass", "another")
        scene.stand.kill("web")
        scene.stand.kill(scene.stand.workers[0])
        scene.until(lambda: _page(scene), "no page while the broker is locked")
        client.auth("another")
        client.config_set("requirepass", "")


def _page(scene: Scene) -> bool:
    try:
        address = f"{scene.stand.settings.own_url}/sign-in"
        return httpx.get(address, timeout=10, trust_env=False).status_code == _OK
    except httpx.HTTPError:
        return False


SCENARIOS = (
    Scenario("flush", ("F21",), "FLUSHALL again and again", _flush),
    Scenario(
        "broker-away", ("F22",), "the broker is killed and away for a minute", _minute
    ),
    Scenario(
        "broker-long-away",
        ("F23",),
        "the broker is away for ten minutes",
        _ten_minutes,
        nightly=True,
    ),
    Scenario(
        "broker-empty", ("F24",), "the broker comes back without its data", _empty
    ),
    Scenario(
        "broker-resets", ("F25",), "every connection reset each two seconds", _resets
    ),
    Scenario("broker-full", ("F26",), "no memory left for the broker", _full),
    Scenario("broker-read-only", ("F27",), "the broker became a replica", _read_only),
    Scenario(
        "broker-slow", ("F28",), "200 ms on every packet, one in twenty lost", _slow
    ),
    Scenario(
        "broker-locked",
        ("F30",),
        "the broker's password is another at a start",
        _locked,
    ),
)
