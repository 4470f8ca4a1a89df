"""How fast and how heavy every page is, for every role, at a county's size.

A visitor per role follows the links from the start page, one address a route, and
then opens each again in turn. The server is a real one, in a process of its own.
"""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import httpx
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from campaigns.fieldwork.models import Announcement
from outreach import wiring
from outreach.app import create_app
from outreach.bench import office
from outreach.children import Child, stop_all
from outreach.settings import Settings, inherited
from outreach.supervisor import free_port
from outreach.web import village_link

if TYPE_CHECKING:
    from werkzeug.routing import MapAdapter

    from outreach.demo.county import SignIn

LIMITS = {"median_ms": 200.0, "p95_ms": 500.0, "page_kb": 300.0, "village_kb": 200.0}
"""All of them are most, of the slowest and the heaviest page by itself.

Kilobytes are those on the wire, before any cache.
"""

_ERRORS = 400
_SIGN_OUT = "sign-out"
_LINK = re.compile(r'href="([^"#]+)')
_PART = re.compile(r'(?:href|src)="(/assets/[^"]+|/static/[^"]+)"')
_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
_PATIENCE = 60.0
_SHOWN = 10


@dataclass(slots=True)
class Page:
    """One address as one role: milliseconds of each opening, bytes on the wire."""

    role: str
    address: str
    body: str
    bytes: int
    status: int = 200
    milliseconds: list[float] = field(default_factory=list)


