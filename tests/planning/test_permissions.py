"""A standing permission: two grant it, it has bounds, and it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier, Thread

import factories
import pytest

from campaigns.bulletins import library
from campaigns.delivery import launching, tally
from campaigns.errors import CampaignError, NotAllowed, NotReady, Refused, Stale
from campaigns.planning import approving, lifecycle, permissions
from campaigns.planning.models import Campaign, Permission
from campaigns.planning.permitted import Association, permitted, release_permitted
from campaigns.vocabulary import (
    ApprovalWay,
    BulletinState,
    CampaignState,
    Category,
    Urgency,
)
from outreach.database import connect

NOW = factories.NOW
YEAR, WEEK = NOW + timedelta(days=366), timedelta(days=7)
BLIND = Category.VISUAL.bit
COUNTY_ONE, COUNTY_TWO, FIRST, SECOND, STRANGER = 1, 2, 5, 6, 9
OURS = Association(BLIND, frozenset({FIRST, SECOND}))


def county(session, people: int = 3) -> None:
    factories.unit(session, hold_seconds=60)
    factories.places(session)
    for _ in range(people):
        factories.member(session, category=Category.VISUAL)
    factories.member(session, category=Category.PHYSICAL)


def granted(session, quota: int = 100, now=NOW) -> Permission:
    made = permissions.propose(session, BLIND, quota, by=COUNTY_ONE, now=now)
    return permissions.confirm(session, made.id, by=COUNTY_TWO, now=now)


def text(session, text_id: str = "T09", **given):
    version = library.start_from_library(session, text_id, by=FIRST, now=NOW)
    facts = {"state": BulletinState.ISSUED, "valid_until": date(2029, 1, 1), **given}
    for name, value in facts.items():
        setattr(version, name, value)
    version.content_hash = "x" * 64
    session.flush()
    return version


def submitted(session, version=None, by: int = FIRST, now=NOW, **given) -> Campaign:
    rule = given.pop("rule", {"categories": [1]})
    facts = {
        "name": "按时吃药",
        "version_id": (version or text(session)).id,
        "segment_id": factories.segment(session, rule=rule).id,
        "channels": ["sms"],
        "provider": "simulator",
    }
    made = lifecycle.draft_campaign(session, **{**facts, **given}, by=by, now=now)
    # Each its own text and people to the rule of "not the same within a day".
    made.follows_id = made.id
    return lifecycle.submit(session, made.id, by=by, now=now)


def let_go(session, campaign, who=OURS, by: int = SECOND, now=NOW) -> Campaign:
    seen = campaign.content_hash
    return release_permitted(
        session, campaign.id, who, by=by, content_hash=seen, now=now
    )


def test_two_of_the_association_release_and_it_is_on_record(session):
    county(session)
    one = granted(session)
    made = let_go(session, submitted(session))
    assert (made.status, made.approved_by) == (CampaignState.APPROVED, SECOND)
    kept = approving.approval_of(session, made)
    assert (kept.way, kept.permission_id, kept.messages) == (
        ApprovalWay.PERMISSION,
        one.id,
        3,
    )
    assert permissions.month_of(session, one, NOW) == (100, 3)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"channels": ["sms", "loudspeaker"]}, "大喇叭"),
        ({"rule": {}}, "别的类别"),
        ({"rule": {"categories": [1, 4]}}, "别的类别"),
        ({"by": STRANGER}, "本协会的两个人"),
        ({"starts_at": YEAR, "send_before": YEAR + WEEK}, "开始得更晚"),
        ({"words": {"sms_text": "${village}的乡亲，请来领鸡蛋。"}}, "不是文稿库的原文"),
        ({"words": {"spoken_text": "换了一句。"}}, "不是文稿库的原文"),
        ({"words": {"easy_read": ["换了。"]}}, "不是文稿库的原文"),
        ({"words": {"recording": "x"}}, "不是文稿库的原文"),
        ({"words": {"urgency": Urgency.MUST_REACH}}, "不是文稿库的原文"),
        ({"words": {"text_id": "T03a"}}, "紧急"),
    ],
)
def test_beyond_its_bounds_it_permits_nothing(session, given, said):
    county(session)
    granted(session)
    plan = dict(given)
    made = submitted(session, text(session, **plan.pop("words", {})), **plan)
    told = permitted(session, made, OURS, NOW).hindrances
    assert said in str(told[0])
    assert "县残联批准" in str(told[0]), "every refusal names the way out"
    with pytest.raises(CampaignError, match=said):
        let_go(session, made)
    assert made.status is CampaignState.SUBMITTED


def test_a_text_of_nobodys_library_is_none(session):
    county(session)
    granted(session)
    own = factories.version(session)
    told = permitted(session, submitted(session, own), OURS, NOW).hindrances
    assert "不是文稿库的原文" in str(told[0])


def test_an_editor_that_names_variables_in_chinese_changes_no_word(session):
    version = text(session)
    assert library.unchanged(version)
    version.sms_text = version.sms_text.replace("${place}", "${地点}")
    version.spoken_text = f"{version.spoken_text}\n"
    assert "${地点}" in version.sms_text
    assert library.unchanged(version)


@pytest.mark.parametrize("by", [FIRST, STRANGER])
def test_nobody_releases_their_own_and_no_outsider_anything(session, by):
    county(session)
    granted(session)
    with pytest.raises(NotAllowed):
        let_go(session, submitted(session), by=by)


def test_whoever_proposed_it_does_not_confirm_it(session):
    made = permissions.propose(session, BLIND, 10, by=COUNTY_ONE, now=NOW)
    with pytest.raises(NotAllowed):
        permissions.confirm(session, made.id, by=COUNTY_ONE, now=NOW)
    assert not permissions.holds(session, BLIND, NOW), "one person alone grants nothing"
    with pytest.raises(Refused):
        permissions.propose(session, BLIND, 10, by=COUNTY_TWO, now=NOW)
    permissions.confirm(session, made.id, by=COUNTY_TWO, now=NOW)
    with pytest.raises(NotReady):
        permissions.confirm(session, made.id, by=COUNTY_TWO, now=NOW)


@pytest.mark.parametrize(("mask", "quota"), [(0, 5), (64, 5), (BLIND, 0), (BLIND, -1)])
def test_a_permission_is_for_somebody_and_for_so_many(session, mask, quota):
    with pytest.raises(Refused):
        permissions.propose(session, mask, quota, by=COUNTY_ONE, now=NOW)


def test_it_ends_by_date(session):
    county(session)
    one = granted(session)
    assert one.until == date(2027, 11, 23)
    last_hour = NOW.replace(year=2027, hour=15)
    assert permissions.holds(session, BLIND, last_hour)
    with pytest.raises(NotReady, match="已经过期"):
        permissions.in_force(session, BLIND, last_hour + timedelta(hours=2))
    assert not permissions.holds(session, Category.HEARING.bit, NOW)


def test_the_month_is_the_one_in_which_it_begins(session):
    county(session)
    one = granted(session, quota=4)
    let_go(session, submitted(session))
    with pytest.raises(Refused, match="只剩 1 条"):
        let_go(session, submitted(session))
    december = NOW + timedelta(days=8)
    ahead = {"starts_at": december, "send_before": december + timedelta(hours=3)}
    let_go(session, submitted(session, **ahead))
    assert permissions.month_of(session, one, NOW).left == 1
    assert permissions.month_of(session, one, december).left == 1


def test_what_never_began_is_given_back_and_what_began_is_not(session):
    county(session)
    one = granted(session)
    back, stopped, begun = (let_go(session, submitted(session)) for _ in range(3))
    lifecycle.take_back(session, back.id, by=FIRST, now=NOW)
    lifecycle.cancel(session, stopped.id, by=FIRST, now=NOW)
    begun.launched_at = NOW
    session.flush()
    lifecycle.cancel(session, begun.id, by=FIRST, now=NOW)
    assert permissions.month_of(session, one, NOW).used == 3


def test_withdrawn_it_is_gone_at_once_and_takes_back_what_has_not_begun(session):
    county(session)
    one = granted(session)
    held, begun = (let_go(session, submitted(session)) for _ in range(2))
    begun.launched_at = NOW
    session.flush()
    next_one = submitted(session)
    back = permissions.withdraw(session, one.id, by=COUNTY_ONE, now=NOW)
    assert back == [held.id]
    assert held.status is CampaignState.DRAFT
    assert begun.status is CampaignState.APPROVED
    with pytest.raises(NotReady, match="收回"):
        let_go(session, next_one)
    with pytest.raises(NotReady):
        permissions.withdraw(session, one.id, by=COUNTY_ONE, now=NOW)


def test_a_new_one_replaces_the_last_and_gives_no_second_quota(session):
    county(session)
    first = granted(session, quota=4)
    let_go(session, submitted(session))
    second = granted(session, quota=5)
    assert first.id != second.id
    session.refresh(first)
    assert first.ended_at is not None
    assert permissions.month_of(session, second, NOW).left == 2


def grown(session, people: int) -> None:
    """People who came to the register after the release."""
    for _ in range(people):
        factories.member(session, category=Category.VISUAL)


def begun(session, campaign, now=NOW + timedelta(minutes=2)) -> bool:
    campaign.follows_id = None
    session.flush()
    return launching.launch(session, campaign.id, now)


def test_what_began_takes_of_the_quota_what_it_sends(session):
    """Counted when the audience is frozen: it grew by one."""
    county(session)
    one = granted(session, quota=6)
    made = let_go(session, submitted(session))
    grown(session, 1)
    assert permissions.month_of(session, one, NOW).used == 3
    assert begun(session, made)
    assert permissions.month_of(session, one, NOW).used == 4


def test_what_outgrew_its_permission_waits_for_the_county_which_may_go_on(session):
    county(session)
    one = granted(session, quota=4)
    made = let_go(session, submitted(session))
    seen = made.content_hash
    grown(session, 2)
    assert not begun(session, made)
    session.refresh(made)
    assert (made.status, made.approved_by) == (CampaignState.SUBMITTED, None)
    assert "超过长期许可" in made.return_reason
    assert tally.figures(session, made.id) == {}, "nothing was frozen"
    assert permissions.month_of(session, one, NOW).used == 0
    assert not begun(session, made, NOW + timedelta(hours=1)), "it waits"
    told = permitted(session, made, OURS, NOW).hindrances
    assert "只剩 4 条" in str(told[0]), "the association cannot release it either"
    later = NOW + timedelta(hours=1)
    lifecycle.release(session, made.id, by=COUNTY_ONE, content_hash=seen, now=later)
    assert made.return_reason is None
    assert begun(session, made, later + timedelta(minutes=2))
    assert permissions.month_of(session, one, NOW).used == 0, "the county let it go"


def test_a_campaign_that_fits_beside_the_others_of_the_month_begins(session):
    county(session)
    one = granted(session, quota=7)
    first, second = (let_go(session, submitted(session)) for _ in range(2))
    grown(session, 1)
    assert begun(session, first)
    assert permissions.month_of(session, one, NOW).used == 7
    assert not begun(session, second), "eight would be one too many"
    assert permissions.month_of(session, one, NOW).used == 4


@pytest.mark.parametrize("grows", [0, 1])
def test_without_a_permission_only_what_did_not_grow_begins(session, grows):
    """It ended between release and launch, as by its date: what was let go stands."""
    county(session)
    one = granted(session)
    made = let_go(session, submitted(session))
    one.until = date(2020, 1, 1)
    grown(session, grows)
    assert begun(session, made) is not bool(grows)


def test_changed_since_it_was_read_it_stays(session):
    county(session)
    granted(session)
    made = submitted(session)
    with pytest.raises(Stale):
        release_permitted(
            session, made.id, OURS, by=SECOND, content_hash="0" * 64, now=NOW
        )
    other = replace(OURS, categories=Category.HEARING.bit)
    with pytest.raises(NotReady, match="还没有给这个协会"):
        let_go(session, made, who=other)


def test_of_two_releases_at_once_one_finds_the_quota_used(postgresql_address):
    """Committed rows of two transactions; everything is taken out again."""
    database = connect(postgresql_address)
    tables = Permission.metadata
    tables.create_all(database.engine)
    with database.writing() as session:
        county(session)
        granted(session, quota=4)
        both = [submitted(session) for _ in range(2)]
    told: list[str] = []
    together = Barrier(2, timeout=30)

    def press(campaign: Campaign) -> None:
        try:
            with database.writing() as session:
                session.get(Campaign, campaign.id)
                together.wait()
                let_go(session, campaign)
            told.append("")
        except Refused as refused:
            told.append(str(refused))

    pressing = [Thread(target=press, args=(one,)) for one in both]
    for thread in pressing:
        thread.start()
    for thread in pressing:
        thread.join(30)
    with database.engine.begin() as connection:
        for table in reversed(tables.sorted_tables):
            connection.execute(table.delete())
    database.dispose()
    assert sorted(map(bool, told)) == [False, True]
    assert "只剩 1 条" in max(told)
