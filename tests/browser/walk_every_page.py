"""Every page that each role may open, in every look; `make test-access` walks it.

At a desk in Chinese, with script and every fold open, then the same page dark, in high
contrast, at 200 and 400 %, and spaced out; on a phone in English without script. Then
every form is sent empty.
"""

from __future__ import annotations

from collections import defaultdict
from urllib.parse import urlsplit

import pytest
from browser.addresses import FILES, OFFICE, VILLAGE
from browser.county import furnish
from browser.measures import QUARTER, enlarged, measure, reached
from browser.walked import WALKED
from playwright.sync_api import Response
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, abort
from werkzeug.routing import Rule

from outreach import access
from outreach.access import Action
from outreach.accounts import Role, find_user
from outreach.web.gate import open_to_everyone

pytestmark = pytest.mark.browser

PEOPLE = ("xian", "shenpi", "mangxie", "fubao", "cun", "shenji", "guanli", "shilian")
DESK = {"width": 1366, "height": 768}
PHONE = {"phone": True, "script": False, "language": "en"}
LOOKS = (
    ("dark", "standard", {}),
    ("dark", "high", {}),
    ("light", "high", {}),
    ("device", "standard", {"color_scheme": "dark"}),
    ("light", "standard", {"forced_colors": "active"}),
)
"""Background and contrast that a person chose, and what their device asks for."""
DEVICE = {"color_scheme": "light", "forced_colors": "none"}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
REFUSED = 400
FAULTS = (400, 403, 404, 405, 413, 429, 500, 503)
OPEN = "for (const e of document.querySelectorAll('details')) e.open = true"
LINKS = "() => [...document.querySelectorAll('a[href]')].map((e) => e.href)"
DRESS = """([background, contrast]) => {
  Object.assign(document.documentElement.dataset, { background, contrast }) }"""
FORMS = """() => [...document.querySelectorAll("main form[method=post]")].map((form) =>
  [form.getAttribute("action") || location.pathname, [...form.elements].filter(
    (e) => e.name && !/hidden|submit/.test(e.type)).length])"""
SEND_EMPTY = """(at) => {
  const form = document.querySelectorAll("main form[method=post]")[at];
  for (const field of form.elements) {
    if (/checkbox|radio/.test(field.type)) field.checked = false;
    else if (!/hidden|submit/.test(field.type)) field.value = "";
  }
  form.noValidate = window.before = true;
  form.requestSubmit(form.querySelector("button:not([hidden])"));
}"""
_visited: dict[str, set[str]] = defaultdict(set)
_forms: dict[str, tuple[str, str]] = {}


class Walker:
    """One person, who looks at pages and notes what is wrong with them."""

    def __init__(self, name: str, site, same_page, faults) -> None:
        self.name, self.faults, self.site = name, faults, site
        self.desk, self.phone = same_page(name), same_page(name, **PHONE)
        self.routes = site.app.url_map.bind("")
        self.found: list[str] = []
        with site.database.reading() as session:
            known = find_user(session, name) if name else None
            self.visited = _visited[known.grants[0].role if known else ""]

    def endpoint(self, path: str, method: str = "GET") -> str:
        try:
            return str(self.routes.match(path.partition("?")[0], method=method)[0])
        except HTTPException:
            return ""

    def note(self, page, found: list[str]) -> None:
        where = urlsplit(page.url).path
        self.found += [f"{self.name} {where}: {each}" for each in found]

    def look(self, address: str) -> int:
        """Open a page at a desk, and see what fits into 320 px; its status."""
        page = self.desk
        answer = page.goto(address)
        page.wait_for_load_state()
        page.evaluate(OPEN)
        self.note(page, [*self.faults(page), *measure(page, "built")])
        page.set_viewport_size(QUARTER)
        self.note(page, measure(page, "sideways"))
        page.set_viewport_size(DESK)
        return answer.status

    def look_closely(self, address: str) -> int:
        """The same in every dress and size, and on a phone; its status."""
        status, page = self.look(address), self.desk
        self.note(page, reached(page))
        for *chosen, device in LOOKS:
            page.emulate_media(**{**DEVICE, **device})
            page.evaluate(DRESS, chosen)
            unlike = [*self.faults(page, CONTRAST), *measure(page, "unseen")]
            self.note(page, [f"{chosen} {device}: {each}" for each in unlike])
        page.emulate_media(**DEVICE)
        page.evaluate(DRESS, ["light", "standard"])
        self.note(page, enlarged(page))
        page = self.phone
        page.goto(address)
        page.evaluate(OPEN)
        self.note(page, [*self.faults(page), *measure(page, "sideways")])
        self.note(page, reached(page))
        return status

    def walk(self, own: list[str], others: list[str]) -> None:
        """What is listed for this person, what others open, and every new link."""
        ready, tried, refused = [*own, *others], set(), set()
        while ready:
            address = ready.pop(0)
            endpoint = self.endpoint(address)
            if address in tried or endpoint in FILES or endpoint.startswith("api."):
                continue
            tried.add(address)
            if address not in own and endpoint in self.visited:
                continue
            answer = self.desk.request.get(address, max_redirects=0)
            known = answer.status != 200 and answer.status in refused
            if 300 <= answer.status < 400 or known:
                continue
            refused.add(answer.status)
            look = self.look_closely if address in own else self.look
            look(address)
            if answer.status == 200:
                self.visited.add(endpoint)
                self.remember_forms(address)
            ready += self.new_links()

    def remember_forms(self, address: str) -> None:
        for path, fields in self.desk.evaluate(FORMS):
            if fields:
                _forms.setdefault(self.endpoint(path, "POST"), (self.name, address))

    def new_links(self) -> list[str]:
        """One of each kind that this role was not at: their own, which open."""
        host = urlsplit(self.site.address).netloc
        links = [urlsplit(each) for each in self.desk.evaluate(LINKS)]
        ours = {self.endpoint(to.path): to.path for to in links if to.netloc == host}
        return [
            path for name, path in ours.items() if name and name not in self.visited
        ]


