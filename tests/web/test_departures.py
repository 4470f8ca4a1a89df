"""The pages of who died or moved: told at a door, settled by the county."""

from __future__ import annotations

from datetime import UTC, datetime

import factories
import pytest
import stages
from sqlalchemy import select

from campaigns.fieldwork import visits
from campaigns.fieldwork.visit_models import Visit
from campaigns.register.departures import Departure
from campaigns.register.models import Member
from campaigns.vocabulary import MemberStatus, Urgency
from outreach.audit import AuditRow

PAGE = "/register/departures"
SAID = "女儿李梅说，上周"


@pytest.fixture
def one(writing) -> tuple[int, int]:
    """Somebody and their visit, given to a worker."""
    with writing() as session:
        member = factories.member(session, name="张三丰", phone=None)
        stages.launched(session, urgency=Urgency.MUST_REACH)
        visits.open_visits(session, datetime.now(UTC))
        visit = session.scalars(select(Visit)).one()
        visit.worker = "张专职"
        return member.id, visit.id


def waiting(writing) -> int:
    with writing() as session:
        return session.scalars(select(Departure.id)).one()


def status(writing, member: int) -> MemberStatus:
    with writing() as session:
        return session.get_one(Member, member).status


def test_a_village_says_who_died_and_how_it_knows_and_the_county_confirms(
    visit, writing, one
):
    member, key = one
    village, county = visit("cun"), visit("xian")
    page = f"/fieldwork/visits/{key}"
    assert village.send(page, outcome="deceased").status_code == 422
    assert status(writing, member) is MemberStatus.ACTIVE
    assert village.send(page, outcome="deceased", remark=SAID).status_code == 303
    assert village.open(PAGE).status_code == 403
    assert "等您确认" in county.read("/")
    assert "待县残联确认" in county.read(f"/register/{member}")
    assert SAID in county.read(PAGE)
    assert "张三丰" not in county.read(PAGE)
    deed = f"{PAGE}/{waiting(writing)}/confirm"
    assert county.send(PAGE, deed).status_code == 303
    assert status(writing, member) is MemberStatus.DECEASED
    assert "没有待确认的" in county.read(PAGE)
    assert county.send("/register", deed).status_code == 404
    with writing() as session:
        assert "confirm_departure" in set(session.scalars(select(AuditRow.action)))


def test_what_was_not_so_is_put_right_and_somebody_goes_again(visit, writing, one):
    member, key = one
    visit("cun").send(f"/fieldwork/visits/{key}", outcome="moved", remark=SAID)
    county = visit("xian")
    county.send(PAGE, f"{PAGE}/{waiting(writing)}/undo")
    assert status(writing, member) is MemberStatus.ACTIVE
    with writing() as session:
        assert session.get_one(Visit, key).closed_at is None


def test_whoever_reported_it_does_not_confirm_it(visit, writing, one):
    member, key = one
    county = visit("xian")
    county.send(f"/fieldwork/visits/{key}", outcome="met")
    changed = county.send(
        f"/fieldwork/visits/{key}/change", outcome="deceased", remark=SAID
    )
    assert changed.status_code == 303
    deed = f"{PAGE}/{waiting(writing)}/confirm"
    assert county.send(PAGE, deed).status_code == 403
    assert visit("shenpi").send(PAGE, deed).status_code == 303
    assert status(writing, member) is MemberStatus.DECEASED
