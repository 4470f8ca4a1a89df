"""Whatever happens to whomever: five outcomes, and together they are the audience."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path

import factories
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from campaigns.delivery import launching, people, tally
from campaigns.delivery.models import Message
from campaigns.delivery.people import settle
from campaigns.fieldwork import visiting, visits
from campaigns.fieldwork.visit_models import Visit
from campaigns.fieldwork.visiting import Result
from campaigns.orm import Base
from campaigns.register.models import OptOut
from campaigns.reporting.people import OUTCOMES
from campaigns.reporting.statistics import campaign_statistics
from campaigns.vocabulary import (
    CampaignState,
    Category,
    MemberStatus,
    MessageState,
    Urgency,
    VisitOutcome,
)
from outreach.database import Database, connect

S = MessageState
FOLDER = tempfile.TemporaryDirectory(prefix="outreach-partition-")


@cache
def database() -> Database:
    made = connect(f"sqlite+pysqlite:///{Path(FOLDER.name) / 'any.db'}")
    Base.metadata.create_all(made.engine)
    return made


class Missing(RuleBasedStateMachine):
    """A generated audience, and anything that may happen to it, in any order."""

    def __init__(self):
        super().__init__()
        self.session = Session(database().engine, expire_on_commit=False)
        self.campaign = None

    def teardown(self):
        self.session.rollback()
        self.session.close()

    @initialize(
        audience=st.lists(
            st.tuples(
                st.sampled_from(list(Category)),
                st.sampled_from(["own", "none", "guardian", "shared"]),
                st.sampled_from(list(MemberStatus)[:3]),
                st.booleans(),
            ),
            min_size=1,
            max_size=8,
        ),
        urgency=st.sampled_from(list(Urgency)),
        hour=st.sampled_from([3, 12]),
    )
    def begin(self, audience, urgency, hour):
        self.now = factories.NOW.replace(hour=(hour - 8) % 24)
        factories.unit(self.session)
        factories.places(self.session)
        self.members = [self._member(*one) for one in audience]
        self.campaign = factories.campaign(
            self.session, urgency=urgency, due_at=self.now
        )
        assert launching.launch(self.session, self.campaign.id, self.now)

    def _member(self, category, phone, status, refused):
        given = {"category": category, "status": status}
        if phone == "none":
            given["phone"] = None
        elif phone == "guardian":
            given |= {"phone": None, "guardian_phone": "+8613900000001"}
        elif phone == "shared":
            given["phone"] = "+8613900000002"
        one = factories.member(self.session, **given)
        if refused and one.phone_index and phone != "shared":
            self.session.add(
                OptOut(
                    phone_index=one.phone_index, source="sms", recorded_at=factories.NOW
                )
            )
        return one

    @rule(
        who=st.integers(0, 7),
        to=st.sampled_from(
            [
                (S.DELIVERED, ""),
                (S.UNDELIVERED, "absent"),
                (S.NO_RECEIPT, ""),
                (S.REJECTED, "refused_by_provider"),
                (S.ACCEPTED, ""),
            ]
        ),
    )
    def report(self, who, to):
        member = self.members[who % len(self.members)]
        ours = Message.campaign_id == self.campaign.id, Message.member_id == member.id
        state = self.session.scalar(select(Message.state).where(*ours))
        if state < to[0] and state < S.REJECTED:
            moved = self.session.execute(
                update(Message)
                .where(*ours)
                .values(
                    was=Message.state,
                    was_reason=Message.reason,
                    state=to[0],
                    reason=to[1],
                )
                .returning(*tally.MOVED)
            )
            settle(self.session, moved.all())

    @rule(minutes=st.sampled_from([1, 15, 1500]))
    def wait(self, minutes):
        self.now += timedelta(minutes=minutes)
        visits.open_visits(self.session, self.now)
        visits.hear(self.session, self.now)

    @rule(which=st.integers(0, 7), outcome=st.sampled_from(list(VisitOutcome)[:-1]))
    def visit(self, which, outcome):
        found = self.session.scalars(
            select(Visit).where(Visit.closed_at.is_(None)).order_by(Visit.id)
        ).all()
        if found:
            one = found[which % len(found)]
            visiting.record(
                self.session, one, Result(outcome, "邻居说的"), by=1, now=self.now
            )

    @rule(who=st.integers(0, 7))
    def answer(self, who):
        people.answered(
            self.session, self.members[who % len(self.members)].id, self.now
        )

    @rule()
    def finish(self):
        self.campaign.status = CampaignState.FINISHED
        self.session.flush()

    @precondition(lambda self: self.campaign is not None)
    @invariant()
    def everybody_is_in_one_of_the_five(self):
        seen = campaign_statistics(self.session, self.campaign.id)
        assert tuple(seen.outcome) == OUTCOMES
        assert sum(seen.outcome.values()) == seen.audience == len(self.members)
        assert min(seen.outcome.values()) >= 0
        assert seen.outcome["reached"] == seen.reached
        assert tally.recount(self.session, self.campaign.id) == []
        if self.campaign.urgency is Urgency.TIP:
            assert seen.outcome["to_visit"] == 0
            assert self._open() == 0
        elif self.campaign.visits_opened_at:
            assert self._open() >= seen.outcome["to_visit"]

    def _open(self):
        still = select(func.count(Visit.id)).where(Visit.closed_at.is_(None))
        return self.session.scalar(still)


TestMissing = Missing.TestCase
TestMissing.settings = settings(
    max_examples=25,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