@pytest.fixture(scope="module")
def county(site) -> str:
    """The county of ``county.py``; the address of a village's page."""
    return furnish(site)


def everybodys(pages: dict[str, list[str]]) -> list[str]:
    return list(dict.fromkeys(address for each in pages.values() for address in each))


@pytest.mark.parametrize("name", PEOPLE)
def test_an_office_that_has_sent_nothing(site, same_page, faults, name) -> None:
    walker = Walker(name, site, same_page, faults)
    walker.walk(OFFICE.get(name, []), [])
    assert not walker.found, "\n".join(walker.found)


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize("name", PEOPLE)
def test_a_county_at_every_stage(site, same_page, faults, name) -> None:
    walker = Walker(name, site, same_page, faults)
    others = [*everybodys(WALKED), *everybodys(OFFICE)]
    walker.walk(WALKED[name], others)
    assert not walker.found, "\n".join(walker.found)


@pytest.mark.parametrize("part", VILLAGE)
def test_a_village(site, county, same_page, faults, part) -> None:
    walker = Walker("", site, same_page, faults)
    walker.look_closely(county + part)
    assert not walker.found, "\n".join(walker.found)


@pytest.mark.parametrize("status", FAULTS)
def test_a_page_of_a_fault(site, same_page, faults, status) -> None:
    def broken() -> None:
        if status == 500:
            raise RuntimeError
        if status == 503:
            raise OperationalError("", {}, Exception())
        abort(status)

    site.app.url_map.add(Rule(f"/fault/{status}", endpoint=f"fault{status}"))
    site.app.view_functions[f"fault{status}"] = open_to_everyone(broken)
    walker = Walker("xian", site, same_page, faults)
    assert walker.look_closely(f"/fault/{status}") == status
    assert not walker.found, "\n".join(walker.found)


@pytest.mark.parametrize("role", Role)
def test_each_role_was_at_every_page_that_it_may_open(site, role) -> None:
    pages = {rule.endpoint for rule in site.app.url_map.iter_rules() if _is_page(rule)}
    actions = {page: site.app.view_functions[page].action for page in pages}
    open_to_them = {
        page
        for page, action in actions.items()
        if isinstance(action, Action) and access.cell_of(role, action)
    }
    assert open_to_them - _visited[role] == set()


def _is_page(rule: Rule) -> bool:
    made = rule.endpoint.startswith(("api.", "fault"))
    return "GET" in (rule.methods or ()) and not made and rule.endpoint not in FILES


def test_every_form_sent_empty_says_what_is_missing(site, same_page, faults) -> None:
    found = []
    for endpoint, (name, address) in sorted(_forms.items()):
        walker = Walker(name, site, same_page, faults)
        page = walker.desk
        page.goto(address)
        forms = [walker.endpoint(path, "POST") for path, _n in page.evaluate(FORMS)]
        if endpoint not in forms:
            continue  # a form before it took the occasion away
        with page.expect_response(_posted) as sent:
            page.evaluate(SEND_EMPTY, forms.index(endpoint))
        if "attachment" in sent.value.headers.get("content-disposition", ""):
            continue  # nothing was missing, and the answer is a file
        page.wait_for_function("!window.before")
        status = sent.value.status
        walker.note(page, [*faults(page), *measure(page, "built")])
        if status >= REFUSED:
            walker.note(page, measure(page, "unmarked"))
            if not page.locator("#summary").count():
                walker.note(page, [f"{endpoint}: {status} without the form"])
        found += walker.found
    assert not found, "\n".join(found)


def _posted(answer: Response) -> bool:
    return answer.request.method == "POST"
