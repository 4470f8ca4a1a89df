"""An association sends by its standing permission: the pages of both sides."""

from __future__ import annotations

import re
from datetime import date

import factories
import pytest
import stages
from office import COUNTY, PASSWORD
from sqlalchemy import select, update

from campaigns.bulletins import library
from campaigns.bulletins.drafting import content_hash
from campaigns.planning.models import Campaign
from campaigns.register.models import Unit
from campaigns.vocabulary import BulletinState, CampaignState, Category
from outreach import accounts
from outreach.accounts import Role, find_user
from outreach.audit import AuditRow

GRANT = "/planning/permissions"
BLIND = Category.VISUAL.bit


@pytest.fixture
def page(visit, writing, now) -> str:
    """What mangxie submitted: a library text, to the blind."""
    with writing() as session:
        stages.people(session)
        session.execute(update(Unit).values(hold_seconds=3600))
        second = accounts.add_user(
            session, name="er", shown_as="er", password=PASSWORD, now=now
        )
        where = {"role": Role.ASSOCIATION, "place": COUNTY, "categories": BLIND}
        accounts.add_grant(session, second, **where, now=now)
        writer = find_user(session, "mangxie").id
        text = library.start_from_library(session, "T09", by=writer, now=now)
        text.bulletin.categories = BLIND
        text.state, text.valid_until = BulletinState.ISSUED, date(2036, 1, 1)
        text.content_hash = content_hash(text)
        segment = factories.segment(session, rule={"categories": [1]})
        form = {
            "version_id": text.id,
            "segment_id": segment.id,
            "channels": ["sms"],
            "provider": "simulator",
            "when": "now",
        }
    maker = visit("mangxie")
    made = maker.send("/planning/new", **form).location
    maker.send(made, f"{made}/submit")
    return made


def propose(visit, quota: str = "50") -> None:
    form = {"association": str(BLIND), "quota": quota}
    assert visit("xian").send(GRANT, **form).status_code == 303


def release(person, page: str):
    text = person.read(f"{page}/permitted")
    content = re.search(r'name="content_hash" value="([^"]+)"', text).group(1)
    return person.send(f"{page}/permitted", read="1", content_hash=content)


def test_the_county_grants_and_the_association_sends(visit, writing, page) -> None:
    propose(visit)
    assert "1 项长期许可等您确认" in visit("shenpi").read("/")
    own = visit("xian").read(GRANT)
    assert f"{GRANT}/1/confirm" not in own, "nobody confirms their own"
    assert visit("shenpi").send(GRANT, f"{GRANT}/1/confirm").status_code == 303
    assert "可以由本协会的另一位同事放行" in visit("mangxie").read(page)
    second = visit("er")
    assert f'href="{page}/permitted"' in second.read("/"), "one press from home"
    told = second.read(f"{page}/permitted")
    assert "50 条，已用 0 条，还剩 50 条" in told
    assert "第 1 号长期许可，到" in told
    assert second.send(f"{page}/permitted").status_code == 422, "the box asks to read"
    assert release(second, page).status_code == 303
    assert "协会按长期许可放行" in second.read(page)
    with writing() as session:
        made = session.scalars(select(Campaign)).one()
        assert made.status is CampaignState.APPROVED
        assert made.approved_by == find_user(session, "er").id
        deeds = {row.action: row for row in session.scalars(select(AuditRow))}
    assert deeds["propose_permission"].details == {"categories": BLIND, "quota": 50}
    assert deeds["confirm_permission"].subject == "permission:1"
    assert deeds["release_permitted"].user_id == made.approved_by
    assert "/ 50 条" in visit("shenji").read(GRANT), "the auditor reads along"
    visit("xian").send(GRANT, f"{GRANT}/1/withdraw")
    with writing() as session:
        assert session.scalars(select(Campaign.status)).one() is CampaignState.DRAFT
        last = select(AuditRow.details).where(AuditRow.action == "withdraw_permission")
        assert session.scalars(last).one() == {"taken_back": [made.id]}


def test_a_refusal_names_its_reason_and_the_way_to_the_county(visit, page) -> None:
    second = visit("er")
    none = second.read(f"{page}/permitted")
    assert "还没有给这个协会的长期许可" in none
    assert f'href="{page}/approval"' in none
    propose(visit, quota="1")
    visit("shenpi").send(GRANT, f"{GRANT}/1/confirm")
    short = second.read(f"{page}/permitted")
    assert "月的额度只剩 1 条。请照常送县残联批准。" in short
    assert 'name="content_hash"' not in short
    forced = second.send(f"{page}/permitted", page, read="1", content_hash="x")
    assert forced.status_code == 405
    keys = second.keys(GRANT)
    answer = second.client.post(f"{page}/permitted", data={**keys, "read": "1"})
    assert answer.status_code == 422


def test_whoever_submitted_does_not_release(visit, page) -> None:
    propose(visit)
    visit("shenpi").send(GRANT, f"{GRANT}/1/confirm")
    maker = visit("mangxie")
    assert f"{page}/permitted" not in maker.read(page)
    assert "长期许可" not in visit("shenpi").read(page), "the county approves as ever"
    assert maker.open(f"{page}/permitted").status_code == 403
    assert maker.send(GRANT, f"{GRANT}/1/withdraw").status_code == 403
