"""Numbers to mend: a person's own and their guardian's, checked and replaced."""

from __future__ import annotations

import factories
import pytest

from campaigns.delivery.models import Message
from campaigns.delivery.numbers import read_campaigns, settle_number
from campaigns.fieldwork import mending
from campaigns.fieldwork.visit_models import Visit
from campaigns.fieldwork.visiting import Result, record
from campaigns.register import consent
from campaigns.register.scope import Scope
from campaigns.vocabulary import (
    Addressee,
    CampaignState,
    Channel,
    MemberStatus,
    MessageState,
    NumberStatus,
    VisitOutcome,
)

NOW = factories.NOW
ALL = Scope.everything()
A, N = Addressee, NumberStatus
FAMILY, FRESH = "+8614200000002", "+8614200000003"


@pytest.fixture
def ward(session):
    factories.unit(session)
    factories.places(session)
    return factories.member(session, guardian_phone=FAMILY)


def failed(session, member, code="30005"):
    """One more campaign that is over and did not reach the guardian."""
    campaign = factories.campaign(
        session, launched_at=NOW, status=CampaignState.FINISHED
    )
    session.add(
        Message(
            campaign_id=campaign.id,
            member_id=member.id,
            channel=Channel.SMS,
            addressee=A.GUARDIAN,
            phone_index=member.guardian_phone_index,
            township=member.township,
            village=member.village,
            category=4,
            state=int(MessageState.UNDELIVERED),
            was=0,
            reason="permanent",
            code=code,
            due_at=NOW,
            provider="simulator",
        )
    )
    session.flush()
    read_campaigns(session, NOW)


def listed(session):
    return [(it.addressee, it.status) for it in mending.to_mend(session, ALL)]


def test_a_guardians_number_that_fails_is_listed_like_a_persons_own(session, ward):
    factories.member(session, guardian_phone="+8614200000009")
    for expected in ([], [(A.GUARDIAN, N.SUSPECT)], [(A.GUARDIAN, N.EMPTY)]):
        failed(session, ward)
        assert listed(session) == expected
    (row,) = mending.to_mend(session, ALL)
    assert (row.phone, row.strikes) == (FAMILY, 3)
    assert ward.number_status is N.NORMAL
    assert mending.to_mend(session, Scope(("510522102",))) == []
    ward.status = MemberStatus.DECEASED
    assert listed(session) == []


def test_how_many_counts_both(session, ward):
    for _ in range(2):
        failed(session, ward)
    assert session.scalar(mending.how_many(ALL)) == 1
    ward.number_status = N.SUSPECT
    assert session.scalar(mending.how_many(ALL)) == 2
    assert listed(session) == [(A.GUARDIAN, N.SUSPECT), (A.MEMBER, N.SUSPECT)]


def test_what_is_found_out_by_ringing_stands(session, ward):
    index = ward.guardian_phone_index
    settle_number(session, index, N.EMPTY, NOW)
    assert listed(session) == [(A.GUARDIAN, N.EMPTY)]
    settle_number(session, index, N.NORMAL, NOW)
    assert listed(session) == []


def test_a_new_number_of_the_guardian_is_taken_over_and_the_person_is_told(
    session, ward
):
    own = ward.phone
    settle_number(session, ward.guardian_phone_index, N.EMPTY, NOW)
    visit = Visit(
        member_id=ward.id,
        township=ward.township,
        rank=0,
        opened_at=NOW,
        due_at=NOW,
        worker="张",
    )
    session.add(visit)
    session.flush()
    result = Result(VisitOutcome.MET, new_phone=FRESH, phone_of=A.GUARDIAN)
    tried = record(session, visit, result, by=1, now=NOW)
    (row,) = mending.to_mend(session, ALL)
    assert (row.addressee, row.said) == (A.GUARDIAN, tried)
    mending.take_over(session, tried, now=NOW)
    assert (ward.phone, ward.guardian_phone) == (own, FRESH)
    assert listed(session) == []
    assert list(consent.to_tell(session, ALL)) == [ward]
