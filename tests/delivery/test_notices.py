"""A person is told, once, that their guardian's texts go to another phone."""

from __future__ import annotations

from datetime import date

import factories
import pytest
from sqlalchemy import select

from campaigns import privacy
from campaigns.delivery import claiming, launching, tally
from campaigns.delivery.dispatch import Dispatch
from campaigns.delivery.models import Message
from campaigns.delivery.provider import Limits
from campaigns.register.models import Place
from campaigns.register.unit import current_unit
from campaigns.reporting.statistics import campaign_statistics
from campaigns.vocabulary import Addressee, Category, Channel, Preference, Urgency

NOW = factories.NOW
OLD, NEW = "+8614300000001", "+8614300000002"
WARD = {"category": Category.INTELLECTUAL, "guardian_phone": OLD}


@pytest.fixture(autouse=True)
def county(session):
    factories.unit(session)
    factories.places(session)


def changed(session, **given):
    """Somebody whose guardian has another phone since the list came."""
    member = factories.member(session, **{**WARD, **given})
    member.guardian_phone = NEW
    member.guardian_phone_index = privacy.blind("phone", NEW)
    session.flush()
    return member


def launched(session, urgency=Urgency.MUST_REACH):
    campaign = factories.campaign(session, urgency=urgency)
    assert launching.launch(session, campaign.id, NOW)
    return campaign


def notices(session, campaign):
    return session.scalars(
        select(Message.member_id).where(
            Message.campaign_id == campaign.id,
            Message.channel == Channel.ALERT,
            Message.addressee == Addressee.MEMBER,
        )
    ).all()


def test_the_first_campaign_that_writes_to_the_new_phone_tells_the_person(session):
    one = changed(session)
    factories.member(session, **WARD)
    first = launched(session)
    assert notices(session, first) == [one.id]
    assert notices(session, launched(session)) == []
    dispatch = Dispatch.of(session, first.id)
    batch = claiming.claim(
        session, dispatch, 20, NOW, signer=b"s" * 32, limits=Limits(per_second=100)
    )
    mine = [out.text for out in batch.messages if out.phone == one.phone]
    assert sum("您登记的家人电话换了" in text for text in mine) == 1
    assert sum("0830-0000000" in text for text in mine) == 1
    assert len(mine) == 2
    assert NEW[-4:] not in "".join(mine), "it names nobody and no number"
    assert campaign_statistics(session, first.id).audience == 2
    assert tally.recount(session, first.id) == []


@pytest.mark.parametrize(
    "given",
    [
        {"category": Category.PHYSICAL},
        {"guardian_copy": False},
        {"birth_date": date(2020, 1, 1)},
        {"phone": None},
        {"preference": Preference.VISIT},
    ],
)
def test_nobody_is_told_whom_no_text_reaches_or_whose_guardian_gets_none(
    session, given
):
    changed(session, **given)
    assert notices(session, launched(session)) == []


def test_not_where_life_is_in_danger_and_not_without_a_number_to_call(session):
    changed(session)
    assert notices(session, launched(session, Urgency.EMERGENCY)) == []
    current_unit(session).landline = ""
    assert notices(session, launched(session)) == []


def test_a_village_s_alert_finds_its_phone_free(session):
    one = changed(session)
    session.get_one(Place, one.village).duty_phone = one.phone
    session.flush()
    assert notices(session, launched(session)) == []
