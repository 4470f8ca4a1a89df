"""Launching accounts for everybody, once."""

from __future__ import annotations

from datetime import date, timedelta

import factories
import pytest
from sqlalchemy import event, func, select

from campaigns.delivery import gating, launching, tally
from campaigns.delivery.models import Message, Recipient
from campaigns.planning.models import Campaign
from campaigns.vocabulary import (
    Addressee,
    BulletinState,
    CampaignState,
    Category,
    LegalBasis,
    MemberStatus,
    MessageState,
    NumberStatus,
    Reason,
    Urgency,
)

QUEUED, SKIPPED = MessageState.QUEUED, MessageState.SKIPPED


def message_of(session, member):
    session.expire_all()
    return session.scalars(select(Message).where(Message.member_id == member.id)).one()


def test_a_campaign_is_launched_once(session, launched, now, states):
    campaign = launched(3)
    factories.member(session)
    assert not launching.launch(session, campaign.id, now)
    assert states(campaign) == [QUEUED] * 3


@pytest.mark.parametrize(
    "given",
    [
        {"status": CampaignState.PAUSED},
        {"status": CampaignState.CANCELLED},
        {"status": CampaignState.SUBMITTED},
        {"due_at": factories.NOW + timedelta(seconds=1)},
    ],
)
def test_a_campaign_that_may_not_go_is_not_launched(session, now, given):
    factories.unit(session)
    factories.member(session)
    campaign = factories.campaign(session, **given)
    assert not launching.launch(session, campaign.id, now)


def test_a_text_superseded_since_the_approval_is_not_sent(session, now):
    factories.unit(session)
    factories.member(session)
    given = {"status": CampaignState.APPROVED, "made_by": 1}
    old, fresh = (factories.campaign(session, **given) for _ in range(2))
    old.version.state = BulletinState.SUPERSEDED
    assert not launching.launch(session, old.id, now)
    assert launching.launch(session, fresh.id, now)
    assert (old.status, old.approved_by) == (CampaignState.DRAFT, None)
    assert "出了新版" in old.return_reason
    assert not launching.launch(session, old.id, now)
    running = factories.campaign(session)
    running.version.state = BulletinState.SUPERSEDED
    assert launching.launch(session, running.id, now), "two people let it run"


def test_an_approved_campaign_runs_when_it_is_due(session, now):
    factories.unit(session)
    campaign = factories.campaign(session, status=CampaignState.APPROVED)
    assert launching.launch(session, campaign.id, now)
    session.refresh(campaign)
    assert campaign.status == CampaignState.RUNNING
    assert campaign.launched_at == now


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"status": MemberStatus.DECEASED}, Reason.INACTIVE),
        ({"legal_basis": LegalBasis.NONE}, Reason.NO_LEGAL_BASIS),
        ({"phone": None}, Reason.NO_CONTACT),
        ({"phone": None, "village": None}, Reason.NO_CONTACT),
        ({"number_status": NumberStatus.EMPTY}, Reason.NUMBER_BAD),
        (
            {"category": Category.MULTIPLE, "categories": 0b11},
            Reason.DEAF_BLIND,
        ),
    ],
)
def test_whoever_gets_nothing_has_a_row_with_the_reason(
    session, launched, given, reason
):
    person = factories.member(session, **given)
    launched(0)
    message = message_of(session, person)
    assert (message.state, message.reason) == (SKIPPED, reason)
    recipient = session.scalars(select(Recipient)).one()
    assert (recipient.best, recipient.reason) == (-9, reason)


def test_one_text_a_phone_and_the_others_follow_it(session, launched, send):
    people = [factories.member(session, phone="+8614000000777") for _ in range(3)]
    campaign = launched(0)
    rows = [message_of(session, person) for person in people]
    assert [row.reason for row in rows] == ["", "shared_phone", "shared_phone"]
    assert {row.carried_by for row in rows[1:]} == {rows[0].id}
    assert len(send(campaign).messages) == 1
    assert tally.recount(session, campaign.id) == []


