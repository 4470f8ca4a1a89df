"""From an empty folder to a campaign under way, by what the screens say alone.

Two minutes a walk, so `make test-journeys` plays it. With ``PICTURES=1`` the walk at a
desk in Chinese also takes the pictures of ``docs/first-campaign.md``.
"""

from __future__ import annotations

import base64
import os
import re
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from journeys.embedded import Embedded
from playwright.sync_api import Page, Request, expect
from sqlalchemy import update

from campaigns import privacy
from campaigns.register.models import Unit
from outreach import first_account, wiring
from outreach.roster import make_roster

pytestmark = [pytest.mark.browser, pytest.mark.journey]

PICTURES = Path(__file__).parents[2] / "docs" / "first-campaign"
TAKEN = bool(os.environ.get("PICTURES"))
QUALITY = 60
TALLEST = 1500
PASSWORD = "yi-ju-hao-ji-de-hua"
DESK = {"viewport": {"width": 1100, "height": 760}, "locale": "zh-CN"}
PHONE = {
    "viewport": {"width": 360, "height": 740},
    "is_mobile": True,
    "has_touch": True,
    "locale": "en-GB",
}
UNCOUNTED = ("/sign-in", "/start/practice/begin", "/start/practice/remove")
STEPS = {"administrator": 4, "coordinator": 9, "second person": 3}
"""What each saves from nothing to the first release; 4, 10 and 6 were allowed."""
NEXT = ".steps .btn-primary"
GUIDE = ".guide a"
GO = "main form .actions button.btn-primary"


@pytest.fixture
def stack(tmp_path: Path, keyring: privacy.Keyring):
    """The whole product in an empty folder."""
    running = Embedded(tmp_path / "新的")
    running.start()
    yield running
    running.stop()
    wiring._current.clear()
    privacy.unlock(keyring)


class Walker:
    """One person at a browser, who presses what they see."""

    def __init__(self, page: Page, stack: Embedded, *, pictures: bool) -> None:
        self.page, self.stack, self.pictures = page, stack, pictures
        self.saves: list[str] = []
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        """What a person saves is a step; signing in and looking on are none."""
        path = urlsplit(request.url).path
        if request.method == "POST" and request.is_navigation_request():
            self.saves += [path] if path not in UNCOUNTED else []

    def press(self, selector: str) -> None:
        """The first of what ``selector`` names; it must lead to a page of ours."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        assert not self.page.title().startswith(("出错", "Error")), self.words()
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= self.page.viewport_size["width"], self.page.url

    def fill(self, **fields: str) -> None:
        for name, text in fields.items():
            self.page.locator(f"#{name}").fill(text)

    def see(self, name: str) -> None:
        """A picture for the page of documentation."""
        if not self.pictures:
            return
        height = self.page.evaluate("document.documentElement.scrollHeight")
        clip = {"x": 0, "y": 0, "width": DESK["viewport"]["width"], "scale": 0.75}
        shot = self.page.context.new_cdp_session(self.page).send(
            "Page.captureScreenshot",
            {
                "format": "webp",
                "quality": QUALITY,
                "captureBeyondViewport": True,
                "clip": {**clip, "height": min(height, TALLEST)},
            },
        )
        PICTURES.mkdir(exist_ok=True)
        (PICTURES / f"{name}.webp").write_bytes(base64.b64decode(shot["data"]))

    def until(self, selector: str) -> None:
        """Press the page's own link to look again until ``selector`` is there."""

        def there() -> bool:
            found = self.page.locator(selector).count() > 0
            if not found:
                self.page.reload()
            return found

        self.stack.until(there, 300.0)

    def sign_in(self, name: str, password: str) -> None:
        self.fill(name=name, password=password)
        self.press(GO)

    def accept(self, name: str, invitation: str) -> None:
        """Open the address that the administrator handed over; then sign in."""
        self.page.goto(invitation)
        self.fill(password=PASSWORD)
        if name == "chen":
            self.see("07-accept")
        self.press(GO)
        self.sign_in(name, PASSWORD)

    def words(self) -> str:
        return self.page.locator("main").inner_text()


@pytest.mark.parametrize("way", ["desk", "phone"])
def test_the_first_campaign_goes_out(browser, stack, tmp_path, way):
    contexts = []

    def person() -> Walker:
        device = DESK if way == "desk" else PHONE
        context = browser.new_context(base_url=stack.settings.own_url, **device)
        contexts.append(context)
        if way == "phone":
            context.route("**/*.js", lambda route: route.abort())
        page = context.new_page()
        pictures = TAKEN and way == "desk"
        return Walker(page, stack, pictures=pictures)

    opener, writer, second = person(), person(), person()
    invited = an_administrator_opens_the_office(opener, stack)
    a_coordinator_imports_people(writer, invited["chen"], tmp_path)
    a_coordinator_picks_a_text(writer)
    a_coordinator_tries_it(writer)
    the_second_person_issues_it(second, invited["zhou"])
    a_coordinator_plans(writer)
    the_second_person_approves(second)
    expect(second.page.locator(".guide")).to_have_count(0)
    the_guide_has_done_its_work(writer)
    for who, walker in zip(STEPS, (opener, writer, second), strict=True):
        assert len(walker.saves) == STEPS[who], walker.saves
    for context in contexts:
        context.close()


