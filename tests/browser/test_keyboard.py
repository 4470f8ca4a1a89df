"""Each role does its main task from the keyboard alone, from sign-in to result.

`make test` plays one way for each role, in turn, so that every two of device, language
and script meet; `make test-journeys` plays all seventy-two.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from itertools import product

import factories
import pytest
import stages
from browser.keys import Keys
from office import PASSWORD
from sqlalchemy import select, update

from campaigns.audience import segments
from campaigns.bulletins.models import BulletinVersion
from campaigns.fieldwork import announcements, visits
from campaigns.fieldwork.models import Announcement
from campaigns.fieldwork.visit_models import Visit
from campaigns.planning import drafting, lifecycle
from campaigns.planning.models import Campaign
from campaigns.register.models import Unit
from campaigns.vocabulary import (
    AnnouncementState,
    BulletinState,
    CampaignState,
    Urgency,
)
from outreach import accounts, wiring
from outreach.accounts import User, find_user
from outreach.web import village_link

pytestmark = pytest.mark.browser

VILLAGE = "510522112201"
GO = "main form .actions button"


def now() -> datetime:
    return datetime.now(UTC)


def officer(keys: Keys, site, _county) -> None:
    """The federation's office plans a campaign and sends it for approval."""
    version = issued(site)
    keys.sign_in("xian")
    keys.press('main a[href="/planning/new"]')
    keys.choose("version_id", str(version))
    keys.tick('input[name="segment_id"]')
    keys.choose("provider", "simulator")
    keys.press(GO)
    keys.press('main form[action$="/submit"] button')
    with site.database.writing() as session:
        made = session.scalars(
            select(Campaign).where(Campaign.version_id == version)
        ).one()
        assert made.status is CampaignState.SUBMITTED
        made.status = CampaignState.CANCELLED  # one at a time waits on the list


def approver(keys: Keys, site, _county) -> None:
    """A second person reads what a colleague sent and releases it."""
    version = issued(site)
    with site.database.writing() as session:
        everybody = segments.make_standard_segments(session, now())[0].id
        writer = find_user(session, "xian").id
        campaign = drafting.draft_campaign(
            session,
            name="按键批准",
            version_id=version,
            segment_id=everybody,
            channels=["sms"],
            provider="simulator",
            by=writer,
            now=now(),
        ).id
        lifecycle.submit(session, campaign, by=writer, now=now())
    keys.sign_in("shenpi")
    keys.press(f'.todo a[href="/planning/{campaign}/approve"]')
    keys.tick('input[name="read"]')
    keys.press(GO)
    with site.database.writing() as session:
        made = session.get_one(Campaign, campaign)
        assert made.status in {CampaignState.APPROVED, CampaignState.RUNNING}


def chair(keys: Keys, site, _county) -> None:
    """A chair of the blind writes a tip from the library and sends it for review."""
    keys.sign_in("mangxie")
    keys.press('main .actions a[href="/bulletins/new"]')
    keys.choose("start", "T01")
    keys.press(GO)
    keys.write("source", "县疾控中心〔2026〕12号")
    keys.reach('input[name="valid_until"]')
    later = date.today() + timedelta(days=90)
    keys.page.fill("#valid_until", later.isoformat())
    keys.press('main form .actions button[value="preview"]')
    keys.press('main form[action$="/submit"] button')
    with site.database.writing() as session:
        mine = BulletinVersion.written_by == find_user(session, "mangxie").id
        newest = select(BulletinVersion).where(mine).order_by(BulletinVersion.id.desc())
        version = session.scalars(newest).first()
        assert version.state is BulletinState.IN_REVIEW
        version.state = BulletinState.RETURNED


def township(keys: Keys, site, county) -> None:
    """A township enters what a village told by telephone."""
    first = prepared(site, county)
    keys.sign_in("fubao")
    keys.press(f'.todo a[href$="/fieldwork/announcements/{county}"]')
    keys.press(f'main a[href$="/fieldwork/villages/{first}"]')
    keys.tick('input[name="way"]')
    keys.tick('input[name="deed"]')
    keys.tick('input[name="slots"]')
    keys.press(GO)
    played(site, first)


def clerk(keys: Keys, site, _county) -> None:
    """A village's clerk goes to see somebody who has no phone."""
    with site.database.writing() as session:
        person = factories.member(session, phone=None)
        stages.launched(session, urgency=Urgency.MUST_REACH, channels=["sms"])
        visits.open_visits(session, now())
        visit = session.scalars(
            select(Visit.id).where(Visit.member_id == person.id)
        ).one()
    keys.sign_in("cun")
    keys.menu("/fieldwork")
    keys.press('main a[href="/fieldwork/visits"]')
    keys.press(f'main a[href="/fieldwork/visits/{visit}"]')
    keys.press(GO)
    keys.tick('input[name="outcome"]')
    keys.press(GO)
    with site.database.writing() as session:
        assert session.get_one(Visit, visit).closed_at is not None


