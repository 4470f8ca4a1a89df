"""Two rows of one person: what is kept, what stands, and how they are two again."""

from __future__ import annotations

from datetime import timedelta

import factories
import pytest
from sqlalchemy import select

from campaigns import privacy
from campaigns.delivery import launching
from campaigns.delivery.contacts import contacts_of
from campaigns.errors import NotReady, Refused, Stale
from campaigns.fieldwork import contacting, erasing, expiring, merging
from campaigns.fieldwork.visit_models import Visit, VisitTry
from campaigns.register import duplicates, erasures, merged, optouts
from campaigns.register.importing import comparing
from campaigns.register.members import name_index, sharing
from campaigns.register.models import OptOut
from campaigns.register.scope import Scope
from campaigns.vocabulary import LegalBasis, MemberStatus, VisitOutcome

OLD, NEW = "+8614000007101", "+8614000007102"
LATER = timedelta(hours=1)


@pytest.fixture
def rows(session):
    """A person twice: with an ID number and an old phone, provisional with a new."""
    name = {"name": "张三丰", "name_index": name_index("张三丰")}
    kept = factories.member(session, **name, phone=OLD, id_number="x")
    other = factories.member(
        session, **name, phone=NEW, provisional=True, birth_date=None, notes="村里报的"
    )
    return kept, other


def state(*people):
    return [
        {name: getattr(it, name) for group in merged.GROUPS.values() for name in group}
        | {"status": it.status, "tips": it.tips_basis}
        for it in people
    ]


def test_the_coordinator_chooses_and_undoing_brings_both_back(session, rows, now):
    kept, other = rows
    before, identity = state(*rows), other.identity
    assert merged.proposed(other, kept) == {
        "identity": kept,
        "birth": kept,
        "phone": kept,
        "notes": other,
    }
    kept.id_number = None
    assert merged.proposed(other, kept)["identity"] is kept, "where neither has one"
    kept.id_number = "x"
    made = merging.merge(
        session, kept, other, ["identity", "phone", "notes"], by=1, now=now
    )
    session.expire_all()
    assert (kept.phone, kept.notes, kept.birth_date) == (
        NEW,
        "村里报的",
        before[0]["birth_date"],
    )
    assert (kept.identity, kept.provisional) == (identity, True)
    assert (kept.status, other.status) == (MemberStatus.ACTIVE, MemberStatus.MERGED)
    assert other.phone == OLD, "what was not chosen is still known"
    assert sharing(session, kept.phone_index) == [kept]
    assert sharing(session, other.phone_index) == []
    assert duplicates.find_pairs(session, Scope()).pairs == []
    assert merged.all_rows(session, kept.id) == [kept.id, other.id]
    merging.separate(session, made, by=1, now=now + LATER)
    session.expire_all()
    assert state(*rows) == before
    assert merged.all_rows(session, kept.id) == [kept.id]
    assert len(duplicates.find_pairs(session, Scope()).pairs) == 1
    with pytest.raises(Stale):
        merging.separate(session, made, by=1, now=now + LATER)


@pytest.mark.parametrize("whose", [0, 1])
@pytest.mark.parametrize("shared", [False, True])
def test_a_refusal_of_either_holds_for_both_phones(session, rows, now, whose, shared):
    kept, other = rows
    facts = {"source": "phone", "recorded_by": 1, "now": now}
    optouts.record_refusal(session, member=rows[whose], scope="all", **facts)
    if shared:
        factories.member(session, phone=OLD)
        factories.member(session, phone=NEW)
    made = merging.merge(session, kept, other, ["phone"], by=1, now=now)
    held = session.scalars(select(OptOut).where(OptOut.lifted_at.is_(None))).all()
    assert {(it.phone_index, it.scope) for it in held} == {
        (privacy.blind("phone", phone), "all") for phone in (OLD, NEW)
    }
    [added] = [it for it in held if it.id in made.refusals]
    assert (added.personal, added.member_id) == (shared, kept.id)
    merging.separate(session, made, by=1, now=now + LATER)
    assert (added.lifted_at, added.lifted_by) == (now + LATER, 1)
    assert sum(it.lifted_at is None for it in held) == 1


