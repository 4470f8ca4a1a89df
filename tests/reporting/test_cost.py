"""What a campaign cost adds up, however it is divided, and tells nobody's number."""

from __future__ import annotations

from dataclasses import replace

import factories
import pytest
from sqlalchemy import select

from campaigns.delivery import launching, tally
from campaigns.delivery.models import Message
from campaigns.fieldwork.answering import Answers
from campaigns.reporting import cost
from campaigns.reporting.report_tables import report_tables
from campaigns.reporting.small_cells import guarded
from campaigns.reporting.statistics import campaign_statistics
from campaigns.vocabulary import Channel, MessageState, Wish

TOWNS = {"510522112": 9, "510522102": 7, "510522103": 3, "510522104": 2}


@pytest.fixture
def seen(session, now):
    factories.unit(session)
    for town, n in TOWNS.items():
        for _ in range(n):
            factories.member(session, township=town, village=f"{town}201")
    campaign = factories.campaign(session, channels=["sms"])
    launching.launch(session, campaign.id, now)
    for message in session.scalars(select(Message)):
        message.state, message.parts = MessageState.ACCEPTED, 2
    session.flush()
    tally.repair(session, campaign.id)
    return campaign_statistics(session, campaign.id, now=now)


def test_each_way_of_dividing_it_gives_the_whole(seen):
    assert seen.parts == 2 * sum(TOWNS.values())
    ways, places = cost.by_channel(seen), cost.by_township(seen)
    assert ways == {Channel.SMS: (seen.parts, seen.cost)}
    assert {place: one.parts for place, one in places.items()} == {
        town: 2 * n for town, n in TOWNS.items()
    }
    assert sum(one.yuan for one in places.values()) == seen.cost


def test_townships_of_few_people_are_one_where_their_people_are_left_out(seen):
    hidden = guarded(seen)
    places = cost.by_township(hidden)
    dark = {t for t, it in hidden.by_township.items() if it.audience is None}
    assert dark >= {"510522103", "510522104"}
    assert places.keys() == TOWNS.keys() - dark | {""}
    assert places[""].parts == 2 * sum(TOWNS[town] for town in dark)


def test_the_report_has_cost_and_replies_as_tables(seen):
    answers = [Answers(Wish.OTHER, 3, 1), Answers(Wish.RECEIVED, 2, 0)]
    made = report_tables(seen, {"510522112": "福宝镇"}, answers=answers)
    assert made["replies"].lines == (
        ("其他", 3, 2, 1),
        ("收到", 2, 2, 0),
        ("合计", 5, 4, 1),
    )
    rows = made["cost"].rows
    assert ("乡镇", "福宝镇", 18, 0.88) in rows
    for by in ("方式", "乡镇"):
        parts = sum(row[2] for row in rows if row[0] == by)
        assert parts == made["cost"].total[2], by
    nothing = replace(seen, parts=0, alert_parts=0, parts_by_township={})
    assert "cost" not in report_tables(nothing, {})
    assert "replies" not in report_tables(seen, {})