def run(
    members: int = 35_000, campaigns: int = 50, rounds: int = 12
) -> dict[str, object]:
    """Every figure, the slowest and the heaviest pages, and links that lead nowhere."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), port=free_port(0), _env_file=None)
        staff = office.make(settings, members, campaigns)
        village = _village_address()
        routes = create_app(settings).url_map.bind("")
        with _served(settings) as address:
            found = list(_every_page(address, staff, routes))
            pages = [page for page in found if page.body]
            with _visitor(address) as visitor:
                listening = _opened(visitor, "village", village)
            _time(address, staff, pages, rounds)
            parts = _assets(address, [*pages, listening])
    broken = [f"{p.status} {p.role} {p.address}" for p in found if p.status >= _ERRORS]
    return {**_figures(pages, listening, parts), "broken": broken}


def _figures(
    pages: list[Page], listening: Page, parts: dict[str, int]
) -> dict[str, object]:
    medians = {(p.role, p.address): statistics.median(p.milliseconds) for p in pages}
    late = {(p.role, p.address): _ninety_fifth(p.milliseconds) for p in pages}
    every = [ms for page in pages for ms in page.milliseconds]
    weights = {(p.role, p.address): _kilobytes(p, parts) for p in pages}
    slowest = sorted(medians, key=medians.__getitem__, reverse=True)[:_SHOWN]
    heaviest = max(weights, key=weights.__getitem__)
    figures = {
        "median_ms": round(max(medians.values()), 1),
        "p95_ms": round(max(late.values()), 1),
        "page_kb": weights[heaviest],
        "village_kb": _kilobytes(listening, parts),
    }
    return {
        **figures,
        "pages": len(pages),
        "openings": len(every),
        "median_of_all_ms": round(statistics.median(every), 1),
        "slowest": {" ".join(page): round(medians[page], 1) for page in slowest},
        "heaviest": " ".join(heaviest),
        "limits": LIMITS,
        "ok": all(figures[name] <= limit for name, limit in LIMITS.items()),
    }


def _ninety_fifth(milliseconds: list[float]) -> float:
    """What one opening in twenty takes longer than; the last of fewer than twenty."""
    return sorted(milliseconds)[
        min(len(milliseconds) - 1, len(milliseconds) * 19 // 20)
    ]


def _kilobytes(page: Page, parts: dict[str, int]) -> float:
    linked = sum(parts[part] for part in _linked(page))
    return round((page.bytes + linked) / 1000, 1)


def _linked(page: Page) -> set[str]:
    return {part.partition("#")[0] for part in _PART.findall(page.body)}


def _assets(address: str, pages: list[Page]) -> dict[str, int]:
    wanted = set().union(*map(_linked, pages))
    with _visitor(address) as visitor:
        return {part: _wire_bytes(visitor.get(part)) for part in sorted(wanted)}


def _every_page(
    address: str, staff: list[SignIn], routes: MapAdapter
) -> Iterator[Page]:
    for person in staff:
        visitor = _signed_in(address, person)
        seen: set[str] = set()
        waiting = ["/"]
        while waiting:
            path = waiting.pop(0)
            page = _opened(visitor, person.name, path)
            yield page
            for link in _LINK.findall(page.body):
                to = urlsplit(urljoin(address + path, link.replace("&amp;", "&")))
                if to.netloc != urlsplit(address).netloc:
                    continue
                route = _route(routes, to.path)
                if route and route not in seen:
                    seen.add(route)
                    waiting.append(to.path)
        visitor.close()


def _route(routes: MapAdapter, path: str) -> str:
    try:
        endpoint, _ = routes.match(path, method="GET")
    except HTTPException:
        return ""
    return str(endpoint)


def _opened(visitor: httpx.Client, role: str, path: str) -> Page:
    """The page, or one without a body where the answer is no page of ours."""
    if _SIGN_OUT in path or path.startswith(("/assets", "/static")):
        return Page(role, path, "", 0)
    with visitor.stream("GET", path) as answer:
        kind = answer.headers.get("content-type", "")
        status = answer.status_code
        if status != httpx.codes.OK or not kind.startswith("text/html"):
            return Page(role, path, "", 0, status)
        body = answer.read().decode()
    return Page(role, path, body, _wire_bytes(answer))


def _wire_bytes(answer: httpx.Response) -> int:
    return answer.num_bytes_downloaded


def _time(address: str, staff: list[SignIn], pages: list[Page], rounds: int) -> None:
    visitors = {person.name: _signed_in(address, person) for person in staff}
    for _ in range(rounds):
        for page in pages:
            start = time.perf_counter()
            visitors[page.role].get(page.address).raise_for_status()
            page.milliseconds.append((time.perf_counter() - start) * 1000)
    for visitor in visitors.values():
        visitor.close()


def _visitor(address: str) -> httpx.Client:
    return httpx.Client(base_url=address, timeout=_PATIENCE)


def _signed_in(address: str, person: SignIn) -> httpx.Client:
    visitor = _visitor(address)
    found = _CSRF.search(visitor.get("/sign-in").text)
    if found is None:
        message = "the sign-in page has no form"
        raise RuntimeError(message)
    fields = {"name": person.name, "password": person.password}
    visitor.post("/sign-in", data={"csrf_token": found[1], **fields})
    return visitor


def _village_address() -> str:
    wired = wiring.current()
    with wired.database.reading() as session:
        code = session.scalars(select(Announcement.village).limit(1)).one()
    until = wired.clock().date() + timedelta(days=9)
    return f"/v/{village_link.mint(code, until, wired.signer)}"


@contextmanager
def _served(settings: Settings) -> Iterator[str]:
    data = str(settings.data_dir.resolve())
    environment = inherited(OUTREACH_DATA_DIR=data, OUTREACH_PORT=str(settings.port))
    command = [sys.executable, "-m", "outreach", "web"]
    child = Child("web", command, environment, settings.data_dir / "web.log")
    child.start()
    address = f"http://127.0.0.1:{settings.port}"
    try:
        _wait(address, child)
        yield address
    finally:
        stop_all([child], 10.0)


def _wait(address: str, child: Child) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            httpx.get(f"{address}/healthz").raise_for_status()
        except httpx.HTTPError:
            if time.monotonic() > until or not child.alive:
                raise RuntimeError(child.last_words()) from None
            time.sleep(0.1)
        else:
            return
