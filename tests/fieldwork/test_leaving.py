"""Who died or moved is left alone at once, and a second person confirms it."""

from __future__ import annotations

import factories
import pytest
from sqlalchemy import select

from campaigns.delivery import launching, tally
from campaigns.delivery.models import Message, Recipient
from campaigns.errors import NotAllowed, NotReady, Refused
from campaigns.fieldwork import leaving, visiting, visits
from campaigns.fieldwork.visit_models import Visit
from campaigns.fieldwork.visiting import Result
from campaigns.register import departures
from campaigns.register.departures import Departure
from campaigns.register.models import Member
from campaigns.register.scope import Scope
from campaigns.reporting.contacts import holders
from campaigns.reporting.people import People
from campaigns.reporting.statistics import campaign_statistics
from campaigns.vocabulary import MemberStatus, MessageState, Urgency, VisitOutcome

NOW = factories.NOW
V, S = VisitOutcome, MemberStatus
HEARD = "儿子张强说，上月初三"
SHARED = "+8614200000001"


@pytest.fixture(autouse=True)
def county(session):
    factories.unit(session)
    factories.places(session)


def launched(session, **given):
    made = factories.campaign(session, urgency=Urgency.MUST_REACH, **given)
    assert launching.launch(session, made.id, NOW)
    return made


def visited(session, member):
    """An open visit of ``member``, from a campaign that had no way to them."""
    phone, index = member.phone, member.phone_index
    member.phone = member.phone_index = None
    launched(session)
    visits.open_visits(session, NOW)
    member.phone, member.phone_index = phone, index
    session.flush()
    return session.scalars(select(Visit).where(Visit.member_id == member.id)).one()


def told(session, visit, outcome=V.DECEASED, remark=HEARD):
    result = Result(outcome, remark=remark)
    return visiting.record(session, visit, result, by=1, now=NOW)


def waiting(session):
    found = select(Departure).where(Departure.settled_at.is_(None))
    return session.scalars(found).one()


def states(session, campaign):
    found = select(Message.member_id, Message.state, Message.reason)
    ours = found.where(Message.campaign_id == campaign.id)
    return {member: (state, reason) for member, state, reason in session.execute(ours)}


@pytest.mark.parametrize("outcome", leaving.LEAVES)
def test_from_then_on_nothing_is_sent_and_the_county_confirms(session, outcome):
    one, other = factories.member(session), factories.member(session)
    visit = visited(session, one)
    under_way = launched(session)
    told(session, visit, outcome)
    assert one.status is leaving.LEAVES[outcome]
    sent = states(session, under_way)
    assert sent[one.id] == (MessageState.SKIPPED, "inactive")
    assert sent[other.id] == (MessageState.QUEUED, "")
    everybody = campaign_statistics(session, under_way.id).everybody
    assert everybody == People(not_applicable=1, waiting=1)
    assert tally.recount(session, under_way.id) == []
    assert states(session, launched(session))[one.id][1] == "inactive"
    assert holders(session, "510522") == {(): 1}
    found = waiting(session)
    assert (found.evidence, found.was) == (HEARD, S.ACTIVE)
    with pytest.raises(NotAllowed):
        departures.confirm(session, found, by=1, now=NOW)
    departures.confirm(session, found, by=2, now=NOW)
    assert session.scalar(departures.how_many(Scope.everything())) == 0
    assert one.status is leaving.LEAVES[outcome]
    with pytest.raises(NotReady):
        visiting.correct(session, visit, V.MET, by=1, now=NOW)


def test_without_evidence_nothing_changes(session):
    one = factories.member(session)
    visit = visited(session, one)
    with pytest.raises(Refused), session.begin_nested():
        told(session, visit, remark=" ")
    session.expire_all()
    assert session.get_one(Member, one.id).status is S.ACTIVE


def test_a_text_for_the_others_on_the_phone_still_goes(session):
    one = factories.member(session, phone=SHARED)
    other = factories.member(session, phone=SHARED)
    visit = visited(session, one)
    under_way = launched(session)
    told(session, visit)
    assert states(session, under_way)[one.id][0] == MessageState.QUEUED
    gone = select(Recipient.reason).where(
        Recipient.campaign_id == under_way.id, Recipient.member_id == one.id
    )
    assert session.scalar(gone) == "gone"
    assert states(session, under_way)[other.id] == (
        MessageState.SKIPPED,
        "shared_phone",
    )


def test_what_was_recorded_by_mistake_is_taken_back(session):
    one = factories.member(session)
    visit = visited(session, one)
    under_way = launched(session)
    told(session, visit)
    visiting.correct(session, visit, V.MOVED, remark="搬去泸州", by=1, now=NOW)
    found = waiting(session)
    assert (one.status, found.evidence) == (S.MOVED, "搬去泸州")
    visiting.correct(session, visit, V.MET, by=1, now=NOW)
    assert one.status is S.ACTIVE
    assert departures.standing(session, one.id) is None
    assert campaign_statistics(session, under_way.id).everybody == People(to_visit=1)
    assert tally.recount(session, under_way.id) == []


def test_the_county_says_that_it_is_not_so_and_somebody_goes_again(session):
    one = factories.member(session)
    visit = visited(session, one)
    told(session, visit)
    leaving.come_back(session, waiting(session), by=2, now=NOW)
    visiting.reopen(session, one.id, by=2, now=NOW)
    assert (one.status, visit.closed_at) == (S.ACTIVE, None)
    assert visit.outcome is V.NOBODY_HOME
