"""A reply belongs to the campaign that last wrote to its number, in the week before."""

from __future__ import annotations

from datetime import timedelta

import factories
import pytest
from sqlalchemy import select, update

from campaigns.delivery import launching
from campaigns.delivery.models import Message
from campaigns.fieldwork.answering import Answers, answers_to, summed
from campaigns.fieldwork.replies import take
from campaigns.vocabulary import MessageState, Wish

PHONE, OTHER = "+8614900000301", "+8614900000302"


@pytest.fixture
def sent(session, now):
    """Two campaigns that went to PHONE, the older one to OTHER too."""
    factories.unit(session)
    factories.member(session, name="张三丰", phone=PHONE)
    factories.member(session, name="李四光", phone=OTHER)
    made = []
    for days in (3, 1):
        campaign = factories.campaign(session, channels=["sms"])
        begun = now - timedelta(days=days)
        launching.launch(session, campaign.id, now)
        campaign.launched_at = begun
        moved = update(Message).where(Message.campaign_id == campaign.id)
        session.execute(moved.values(state=MessageState.DELIVERED, submitted_at=begun))
        made.append(campaign)
    theirs = select(Message).where(
        Message.campaign_id == made[1].id, Message.phone_index != _index(session)
    )
    for message in session.scalars(theirs):
        message.state = MessageState.REJECTED
    session.flush()
    return made


def _index(session):
    first = select(Message.phone_index).order_by(Message.id).limit(1)
    return session.scalars(first).one()


def test_the_last_campaign_whose_text_went_is_answered(session, now, sent):
    older, newer = sent
    assert take(session, "s", "1", PHONE, "几点开会", now).campaign_id == newer.id
    assert take(session, "s", "2", OTHER, "几点开会", now).campaign_id == older.id
    assert take(session, "s", "3", "+8614900000999", "谁", now).campaign_id is None


def test_after_a_week_no_campaign_is_answered(session, now, sent):
    late = now + timedelta(days=6, hours=1)
    assert take(session, "s", "1", PHONE, "几点开会", late).campaign_id is None
    assert len(sent) == 2


def test_answers_are_counted_by_what_they_ask_and_whether_they_wait(session, now, sent):
    for number, (phone, text) in enumerate(
        [(PHONE, "收到"), (PHONE, "几点开会"), (PHONE, "在哪里"), (OTHER, "救命")]
    ):
        take(session, "s", str(number), phone, text, now)
    _older, newer = sent
    assert answers_to(session, newer.id) == [
        Answers(Wish.OTHER, 2, 2),
        Answers(Wish.RECEIVED, 1, 0),
    ]
    assert summed(answers_to(session, newer.id)) == (3, 2)
    township = factories.campaign(session).id
    assert answers_to(session, township) == []
    assert answers_to(session, newer.id, "510522999") == []