def test_a_person_without_legal_basis_never_carries_for_others(session, launched):
    phone = "+8614000000778"
    factories.member(session, phone=phone, legal_basis=LegalBasis.NONE)
    second = factories.member(session, phone=phone)
    launched(0)
    assert message_of(session, second).state == QUEUED


def test_a_childs_text_goes_to_the_guardian(session, launched):
    child = factories.member(
        session, birth_date=date(2020, 1, 1), guardian_phone="+8614000000779"
    )
    launched(0)
    own, copy = session.scalars(select(Message).order_by(Message.addressee.desc()))
    assert (own.state, own.reason) == (SKIPPED, Reason.CHILD)
    assert (copy.state, copy.addressee) == (QUEUED, Addressee.GUARDIAN)
    assert copy.phone_index == child.guardian_phone_index


def test_a_refusal_is_heard_except_in_an_emergency(session, launched, now):
    person = factories.member(session)
    gating.refuse(session, person.phone_index, now)
    launched(0)
    assert message_of(session, person).reason == Reason.OPTED_OUT
    session.query(Message).delete()
    urgent = factories.campaign(session, urgency=Urgency.EMERGENCY)
    launching.launch(session, urgent.id, now)
    assert message_of(session, person).state == QUEUED


def test_a_third_tip_in_a_week_is_left_out_and_a_must_reach_is_not(
    session, launched, now, send
):
    for _ in range(2):
        factories.member(session)
    first = launched(0)
    send(first)
    for urgency, reasons in (
        (Urgency.TIP, {""}),
        (Urgency.TIP, {"frequency"}),
        (Urgency.MUST_REACH, {""}),
    ):
        campaign = factories.campaign(session, urgency=urgency)
        launching.launch(session, campaign.id, now)
        found = select(Message.reason).where(Message.campaign_id == campaign.id)
        assert set(session.scalars(found)) == reasons


def test_without_texts_everybody_is_still_a_recipient(session, launched):
    campaign = launched(3, channels=["loudspeaker"])
    assert tally.by_state(session, campaign.id, "person") == {0: 3}
    assert session.scalars(select(Message)).all() == []


def test_messages_lie_in_the_order_of_the_tallys_cells(session, launched):
    for n in range(12):
        factories.member(
            session,
            category=Category(n % 3 + 3),
            township=["510522112", "510522102"][n % 2],
        )
    launched(0)
    rows = session.execute(
        select(Message.township, Message.category).order_by(Message.id)
    ).all()
    assert rows == sorted(rows)


def test_each_village_is_alerted_once_and_each_phone_once(session, launched, now):
    campaign = launched(0)
    villages = [
        ("510522112201", "510522112", "+8614000000001"),
        ("510522112202", "510522112", "+8614000000002"),
        ("510522102201", "510522102", "+8614000000001"),
    ]
    assert launching.add_alerts(session, campaign.id, villages, now) == 2
    assert launching.add_alerts(session, campaign.id, villages, now) == 0
    assert tally.by_state(session, campaign.id, "alert") == {0: 2}
    assert tally.recount(session, campaign.id) == []


def test_a_freeze_that_fails_leaves_nothing_behind(session, launched, now):
    """A statement's time limit or a lost line, at the very last statement."""
    launched(3)
    campaign = factories.campaign(session).id
    engine = session.get_bind().engine

    def ended(_connection, _cursor, statement, *_):
        if "INTO tally_delta" in statement:
            raise RuntimeError

    event.listen(engine, "before_cursor_execute", ended)
    try:
        with pytest.raises(RuntimeError), session.begin_nested():
            launching.launch(session, campaign, now)
    finally:
        event.remove(engine, "before_cursor_execute", ended)
    session.expire_all()
    assert session.get(Campaign, campaign).launched_at is None
    left = select(func.count()).where(Message.campaign_id == campaign)
    assert session.scalar(left) == 0
    assert launching.launch(session, campaign, now)
