from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import factories
import pytest
from sqlalchemy import update

from campaigns.delivery import launching, tally
from campaigns.delivery.models import Message
from campaigns.delivery.people import settle
from campaigns.delivery.tally import Cell
from campaigns.fieldwork import announcements, deeds
from campaigns.fieldwork.playing import Play
from campaigns.fieldwork.village_pages import for_places
from campaigns.register.models import OptOut
from campaigns.reporting.over_time import note, over_time, series
from campaigns.reporting.overview import overviews
from campaigns.reporting.people import KINDS, People
from campaigns.reporting.statistics import campaign_statistics
from campaigns.vocabulary import (
    AnnouncementState,
    CampaignState,
    Category,
    MemberStatus,
    MessageState,
    Reason,
    Urgency,
)

NOW = factories.NOW
FUBAO, BAISHA = "510522112", "510522102"
S = MessageState


@pytest.fixture(autouse=True)
def county(session):
    factories.unit(session)
    factories.places(session)


def cell(campaign, channel, state, reason="", *, township=FUBAO, category=4):
    return Cell(campaign.id, township, category, channel, int(state), reason)


def move(session, campaign, member, state, reason="", *, parts=1):
    moved = session.execute(
        update(Message)
        .where(Message.campaign_id == campaign.id, Message.member_id == member.id)
        .values(
            was=Message.state,
            was_reason=Message.reason,
            state=state,
            reason=reason,
            parts=parts,
        )
        .returning(*tally.MOVED)
    ).all()
    settle(session, moved)


def test_everybody_is_in_one_part_from_launch_to_the_last_receipt(session):
    happy, blind, away, dead = (
        factories.member(session, category=category)
        for category in (
            Category.HEARING,
            Category.VISUAL,
            Category.PHYSICAL,
            Category.PHYSICAL,
        )
    )
    sharing = factories.member(
        session, phone=happy.phone, phone_index=happy.phone_index
    )
    factories.member(session, status=MemberStatus.DECEASED)
    factories.member(session, phone=None)
    refused = factories.member(session, township=BAISHA)
    session.add(OptOut(phone_index=refused.phone_index, source="sms", recorded_at=NOW))
    campaign = factories.campaign(session)
    assert launching.launch(session, campaign.id, NOW)
    seen = campaign_statistics(session, campaign.id)
    assert seen.everybody == People(waiting=5, refused=1, not_applicable=1, attempted=1)
    for member, state, reason in (
        (happy, S.DELIVERED, ""),
        (blind, S.DELIVERED, ""),
        (away, S.UNDELIVERED, "absent"),
        (dead, S.NO_RECEIPT, ""),
    ):
        move(session, campaign, member, S.ACCEPTED)
        move(session, campaign, member, state, reason)
    seen = campaign_statistics(session, campaign.id, now=NOW)
    assert seen.audience == 8 == sum(seen.messages.values())
    assert seen.everybody == People(
        delivered_suitable=2, refused=1, not_applicable=1, attempted=4
    )
    assert seen.reached == 2
    assert sharing.id != happy.id
    assert seen.messages == {
        "no_receipt": 1,
        "undelivered": 1,
        "delivered": 2,
        "skipped": 4,
    }
    assert seen.skipped == dict.fromkeys(
        [Reason.SHARED_PHONE, Reason.INACTIVE, Reason.NO_CONTACT, Reason.OPTED_OUT], 1
    )
    assert (seen.submitted, seen.delivered, seen.parts) == (4, 2, 4)
    assert seen.cost == Decimal("0.20")
    assert seen.delivery_rate == 0.5
    assert {it: people.audience for it, people in seen.by_township.items()} == {
        BAISHA: 1,
        FUBAO: 7,
    }
    assert seen.by_category[Category.VISUAL] == People(attempted=1)
    assert seen.heat[FUBAO, Category.HEARING].rate == 1.0
    assert sum(people.audience for people in seen.heat.values()) == seen.audience


@pytest.mark.parametrize(
    ("urgency", "status", "expected"),
    [
        (Urgency.TIP, CampaignState.RUNNING, "waiting"),
        (Urgency.TIP, CampaignState.FINISHED, "attempted"),
        (Urgency.MUST_REACH, CampaignState.FINISHED, "to_visit"),
        (Urgency.EMERGENCY, CampaignState.CANCELLED, "attempted"),
    ],
)
def test_who_is_not_reached_is_waited_for_or_visited_or_was_attempted(
    session, urgency, status, expected
):
    campaign = factories.campaign(session, urgency=urgency, status=status)
    tally.write(session, {cell(campaign, "person", S.QUEUED): 3})
    everybody = campaign_statistics(session, campaign.id).everybody
    assert {name: n for name in KINDS if (n := getattr(everybody, name))} == {
        expected: 3
    }