@pytest.mark.parametrize(
    ("mine", "theirs", "holds"),
    [
        (None, LegalBasis.NONE, LegalBasis.NONE),
        (LegalBasis.NONE, LegalBasis.CONSENT, LegalBasis.NONE),
        (LegalBasis.CONSENT, LegalBasis.NONE, LegalBasis.NONE),
        (None, LegalBasis.CONSENT, LegalBasis.CONSENT),
    ],
)
def test_who_wants_no_tips_in_either_row_gets_none(
    session, rows, now, mine, theirs, holds
):
    kept, other = rows
    kept.tips_basis, other.tips_basis = mine, theirs
    made = merging.merge(session, kept, other, [], by=1, now=now)
    assert kept.tips_basis == holds
    merging.separate(session, made, by=1, now=now)
    assert (kept.tips_basis, other.tips_basis) == (mine, theirs)


def test_it_is_undone_before_the_next_text_alone_and_waits_for_what_is_under_way(
    session, rows, now
):
    kept, other = rows
    made = merging.merge(session, kept, other, ["phone"], by=1, now=now)
    assert merging.can_separate(session, made, kept, other)
    factories.unit(session)
    campaign = factories.campaign(session)
    launching.launch(session, campaign.id, now)
    told = contacts_of(session, *merged.all_rows(session, kept.id))
    assert [it.campaign_id for it in told] == [campaign.id], "the second is nobody"
    with pytest.raises(NotReady, match="不能再撤销"):
        merging.separate(session, made, by=1, now=now)
    third = factories.member(session)
    with pytest.raises(NotReady, match="等任务结束"):
        merging.merge(session, third, kept, [], by=1, now=now)


def test_a_changed_row_is_not_separated_and_a_list_does_not_put_the_second_back(
    session, rows, now
):
    kept, other = rows
    made = merging.merge(session, kept, other, [], by=1, now=now)
    stored = comparing.known(session, [other.identity])[other.identity]
    said = {"status": MemberStatus.ACTIVE, "notes": "新名册"}
    assert comparing.changes(said, stored, LegalBasis.NONE) == {"notes": "新名册"}
    kept.updated_at = now + LATER
    with pytest.raises(NotReady, match="不能再撤销"):
        merging.separate(session, made, by=1, now=now + LATER)


@pytest.mark.parametrize("whose", [0, 1])
def test_who_is_awaited_or_to_be_erased_is_merged_afterwards(session, rows, now, whose):
    kept, other = rows
    wish = erasures.ask(session, rows[whose], evidence="来电", by=1, now=now)
    with pytest.raises(NotReady, match="删除"):
        merging.merge(session, kept, other, [], by=2, now=now)
    erasures.drop(session, wish.id, now=now)
    visit = _visit(session, rows[whose], now)
    with pytest.raises(NotReady, match="走访"):
        merging.merge(session, kept, other, [], by=2, now=now)
    visit.closed_at, visit.outcome = now, VisitOutcome.MET
    merging.merge(session, kept, other, [], by=2, now=now)
    both = merged.all_rows(session, kept.id)
    assert [it.visit_id for it in contacting.tries_of(session, *both)] == [visit.id]


def test_a_field_that_does_not_exist_is_refused(session, rows, now):
    with pytest.raises(Refused):
        merging.merge(session, *rows, ["status"], by=1, now=now)


def test_the_second_row_is_kept_as_long_as_the_first_and_is_forgotten_with_it(
    session, rows, now
):
    kept, other = rows
    merging.merge(session, kept, other, [], by=1, now=now)
    assert expiring.forget_gone(session, now + timedelta(days=9999)) == []
    wish = erasures.ask(session, kept, evidence="来电", by=1, now=now)
    gone = {it.member_id for it in erasing.erase(session, wish, now)}
    assert gone == {kept.id, other.id}
    assert {it.status for it in rows} == {MemberStatus.ERASED}
    assert {(it.name, it.phone, it.notes) for it in rows} == {("", None, None)}


def _visit(session, member, now):
    visit = Visit(
        member_id=member.id,
        township=member.township,
        rank=1,
        opened_at=now,
        due_at=now,
    )
    session.add(visit)
    session.flush()
    went = {"visit_id": visit.id, "member_id": member.id, "at": now}
    where = {"township": member.township, "outcome": VisitOutcome.MET}
    session.add(VisitTry(**went, **where))
    session.flush()
    return visit
