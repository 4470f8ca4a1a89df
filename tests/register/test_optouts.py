from __future__ import annotations

from datetime import timedelta

import factories
import pytest

from campaigns.errors import NotAllowed, NotReady, Refused, Stale
from campaigns.register.optouts import (
    ask_to_lift,
    keep_wishes,
    lift,
    list_refusals,
    record_refusal,
    standing,
)


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


def test_lifting_takes_evidence_and_two_people_and_its_row_stays(session, now):
    member = factories.member(session)
    refusal = refuse(session, now, member=member)
    with pytest.raises(NotReady, match="凭据"):
        lift(session, refusal.id, by=2, now=now)
    with pytest.raises(Refused, match="凭据"):
        ask_to_lift(session, refusal.id, evidence=" ", by=1, now=now)
    ask_to_lift(session, refusal.id, evidence="来电说要恢复", by=1, now=now)
    with pytest.raises(NotAllowed, match="另一位"):
        lift(session, refusal.id, by=1, now=now)
    assert standing(session, member.phone_index) is refusal
    lift(session, refusal.id, by=2, now=now + timedelta(hours=1))
    assert standing(session, member.phone_index) is None
    with pytest.raises(Stale, match="已经解除"):
        lift(session, refusal.id, by=3, now=now)
    assert list_refusals(session) == [refusal]
    assert (refusal.lift_evidence, refusal.lift_asked_by, refusal.lifted_by) == (
        "来电说要恢复",
        1,
        2,
    )
    assert refuse(session, now, member=member) is not refusal


PHONE = "+8614900000010"


def household(session, now):
    people = [factories.member(session, phone=PHONE) for _ in range(3)]
    return people, refuse(session, now, phone_index=people[0].phone_index)


def keep(session, refusal, wishes, now, evidence="逐个打电话问"):
    return keep_wishes(session, refusal.id, wishes, evidence=evidence, by=1, now=now)


def test_each_wish_behind_a_shared_phone_is_kept_for_itself(session, now):
    people, refusal = household(session, now)
    assert (refusal.scope, refusal.to_ask) == ("tips", True)
    wishes = dict(zip((m.id for m in people), ("all", "tips", "none"), strict=True))
    keep(session, refusal, wishes, now)
    assert standing(session, people[0].phone_index) is None
    personal = {
        row.member_id: row.scope for row in list_refusals(session) if row.personal
    }
    assert personal == {people[0].id: "all", people[1].id: "tips"}


def test_where_all_refuse_alike_it_stays_the_phones(session, now):
    people, refusal = household(session, now)
    keep(session, refusal, {m.id: "all" for m in people}, now)
    assert standing(session, people[0].phone_index) is refusal
    assert (refusal.scope, refusal.to_ask) == ("all", False)


@pytest.mark.parametrize(
    ("wishes", "evidence", "sentence"),
    [
        (["all", "none"], "问过", "每个人"),
        (["all", "none", "some"], "问过", "每个人"),
        (["none", "none", "none"], "问过", "至少有一位"),
        (["all", "none", "none"], " ", "凭据"),
    ],
)
def test_wishes_are_whole_and_never_lift_by_the_way(
    session, now, wishes, evidence, sentence
):
    people, refusal = household(session, now)
    said = dict(zip((m.id for m in people), wishes, strict=False))
    with pytest.raises(Refused, match=sentence):
        keep(session, refusal, said, now, evidence)
    assert refusal.to_ask
