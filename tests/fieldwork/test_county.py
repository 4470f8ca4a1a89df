"""A county of 35,000 and three campaigns: five outcomes, to the person."""

from __future__ import annotations

import random
from datetime import date, timedelta

import factories
from sqlalchemy import func, insert, select, update

from campaigns import privacy
from campaigns.delivery import launching, people, tally
from campaigns.delivery.models import Message
from campaigns.delivery.people import settle
from campaigns.fieldwork import visiting, visits
from campaigns.fieldwork.visit_models import Visit
from campaigns.fieldwork.visiting import Result
from campaigns.register.models import Member, OptOut
from campaigns.reporting.people import OUTCOMES
from campaigns.reporting.period_people import period_outcome
from campaigns.reporting.statistics import campaign_statistics
from campaigns.vocabulary import (
    Category,
    LegalBasis,
    MemberStatus,
    MessageState,
    NumberStatus,
    Urgency,
    VisitOutcome,
)

NOW = factories.NOW
S = MessageState
COUNTY, PEOPLE = "510522", 35_000
MIX = (10.8, 7.7, 0.5, 51.0, 8.1, 16.8, 5.1)
VILLAGES = ("510522112201", "510522112202", "510522102201", "510522102202")
ENDS = ((S.DELIVERED, ""), (S.UNDELIVERED, "absent"), (S.NO_RECEIPT, ""))


def register(session, dice):
    """Categories as in the yearbook; some phones shared, some missing, some dead."""
    rows = []
    for n in range(PEOPLE):
        category = Category(dice.choices(range(1, 8), MIX)[0])
        lot = dice.random()
        shared = f"+86140{dice.randrange(PEOPLE // 2):08d}"
        phone = None if lot < 0.05 else shared if lot < 0.3 else f"+86141{n:08d}"
        village = dice.choice(VILLAGES)
        rows.append(
            {
                "identity": privacy.blind("id", f"county-{n}"),
                "name": "测试",
                "phone": phone,
                "phone_index": phone and privacy.blind("phone", phone),
                "categories": category.bit,
                "certificate_category": int(category),
                "grade": dice.randint(1, 4),
                "birth_date": date(1930 + n % 90, 1, 1),
                "township": village[:9],
                "village": village,
                "status": MemberStatus.DECEASED if lot > 0.99 else MemberStatus.ACTIVE,
                "number_status": NumberStatus.NORMAL,
                "legal_basis": LegalBasis.STATUTORY,
                "created_at": NOW,
                "updated_at": NOW,
            }
        )
    session.execute(insert(Member), rows)
    phones = [row["phone_index"] for row in rows if row["phone_index"]]
    refusals = [
        {"phone_index": phone, "source": "reply", "recorded_at": NOW, "scope": "all"}
        for phone in dice.sample(phones, 400)
    ]
    session.execute(insert(OptOut), refusals)


def receipts(session, campaign, dice):
    """Nine in ten texts arrive; some stay without any report."""
    queued = Message.campaign_id == campaign.id, Message.state == S.QUEUED
    ids = list(session.scalars(select(Message.id).where(*queued)))
    dice.shuffle(ids)
    cuts = [0, int(len(ids) * 0.88), int(len(ids) * 0.95), int(len(ids) * 0.98)]
    for (state, reason), begin, end in zip(ENDS, cuts, cuts[1:], strict=False):
        for at in range(begin, end, 500):
            some = Message.id.in_(ids[at : min(at + 500, end)])
            moved = session.execute(
                update(Message)
                .where(some)
                .values(
                    was=Message.state,
                    was_reason=Message.reason,
                    state=int(state),
                    reason=reason,
                )
                .returning(*tally.MOVED)
            )
            settle(session, moved.all())


def go_and_see(session, dice, when):
    """Two hundred doors, whatever they come to; a few people write by themselves."""
    found = select(Visit).where(Visit.closed_at.is_(None)).limit(200)
    for visit in session.scalars(found).all():
        outcome = dice.choice(list(VisitOutcome)[:-1])
        visiting.record(session, visit, Result(outcome, "邻居说的"), by=1, now=when)
    for member in dice.sample(range(1, PEOPLE), 50):
        people.answered(session, member, when)


def test_the_five_partition_every_audience_and_the_register(database):
    dice = random.Random(7)
    with database.writing() as session:
        factories.unit(session)
        factories.places(session)
        register(session, dice)
        campaigns = [
            factories.campaign(session, urgency=urgency, due_at=NOW)
            for urgency in (Urgency.MUST_REACH, Urgency.TIP, Urgency.EMERGENCY)
        ]
        for campaign in campaigns:
            assert launching.launch(session, campaign.id, NOW)
            receipts(session, campaign, dice)
        later = NOW + timedelta(days=2)
        while visits.open_visits(session, later):
            pass
        go_and_see(session, dice, later)
        visits.hear(session, later)
    with database.reading() as session:
        for campaign in campaigns:
            seen = campaign_statistics(session, campaign.id)
            assert tuple(seen.outcome) == OUTCOMES
            assert sum(seen.outcome.values()) == seen.audience == PEOPLE
            assert seen.outcome["reached"] == seen.reached > 0
            assert tally.recount(session, campaign.id) == []
        ids = [campaign.id for campaign in campaigns]
        whole = period_outcome(session, COUNTY, ids, NOW)
        assert tuple(whole) == OUTCOMES
        assert sum(whole.values()) == PEOPLE
        assert min(whole.values()) > 0
        still = select(func.count(Visit.id)).where(Visit.closed_at.is_(None))
        assert session.scalar(still) >= whole["to_visit"] > 0
