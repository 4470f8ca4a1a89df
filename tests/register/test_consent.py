"""Basis and wishes are kept with evidence; a guardian's new phone is told."""

from __future__ import annotations

from datetime import date

import factories
import pytest
from sqlalchemy import select

from campaigns.audience.channel_choice import Choice
from campaigns.errors import NotReady, Refused
from campaigns.register.consent import (
    Wishes,
    how_many_to_tell,
    is_child,
    keep,
    notes_of,
    to_tell,
    told,
)
from campaigns.register.models import Member
from campaigns.register.scope import Scope
from campaigns.vocabulary import LegalBasis, Preference, Urgency

EVERYBODY = Scope.everything()
GUARDIAN, OTHER = "+8614900000061", "+8614900000062"


def wishes(tips=LegalBasis.STATUTORY, must=LegalBasis.STATUTORY, **more):
    facts = {
        "preference": Preference.NONE,
        "guardian_copy": True,
        "reads_aloud": False,
        **more,
    }
    return Wishes({Urgency.TIP: tips, Urgency.MUST_REACH: must}, **facts)


def say(session, member, now, asked, evidence="2026-11-23 来电"):
    return keep(session, member, asked, evidence=evidence, by=1, now=now)


def test_each_thing_that_changes_is_kept_with_its_evidence(session, now):
    member = factories.member(session)
    assert Wishes.of(member) == wishes()
    asked = wishes(LegalBasis.NONE, preference=Preference.VISIT, guardian_copy=False)
    say(session, member, now, asked)
    assert Wishes.of(member) == asked
    assert {(note.kind, note.said) for note in notes_of(session, member.id)} == {
        ("tips_basis", "none"),
        ("preference", "visit"),
        ("guardian_copy", "no"),
    }
    assert {note.evidence for note in notes_of(session, member.id)} == {
        "2026-11-23 来电"
    }
    assert say(session, member, now, asked, evidence="") == []
    say(session, member, now, wishes())
    assert member.tips_basis is None


def test_a_basis_for_one_purpose_stops_the_other_alone(session, now):
    member = factories.member(session)
    say(session, member, now, wishes(LegalBasis.NONE))
    ways = {
        urgency: session.scalar(
            select(Choice(urgency, now).way).where(Member.id == member.id)
        )
        for urgency in Urgency
    }
    assert ways == {
        Urgency.TIP: "no_legal_basis",
        Urgency.MUST_REACH: "sms",
        Urgency.EMERGENCY: "sms",
    }


@pytest.mark.parametrize(
    ("born", "asked", "sentence"),
    [
        (date(1970, 1, 1), wishes(LegalBasis.NONE), "凭据"),
        (date(2020, 1, 1), wishes(LegalBasis.CONSENT), "监护人同意"),
        (date(2020, 1, 1), wishes(guardian_copy=False), "只发给监护人"),
    ],
)
def test_what_cannot_be_is_refused(session, now, born, asked, sentence):
    member = factories.member(session, birth_date=born)
    with pytest.raises(Refused, match=sentence):
        say(session, member, now, asked, evidence=" ")
    assert Wishes.of(member) == wishes()


@pytest.mark.parametrize(
    ("born", "child"),
    [(date(2012, 11, 24), True), (date(2012, 11, 23), False), (None, False)],
)
def test_a_child_here_is_the_child_of_channel_choice(session, now, born, child):
    member = factories.member(session, birth_date=born)
    found = select(Choice(Urgency.TIP, now).child).where(Member.id == member.id)
    assert is_child(member, now) is child is bool(session.scalar(found))


def test_a_guardians_new_phone_is_told_to_the_person(session, now):
    member = factories.member(session, guardian_phone=GUARDIAN)
    child = factories.member(session, phone=None, guardian_phone=GUARDIAN)
    assert session.scalar(how_many_to_tell(EVERYBODY)) == 0
    for each in (member, child):
        index = factories.privacy.blind("phone", OTHER)
        each.guardian_phone, each.guardian_phone_index = OTHER, index
    session.flush()
    assert list(to_tell(session, EVERYBODY)) == [member]
    assert session.scalar(how_many_to_tell(Scope(("510522102",)))) == 0
    with pytest.raises(Refused, match="凭据"):
        told(session, member, evidence="", by=1, now=now)
    told(session, member, evidence="上门单独说的", by=1, now=now)
    assert session.scalar(how_many_to_tell(EVERYBODY)) == 0
    with pytest.raises(NotReady, match="已经知道"):
        told(session, member, evidence="再说一次", by=1, now=now)
    assert [note.kind for note in notes_of(session, member.id)] == ["guardian_told"]


def test_a_phone_that_is_added_later_is_told_too(session):
    member = factories.member(session)
    index = factories.privacy.blind("phone", OTHER)
    member.guardian_phone, member.guardian_phone_index = OTHER, index
    session.flush()
    assert list(to_tell(session, EVERYBODY)) == [member]
