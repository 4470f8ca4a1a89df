from __future__ import annotations

from datetime import date, timedelta

import factories
import pytest
from sqlalchemy.exc import IntegrityError

from campaigns.errors import NotAllowed, NotFound, NotReady, Refused, Stale
from campaigns.planning import lifecycle
from campaigns.planning.drafting import change_campaign
from campaigns.planning.listing import list_campaigns
from campaigns.planning.models import Campaign
from campaigns.vocabulary import BulletinState, CampaignState, Urgency

NOW = factories.NOW
MAKER, SECOND = 1, 2


@pytest.fixture(autouse=True)
def county(session):
    factories.unit(session, hold_seconds=60, window_from=480, window_to=1200)
    factories.places(session)
    factories.member(session)


def draft(session, **given):
    if "version_id" not in given:
        urgency = given.pop("urgency", Urgency.MUST_REACH)
        given["version_id"] = factories.version(session, urgency=urgency).id
    if "segment_id" not in given:
        given["segment_id"] = factories.segment(session).id
    facts = {
        "name": "高温提醒",
        "channels": ["sms", "loudspeaker"],
        "provider": "simulator",
        "by": MAKER,
        "now": NOW,
    }
    return lifecycle.draft_campaign(session, **{**facts, **given})


def submitted(session, **given):
    return lifecycle.submit(session, draft(session, **given).id, by=MAKER, now=NOW)


def released(session, now=NOW, **given):
    campaign = submitted(session, **given)
    return release(session, campaign, now=now)


def release(session, campaign, by=SECOND, seen=None, now=NOW):
    seen = seen or campaign.content_hash
    return lifecycle.release(session, campaign.id, by=by, content_hash=seen, now=now)


def test_a_release_begins_after_the_hold(session):
    campaign = released(session)
    assert campaign.status is CampaignState.APPROVED
    assert campaign.due_at == NOW + timedelta(seconds=60)
    assert (campaign.approved_by, campaign.moved_by) == (SECOND, SECOND)


def test_a_release_waits_for_its_time(session):
    later = NOW + timedelta(hours=3)
    campaign = released(session, starts_at=later)
    assert campaign.due_at == later


def test_an_emergency_is_held_for_half_the_time(session):
    campaign = released(session, urgency=Urgency.EMERGENCY)
    assert campaign.due_at == NOW + timedelta(seconds=30)


def test_the_last_moment_is_the_end_of_the_window_unless_said(session):
    campaign = draft(session)
    assert campaign.send_before == NOW.replace(hour=12)


@pytest.mark.parametrize("who", ["maker", "submitter"])
def test_nobody_releases_what_they_made_or_submitted(session, who):
    campaign = draft(session, by=MAKER)
    lifecycle.submit(session, campaign.id, by=3, now=NOW)
    with pytest.raises(NotAllowed):
        release(session, campaign, by=MAKER if who == "maker" else 3)


def test_the_database_itself_refuses_a_release_by_one_person(session):
    with pytest.raises(IntegrityError):
        factories.campaign(session, made_by=1, approved_by=1)


def test_a_release_is_bound_to_what_was_read(session):
    campaign = submitted(session)
    with pytest.raises(Stale):
        release(session, campaign, seen="0" * 64)
    assert session.get_one(Campaign, campaign.id).status is CampaignState.SUBMITTED


def test_a_segment_changed_after_submission_changes_nothing(session):
    segment = factories.segment(session, rule={"townships": ["510522112"]})
    campaign = submitted(session, segment_id=segment.id)
    segment.rule = {}
    session.flush()
    assert release(session, campaign).rule == {"townships": ["510522112"]}


@pytest.mark.parametrize(
    "plan",
    [
        {"channels": ["sms"]},
        {"provider": "portal_file"},
        {"starts_at": NOW + timedelta(hours=1)},
        {"send_before": NOW + timedelta(hours=2)},
    ],
)
def test_every_decision_changes_the_hash(session, plan):
    campaign = submitted(session)
    before = campaign.content_hash
    lifecycle.withdraw_submission(session, campaign.id, by=MAKER, now=NOW)
    change_campaign(session, campaign, plan, now=NOW)
    lifecycle.submit(session, campaign.id, by=MAKER, now=NOW)
    assert campaign.content_hash != before


def test_an_approval_can_be_taken_back_until_something_was_launched(session):
    campaign = released(session)
    lifecycle.take_back(session, campaign.id, by=SECOND, now=NOW)
    assert (campaign.status, campaign.approved_by) == (CampaignState.DRAFT, None)
    campaign = released(session, version_id=campaign.version_id)
    campaign.launched_at = NOW
    session.flush()
    with pytest.raises(Stale):
        lifecycle.take_back(session, campaign.id, by=SECOND, now=NOW)


def test_sending_back_needs_a_reason(session):
    campaign = submitted(session)
    with pytest.raises(Refused):
        lifecycle.send_back(session, campaign.id, by=SECOND, reason=" ", now=NOW)
    lifecycle.send_back(session, campaign.id, by=SECOND, reason="人群太大", now=NOW)
    assert (campaign.status, campaign.return_reason) == (
        CampaignState.DRAFT,
        "人群太大",
    )


def test_a_running_campaign_is_paused_resumed_and_stopped(session):
    campaign = factories.campaign(session)
    lifecycle.pause(session, campaign.id, by=MAKER, now=NOW)
    assert campaign.status is CampaignState.PAUSED
    lifecycle.resume(session, campaign.id, by=MAKER, now=NOW)
    assert campaign.status is CampaignState.RUNNING
    lifecycle.cancel(session, campaign.id, by=MAKER, now=NOW)
    assert campaign.status is CampaignState.CANCELLED
    with pytest.raises(Stale):
        lifecycle.resume(session, campaign.id, by=MAKER, now=NOW)


