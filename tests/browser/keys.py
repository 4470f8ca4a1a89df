"""Somebody who has a keyboard and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from office import PASSWORD
from playwright.sync_api import Page

MOST_TABS = 260
_SEEN = (
    "() => { const s = getComputedStyle(document.activeElement);"
    " return s.outlineStyle !== 'none' || s.boxShadow !== 'none' }"
)


@dataclass
class Keys:
    """A page that is used by Tab, Enter, Space, arrows and letters alone."""

    page: Page
    language: str = "zh"

    def reach(self, selector: str) -> None:
        """Press Tab until the focus is on what ``selector`` names, and is seen."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                seen = self.page.evaluate(_SEEN)
                assert seen, f"the focus on {selector} cannot be seen"
                return
        words = self.page.inner_text("body")
        raise AssertionError(f"no key leads to {selector} on {self.page.url}: {words}")

    def press(self, selector: str) -> None:
        """Reach a link or a button and open it; what follows must not be an error."""
        self.reach(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        title = self.page.title()
        assert not title.startswith(("出错", "Error")), self.page.inner_text("main")

    def menu(self, path: str) -> None:
        """Open a page from the menu, which a phone folds away."""
        if self.page.locator(".menu-box > summary").is_visible():
            self.reach(".menu-box > summary")
            self.page.keyboard.press("Enter")
        self.press(f'nav.menu a[href="{path}"]')

    def tick(self, selector: str) -> None:
        """Reach a box, or a group's first button, and mark it."""
        self.reach(selector)
        if not self.page.evaluate("() => document.activeElement.checked"):
            self.page.keyboard.press("Space")

    def choose(self, name: str, value: str) -> None:
        """Reach a group of radio buttons and walk to ``value`` with the arrows."""
        self.tick(f'input[name="{name}"]')
        for _ in range(MOST_TABS):
            chosen = f'input[name="{name}"]:checked'
            if self.page.locator(chosen).get_attribute("value") == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no arrow leads to {value} of {name}")

    def write(self, name: str, text: str) -> None:
        """Reach a field and write over what is in it."""
        self.reach(f'[name="{name}"]')
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def sign_in(self, name: str) -> None:
        """From the door to Home."""
        self.page.goto("/sign-in")
        self.write("name", name)
        self.write("password", PASSWORD)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        assert self.page.locator("nav.menu").count(), self.page.inner_text("main")
        other = f'button[name="language"][value="{self.language}"]'
        if self.page.locator(other).count():
            self.press(other)