def duty(keys: Keys, site, county) -> None:
    """Whoever is on duty opens the village's link and says that it was played."""
    first = prepared(site, county)
    until = date.today() + timedelta(days=9)
    link = village_link.mint(VILLAGE, until, wiring.current().signer)
    keys.page.goto(f"/v/{link}")
    keys.press(f'a[href$="/{first}/played"]')
    keys.tick('input[name="slots"]')
    keys.press('button[type="submit"]')
    assert keys.page.locator("#thanks").is_visible()
    played(site, first)


def auditor(keys: Keys, _site, county) -> None:
    """An auditor goes from a message's number to the trail of what was done."""
    keys.sign_in("shenji")
    keys.menu("/audit")
    keys.write("number", str(county))
    keys.reach('select[name="kind"]')
    keys.page.keyboard.press("ArrowDown")
    keys.press(GO)
    assert "/audit/" in keys.page.url
    assert keys.page.locator("main table, main .empty").count()


def administrator(keys: Keys, site, _county) -> None:
    """An administrator shuts the account of somebody who left, and opens it again."""
    with site.database.writing() as session:
        leaver = find_user(session, "likai") or accounts.add_user(
            session, name="likai", shown_as="离开的人", password=PASSWORD, now=now()
        )
        number = leaver.id
    keys.sign_in("guanli")
    keys.menu("/accounts")
    for deed in ("disable", "enable"):
        if deed == "disable":
            keys.press(f'main a[href="/accounts/{number}"]')
        keys.press(f'main form[action$="/{deed}"] button')
        with site.database.reading() as session:
            shut = session.get_one(User, number).disabled_at is not None
        assert shut is (deed == "disable")


def city(keys: Keys, _site, county) -> None:
    """The city's office reads a county's figures, and no person."""
    keys.sign_in("shilian")
    keys.menu("/reporting")
    keys.press(f'main a[href="/reporting/campaigns/{county}"]')
    assert keys.page.locator("main .sentence, main .lead").first.is_visible()
    assert keys.page.locator('main a[href^="/delivery/"]').count() == 0


ROLES = (
    officer,
    approver,
    chair,
    township,
    clerk,
    duty,
    auditor,
    administrator,
    city,
)
WAYS = list(product((False, True), repeat=3))
"""On a phone, in English, without script."""
APART = (0, 3, 5, 6)
"""Four ways in which every two of device, language and script meet."""


def _chosen():
    """All ways for each role, or one each, in turn."""
    for at, role in enumerate(ROLES):
        every = range(len(WAYS)) if os.environ.get("WAYS") == "all" else None
        for n in every or [APART[at % len(APART)]]:
            phone, english, bare = WAYS[n]
            words = (
                "phone" if phone else "desk",
                "English" if english else "Chinese",
                "bare" if bare else "script",
            )
            name = f"{role.__name__}-{'-'.join(words)}"
            yield pytest.param(role, WAYS[n], id=name)


@pytest.fixture(scope="module")
def county(site):
    """People, and one campaign under way: its number."""
    with site.database.writing() as session:
        stages.people(session, 12)
        session.execute(update(Unit).values(landline="0830-5260000"))
        campaign = stages.launched(session).id
        stages.delivered(session, campaign, 5)
        facts = {"seconds": 30, "bytes": 480_000}
        announcements.attach_clip(
            session, campaign, VILLAGE[:9], "f" * 64, facts, now()
        )
    return campaign


@pytest.mark.parametrize(("role", "way"), list(_chosen()))
def test_a_role_does_its_task_by_keyboard(site, enter, county, role, way):
    phone, english, bare = way
    language = "en" if english else "zh"
    page = enter(phone=phone, language=language, java_script_enabled=not bare)
    role(Keys(page, language), site, county)
    assert page.locator("html").get_attribute("lang").startswith(language)
    page.context.close()


def issued(site) -> int:
    """A text that nobody has used yet."""
    with site.database.writing() as session:
        version = stages.version(session, urgency=Urgency.MUST_REACH)
        version.sms_text = f"请多喝水，少出门。第 {version.id} 次。"
        version.content_hash = stages.content_hash(version)
        return version.id


def prepared(site, county: int) -> int:
    """The village's announcement as if nobody had said anything yet."""
    with site.database.writing() as session:
        here = Announcement.campaign_id == county, Announcement.village == VILLAGE
        fresh = {"state": AnnouncementState.ALERTED, "plays": 0, "prepared_at": now()}
        session.execute(update(Announcement).where(*here).values(fresh))
        return session.scalars(select(Announcement.id).where(*here)).one()


def played(site, announcement: int) -> None:
    with site.database.reading() as session:
        found = session.get_one(Announcement, announcement)
        assert (found.state, found.plays) == (AnnouncementState.PLAYED, 1)
