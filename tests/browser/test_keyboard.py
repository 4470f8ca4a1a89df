"""Each role does its main task from the keyboard alone, on desk and phone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import stages

from campaigns.audience import segments
from campaigns.fieldwork.models import Announcement
from campaigns.planning.models import Campaign
from campaigns.vocabulary import AnnouncementState, CampaignState, Urgency
from outreach import wiring

pytestmark = pytest.mark.browser

MOST_TABS = 220
WAYS = {
    "desk": {},
    "desk, English, without script": {"language": "en", "script": False},
    "phone": {"phone": True},
    "phone, English, without script": {
        "phone": True,
        "language": "en",
        "script": False,
    },
}


def reach(page, selector: str) -> None:
    """Press Tab until the focus is on what ``selector`` names, and is seen there."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            outline = page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement);"
                " return s.outlineStyle !== 'none' || s.boxShadow !== 'none' }"
            )
            assert outline, f"the focus on {selector} cannot be seen"
            return
    raise AssertionError(f"no key leads to {selector} on {page.url}")


def press(page, selector: str) -> None:
    """Reach a link or a button and open it."""
    reach(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tick(page, selector: str) -> None:
    """Reach a box, or a group's first button, and mark it."""
    reach(page, selector)
    if not page.evaluate("() => document.activeElement.checked"):
        page.keyboard.press("Space")


def choose(page, name: str, value: str) -> None:
    """Reach a group of radio buttons and walk to ``value`` with the arrows."""
    reach(page, f'input[name="{name}"]')
    page.keyboard.press("Space")
    for _ in range(MOST_TABS):
        if (
            page.locator(f'input[name="{name}"]:checked').get_attribute("value")
            == value
        ):
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no arrow leads to {value} of {name}")


@pytest.fixture(scope="module")
def people(site):
    with site.database.writing() as session:
        stages.people(session, 12)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("way", WAYS)
def test_a_campaign_goes_from_its_text_to_its_release(site, enter, way):
    with site.database.writing() as session:
        text = f"请多喝水，少出门。{way}"
        version = stages.version(session, urgency=Urgency.MUST_REACH, sms_text=text)
        bulletin = version.bulletin_id
        everybody = segments.make_standard_segments(session, datetime.now(UTC))[0].id
    writer = enter("xian", **WAYS[way])
    writer.goto(f"/bulletins/{bulletin}")
    press(writer, f'main a[href*="version={version.id}"]')
    choose(writer, "segment_id", str(everybody))
    choose(writer, "provider", "simulator")
    reach(writer, 'input[name="name"]')
    writer.keyboard.press("Control+A")
    writer.keyboard.type(f"keys {way}")
    press(writer, "main form .actions button")
    press(writer, 'main form[action$="/submit"] button')
    second = enter("shenpi", **WAYS[way])
    second.goto("/")
    with site.database.reading() as session:
        campaign = session.scalars(
            stages.select(Campaign.id).where(Campaign.version_id == version.id)
        ).one()
    press(second, f'main a[href*="/planning/{campaign}"]')
    if not second.url.endswith("/approve"):
        press(second, 'main a[href$="/approve"]')
    tick(second, 'input[name="read"]')
    press(second, "main form .actions button")
    with site.database.reading() as session:
        status = session.get_one(Campaign, campaign).status
    assert status in {CampaignState.APPROVED, CampaignState.RUNNING}


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("way", WAYS)
def test_a_township_enters_a_play(site, enter, way):
    with site.database.writing() as session:
        campaign = stages.launched(session, channels=["loudspeaker"]).id
        made = session.scalars(
            stages.select(Announcement).where(
                Announcement.campaign_id == campaign,
                Announcement.township == "510522112",
            )
        ).all()
        for row in made:
            row.state, row.prepared_at = AnnouncementState.ALERTED, datetime.now(UTC)
        first = made[0].id
    stages.recorded(wiring.current(), campaign)
    page = enter("fubao", **WAYS[way])
    page.goto(f"/fieldwork/announcements/{campaign}")
    press(page, f'main a[href$="/fieldwork/villages/{first}"]')
    tick(page, 'input[name="way"]')
    tick(page, 'input[name="deed"]')
    reach(page, 'select[name="day"]')
    page.keyboard.press("ArrowDown")
    tick(page, 'input[name="slots"]')
    press(page, "main form .actions button")
    with site.database.reading() as session:
        assert session.get_one(Announcement, first).plays == 1
