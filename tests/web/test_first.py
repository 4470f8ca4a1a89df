"""The first hour: an account out of nothing, and a guide that names the next step."""

from __future__ import annotations

import factories
import pytest
from sqlalchemy import delete, select

from campaigns.vocabulary import BulletinState, CampaignState
from outreach import beginning, first_account
from outreach.accounts import Grant, Role, User
from outreach.beginning import Stage

GOOD = {
    "county": "510522",
    "name": "guanli",
    "shown_as": "刘管理",
    "password": "yi-ju-hao-ji-de-hua",
}


@pytest.fixture
def door(app):
    """Where the first account is made."""
    return first_account.path(app.extensions["outreach"].signer)


@pytest.fixture
def nobody(writing):
    """An office without accounts."""
    with writing() as session:
        session.execute(delete(Grant))
        session.execute(delete(User))


@pytest.mark.usefixtures("nobody")
def test_the_first_account_is_an_administrator_and_there_is_one(visit, writing, door):
    guest = visit()
    assert "第一次使用" in guest.read("/sign-in")
    assert guest.send(door, **GOOD).location == "/sign-in"
    with writing() as session:
        grant = session.scalars(select(Grant)).one()
        assert (grant.role, grant.place) == (Role.ADMINISTRATOR, "510522")
    assert "第一次使用" not in guest.read("/sign-in")
    assert guest.open(door).location == "/sign-in"
    late = guest.send("/sign-in", door, **{**GOOD, "name": "shengren"})
    assert late.status_code == 422
    assert "已经建好了" in late.get_data(as_text=True)


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("county", "999999", "没有找到“999999”"),
        ("county", " ", "请写县名或 6 位代码"),
        ("name", " ", "请填账号名"),
        ("shown_as", "", "请填姓名或称呼"),
        ("password", "tai-duan", "12 到 128"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    visit, writing, door, field, typed, said
):
    answer = visit().send(door, **{**GOOD, field: typed})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    with writing() as session:
        assert first_account.nobody_yet(session)


@pytest.mark.usefixtures("nobody")
def test_another_services_address_opens_nothing(visit, writing):
    forged = first_account.path(b"another service's key")
    assert visit().open(forged).status_code == 404
    assert visit().send("/sign-in", forged, **GOOD).status_code == 404
    with writing() as session:
        assert first_account.nobody_yet(session)


def test_the_guide_names_the_next_step_until_a_campaign_is_approved(visit, writing):
    writer = visit("xian")
    assert "还有 3 步" in writer.read("/")
    with writing() as session:
        factories.member(session)
    assert "第 4 步" in writer.read("/register")
    with writing() as session:
        version = factories.version(session, state=BulletinState.IN_REVIEW)
        assert _stages(session)[3:] == [Stage.WAITS, Stage.LATER, Stage.TODO]
        version.state = BulletinState.ISSUED
        campaign = factories.campaign(
            session,
            version_id=version.id,
            segment_id=factories.segment(session).id,
            status=CampaignState.SUBMITTED,
        )
        assert _stages(session)[3:] == [Stage.DONE, Stage.LATER, Stage.WAITS]
        assert beginning.next_step(session)[1].address == f"/planning/{campaign.id}"
    assert "第 6 步" in writer.read("/register")
    with writing() as session:
        campaign = session.merge(campaign)
        campaign.status = CampaignState.RUNNING
    for address in ("/", "/register"):
        assert "开始使用" not in writer.read(address)
    assert "首次任务已发出" in writer.read("/start")


def test_one_thing_that_waits_is_opened_at_once(visit, writing):
    with writing() as session:
        version = factories.version(session, state=BulletinState.IN_REVIEW)
        version.written_by = _id(session, "xian")
        campaign = factories.campaign(
            session,
            version_id=version.id,
            segment_id=factories.segment(session).id,
            status=CampaignState.SUBMITTED,
            made_by=version.written_by,
        )
        ids = version.bulletin_id, campaign.id
    page = visit("shenpi").read("/")
    assert f'href="/bulletins/{ids[0]}/review"' in page
    assert f'href="/planning/{ids[1]}/approve"' in page
    with writing() as session:
        factories.version(session, state=BulletinState.IN_REVIEW, written_by=1)
    assert 'href="/bulletins?tab=review"' in visit("shenpi").read("/")


def _stages(session):
    return [step.stage for step in beginning.steps(session)]


def _id(session, name):
    return session.scalars(select(User.id).where(User.name == name)).one()