@pytest.mark.parametrize(
    ("state", "reason", "expected"),
    [
        (S.DELIVERED, "", "delivered_suitable"),
        (S.DELIVERED, "unsuitable", "to_visit"),
        (S.NO_RECEIPT, "", "to_visit"),
        (S.UNDELIVERED, "permanent", "to_visit"),
        (S.REJECTED, "refused_by_provider", "to_visit"),
        (S.SKIPPED, "deaf_blind", "to_visit"),
        (S.SKIPPED, "opted_out", "refused"),
        (S.SKIPPED, "inactive", "not_applicable"),
        (S.CANCELLED, "stopped", "to_visit"),
        (S.UNDELIVERED, "met", "contacted"),
        (S.SKIPPED, "family_met", "family"),
        (S.NO_RECEIPT, "away", "attempted"),
        (S.QUEUED, "declined", "refused"),
        (S.DELIVERED, "gone", "not_applicable"),
    ],
)
def test_each_state_of_a_person_has_its_part(session, state, reason, expected):
    campaign = factories.campaign(session, urgency=Urgency.MUST_REACH)
    tally.write(session, {cell(campaign, "person", state, reason): 2})
    everybody = campaign_statistics(session, campaign.id).everybody
    assert (getattr(everybody, expected), everybody.audience) == (2, 2)


@pytest.mark.parametrize(
    ("hour", "urgency", "reached"),
    [
        (3, Urgency.EMERGENCY, 0),
        (20, Urgency.EMERGENCY, 0),
        (12, Urgency.EMERGENCY, 1),
        (3, Urgency.MUST_REACH, 1),
    ],
)
def test_a_text_wakes_nobody_in_a_night_of_emergency(session, hour, urgency, reached):
    shanghai = datetime(2026, 11, 23, hour, tzinfo=UTC) - timedelta(hours=8)
    campaign = factories.campaign(session, urgency=urgency, launched_at=shanghai)
    tally.write(session, {cell(campaign, "person", S.DELIVERED): 1})
    assert campaign_statistics(session, campaign.id).reached == reached


def test_villages_are_counted_by_what_they_did_even_when_signed(session):
    campaign = factories.campaign(session, channels=["sms", "loudspeaker"])
    announcements.prepare(session, campaign.id, NOW)
    announcements.attach_clip(session, campaign.id, FUBAO, "a" * 64, {}, NOW)
    announcements.attach_clip(session, campaign.id, BAISHA, "b" * 64, {}, NOW)
    first, second, third, fourth = (
        row.announcement_id for row in for_places(session, [])
    )
    play = Play(NOW.date(), ("07:30", "11:50"))
    deeds.record_played(session, first, play, way="link", now=NOW)
    deeds.record_missed(session, second, "power", way="link", now=NOW)
    not_due = {"state": AnnouncementState.NOT_DUE, "way": "link", "now": NOW}
    deeds.record_missed(session, third, "ceremony", **not_due)
    deeds.record_download(session, fourth, way="link", now=NOW)
    deeds.sign_off(session, [first, second], by=1, now=NOW)
    seen = campaign_statistics(session, campaign.id).villages
    assert (seen.due, seen.played, seen.missed, seen.downloaded) == (3, 1, 1, 1)
    assert (seen.not_due, seen.signed, seen.plays) == (1, 2, 2)
    assert seen.coverage == pytest.approx(1 / 3)


def test_progress_is_noted_when_it_moves_and_not_too_often(session):
    campaign = factories.campaign(session, launched_at=NOW)
    delivered = cell(campaign, "sms", S.DELIVERED)

    def at(seconds, more=0):
        if more:
            tally.write(session, {delivered: more})
        return note(session, campaign, NOW + timedelta(seconds=seconds))

    assert [at(0, 1), at(2, 1), at(5), at(10), at(86_400, 5)] == [
        True,
        False,
        True,
        False,
        True,
    ]
    assert not at(86_500, 1)
    assert [point.delivered for point in series(session, campaign.id)] == [1, 2, 7]
    later = NOW + timedelta(days=2)
    assert over_time(session, campaign.id, later)[-1] == (later, 8)


def test_many_side_by_side_are_what_each_is_by_itself(session):
    people = [
        factories.member(session, category=kind, township=town, village=f"{town}201")
        for kind in (Category.HEARING, Category.VISUAL)
        for town in (FUBAO, BAISHA)
    ]
    launched = []
    for urgency, at in ((Urgency.TIP, 0), (Urgency.EMERGENCY, 1)):
        campaign = factories.campaign(
            session, urgency=urgency, channels=["sms", "loudspeaker"]
        )
        launching.launch(session, campaign.id, NOW)
        announcements.prepare(session, campaign.id, NOW)
        move(session, campaign, people[at], S.DELIVERED)
        move(session, campaign, people[3], S.REJECTED)
        launched.append(campaign)
    idle = factories.campaign(session, channels=["sms"])
    found = overviews(session, [each.id for each in (*launched, idle)])
    for campaign in launched:
        whole = campaign_statistics(session, campaign.id)
        assert found[campaign.id].everybody == whole.everybody
        assert found[campaign.id].villages == whole.villages
        here = overviews(session, [campaign.id], FUBAO)[campaign.id]
        assert here.everybody == whole.by_township[FUBAO]
        assert here.villages == whole.villages_by_township[FUBAO]
    assert found[idle.id].everybody == People()
