"""Every page of a campaign's life passes axe, in both languages and without script."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import factories
import pytest
import stages

from campaigns.fieldwork import needs, replies, visiting, visits
from campaigns.fieldwork.visit_models import Visit
from campaigns.register.models import Unit
from campaigns.register.scope import Scope
from campaigns.reporting.daily import periods
from campaigns.reporting.daily.clock import day_of
from campaigns.vocabulary import BulletinState, NeedKind, Urgency
from outreach import wiring
from outreach.web import village_link

pytestmark = pytest.mark.browser

SHARED = "+8614900000071"
TODAY = day_of(datetime.now(UTC))
PAGES = {
    "xian": [
        "/audience/",
        "/audience/new",
        "/audience/1",
        "/bulletins/",
        "/bulletins/?tab=drafts",
        "/bulletins/new",
        "/bulletins/1",
        "/bulletins/1/edit",
        "/bulletins/1/recording",
        "/planning/",
        "/planning/new",
        "/planning/1",
        "/planning/1/stop",
        "/delivery/1",
        "/delivery/1/messages",
        "/delivery/1/doubt",
        "/delivery/messages/1",
        "/delivery/2/portal",
        "/reporting/",
        "/reporting/campaigns/1",
        "/fieldwork/",
        "/fieldwork/announcements/1",
        "/fieldwork/announcements/1/withdraw",
        "/fieldwork/villages/1",
        "/fieldwork/links",
        "/fieldwork/log",
        "/fieldwork/waiting",
        "/fieldwork/quiet",
        "/fieldwork/announcements/1/to-tell",
        "/reporting/daily",
        f"/reporting/daily/{TODAY}",
        f"/reporting/daily/{TODAY}/units",
        f"/reporting/daily/{TODAY}/units/510522112",
        "/reporting/daily/incident",
        "/reporting/daily/workbooks",
        "/bulletins/words",
        "/bulletins/1/share",
        "/bulletins/1/notice",
        "/fieldwork/visits",
        "/fieldwork/visits/1",
        "/fieldwork/visits/2",
        "/fieldwork/visits/2/change",
        "/fieldwork/visits/sheet?kind=door",
        "/fieldwork/visits/sheet?kind=phone",
        "/fieldwork/needs",
        "/fieldwork/needs/new/1",
        "/delivery/replies",
        "/delivery/replies?closed=1",
        "/delivery/replies/new",
        "/delivery/replies/1",
        "/register/refusals/1/ask",
        "/register/refusals/1/lift",
        "/register/1/consent",
        "/register/guardians",
        "/refuse",
        "/fieldwork/numbers",
        "/reporting/daily/register",
        "/planning/emergency",
        "/fieldwork/emergency/4",
    ],
    "shenpi": ["/bulletins/2/review", "/planning/1/approve"],
    "mangxie": ["/audience/new", "/bulletins/", "/planning/new"],
    "fubao": ["/fieldwork/announcements/1", "/reporting/campaigns/1"],
}
ALL = [(name, address) for name, pages in PAGES.items() for address in pages]
_ready = {}


def household(session):
    """Two behind one phone, one of whom refused, and a guardian with a new phone."""
    for _ in range(2):
        factories.member(session, phone=SHARED)
    replies.take(session, "simulator", "r1", SHARED, "TD", factories.NOW)
    told = factories.member(session, guardian_phone=SHARED)
    told.guardian_known_index = None


@pytest.fixture
def county(site):
    """A campaign under way with clips, one for the portal, and a text in review."""
    if id(site) in _ready:
        return _ready[id(site)]
    wired = wiring.current()
    with site.database.writing() as session:
        stages.people(session, 24)
        household(session)
        first = stages.launched(session)
        stages.delivered(session, first.id, 9)
        stages.launched(session, provider="portal_file", channels=["sms"])
        waiting = stages.version(session)
        waiting.state, waiting.issue_number = BulletinState.IN_REVIEW, None
        village = stages.select(stages.Announcement.village).limit(1)
        code = session.scalars(village).one()
        assert session.get(Unit, 1)
        begun = wired.clock() - timedelta(hours=1)
        stages.launched(session, urgency=Urgency.MUST_REACH, channels=["sms"])
        visits.open_visits(session, wired.clock())
        one = session.get_one(Visit, 2)
        visiting.assign(session, Scope(), [2], "张专职", by=1, now=wired.clock())
        needs.raise_need(session, one, NeedKind.GOODS, by=1, now=wired.clock())
        flood = stages.version(session, urgency=Urgency.EMERGENCY)
        loud = ["sms", "loudspeaker"]
        urgent = Urgency.EMERGENCY
        stages.launched(session, version_id=flood.id, urgency=urgent, channels=loud)
        periods.open_period(session, "抗寒保暖", by=1, now=begun)
    stages.recorded(wired, first.id)
    until = wired.clock().date() + timedelta(days=9)
    _ready[id(site)] = f"/v/{village_link.mint(code, until, wired.signer)}"
    return _ready[id(site)]


_pages = {}


def page_of(enter, name: str, **how):
    """One signed-in page for each person and way: signing in is slow."""
    key = (id(enter), name, *sorted(how.items()))
    if key not in _pages:
        _pages[key] = enter(name, **how)
    return _pages[key]


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize(("name", "address"), ALL)
def test_a_page_passes_in_chinese_on_a_desk(enter, faults, name, address):
    page = page_of(enter, name)
    answer = page.goto(address)
    assert answer.status == 200
    assert faults(page) == []


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize(("name", "address"), ALL)
def test_a_page_passes_in_english_on_a_phone_without_script(
    enter, faults, name, address
):
    page = page_of(enter, name, phone=True, script=False, language="en")
    page.goto(address)
    assert page.locator("html").get_attribute("lang") == "en"
    assert faults(page) == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360, "the page scrolls sideways"


@pytest.mark.parametrize("part", ["", "/1/played", "/1/missed", "/sheet", "/quiet"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_village_page_passes_on_a_phone(county, enter, faults, part, language):
    page = page_of(enter, "", phone=True, script=False, language=language)
    answer = page.goto(county + part)
    assert answer.status == 200
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.usefixtures("county")
def test_the_count_follows_what_is_chosen_without_a_press(enter):
    page = enter("xian")
    page.goto("/audience/new")
    page.locator('input[name="categories"][value="1"]').check()
    page.wait_for_selector("#answer")
    before = page.locator("#answer").inner_text()
    page.locator('input[name="townships"]').first.check()
    page.wait_for_function(
        "t => document.getElementById('answer').innerText !== t", arg=before
    )
    assert page.locator("#say").inner_text() == page.locator("#answer").inner_text()


@pytest.mark.usefixtures("county")
def test_parts_are_said_while_somebody_writes_and_only_when_they_change(enter):
    page = enter("xian")
    page.goto("/bulletins/1/edit")
    page.fill("#sms_text", "热" * 64)
    page.wait_for_selector("#sms-count strong")
    assert "2" in page.locator("#say").inner_text()


@pytest.mark.usefixtures("county")
def test_a_colleague_listens_in_the_browser(enter):
    page = enter("shenpi")
    page.goto("/fieldwork/villages/1")
    page.evaluate("document.querySelector('audio').load()")
    page.wait_for_function("() => document.querySelector('audio').duration > 1")
