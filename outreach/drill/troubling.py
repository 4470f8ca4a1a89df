"""Scenarios in which the carrier misbehaves."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from campaigns.delivery.doubts import QUESTIONS
from campaigns.delivery.models import Line
from campaigns.delivery.polling import AGES
from campaigns.vocabulary import MessageState
from outreach.drill.scene import Scenario, Scene
from outreach.drill.settling import ask, poll
from outreach.simulator import asking


def _throttled(scene: Scene) -> None:
    scene.begin(240)
    for header in ("2", "", "soon", "-1"):
        scene.stand.behave(too_many=1.0, retry_after=header)
        scene.stand.wait(4.0)
    scene.stand.behave(too_many=0.0, retry_after="1")
    _forgive(scene)


def _forgive(scene: Scene) -> None:
    """Let the line's pause end now: its length is another test's."""
    with scene.office.wiring.database.writing() as session:
        for line in session.scalars(select(Line)):
            line.open_until, line.failures, line.penalty = None, 0, 1


def _black_hole(scene: Scene) -> None:
    everybody = 360
    scene.release(everybody, black_hole=1.0)
    scene.stand.wait(45.0)
    scene.stand.behave(black_hole=0.0)
    scene.until(lambda: not scene.count(MessageState.SUBMITTING), "still under way")
    doubted = scene.count(MessageState.IN_DOUBT)
    # What the lanes had in hand when it began, and a message that tries the line.
    scene.check(f"{doubted} in doubt", holds=doubted < everybody // 2)
    _forgive(scene)


def _unreachable(scene: Scene) -> None:
    """A closed port proves that nothing was sent: all wait, and nobody is in doubt."""
    scene.begin(240)
    doubted = scene.count(MessageState.IN_DOUBT)
    scene.stand.held.add("simulator")
    scene.stand.kill("simulator")
    scene.stand.wait(10.0)
    waiting = scene.count(MessageState.QUEUED)
    scene.stand.wait(3.0)
    scene.check("nobody waits", holds=scene.count(MessageState.QUEUED) == waiting > 0)
    under_way = scene.count(MessageState.IN_DOUBT) - doubted
    scene.check(f"{under_way} in doubt", holds=under_way < waiting)
    scene.stand.held.discard("simulator")
    scene.stand.until(scene.stand.up, 60)
    _forgive(scene)


def _share(scene: Scene, **behaviour: Any) -> None:  # noqa: ANN401 - its fields
    scene.release(360, **behaviour)
    scene.until(scene.over, "it does not end")


def _errors_after(scene: Scene) -> None:
    _share(scene, error_after=0.1, reset_after=0.05)


def _errors_before(scene: Scene) -> None:
    _share(scene, unavailable=0.1, error_before=0.05, reset=0.05)


def _odd(scene: Scene) -> None:
    odd = ("broken_json", "page", "empty", "huge", "nameless", "moved")
    _share(scene, **dict.fromkeys(odd, 0.02))


def _drip(scene: Scene) -> None:
    _share(scene, drip=0.03)


def _credentials(scene: Scene) -> None:
    scene.begin(240)
    scene.stand.behave(unauthorised=1.0)
    scene.stand.wait(6.0)
    scene.check("nobody waits", holds=scene.count(MessageState.QUEUED))
    scene.stand.behave(unauthorised=0.0)


def _quota(scene: Scene) -> None:
    scene.begin(240)
    scene.stand.behave(quota=1.0)
    scene.stand.wait(6.0)
    scene.check("nobody waits", holds=scene.count(MessageState.QUEUED))
    scene.stand.behave(quota=0.0)
    _forgive(scene)


def _blocked(scene: Scene) -> None:
    _share(scene, refused=0.05)
    scene.check("nobody was refused", holds=scene.count(MessageState.REJECTED))


def _closed(scene: Scene) -> None:
    scene.release(120, error_after=0.2, callbacks=False, ledger_closed=True)
    scene.until(scene.over, "it does not end")
    scene.until(lambda: not scene.count(MessageState.SUBMITTING), "still under way")
    doubted = scene.count(MessageState.IN_DOUBT)
    ask(scene.office.wiring, QUESTIONS[:1])
    scene.check(
        "doubt was decided without a ledger",
        holds=scene.count(MessageState.IN_DOUBT) == doubted > 0,
    )
    scene.stand.behave(ledger_closed=False, callbacks=True)


def _late(scene: Scene) -> None:
    scene.release(120, error_after=0.2, callbacks=False, ledger_lag_seconds=600.0)
    scene.until(scene.over, "it does not end")
    ask(scene.office.wiring, QUESTIONS[:1])
    scene.stand.behave(ledger_lag_seconds=0.0)
    scene.check("absence was believed", holds=not scene.count(MessageState.QUEUED))


def _unheard(scene: Scene) -> None:
    """Nobody reaches our door: the carrier's records say what became of everybody."""
    scene.release(120, callbacks=False)
    scene.until(scene.over, "it does not end")
    scene.until(lambda: not scene.count(MessageState.SUBMITTING), "still under way")
    scene.check("somebody was told", holds=not scene.count(MessageState.DELIVERED))
    scene.until(lambda: _final(scene), "the carrier has no last word")
    poll(scene.office.wiring, AGES[0])
    silent = scene.count(MessageState.ACCEPTED) + scene.count(MessageState.SENT)
    scene.check(f"of {silent} nothing is known", holds=not silent)
    scene.stand.behave(callbacks=True)


def _final(scene: Scene) -> bool:
    """Whether the carrier itself knows what became of everybody."""
    return not {"queued", "sent"} & set(
        asking.summary(scene.stand.settings)["statuses"]
    )


def _early(scene: Scene) -> None:
    _share(scene, early=1.0, twice=0.5, error_after=0.1)


SCENARIOS = (
    Scenario(
        "throttled",
        ("F44", "F45"),
        "429 to everybody, with and without a usable Retry-After",
        _throttled,
    ),
    Scenario(
        "black-hole",
        ("F46",),
        "the carrier takes connections and never answers",
        _black_hole,
    ),
    Scenario(
        "unreachable", ("F53",), "the carrier's door is shut for a while", _unreachable
    ),
    Scenario(
        "errors-after",
        ("F07", "F47"),
        "an error or a cut line after the message was taken",
        _errors_after,
    ),
    Scenario(
        "errors-before",
        ("F48",),
        "an error or a cut line before it was taken",
        _errors_before,
    ),
    Scenario(
        "odd-answers",
        ("F49", "F50", "F51"),
        "broken, empty, huge, nameless answers, HTML, redirects",
        _odd,
    ),
    Scenario("drip", ("F20", "F54"), "an answer of one byte a second", _drip),
    Scenario("credentials", ("F55",), "401 for a while", _credentials),
    Scenario("quota", ("F56",), "the account's daily limit is used up", _quota),
    Scenario(
        "blocked", ("F57",), "some addressees are refused by the carrier", _blocked
    ),
    Scenario(
        "ledger-closed", ("F58",), "the carrier's list fails while it is asked", _closed
    ),
    Scenario("ledger-late", ("F59",), "the carrier's list lags ten minutes", _late),
    Scenario("unheard", ("F64",), "no receipt comes, and the list is read", _unheard),
    Scenario(
        "early-receipts",
        ("F60",),
        "every receipt overtakes the answer, half come twice",
        _early,
    ),
)