def test_an_approved_campaign_does_not_run_by_being_resumed(session):
    campaign = released(session)
    with pytest.raises(Stale):
        lifecycle.resume(session, campaign.id, by=MAKER, now=NOW)


def test_nothing_is_resumed_past_its_last_moment(session):
    campaign = factories.campaign(session, status=CampaignState.PAUSED)
    with pytest.raises(Refused):
        lifecycle.resume(session, campaign.id, by=1, now=NOW + timedelta(hours=9))


def test_only_a_running_campaign_finishes(session):
    campaign = factories.campaign(session)
    assert lifecycle.finish(session, campaign.id, NOW)
    assert not lifecycle.finish(session, campaign.id, NOW)


def test_the_same_words_are_not_sent_to_the_same_people_within_a_day(session):
    first = released(session)
    again = draft(session, version_id=first.version_id)
    with pytest.raises(Refused, match="24 小时"):
        lifecycle.submit(session, again.id, by=MAKER, now=NOW)
    elsewhere = factories.segment(session, rule={"townships": ["510522112"]})
    other = draft(session, version_id=first.version_id, segment_id=elsewhere.id)
    lifecycle.submit(session, other.id, by=MAKER, now=NOW)
    later = NOW + timedelta(hours=25)
    again = draft(session, version_id=first.version_id, now=later)
    lifecycle.submit(session, again.id, by=MAKER, now=later)


def tip(session, **given):
    version = factories.version(session, urgency=Urgency.TIP, sms_text=f"天热{given}")
    version.content_hash = str(version.id)
    return {"version_id": version.id, "channels": ["sms"], **given}


def test_nobody_gets_a_third_tip_in_a_week(session):
    for _ in range(2):
        released(session, **tip(session))
    third = draft(session, **tip(session))
    with pytest.raises(Refused, match=r"1 人 7 天内.*2026-11-30 12:01"):
        lifecycle.submit(session, third.id, by=MAKER, now=NOW)
    later = NOW + timedelta(days=7, minutes=2)
    fourth = draft(session, **tip(session, now=later))
    lifecycle.submit(session, fourth.id, by=MAKER, now=later)


def test_tips_to_others_and_must_reach_texts_do_not_count(session):
    factories.member(session, township="510522102", village="510522102201")
    north = factories.segment(session, rule={"townships": ["510522102"]})
    released(session, **tip(session, segment_id=north.id))
    released(session, **tip(session))
    released(session, urgency=Urgency.MUST_REACH)
    south = factories.segment(session, rule={"townships": ["510522112"]})
    submitted(session, **tip(session, segment_id=south.id))


def test_a_cancelled_plan_leaves_room_for_another_tip(session):
    released(session, **tip(session))
    second = released(session, **tip(session))
    lifecycle.cancel(session, second.id, by=MAKER, now=NOW)
    submitted(session, **tip(session))


def test_an_empty_audience_is_said(session):
    nobody = factories.segment(session, rule={"min_age": 149})
    with pytest.raises(Refused, match="没有人"):
        submitted(session, segment_id=nobody.id, channels=["sms"])


def test_an_expired_bulletin_is_not_sent(session):
    version = factories.version(session, valid_until=date(2026, 11, 23))
    released(session, version_id=version.id)
    with pytest.raises(Refused, match="过期"):
        submitted(
            session,
            version_id=version.id,
            starts_at=NOW + timedelta(days=1),
            send_before=NOW + timedelta(days=2),
        )


def test_a_superseded_bulletin_is_not_released(session):
    campaign = submitted(session)
    campaign.version.state = BulletinState.SUPERSEDED
    with pytest.raises(NotReady):
        release(session, campaign)


def test_a_loudspeaker_needs_a_spoken_text(session):
    version = factories.version(session, spoken_text="")
    with pytest.raises(NotReady, match="口播稿"):
        submitted(session, version_id=version.id)
    submitted(session, version_id=version.id, channels=["sms"])


def test_a_window_that_never_opens_in_time_is_said(session):
    evening = NOW + timedelta(hours=9)
    campaign = draft(session, send_before=evening + timedelta(hours=2))
    with pytest.raises(Refused, match="时段"):
        lifecycle.submit(session, campaign.id, by=MAKER, now=evening)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"name": " "}, "名称"),
        ({"channels": []}, "方式"),
        ({"channels": ["pigeon"]}, "方式"),
        ({"send_before": NOW}, "最晚"),
    ],
)
def test_a_field_that_is_wrong_is_named(session, plan, said):
    with pytest.raises(Refused, match=said):
        draft(session, **plan)


def test_an_unissued_bulletin_cannot_be_planned(session):
    version = factories.version(session, state=BulletinState.REVIEWED)
    with pytest.raises(NotReady):
        draft(session, version_id=version.id)


def test_a_submitted_campaign_is_changed_by_nobody(session):
    campaign = submitted(session)
    with pytest.raises(NotReady):
        change_campaign(session, campaign, {"name": "别的"}, now=NOW)


def test_a_campaign_that_is_not_there_is_said_so(session):
    with pytest.raises(NotFound):
        lifecycle.get_campaign(session, 404)


def test_campaigns_are_listed_newest_first(session):
    old = draft(session)
    new = draft(session, now=NOW + timedelta(hours=1))
    assert [row.id for row in list_campaigns(session)] == [new.id, old.id]
    assert list_campaigns(session, states=[CampaignState.RUNNING]) == []
    [row] = list_campaigns(session, states=[CampaignState.DRAFT], made_by=1, limit=1)
    assert (row.name, row.title) == ("高温提醒", "高温防暑")
