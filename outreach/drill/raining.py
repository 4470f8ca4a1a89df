"""Scenarios in which receipts pour in while everything that takes them is killed."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from functools import partial
from typing import Any

from campaigns.delivery.token import read
from outreach.drill.kept import stands, wrongs
from outreach.drill.posting import Clients, prepare
from outreach.drill.scene import Scenario, Scene
from outreach.simulator import asking

_REPORTS = 5
"""Posts about each message, repeats among them."""
_CONNECTIONS = 32
_VICTIMS = ("web", "worker", "broker", "web", "worker", "database")
_PATIENCE = 600.0
_LONGEST_WAIT = 15.0
_FAST = {"OUTREACH_PROVIDER_RATE": "2000"}
"""One worker more, for whom the line is wide: the sending is not what is tried."""
_ENDS = {
    ("delivered",): 75,
    ("undelivered",): 13,
    ("undelivered", "delivered"): 5,
    (): 7,
}
"""What is reported beside "queued" and "sent", and how often."""
_HONEST = {0, 204, 503}
"""No answer, kept, or come again."""


def _storm(scene: Scene, reports: int, kills: int) -> None:
    campaign = _sent(scene, reports // _REPORTS)
    entries = _entries(scene, campaign)
    stories = {message: story(scene.draw) for message in entries}
    posts = prepare(scene.stand.settings, entries, stories, scene.draw)
    before = Counter(scene.stand.killed)
    with Clients(posts, _CONNECTIONS) as clients:
        for n in range(kills):
            share = len(posts) * (n + 1) // (kills + 1)
            _until(scene, clients, share)
            _kill(scene, _VICTIMS[n % len(_VICTIMS)])
        struck = time.monotonic()
        scene.until(lambda: clients.over, "the clients do not end", _PATIENCE)
    over = partial(scene.office.handed_over, campaign)
    scene.until(over, "receipts are not applied", _PATIENCE)
    seconds = time.monotonic() - struck
    _compare(scene, campaign, clients)
    scene.told += [
        f"{clients.answered.total()} kept, {clients.given_up} given up",
        f"killed {dict(Counter(scene.stand.killed) - before)}",
        f"all applied {seconds:.1f} s after the last kill",
    ]


def _sent(scene: Scene, people: int) -> int:
    """A campaign that the carrier took, and of which it reports nothing by itself."""
    words = [sys.executable, "-m", "outreach", "worker"]
    scene.stand.add("worker3", words, **_FAST)
    try:
        campaign = scene.begin(people, callbacks=False)
        scene.until(
            lambda: scene.office.accepted(campaign) >= people,
            "not everybody was accepted",
            _PATIENCE,
        )
    finally:
        scene.stand.remove("worker3")
    return campaign


def _entries(scene: Scene, campaign: int) -> dict[int, Any]:
    wiring = scene.office.wiring
    named = (
        (read(wiring.signer, entry["token"]), entry)
        for entry in asking.ledger(wiring.settings)
    )
    return {
        token.message_id: entry
        for token, entry in named
        if token is not None and token.campaign_id == campaign
    }


def story(draw: random.Random) -> list[str]:
    """What is reported about one message: an end or none, and repeats."""
    (end,) = draw.choices(list(_ENDS), list(_ENDS.values()))
    once = ["queued", "sent", *end]
    return once + draw.choices(once, k=_REPORTS - len(once))


def _until(scene: Scene, clients: Clients, share: int) -> None:
    scene.stand.until(lambda: clients.done >= share, _LONGEST_WAIT)


def _kill(scene: Scene, what: str) -> None:
    worker = scene.draw.choice(scene.stand.workers)
    scene.stand.kill(worker if what == "worker" else what)


def _compare(scene: Scene, campaign: int, clients: Clients) -> None:
    with scene.office.wiring.database.reading() as session:
        inbox, states = stands(session, campaign)
    posted = {(post.message, post.status) for post in clients.posts}
    for name, n in wrongs(clients.answered, posted, inbox, states).items():
        scene.check(f"{n} receipts {name}", holds=False)
    odd = set(clients.statuses) - _HONEST
    scene.check(f"answered {sorted(odd)}", holds=not odd)
    tries = f"{len(posted)} different receipts, {len(clients.posts)} posts"
    scene.told.append(f"{tries}, {clients.statuses.total()} tries, {len(inbox)} stand")


SCENARIOS = (
    Scenario(
        "receipt-squall",
        ("F62",),
        "1,000 receipts while web, workers, broker and database are killed",
        partial(_storm, reports=1_000, kills=6),
    ),
    Scenario(
        "receipt-storm",
        ("F62",),
        "50,000 receipts while they are killed again and again",
        partial(_storm, reports=50_000, kills=40),
        nightly=True,
    ),
)
