"""What axe does not measure: targets, focus, order, names, reflow, cut words."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

_MEASURES = Path(__file__).with_name("measures.js").read_text("utf-8")
HALF, QUARTER = {"width": 640, "height": 400}, {"width": 320, "height": 256}
"""A window of 1280 x 1024 at 200 and at 400 %."""
_DRESS = """text => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets = [sheet];
}"""
_SPACED = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important;"
    " word-spacing: .16em !important } p { margin-bottom: 2em !important }"
)
"""What WCAG 1.4.12 lets a reader set."""
_TEXT = "size => { document.documentElement.dataset.text = size }"


def measure(page: Page, *what: str) -> list[str]:
    """Sentences on what is wrong, by the functions of measures.js."""
    calls = ", ".join(f"...these.{name}()" for name in what)
    found: list[str] = page.evaluate(
        f"() => {{ const these = {_MEASURES}; return [{calls}] }}"
    )
    return found


def reached(page: Page) -> list[str]:
    """Targets below 44 px, and focus that cannot be seen or is hidden."""
    page.keyboard.press("Tab")  # from here on the browser shows where the focus is
    return measure(page, "small", "unseen")


def enlarged(page: Page) -> list[str]:
    """What does not fit at 200 % and 400 %, in very large type, and spaced out."""
    before, found = page.viewport_size, []
    page.set_viewport_size(HALF)
    found += [f"200 %: {each}" for each in measure(page, "sideways")]
    page.set_viewport_size(QUARTER)
    found += [f"400 %: {each}" for each in measure(page, "sideways", "unseen")]
    page.evaluate(_TEXT, "very_large")
    found += [f"very large: {each}" for each in measure(page, "sideways")]
    page.evaluate(_DRESS, _SPACED)
    found += [f"spaced: {each}" for each in measure(page, "sideways", "cut")]
    page.evaluate(_DRESS, "")
    page.evaluate(_TEXT, "standard")
    if before:
        page.set_viewport_size(before)
    return found
