"""Where there is only one: a long hold, and the record says that one person decided."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import stages
from office import COUNTY
from sqlalchemy import select, update

from campaigns.errors import NotAllowed, Refused
from campaigns.planning import approving, emergency
from campaigns.planning.models import Campaign
from campaigns.register.models import Unit
from campaigns.vocabulary import ApprovalWay, CampaignState, Urgency
from outreach.accounts import Role, User, add_grant, find_user
from outreach.audit import AuditRow


@pytest.fixture
def page(visit, writing) -> str:
    """A campaign that xian submitted, with two days to be sent in."""
    with writing() as session:
        form = stages.campaign_form(session)
    maker = visit("xian")
    made = maker.send("/planning/new", **form).location
    maker.send(made, f"{made}/submit")
    with writing() as session:
        session.scalars(select(Campaign)).one().send_before += timedelta(days=2)
    return made


@pytest.fixture
def lonely(writing, app) -> None:
    """Nobody but xian could approve."""
    with writing() as session:
        only = update(User).where(User.name == "shenpi")
        session.execute(only.values(disabled_at=app.extensions["outreach"].clock()))


@pytest.fixture
def small(visit) -> None:
    """The administrator set the small office up."""
    form = {"small_office": "1", "hours": "24"}
    assert visit("guanli").send("/accounts/small-office", **form).status_code == 303


def alone(person, page: str, people: str = "9"):
    text = person.read(f"{page}/alone")
    content = re.search(r'name="content_hash" value="([^"]+)"', text).group(1)
    return person.send(f"{page}/alone", people=people, content_hash=content)


@pytest.mark.usefixtures("lonely", "small")
def test_one_person_releases_after_a_day_and_it_is_told(visit, writing, page) -> None:
    officer = visit("xian")
    assert "真的没有第二个人" in officer.read(f"{page}/approval")
    assert alone(officer, page, people="8").status_code == 422
    assert alone(officer, page).status_code == 303
    with writing() as session:
        made = session.scalars(select(Campaign)).one()
        me = find_user(session, "xian").id
        assert (made.status, made.approved_by) == (CampaignState.APPROVED, None)
        assert made.released_alone_by == me
        assert made.due_at - made.approved_at == timedelta(hours=24)
        assert approving.approval_of(session, made).way is ApprovalWay.ALONE
        deeds = {row.action: row.details for row in session.scalars(select(AuditRow))}
        assert deeds["set_small_office"] == {"on": True, "hours": 24}
        assert "release_delayed" in deeds
    assert "1 个任务由一个人发布，还没有人补签" in visit("shenji").read("/")
    shown = officer.read(page)
    assert "一人延时发布" in shown
    assert "/countersign" not in shown, "nobody countersigns their own"
    officer.send(page, f"{page}/take-back")
    with writing() as session:
        made = session.scalars(select(Campaign)).one()
        assert (made.status, made.released_alone_by) == (CampaignState.DRAFT, None)
        assert emergency.unsigned(session, made.moved_at) == []


@pytest.mark.usefixtures("lonely", "small")
def test_whoever_comes_back_countersigns(visit, writing, page) -> None:
    alone(visit("xian"), page)
    with writing() as session:
        session.execute(update(User).values(disabled_at=None))
    colleague = visit("shenpi")
    assert "一人发布的任务等您补签（1 个）" in colleague.read("/")
    assert colleague.send(page, f"{page}/countersign").status_code == 303
    with writing() as session:
        made = session.scalars(select(Campaign)).one()
        assert made.countersigned_by == find_user(session, "shenpi").id
    assert "/countersign" not in colleague.read(page)


@pytest.mark.usefixtures("small")
def test_while_there_is_a_second_person_it_does_not_apply(visit, writing, page) -> None:
    officer = visit("xian")
    assert "真的没有第二个人" not in officer.read(f"{page}/approval")
    answer = alone(officer, page)
    assert answer.status_code == 422
    assert "还有别的同事能批准" in answer.get_data(as_text=True)
    with writing() as session:
        assert session.scalars(select(Campaign.status)).one() == CampaignState.SUBMITTED


@pytest.mark.usefixtures("lonely")
def test_an_office_that_did_not_ask_for_it_has_it_not(visit, page) -> None:
    answer = alone(visit("xian"), page)
    assert answer.status_code == 422
    assert "本单位没有设成小单位" in answer.get_data(as_text=True)


@pytest.mark.usefixtures("small")
def test_an_emergency_and_a_campaign_that_ends_before_are_refused(
    writing, page, app
) -> None:
    assert page
    now = app.extensions["outreach"].clock()
    with writing() as session:
        made = session.scalars(select(Campaign)).one()
        facts = {"by": 1, "content_hash": made.content_hash, "now": now}
        made.send_before = now + timedelta(hours=23)
        with pytest.raises(Refused, match="最晚发送时间"):
            approving.alone(session, made.id, **facts)
        made.urgency = Urgency.EMERGENCY
        with pytest.raises(Refused, match="紧急"):
            approving.alone(session, made.id, **facts)
        session.execute(update(Unit).values(lone_hold_hours=0))
        session.expire_all()
        with pytest.raises(NotAllowed):
            approving.alone(session, made.id, **facts)


def test_only_the_administrator_sets_it_and_within_bounds(visit) -> None:
    for name in ("xian", "mangxie", "shenji", "fubao"):
        assert visit(name).open("/accounts/small-office").status_code == 403
    admin = visit("guanli")
    for hours in ("3", "73", "x", ""):
        answer = admin.send("/accounts/small-office", small_office="1", hours=hours)
        assert answer.status_code == 422, hours


def test_who_has_no_duty_to_approve_releases_nothing_alone(
    visit, writing, page, now
) -> None:
    with writing() as session:
        user = find_user(session, "xian")
        user.grants[0].revoked_at = now
        grant = {"role": Role.COORDINATOR, "place": COUNTY, "duties": ["draft"]}
        add_grant(session, user, **grant, now=now)
    assert visit("xian").open(f"{page}/alone").status_code == 403
