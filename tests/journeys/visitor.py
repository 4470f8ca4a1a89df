"""Somebody at a browser without script, who opens pages and fills in forms."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx

_SECONDS = 30.0
_SILENT = {"submit", "button", "image", "reset", "file"}


@dataclass
class Form:
    """A form as it stands on the page: where it goes, and what it would send."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    names: set[str] = field(default_factory=set)
    boxes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects forms with their values, links, and the text of the main part."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.words: list[str] = []
        self._form: Form | None = None
        self._select = self._area = self._link = ""
        self._chosen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in facts:
            self._link = facts["href"]
            self.links.setdefault(self._link, "")
        if tag == "form":
            self._form = Form(facts.get("action", ""), facts.get("method", "get"))
            self.forms.append(self._form)
        if self._form is None:
            return
        name = facts.get("name", "")
        self._form.names.add(name)
        if tag == "input":
            self._input(self._form, name, facts)
        if tag == "button" and name:
            self._form.buttons.append((name, facts.get("value", "")))
        if tag == "select":
            self._select, self._chosen = name, []
        if tag == "option" and self._select:
            self._option(facts)
        if tag == "textarea":
            self._area = name
            self._form.fields[name].append("")

    def _input(self, form: Form, name: str, facts: dict[str, str]) -> None:
        kind = facts.get("type", "text")
        if not name or kind in _SILENT:
            return
        if kind in {"checkbox", "radio"}:
            form.boxes[name].append(facts.get("value", ""))
            if "checked" not in facts:
                return
        form.fields[name].append(facts.get("value", ""))

    def _option(self, facts: dict[str, str]) -> None:
        if "selected" in facts or not self._chosen:
            self._chosen = [facts.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self._link:
            self.links[self._link] += data.strip()
        if self._area and self._form is not None:
            self._form.fields[self._area][-1] += data
        elif data.strip():
            self.words.append(data.strip())

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._link = ""
        if tag == "form":
            self._form = None
        if tag == "textarea":
            self._area = ""
        if tag == "select" and self._form is not None:
            self._form.fields[self._select] += self._chosen
            self._select = ""


@dataclass
class Page:
    """A page that was answered with 200, read to the end."""

    address: str
    reader: _Reader

    @property
    def text(self) -> str:
        return " ".join(self.reader.words)

    def link(self, part: str) -> str:
        """The first link whose address or words hold ``part``."""
        links = self.reader.links
        found = [to for to, words in links.items() if part in to or part in words]
        assert found, f"no link to {part} on {self.address}: {links}"
        return found[0]

    def form(self, holding: str) -> Form:
        """The form that has the field ``holding``, or goes to an address with it."""
        for form in self.reader.forms:
            if holding in form.action or holding in form.names:
                return form
        raise AssertionError(f"no form {holding!r} on {self.address}: {self.text}")


class Visitor:
    """Signed in or not, with cookies, following where the pages send."""

    def __init__(self, address: str) -> None:
        self.client = httpx.Client(
            base_url=address,
            follow_redirects=True,
            timeout=_SECONDS,
            trust_env=False,
            headers={"Accept-Language": "zh-CN", "Accept": "text/html"},
        )

    def sign_in(self, name: str, password: str) -> Visitor:
        page = self.open("/sign-in")
        after = self.press(page, "password", name=name, password=password)
        assert "/sign-in" not in after.address, after.text
        return self

    def open(self, address: str) -> Page:
        return self._read(self.client.get(address))

    def fetch(self, address: str) -> bytes:
        answer = self.client.get(address, headers={"Accept": "*/*"})
        assert answer.status_code == httpx.codes.OK, (address, answer.status_code)
        return answer.content

    def press(
        self,
        page: Page,
        holding: str,
        files: dict[str, Any] | None = None,
        button: tuple[str, str] | None = None,
        **typed: Any,
    ) -> Page:
        """Fill ``typed`` into a form of ``page`` and press its ``button``."""
        form = page.form(holding)
        for name in typed:
            assert name in form.names, f"{name} is not asked for: {form.names}"
        assert button is None or button in form.buttons, form.buttons
        changed = {
            name: value if isinstance(value, list) else [value]
            for name, value in typed.items()
        }
        data = {
            **form.fields,
            **changed,
            **({button[0]: [button[1]]} if button else {}),
        }
        to = form.action or page.address
        return self._read(self.client.post(to, data=data, files=files))

    def _read(self, answer: httpx.Response) -> Page:
        reader = _Reader()
        reader.feed(answer.text)
        page = Page(str(answer.url), reader)
        assert answer.status_code == httpx.codes.OK, (
            f"{answer.status_code} {answer.request.method} {page.address}: {page.text}"
        )
        return page

    def close(self) -> None:
        self.client.close()
