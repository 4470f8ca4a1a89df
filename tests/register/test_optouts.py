from __future__ import annotations

from datetime import timedelta

import factories
import pytest

from campaigns.errors import NotAllowed, Refused
from campaigns.register.optouts import lift, list_refusals, record_refusal, standing


def refuse(session, now, **given):
    facts = {"source": "reply", "recorded_by": 1, "now": now}
    return record_refusal(session, **{**facts, **given})


def test_a_refusal_is_kept_once_and_can_only_grow(session, now):
    member = factories.member(session)
    first = refuse(session, now, member=member, scope="tips")
    again = refuse(session, now, phone_index=member.phone_index, scope="all")
    assert again is first
    assert first.scope == "all"
    refuse(session, now, member=member, scope="tips")
    assert first.scope == "all"


def test_a_member_without_a_phone_refuses_on_the_guardians(session, now):
    member = factories.member(session, phone=None, guardian_phone="+8614900000009")
    refusal = refuse(session, now, member=member)
    assert refusal.phone_index == member.guardian_phone_index


def test_without_a_phone_or_with_another_scope_it_is_refused(session, now):
    with pytest.raises(Refused, match="没有手机"):
        refuse(session, now, member=factories.member(session, phone=None))
    with pytest.raises(Refused, match="范围"):
        refuse(session, now, member=factories.member(session), scope="some")


def test_somebody_else_lifts_it_and_its_row_stays(session, now):
    member = factories.member(session)
    refusal = refuse(session, now, member=member)
    with pytest.raises(NotAllowed, match="另一位"):
        lift(session, refusal.id, by=1, now=now)
    assert standing(session, member.phone_index) is refusal
    lift(session, refusal.id, by=2, now=now + timedelta(hours=1))
    assert standing(session, member.phone_index) is None
    assert list_refusals(session) == [refusal]
    assert refuse(session, now, member=member) is not refusal
