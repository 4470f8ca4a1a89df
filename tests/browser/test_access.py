"""The pages of accounts and access pass axe: on a desk, or a phone without script."""

from __future__ import annotations

from datetime import UTC, datetime

import factories
import pytest
import stages
from office import PASSWORD
from sqlalchemy import update

from campaigns.planning import lifecycle
from campaigns.register.models import Unit
from outreach import approvers, second_step, wiring
from outreach.accounts import find_user

pytestmark = pytest.mark.browser

LOOKS = {
    "desk": {},
    "phone": {"phone": True, "script": False, "language": "en"},
}
on_a_desk = pytest.mark.parametrize("look", ["desk"], indirect=True)
on_a_phone = pytest.mark.parametrize("look", ["phone"], indirect=True)
"""A page of pure form looks the same both ways: each is opened one way, for time."""


@pytest.fixture(scope="module")
def waiting(site) -> dict[str, object]:
    """A campaign that waits for approval, and a link that asks shenpi."""
    now = datetime.now(UTC)
    with site.database.writing() as session:
        form = stages.campaign_form(session)
        maker, other = (find_user(session, name).id for name in ("xian", "shenpi"))
        for name in ("version_id", "segment_id"):
            form[name] = int(form[name])
        form.pop("when")
        made = lifecycle.draft_campaign(session, **form, by=maker, now=now)
        lifecycle.submit(session, made.id, by=maker, now=now)
        second_step.print_sheet(session, find_user(session, "cun").id, now)
        admin = find_user(session, "guanli").id
        cun = find_user(session, "cun").id
        second_step.ask_reset(session, cun, by=admin, now=now)
        link = approvers.ask(made, other, wiring.current().signer, now)
        return {"id": made.id, "link": link, "shenpi": other}


@pytest.fixture
def look(request, enter, faults):
    """Opens pages for one look and finds nothing wrong with any of them."""

    class Look:
        kind = request.param

        def enter(self, name: str = ""):
            return enter(name, **LOOKS[self.kind])

        def fine(self, page) -> None:
            assert faults(page) == [], page.url
            if self.kind == "phone":
                width = page.evaluate("document.documentElement.scrollWidth")
                assert width <= 360, f"{page.url} scrolls sideways"

    return Look()


def press(page, selector: str = "main form.form button.btn-primary") -> None:
    with page.expect_navigation():
        page.locator(selector).first.click()


@on_a_phone
def test_inviting_and_accepting(look) -> None:
    admin, name = look.enter("guanli"), "xinlai"
    for address in ("/accounts/2", "/accounts/2/roles/new", "/accounts/small-office"):
        admin.goto(address)
        look.fine(admin)
    admin.goto("/accounts/new")
    admin.fill("#name", name)
    admin.fill("#shown_as", name)
    admin.check('input[name="role"][value="township"]')
    admin.select_option("#place", "510522102")
    press(admin)
    look.fine(admin)
    address = admin.locator("code.address").inner_text()
    guest = look.enter()
    guest.goto(address[address.index("/invitation/") :])
    look.fine(guest)
    guest.fill("#password", "yi-ju-hao-ji-de-hua")
    press(guest)
    look.fine(guest)


@on_a_desk
@pytest.mark.usefixtures("waiting")
def test_a_second_step_is_set_up_and_asked_for(look, site) -> None:
    person = look.enter("shenji")
    person.goto("/me/code")
    look.fine(person)
    person.fill("#password", PASSWORD)
    press(person)
    look.fine(person)
    person.goto("/me/code")
    person.fill("#password", PASSWORD)
    press(person, "main form.form button.btn-secondary")
    look.fine(person)
    person.goto("/me/code")
    look.fine(person)
    for address in ("/me", "/me/again"):
        person.goto(address)
        look.fine(person)
    door = look.enter("shenji")
    assert door.url == f"{site.address}/sign-in/code"
    look.fine(door)
    coordinator = look.enter("xian")
    coordinator.goto("/accounts/grants")
    assert coordinator.locator("#resets").count() == 1
    look.fine(coordinator)


@on_a_phone
def test_approving_from_outside_the_office(look, waiting) -> None:
    officer, number = look.enter("xian"), waiting["id"]
    for address in ("", "/paper", "/alone", "/approval"):
        officer.goto(f"/planning/{number}{address}")
        look.fine(officer)
    officer.check(f'input[name="user"][value="{waiting["shenpi"]}"]')
    press(officer)
    look.fine(officer)
    phone = look.enter()
    phone.goto(waiting["link"])
    look.fine(phone)
    press(phone)
    look.fine(phone)


@on_a_phone
def test_a_page_says_that_it_is_practice(look, site) -> None:
    mark = update(Unit).values
    with site.database.writing() as session:
        session.execute(mark(practice_since=factories.NOW))
    officer = look.enter("xian")
    for address in ("/start", "/start/practice", "/register/imports/new"):
        officer.goto(address)
        look.fine(officer)
        width = officer.locator("header .practice").bounding_box()["width"]
        assert width == officer.viewport_size["width"]
    with site.database.writing() as session:
        session.execute(mark(practice_since=None))
