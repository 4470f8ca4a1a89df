"""Lanes claim ahead, keep their slots full and never outrun the carrier's line."""

from __future__ import annotations

import asyncio
import time
from threading import Event

import pytest
from carriers import outgoing
from delivery.ledger import Ledger
from sqlalchemy import update

from campaigns.delivery import carrying
from campaigns.delivery.claiming import Batch
from campaigns.delivery.line import open_breaker
from campaigns.delivery.models import Message
from campaigns.delivery.provider import Limits, NotAccepted, Submission
from campaigns.vocabulary import MessageState
from outreach import lanes
from outreach.routes import routes
from outreach.turns import Turns


class Narrow(Ledger):
    """Takes two at a time, and knows how many it was ever handed together."""

    limits = Limits(per_second=100_000, in_flight=2)
    under_way = most = 0

    async def carry(self, outgoing):
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        return await super().carry(outgoing)


@pytest.fixture
def wiring(sending_county, tmp_path):
    made = sending_county(people=40, lanes=3)
    made.providers["simulator"] = Narrow(tmp_path / "ledger")
    return made


def turns(wiring):
    with wiring.database.reading() as session:
        return Turns(wiring, routes(wiring, session, 1))


def test_lanes_claim_more_than_they_may_have_under_way(wiring):
    carrier = wiring.providers["simulator"]
    assert lanes.send(wiring, 1) == 40
    assert carrier.most == 4
    assert len(carrier.lines()) == 40


def test_all_lanes_together_get_what_the_line_gives_in_advance(wiring):
    wiring.providers["simulator"].limits = Limits(per_second=40, in_flight=2)
    asked = turns(wiring)
    assert [asked.take(4)[0].messages for _ in range(4)] == [4, 4, 2, 0]
    told = asked.take(4)[0]
    assert (told.messages, told.failed) == (0, False)
    assert told.wait > 0


def test_turns_that_are_left_are_forgotten_where_the_line_was_stopped(wiring, now):
    asked = turns(wiring)
    assert asked.take(3)[0].messages == 3
    with wiring.database.writing() as session:
        open_breaker(session, "simulator", now)
    assert asked.take(3)[0].messages == 3
    asked.forget()
    assert asked.take(3)[0].messages == 0
    assert asked.take(3)[0].failed


@pytest.mark.parametrize("state", [MessageState.QUEUED, MessageState.DELIVERED])
def test_a_lane_naps_before_a_shut_line_only_while_something_is_queued(
    wiring, now, monkeypatch, state
):
    naps = []

    async def nap(seconds):
        naps.append(seconds)
        lanes.closing.set()

    monkeypatch.setattr(lanes.asyncio, "sleep", nap)
    monkeypatch.setattr(lanes, "closing", Event())
    with wiring.database.writing() as session:
        open_breaker(session, "simulator", now)
        session.execute(update(Message).values(state=state))
    assert lanes.send(wiring, 1, seconds=60) == 0
    assert bool(naps) == (state is MessageState.QUEUED)


def batch_of(ids, **given):
    return Batch("a", "simulator", tuple(outgoing(message_id=n, **given) for n in ids))


def test_who_waits_for_a_slot_has_not_begun(tmp_path):
    """What a dead process's journal calls begun must have had its slot."""

    class Dead(Ledger):
        async def carry(self, _outgoing):
            await asyncio.sleep(3600)
            return Submission("never")

    begun = []

    async def for_a_moment():
        batch = batch_of(range(5))
        slots = carrying.Slots(2)
        work = carrying.carry(Dead(tmp_path / "l"), batch, begun.append, slots)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(work, 0.05)

    asyncio.run(for_a_moment())
    assert begun == [0, 1]


def test_whose_time_is_up_before_a_slot_is_free_goes_back(tmp_path):
    class Slow(Ledger):
        async def carry(self, _outgoing):
            await asyncio.sleep(0.03)
            raise NotAccepted("busy", throttled=True)

    batch = batch_of((1, 2), deadline=time.monotonic() + 0.02)
    found = asyncio.run(
        carrying.carry(Slow(tmp_path / "l"), batch, slots=carrying.Slots(1))
    )
    assert [out.state for out in found] == [MessageState.QUEUED] * 2
    assert [out.code for out in found] == [None, carrying.TOO_LATE]
