"""Nobody left out: one open visit for whoever was missed, closed by a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import factories
import pytest
from sqlalchemy import func, select, update

from campaigns.delivery import launching, people, tally
from campaigns.delivery.models import Message
from campaigns.delivery.outcomes import confirm_by
from campaigns.delivery.people import settle
from campaigns.errors import NotReady, Refused
from campaigns.fieldwork import needs, visiting, visits
from campaigns.fieldwork.visit_models import Visit, VisitMissed, VisitTry
from campaigns.fieldwork.visiting import Result
from campaigns.register.models import OptOut
from campaigns.register.scope import Scope
from campaigns.reporting.contacts import evidence
from campaigns.reporting.people import People
from campaigns.reporting.statistics import campaign_statistics
from campaigns.vocabulary import (
    SAYS,
    CampaignState,
    Category,
    LegalBasis,
    MemberStatus,
    MessageState,
    NeedKind,
    NeedState,
    Reason,
    Urgency,
    VisitOutcome,
)

NOW = factories.NOW
V, S = VisitOutcome, MessageState
MORNING = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
DEAF_BLIND = Category.VISUAL.bit | Category.HEARING.bit


@pytest.fixture(autouse=True)
def county(session):
    factories.unit(session)
    factories.places(session)


def launched(session, urgency=Urgency.MUST_REACH, at=NOW, **given):
    made = factories.campaign(session, urgency=urgency, due_at=at, **given)
    assert launching.launch(session, made.id, at)
    return made


def move(session, campaign, member, state, reason=""):
    moved = session.execute(
        update(Message)
        .where(Message.campaign_id == campaign.id, Message.member_id == member.id)
        .values(
            was=Message.state, was_reason=Message.reason, state=state, reason=reason
        )
        .returning(*tally.MOVED)
    ).all()
    settle(session, moved)


def listed(session):
    found = select(Visit.member_id).where(Visit.closed_at.is_(None))
    return set(session.scalars(found))


def only(session):
    return session.scalars(select(Visit).where(Visit.closed_at.is_(None))).one()


@pytest.mark.parametrize(
    "given",
    [
        {"categories": DEAF_BLIND},
        {"phone": None},
        {"phone": None, "village": None},
        {"legal_basis": LegalBasis.NONE},
    ],
)
def test_who_has_no_remote_way_is_visited_from_the_launch(session, given):
    factories.member(session)
    one = factories.member(session, **given)
    launched(session)
    assert visits.open_visits(session, NOW) == 1
    assert listed(session) == {one.id}
    assert visits.open_visits(session, NOW) == 0


def test_who_died_or_refused_is_not_visited(session):
    factories.member(session, status=MemberStatus.DECEASED)
    refused = factories.member(session)
    session.add(OptOut(phone_index=refused.phone_index, source="sms", recorded_at=NOW))
    launched(session)
    assert visits.open_visits(session, MORNING) == 0


def test_a_tip_opens_no_visit_and_a_stopped_campaign_none_more(session):
    factories.member(session, phone=None)
    launched(session, Urgency.TIP)
    launched(session, status=CampaignState.RUNNING).status = CampaignState.CANCELLED
    session.flush()
    assert visits.open_visits(session, MORNING) == 0


@pytest.mark.parametrize(
    ("hour", "urgency", "wait"),
    [
        (12, Urgency.MUST_REACH, timedelta(hours=20)),
        (3, Urgency.MUST_REACH, timedelta(hours=5)),
        (8, Urgency.MUST_REACH, timedelta(hours=24)),
        (2, Urgency.EMERGENCY, timedelta(minutes=10)),
    ],
)
def test_whoever_has_not_confirmed_by_then_is_visited(session, hour, urgency, wait):
    begun = datetime(2026, 11, 23, hour, tzinfo=UTC) - timedelta(hours=8)
    factories.member(session)
    campaign = launched(session, urgency, at=begun)
    assert confirm_by(campaign) == begun + wait
    assert visits.open_visits(session, begun + wait - timedelta(seconds=1)) == 0
    assert visits.open_visits(session, begun + wait) == 1
    assert campaign.visits_opened_at == begun + wait


def test_a_failure_is_visited_at_once_and_a_delivery_is_not(session):
    reached, failed = factories.member(session), factories.member(session)
    campaign = launched(session)
    move(session, campaign, reached, S.DELIVERED)
    move(session, campaign, failed, S.UNDELIVERED, "absent")
    assert visits.open_visits(session, NOW) == 1
    assert visits.open_visits(session, MORNING) == 0
    assert listed(session) == {failed.id}


def test_two_campaigns_share_one_visit_and_an_emergency_hastens_it(session):
    one = factories.member(session, phone=None)
    first = launched(session)
    visits.open_visits(session, NOW)
    assert (only(session).emergency, only(session).due_at) == (
        False,
        NOW + timedelta(hours=24),
    )
    second = launched(session, Urgency.EMERGENCY)
    visits.open_visits(session, NOW)
    session.expire_all()
    visit = only(session)
    assert (visit.member_id, visit.emergency) == (one.id, True)
    assert visit.due_at == NOW + timedelta(hours=1)
    missed = set(session.scalars(select(VisitMissed.campaign_id)))
    assert missed == {first.id, second.id}
    visiting.record(session, visit, Result(V.MET), by=1, now=NOW)
    for campaign in (first, second):
        seen = campaign_statistics(session, campaign.id)
        assert seen.everybody == People(contacted=1)
    assert tally.recount(session, first.id) == []


def test_batches_list_everybody_once(session):
    for _ in range(7):
        factories.member(session)
    launched(session)
    assert [visits.open_visits(session, MORNING, size=3) for _ in range(4)] == [
        3,
        3,
        1,
        0,
    ]
    assert session.scalar(select(func.count(VisitMissed.id))) == 7


def test_a_late_receipt_closes_what_must_be_reached_and_no_emergency(session):
    one, two = factories.member(session), factories.member(session, grade=1)
    campaign = launched(session)
    visits.open_visits(session, MORNING)
    assert visits.hear(session, MORNING) == 0
    move(session, campaign, one, S.DELIVERED)
    assert visits.hear(session, MORNING) == 1
    closed = session.scalars(select(Visit).where(Visit.member_id == one.id)).one()
    assert (closed.outcome, closed.closed_by) == (V.UNNEEDED, None)
    assert listed(session) == {two.id}
    emergency = launched(session, Urgency.EMERGENCY)
    later = NOW + timedelta(hours=1)
    visits.open_visits(session, later)
    for each in (campaign, emergency):
        move(session, each, two, S.DELIVERED)
    assert visits.hear(session, later) == 0
    assert listed(session) == {one.id, two.id}
    told = select(func.count(VisitMissed.told_at)).where(
        VisitMissed.member_id == two.id
    )
    assert session.scalar(told) == 2


@pytest.mark.parametrize("outcome", [it for it in V if it is not V.UNNEEDED])
def test_each_outcome_says_what_it_says_of_the_person(session, outcome):
    one = factories.member(session, phone=None)
    campaign = launched(session)
    visits.open_visits(session, NOW)
    visit = only(session)
    told = Result(outcome, remark="邻居说的")
    visiting.record(session, visit, told, by=1, now=NOW)
    assert (visit.closed_at is not None) == (outcome in SAYS)
    part = {
        Reason.MET: "contacted",
        Reason.FAMILY_MET: "family",
        Reason.AWAY: "attempted",
        Reason.GONE: "not_applicable",
        Reason.DECLINED: "refused",
    }.get(SAYS.get(outcome), "to_visit")
    seen = campaign_statistics(session, campaign.id)
    assert seen.everybody == People(**{part: 1})
    met = set(session.scalars(evidence(NOW)))
    assert met == ({one.id} if part == "contacted" else set())
    assert visits.open_visits(session, MORNING) == 0


def test_what_was_recorded_can_be_changed_and_stands_once(session):
    factories.member(session, phone=None)
    campaign = launched(session)
    visits.open_visits(session, NOW)
    visit = only(session)
    visiting.record(session, visit, Result(V.MET), by=1, now=NOW)
    with pytest.raises(NotReady):
        visiting.record(session, visit, Result(V.MET), by=1, now=NOW)
    visiting.correct(session, visit, V.NOBODY_HOME, by=1, now=NOW)
    assert campaign_statistics(session, campaign.id).everybody == People(to_visit=1)
    assert (visit.closed_at, visit.tries) == (None, 1)
    visiting.correct(session, visit, V.FAMILY_MET, by=1, now=NOW)
    assert campaign_statistics(session, campaign.id).everybody == People(family=1)
    assert session.scalar(select(func.count(VisitTry.id))) == 1


def test_no_receipt_takes_back_what_a_person_said(session):
    one = factories.member(session)
    campaign = launched(session)
    visits.open_visits(session, MORNING)
    visiting.record(session, only(session), Result(V.FAMILY_MET), by=1, now=NOW)
    move(session, campaign, one, S.DELIVERED)
    assert campaign_statistics(session, campaign.id).everybody == People(family=1)
    people.answered(session, one.id, MORNING)
    assert campaign_statistics(session, campaign.id).everybody == People(contacted=1)
    assert tally.recount(session, campaign.id) == []


def test_a_need_is_followed_until_the_person_says_solved(session):
    factories.member(session, phone=None)
    launched(session)
    visits.open_visits(session, NOW)
    told = Result(V.MET, needs=[(NeedKind.MEDICINE, "降压药"), (NeedKind.DOCTOR, "")])
    visiting.record(session, only(session), told, by=1, now=NOW)
    scope = Scope(("510522112",))
    first, second = (it.need for it in needs.open_needs(session, scope))
    assert (first.kind, second.kind) == (NeedKind.DOCTOR, NeedKind.MEDICINE)
    with pytest.raises(Refused):
        needs.pass_on(session, first, " ", now=NOW)
    needs.pass_on(session, first, "县医院", now=NOW)
    assert first.state is NeedState.PASSED
    needs.close(session, second, solved=True, by=1, now=NOW)
    with pytest.raises(NotReady):
        needs.close(session, second, solved=False, by=1, now=NOW)
    assert [it.need.id for it in needs.open_needs(session, scope)] == [first.id]
    assert needs.open_needs(session, Scope(("510522102",))) == []


def test_only_open_visits_of_ones_own_place_are_given_to_somebody(session):
    for township in ("510522112", "510522102"):
        factories.member(
            session, phone=None, township=township, village=f"{township}201"
        )
    launched(session)
    visits.open_visits(session, NOW)
    ids = list(session.scalars(select(Visit.id)))
    mine = Scope(("510522112",))
    given = visiting.assign(session, mine, ids, " 张专职 ", by=1, now=NOW)
    assert given == 1
    assert [v for v in session.scalars(select(Visit.worker)) if v] == ["张专职"]
    with pytest.raises(Refused):
        visiting.assign(session, mine, ids, " ", by=1, now=NOW)
