"""A campaign is made by one person, checked, and released by another."""

from __future__ import annotations

import re
from datetime import timedelta

import factories
import pytest
import stages
from sqlalchemy import select

from campaigns.audience import segments
from campaigns.audience.rules import Rule
from campaigns.planning.models import Campaign
from campaigns.vocabulary import CampaignState, Category
from outreach.audit import AuditRow


@pytest.fixture
def ready(writing):
    with writing() as session:
        return stages.campaign_form(session)


@pytest.fixture
def submitted(ready, visit):
    """A campaign that waits for approval, by its address."""
    maker = visit("xian")
    page = maker.send("/planning/new", **ready).location
    maker.send(page, f"{page}/submit")
    return maker, page


def content(text: str) -> str:
    return re.search(r'name="content_hash" value="([^"]*)"', text).group(1)


def status(writing) -> CampaignState:
    with writing() as session:
        return session.scalars(select(Campaign.status)).one()


def test_the_check_counts_people_cost_villages_and_reasons(ready, visit):
    maker = visit("xian")
    text = maker.read(maker.send("/planning/new", **ready).location)
    assert "共 12 人" in text
    assert "短信发给 9 人" in text
    assert "大喇叭在 4 个村播" in text
    assert "不发短信的 3 人和原因" in text


def test_the_maker_does_not_approve(submitted, visit, writing):
    maker, page = submitted
    assert 'name="content_hash"' not in maker.read(f"{page}/approve")
    told = {"content_hash": content(visit("shenpi").read(f"{page}/approve"))}
    answer = maker.send(f"{page}/approve", **told, read="1")
    assert answer.status_code == 422
    assert "不能自己批准" in answer.get_data(as_text=True)
    assert status(writing) is CampaignState.SUBMITTED


def test_a_second_person_approves_and_it_can_be_taken_back(submitted, visit, writing):
    _maker, page = submitted
    second = visit("shenpi")
    told = {"content_hash": content(second.read(f"{page}/approve")), "read": "1"}
    assert second.send(f"{page}/approve", **told).location == page
    assert status(writing) is CampaignState.APPROVED
    with writing() as session:
        deeds = set(session.scalars(select(AuditRow.action)))
        assert {"submit_campaign", "release_campaign"} <= deeds
    second.send(page, f"{page}/take-back")
    assert status(writing) is CampaignState.DRAFT


def test_an_unread_page_or_an_old_one_sends_nothing(submitted, visit, writing):
    second, approve = visit("shenpi"), f"{submitted[1]}/approve"
    told = {"content_hash": content(second.read(approve))}
    assert second.send(approve, **told).status_code == 422
    assert second.send(approve, read="1", content_hash="0" * 64).status_code == 422
    assert status(writing) is CampaignState.SUBMITTED


def test_many_people_make_the_approver_type_their_number(
    submitted, visit, writing, monkeypatch
):
    monkeypatch.setattr("outreach.web.campaign_check._MANY", 5)
    second, approve = visit("shenpi"), f"{submitted[1]}/approve"
    told = {"content_hash": content(second.read(approve)), "read": "1"}
    assert second.send(approve, people="8", **told).status_code == 422
    assert status(writing) is CampaignState.SUBMITTED
    assert second.send(approve, people="9", **told).status_code == 303
    assert status(writing) is CampaignState.APPROVED


def test_it_goes_back_with_its_reason(submitted, visit):
    maker, page = submitted
    second = visit("shenpi")
    empty = second.send(f"{page}/approve", f"{page}/return", reason=" ")
    assert empty.status_code == 422
    assert '<a href="#reason">写一句退回的原因' in empty.get_data(as_text=True)
    second.send(f"{page}/approve", f"{page}/return", reason="人群太大")
    assert "人群太大" in maker.read(page)


def test_an_association_writes_to_its_own_members_only(ready, visit, writing):
    with writing() as session:
        blind = Category.VISUAL.bit
        own = stages.version(session, valid_until=stages.FAR)
        own.bulletin.categories = blind
        rule = Rule().within(blind)
        saved = segments.save_segment(
            session, name="盲协会员", rule=rule, by=None, now=factories.NOW
        )
        mine = {**ready, "version_id": own.id}
        everybody, members = mine["segment_id"], saved.id
    chair = visit("mangxie")
    assert chair.send("/planning/new", **mine).status_code == 422
    assert everybody != members
    answer = chair.send("/planning/new", **{**mine, "segment_id": members})
    assert answer.status_code == 303


def test_what_is_missing_is_said_beside_its_field_and_the_rest_kept(ready, visit):
    answer = visit("xian").send("/planning/new", **{**ready, "version_id": ""})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "选一篇已签发的文稿" in text
    assert 'value="高温提醒"' in text


def test_stopping_says_how_many_are_left_and_ends_it(writing, visit):
    with writing() as session:
        stages.people(session)
        campaign = stages.launched(session)
        stages.delivered(session, campaign.id, 4)
        page = f"/planning/{campaign.id}"
    who = visit("xian")
    text = who.read(f"{page}/stop")
    assert "已经发出的 4 条" in text
    assert "还没发的 5 条" in text
    who.send(f"{page}/stop")
    assert status(writing) is CampaignState.CANCELLED


def test_pause_and_resume_are_one_press_each(writing, visit):
    with writing() as session:
        campaign = stages.launched(session)
        page = f"/planning/{campaign.id}"
    who = visit("xian")
    assert who.send(page, f"{page}/pause").location == page
    assert status(writing) is CampaignState.PAUSED
    who.send(page, f"{page}/resume")
    assert status(writing) is CampaignState.RUNNING


def test_a_time_to_start_is_read_as_shanghai_time(ready, visit, writing):
    visit("xian").send(
        "/planning/new", **{**ready, "when": "at", "starts_at": "2090-01-02T09:30"}
    )
    with writing() as session:
        starts = session.scalars(select(Campaign.starts_at)).one()
    assert starts.isoformat() == "2090-01-02T01:30:00+00:00"
    assert starts.utcoffset() == timedelta(0)
