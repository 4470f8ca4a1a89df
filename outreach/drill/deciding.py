"""Scenarios in which people decide while messages are under way."""

from __future__ import annotations

import threading
from datetime import timedelta

from campaigns.errors import CampaignError
from campaigns.planning import lifecycle
from campaigns.vocabulary import CampaignState, MessageState
from outreach.drill.scene import Scenario, Scene


def _steered(scene: Scene) -> None:
    # So slow a carrier that there is something left to decide about.
    campaign = scene.begin(2400, latency_ms=400.0)
    other = scene.begin(1200, latency_ms=400.0)
    _decide(scene, campaign, lifecycle.pause)
    _decide(scene, other, lifecycle.cancel)
    scene.until(lambda: not scene.count(MessageState.SUBMITTING), "still under way")
    held = scene.office.states(campaign)[MessageState.QUEUED]
    scene.stand.wait(3.0)
    still = scene.office.states(campaign)[MessageState.QUEUED]
    scene.check("a paused campaign went on", holds=held == still)
    _decide(scene, campaign, lifecycle.resume)
    states = scene.office.states(other)
    scene.check("nothing was stopped", holds=states[MessageState.CANCELLED])


def _decide(scene: Scene, campaign: int, deed: object) -> None:
    wiring = scene.office.wiring
    with wiring.database.writing() as session:
        deed(session, campaign, by=scene.office.second, now=wiring.clock())  # type: ignore[operator]


def _last_moment(scene: Scene) -> None:
    scene.release(2400, within=timedelta(seconds=45), latency_ms=2000.0)
    scene.stand.wait(40.0)
    scene.until(scene.over, "it does not end")
    scene.check("nothing was too late", holds=scene.count(MessageState.CANCELLED))


def _double(scene: Scene) -> None:
    """Ten press *release* at once: one audience, one sending."""
    campaign = scene.release(120)
    wiring = scene.office.wiring
    seen = scene.office.campaign(campaign).content_hash
    done: list[int] = []

    def press() -> None:
        try:
            with wiring.database.writing() as session:
                lifecycle.release(
                    session,
                    campaign,
                    by=scene.office.second,
                    content_hash=seen,
                    now=wiring.clock(),
                )
            done.append(1)
        except CampaignError:
            return

    people = [threading.Thread(target=press) for _ in range(10)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    scene.check("released again", holds=not done)
    scene.until(scene.over, "it does not end")
    status = scene.office.campaign(campaign).status
    well = status in {CampaignState.RUNNING, CampaignState.FINISHED}
    scene.check("another state", holds=well)


SCENARIOS = (
    Scenario(
        "steered",
        ("F66",),
        "one campaign paused and resumed, another stopped",
        _steered,
    ),
    Scenario(
        "last-moment",
        ("F68",),
        "the last moment comes while the carrier is slow",
        _last_moment,
    ),
    Scenario("double-release", ("F67",), "ten people press release at once", _double),
)
