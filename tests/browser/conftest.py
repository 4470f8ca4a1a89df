"""A real Chromium before a real server; skipped where no Chromium is installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Thread
from typing import Any

import factories
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from office import PASSWORD, fill
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from campaigns import privacy
from campaigns.orm import Base
from campaigns.vocabulary import Category
from outreach import accounts, wiring
from outreach.accounts import Role
from outreach.app import create_app
from outreach.database import Database
from outreach.settings import Settings
from outreach.web.safety import limiter

_RULES: dict[str, object] = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
}
_RUN = """async (runOnly) => {
  const found = await axe.run(document, { runOnly, resultTypes: ["violations"] });
  return found.violations;
}"""
_DESKTOP = {"viewport": {"width": 1366, "height": 768}}
_LOOKS = (
    ("zh-CN", {}),
    ("en", {"phone": True, "script": False, "language": "en"}),
)
_PHONE = {
    "viewport": {"width": 360, "height": 740},
    "is_mobile": True,
    "has_touch": True,
}


@dataclass
class Site:
    """A running site: where it is, and its database."""

    address: str
    database: Database
    app: Flask


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, keyring: privacy.Keyring
) -> Iterator[Site]:
    """The application over its own database with thirty people, on a free port."""
    folder = tmp_path_factory.mktemp("site") / "var"
    app = create_app(Settings(data_dir=folder, _env_file=None))
    limiter.enabled = False
    database = app.extensions["outreach"].database
    Base.metadata.create_all(database.engine)
    with database.writing() as session:
        fill(session)
        who = {"name": "shilian", "shown_as": "市残联", "password": PASSWORD}
        city = accounts.add_user(session, **who, now=factories.NOW)
        reach = {"role": Role.CITY, "place": "5105"}
        accounts.add_grant(session, city, **reach, now=factories.NOW)
        for n in range(30):
            factories.member(session, category=list(Category)[n % 7])
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.port}", database, app)
    server.shutdown()
    thread.join()
    server.server_close()
    database.dispose()
    limiter.enabled = True
    wiring._current.clear()
    privacy.unlock(keyring)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome")
    where = next(filter(None, map(shutil.which, names)), None)
    if where is None:
        pytest.skip("no Chromium: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=where, args=["--no-sandbox"]
        )
        yield running
        running.close()


@pytest.fixture(scope="module")
def enter(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Signs in and returns a page: ``enter("xian", phone=True, script=False)``."""
    contexts: list[BrowserContext] = []

    def begin(
        name: str = "",
        *,
        phone: bool = False,
        script: bool = True,
        language: str = "zh",
        **more: Any,
    ) -> Page:
        device = _PHONE if phone else _DESKTOP
        locale = "zh-CN" if language == "zh" else "en-GB"
        context = browser.new_context(
            base_url=site.address, locale=locale, **device, **more
        )
        contexts.append(context)
        if not script:
            context.route("**/*.js", lambda route: route.abort())
        page = context.new_page()
        if name:
            page.goto("/sign-in")
            page.fill("#name", name)
            page.fill("#password", PASSWORD)
            with page.expect_navigation():
                page.click("main button.btn-primary")
            button = page.locator(f'button[name="language"][value="{language}"]')
            if button.count():  # what the person chose last time counts at sign-in
                with page.expect_navigation():
                    button.click()
        return page

    yield begin
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def faults() -> Callable[..., list[str]]:
    """What axe finds wrong with a page, at WCAG 2.2 AA, in short lines."""

    def look(page: Page, rules: dict[str, object] = _RULES) -> list[str]:
        # Before its style is there, every target is too small.
        page.wait_for_load_state()
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        return [
            f"{rule['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:240]}"
            for rule in page.evaluate(_RUN, rules)
            for node in rule["nodes"]
        ]

    return look


@pytest.fixture(scope="module")
def same_page(enter: Callable[..., Page]) -> Callable[..., Page]:
    """One signed-in page for each person and way: signing in is slow."""
    pages: dict[tuple[object, ...], Page] = {}

    def find(name: str, **how: Any) -> Page:
        key = (name, *sorted(how.items()))
        if key not in pages:
            pages[key] = enter(name, **how)
        return pages[key]

    return find


@pytest.fixture(scope="module")
def passes(
    same_page: Callable[..., Page], faults: Callable[[Page], list[str]]
) -> Callable[[int, str, str], None]:
    """Opens a page at a desk in Chinese and on a phone in English without script.

    axe, which takes half a second, looks at every other page in either way, and at
    all of them in both with ``WAYS=all``.
    """

    def look(nth: int, name: str, address: str) -> None:
        for at, (language, how) in enumerate(_LOOKS):
            page = same_page(name, **how)
            page.goto(address)
            # What somebody reads into a microphone is Chinese, whoever opens it.
            expected = "zh-CN" if address.endswith("/aloud") else language
            assert page.locator("html").get_attribute("lang") == expected
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= page.viewport_size["width"], "the page scrolls sideways"
            if nth % 2 == at or os.environ.get("WAYS") == "all":
                assert faults(page) == []

    return look
