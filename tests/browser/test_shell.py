"""Every page of the shell and the office passes axe, with and without script."""

from __future__ import annotations

import pytest
from browser.addresses import OFFICE, numbered
from office import PASSWORD

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("nth", "name", "address"), numbered(OFFICE))
def test_a_page_passes(passes, nth, name, address) -> None:
    passes(nth, name, address)


@pytest.mark.parametrize("contrast", ["standard", "high"])
@pytest.mark.parametrize("background", ["light", "dark"])
def test_every_look_has_enough_contrast(
    same_page, faults, contrast, background
) -> None:
    page = same_page("shenpi")
    page.goto("/me/display")
    page.check(f'input[name="contrast"][value="{contrast}"]')
    page.check(f'input[name="background"][value="{background}"]')
    page.check('input[name="text_size"][value="very_large"]')
    page.click("main button.btn-primary")
    assert page.locator("html").get_attribute("data-contrast") == contrast
    for address in ("/me/display", "/register", "/register/1", "/start"):
        page.goto(address)
        assert faults(page) == [], address


def test_signing_in_passes_and_says_what_is_wrong(enter, faults) -> None:
    page = enter()
    page.goto("/sign-in")
    assert faults(page) == []
    page.fill("#name", "xian")
    page.click("main button.btn-primary")
    assert page.title().startswith("出错")
    assert page.evaluate("document.activeElement.id") == "summary"
    assert page.input_value("#name") == "xian"
    assert faults(page) == []


def test_one_reaches_the_content_by_keyboard(same_page) -> None:
    page = same_page("xian")
    page.goto("/register")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_no_page_breaks_its_own_policy(same_page) -> None:
    page = same_page("xian")
    said = []
    page.on("console", lambda message: said.append(message.text))
    for address in ("/", "/register", "/start/unit", "/me/display"):
        page.goto(address)
    assert [text for text in said if "Content Security Policy" in text] == []


def test_the_menu_opens_without_script_on_a_phone(same_page) -> None:
    page = same_page("xian", phone=True, script=False)
    page.goto("/")
    link = page.locator('nav.menu a[href="/register"]')
    assert not link.is_visible()
    page.click(".menu-box > summary")
    assert link.is_visible()


def test_a_reason_is_asked_before_anything_is_revealed(same_page, faults) -> None:
    page = same_page("shenpi")
    page.goto("/register/1/reveal")
    page.check('input[value="phone"]')
    page.click("main form button.btn-primary")
    assert page.title().startswith("出错")
    assert page.locator('input[value="phone"]').is_checked()
    page.check('input[name="reason"][value="call"]')
    page.click("main form button.btn-primary")
    assert page.locator("dd").inner_text().startswith("+86")
    assert faults(page) == []


def test_what_was_typed_outlives_a_sign_in_that_ended(enter) -> None:
    page = enter("shenpi")
    page.goto("/start/unit")
    page.fill("#landline", "0830-9999999")
    page.context.clear_cookies()
    page.click("main form .actions button")
    page.wait_for_selector("#password")
    page.fill("#name", "shenpi")
    page.fill("#password", PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_url("**/start/unit")
    assert page.input_value("#landline") == "0830-9999999"
    assert page.locator("#say").inner_text() == "您刚才填的内容还在。"
    page.click("main form .actions button")
    page.wait_for_url("**/start")
    page.goto("/start/unit")
    assert page.locator("#say").inner_text() == "", "what was sent is forgotten"
