from __future__ import annotations

import factories
import pytest

from campaigns import privacy
from campaigns.errors import NotFound
from campaigns.register.members import (
    Filters,
    count_members,
    find_members,
    get_member,
    name_index,
    sharing,
)
from campaigns.register.scope import Scope
from campaigns.vocabulary import Category, MemberStatus

EVERYBODY = Scope.everything()


def found(session, scope=EVERYBODY, **filters):
    return list(find_members(session, scope=scope, filters=Filters(**filters)).members)


def test_a_person_is_found_by_whole_name_phone_or_number(session):
    number = "510599195507120039"
    wanted = factories.member(
        session,
        name="欧阳 测试",
        name_index=name_index("欧阳 测试"),
        identity=privacy.blind("id", number),
        phone="+8614012345678",
        guardian_phone="+8614112345678",
    )
    factories.member(session)
    asked = ["欧阳测试", "140 1234 5678", "14112345678", number, number + "43"]
    for text in asked:
        assert found(session, find=text) == [wanted], text
    for text in ["欧阳", "1401234567", "%", "' OR 1=1 --"]:
        assert found(session, find=text) == []


def test_pages_go_forward_and_back_over_everybody_once(session):
    everybody = [factories.member(session) for _ in range(7)]
    first = find_members(session, scope=EVERYBODY, limit=3)
    assert first.total == 7
    assert first.previous_before is None
    second = find_members(session, scope=EVERYBODY, limit=3, after=first.next_after)
    third = find_members(session, scope=EVERYBODY, limit=3, after=second.next_after)
    assert [*first.members, *second.members, *third.members] == everybody
    assert third.next_after is None
    back = find_members(session, scope=EVERYBODY, limit=3, before=third.previous_before)
    assert back.members == second.members
    start = find_members(session, scope=EVERYBODY, limit=3, before=back.previous_before)
    assert start.members == first.members
    assert start.previous_before is None


def test_a_scope_hides_other_places_and_categories(session):
    here = factories.member(session, category=Category.VISUAL)
    there = factories.member(
        session,
        category=Category.HEARING,
        township="510522102",
        village="510522102201",
    )
    unknown = factories.member(session, category=Category.MULTIPLE)
    assert found(session, Scope(places=("510522112",))) == [here, unknown]
    assert found(session, Scope(places=("510522102201",))) == [there]
    assert found(session, Scope(places=("5105",))) == [here, there, unknown]
    assert found(session, Scope(categories=Category.VISUAL.bit)) == [here]
    assert found(session, Scope.nothing()) == []
    with pytest.raises(NotFound):
        get_member(session, Scope(places=("510522102",)), here.id)
    assert get_member(session, EVERYBODY, here.id) is here


def test_filters_narrow_by_contact_grade_place_and_status(session):
    own = factories.member(session, grade=1)
    guarded = factories.member(session, phone=None, guardian_phone="+8614900000001")
    nobody = factories.member(session, phone=None, village="510522112202")
    gone = factories.member(session, status=MemberStatus.DECEASED)
    assert found(session, contact="guardian") == [guarded]
    assert found(session, contact="none") == [nobody]
    assert found(session, contact="phone") == [own, gone]
    assert found(session, grades=(1,)) == [own]
    assert found(session, place="510522112202") == [nobody]
    assert found(session, status="deceased") == [gone]
    counts = count_members(session, EVERYBODY)
    assert (counts.total, counts.without_contact) == (3, 1)


def test_everybody_behind_one_phone_is_found(session):
    parent = factories.member(session, phone="+8614900000002")
    child = factories.member(session, phone=None, guardian_phone="+8614900000002")
    index = privacy.blind("phone", "+8614900000002")
    assert sharing(session, index) == [parent, child]
