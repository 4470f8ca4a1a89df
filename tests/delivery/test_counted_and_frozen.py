"""What a segment's page counts before the release is what a launch freezes."""

from __future__ import annotations

from collections import Counter
from datetime import date

import factories
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from campaigns.audience.rules import Rule
from campaigns.audience.selection import count
from campaigns.delivery import launching
from campaigns.delivery.models import Recipient
from campaigns.register.optouts import record_refusal
from campaigns.register.scope import Scope
from campaigns.vocabulary import (
    Channel,
    LegalBasis,
    MemberStatus,
    NumberStatus,
    Preference,
    Urgency,
)

OWN, OTHER, GUARDIAN = "+8614900000021", "+8614900000022", "+8614900000023"
EXTRAS = (Channel.LOUDSPEAKER, Channel.VOICE)
PERSON = st.fixed_dictionaries(
    {
        "categories": st.sampled_from([0, 0b1, 0b10, 0b11, 0b1000, 0b110000]),
        "certificate_category": st.sampled_from([1, 4, 6, 7]),
        "grade": st.integers(1, 4),
        "birth_date": st.sampled_from([None, date(1950, 1, 1), date(2020, 1, 1)]),
        "phone": st.sampled_from([None, OWN, OTHER]),
        "guardian_phone": st.sampled_from([None, GUARDIAN, OWN]),
        "village": st.sampled_from([None, "510522112201"]),
        "township": st.sampled_from(["510522112", "510522102"]),
        "living_alone": st.booleans(),
        "reads_aloud": st.booleans(),
        "guardian_copy": st.booleans(),
        "preference": st.sampled_from(Preference),
        "number_status": st.sampled_from(NumberStatus),
        "legal_basis": st.sampled_from(LegalBasis),
        "status": st.sampled_from(MemberStatus),
    }
)
REFUSAL = st.sampled_from([None, None, "tips", "all"])


@settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    people=st.lists(st.tuples(PERSON, REFUSAL), min_size=1, max_size=6),
    urgency=st.sampled_from(Urgency),
    more=st.sets(st.sampled_from(EXTRAS)),
    rule=st.sampled_from([Rule(), Rule(grades=(1, 2)), Rule(categories=(1,))]),
)
def test_who_is_counted_is_frozen_and_whoever_is_not_told_for_the_same_reason(
    session, now, people, urgency, more, rule
):
    undone = session.begin_nested()
    factories.unit(session)
    for facts, refusal in people:
        member = factories.member(session, **facts)
        if refusal and member.phone:
            given_up = {"scope": refusal, "source": "reply", "recorded_by": 1}
            record_refusal(session, member=member, now=now, **given_up)
    counted = count(
        session,
        rule,
        Scope.everything(),
        now,
        urgency=urgency,
        loudspeaker=Channel.LOUDSPEAKER in more,
        voice=Channel.VOICE in more,
    )
    campaign = factories.campaign(
        session, urgency=urgency, channels=[Channel.SMS, *more], rule=rule.to_json()
    )
    assert launching.launch(session, campaign.id, now)
    theirs = Recipient.campaign_id == campaign.id
    frozen = session.scalars(select(Recipient).where(theirs)).all()
    cells = Counter((each.category, each.township) for each in frozen)
    untold = [each for each in frozen if each.best < 0]
    assert (counted.total, counted.cells) == (len(frozen), cells)
    assert counted.reachable == len(frozen) - len(untold)
    assert counted.reasons == Counter(each.reason for each in untold)
    undone.rollback()