def an_administrator_opens_the_office(it: Walker, stack: Embedded) -> dict[str, str]:
    """The address that `outreach up` printed; then the guide alone."""
    wired = wiring.build(stack.settings)
    it.page.goto(first_account.path(wired.signer))
    it.see("01-first-account")
    it.fill(county="合江")
    it.fill(name="guanli", shown_as="刘管理", password=PASSWORD)
    it.press(GO)
    it.sign_in("guanli", PASSWORD)
    it.see("02-guide")
    it.press(NEXT)
    it.fill(landline="0830-5260000", text_phone="0830-5260000")
    it.see("03-unit")
    it.press(GO)
    with wired.database.writing() as session:
        # Only so that a walk ends, at night and soon: the pages are the same.
        hours = {"window_from": 0, "window_to": 1440, "hold_seconds": 10}
        session.execute(update(Unit).values(**hours))
    wired.database.dispose()
    the_office_practises(it)
    it.press(NEXT)
    invited = {}
    for name, shown_as in (("chen", "陈经办"), ("zhou", "周主任")):
        it.fill(name=name, shown_as=shown_as)
        it.page.select_option("#place", "510522")
        it.see("05-account")
        it.press(GO)
        invited[name] = it.page.locator("code.address").inner_text().strip()
        it.see("06-invitation")
        it.press(GUIDE)
    assert it.page.url.endswith("/start"), "the rest is for others to do"
    return invited


def the_office_practises(it: Walker) -> None:
    """Forty invented people come and go before anybody real is there."""
    it.press('main a[href="/start/practice"]')
    it.press('form[action$="/begin"] button')
    expect(it.page.locator("header .practice strong")).to_be_visible()
    it.press('header .practice a[href="/start/practice"]')
    it.see("04-practice")
    it.press('form[action$="/remove"] button')
    expect(it.page.locator("header .practice")).to_have_count(0)


def a_coordinator_imports_people(it: Walker, invitation: str, folder: Path) -> None:
    it.accept("chen", invitation)
    it.see("08-home")
    it.press(".todo a")
    it.press(NEXT)
    roster = folder / "名册.xlsx"
    make_roster(roster, 60)
    it.page.set_input_files("#file", roster)
    it.see("09-import")
    it.press(GO)
    it.until('form[action$="/take-in"]')
    it.see("10-check")
    it.press('form[action$="/take-in"] button')
    it.until('main a[href^="/audience"]')
    it.see("11-imported")
    it.press(GUIDE)


def a_coordinator_picks_a_text(it: Walker) -> None:
    it.see("12-library")
    it.press(GO)
    later = date.today() + timedelta(days=120)
    it.fill(source="合江县疾控中心〔2026〕12号", valid_until=later.isoformat())
    it.see("13-write")
    it.press('button[name="deed"][value="preview"]')
    it.see("14-preview")
    it.press('form[action$="/submit"] button')


def a_coordinator_tries_it(it: Walker) -> None:
    it.press('main a[href$="/trial"]')
    it.fill(phone="13900000001")
    it.press(GO)
    it.until("#tried .badge-state:not(.off)")
    it.see("15-trial")


def the_second_person_issues_it(it: Walker, invitation: str) -> None:
    """Without the sound: the voice takes minutes on a busy machine."""
    it.accept("zhou", invitation)
    it.see("16-second-home")
    it.press('.todo a[href$="/review"]')
    for box in it.page.locator('input[name="checked"]').all():
        box.check()
    it.fill(heard_by="周主任")
    it.see("17-review")
    it.press('button[name="deed"][value="issue"]')


def a_coordinator_plans(it: Walker) -> None:
    it.page.goto("/")
    it.press(".todo a")
    it.press(NEXT)
    it.page.locator('input[name="segment_id"]').first.check()
    it.see("18-plan")
    it.press(GO)
    it.see("19-audience")
    it.press('form[action$="/submit"] button')


def the_second_person_approves(it: Walker) -> None:
    it.page.goto("/")
    it.press('.todo a[href$="/approve"]')
    it.page.check('input[name="read"]')
    it.see("20-approve")
    it.press(GO)
    it.see("21-hold")
    it.until('a[href^="/delivery/"]')
    it.press('main a[href^="/delivery/"]')
    assert re.fullmatch(r"/delivery/\d+", it.page.url.removeprefix(it_base(it)))
    it.until(".badge-state.good, progress[value='60']")
    it.see("22-progress")


def the_guide_has_done_its_work(it: Walker) -> None:
    """It folds into Help, and leads to the campaign that is out."""
    it.page.goto("/help")
    it.press('main a[href="/start"]')
    it.see("23-released")
    it.press('main .notice a[href^="/delivery/"]')


def it_base(it: Walker) -> str:
    return urljoin(it.page.url, "/").rstrip("/")
