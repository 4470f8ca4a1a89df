"""Planted people are found nowhere; secrets, cookies, faults and the clock."""

from __future__ import annotations

import hashlib
import logging
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from factories import member
from flask import Flask
from office import PASSWORD, Visitor, fill

from campaigns import privacy
from outreach import audit, backups, checking, clocks, migrating, wiring
from outreach.app import create_app
from outreach.settings import Settings
from outreach.web.safety import limiter

ROOT = Path(__file__).parents[2]
PLANTED = (
    {
        "name": "欧阳金丝雀",
        "id_number": "510522197003079991",
        "certificate": "51052219700307999143",
        "phone": "+8615912345671",
        "address": "金丝雀巷七号",
        "notes": "金丝雀的备注",
    },
    {
        "name": "上官金丝雀",
        "guardian_name": "司徒金丝雀",
        "guardian_phone": "+8615912345672",
    },
    {"name": "诸葛金丝雀", "phone": "+8615912345673", "other_phones": "+8615912345674"},
)
NEEDLES = {
    value.removeprefix("+86")
    for person in PLANTED
    for value in person.values()
    if isinstance(value, str)
}


@pytest.fixture
def served(tmp_path: Path, keyring: privacy.Keyring) -> Iterator[Flask]:
    """The application over a migrated file, with three planted people among others."""
    given = Settings(
        data_dir=tmp_path / "var",
        metrics_key="geheim",
        public_url="https://outreach.example.cn",
        _env_file=None,
    )
    migrating.migrate(given)
    made = create_app(given)
    with made.extensions["outreach"].database.writing() as session:
        fill(session)
        for person in PLANTED:
            member(session, **person)
    limiter.reset()
    yield made
    made.extensions["outreach"].database.dispose()
    wiring._current.clear()
    privacy.unlock(keyring)


class Secure(Visitor):
    """Somebody whose browser speaks https to us."""

    def __init__(self, app: Flask) -> None:
        client = app.test_client()
        client.environ_base["wsgi.url_scheme"] = "https"
        client.environ_base["HTTP_REFERER"] = "https://localhost/"
        super().__init__(client)


@pytest.fixture
def coordinator(served: Flask) -> Secure:
    visitor = Secure(served)
    answer = visitor.send("/sign-in", name="xian", password=PASSWORD)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return visitor


def found_in(data: bytes) -> set[str]:
    forms = {
        needle: (needle.encode(), needle.encode("gb18030"), needle.encode("utf-16-le"))
        for needle in NEEDLES
    }
    return {n for n, spelled in forms.items() if any(form in data for form in spelled)}


def test_planted_people_are_nowhere_outside_sealed_columns(
    served: Flask,
    coordinator: Secure,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    caplog.set_level(logging.DEBUG)
    wired = served.extensions["outreach"]
    for needle in sorted(NEEDLES):
        coordinator.send("/register", "/register/find", find=needle)
    with wired.database.reading() as session:
        last = max(row.id for row in session.query(privacy_member()))
    for number in range(last - 2, last + 1):
        page = f"/register/{number}/reveal"
        fields = ["name", "phone", "address"]
        coordinator.send(page, fields=fields, reason="check")
        assert "金丝雀" in coordinator.read(page), "nobody was revealed"
    # A fault in the middle of a page, and a database that refuses a value.
    for error in (RuntimeError, ValueError):
        monkeypatch.setattr(
            "outreach.web.register.get_member", lambda *_, e=error: fault(e)
        )
        assert coordinator.client.get(f"/register/{last}").status_code == 500
    backups.back_up(wired, tmp_path / "备份")
    wired.database.dispose()
    everything = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in everything)
    for path in everything:
        assert found_in(path.read_bytes()) == set(), path.name
    said = "".join(capfd.readouterr()) + caplog.text
    assert "fault" in said
    assert found_in(said.encode()) == set()


def privacy_member() -> type:
    from campaigns.register.models import Member  # noqa: PLC0415 - only an id is read

    return Member


def fault(kind: type[Exception]) -> None:
    raise kind("at an unlucky moment")


def test_the_search_itself_would_find_them():
    """A test that finds nothing must be able to find something."""
    for encoding in ("utf-8", "gb18030", "utf-16-le"):
        assert found_in("上官金丝雀".encode(encoding)) == {"上官金丝雀"}


def test_a_cookie_behind_https_is_bound_to_this_host(served: Flask):
    visitor = Secure(served)
    answer = visitor.send("/sign-in", name="xian", password=PASSWORD)
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2, "the sign-in, and the browser that is known from now on"
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert part in cookie
        assert "Domain" not in cookie


def test_a_blind_index_cannot_be_tried_without_its_key():
    phone = "+8613800138000"
    plain = {
        hashlib.new(name, text.encode()).digest()[: privacy.INDEX_BYTES]
        for name in ("sha256", "sha1", "md5")
        for text in (phone, f"phone:{phone}", phone.removeprefix("+86"))
    }
    index = privacy.blind("phone", phone)
    assert index not in plain
    assert index == privacy.blind("phone", phone)
    assert index != privacy.blind("guardian", phone)


def test_secrets_are_their_owners_alone_and_are_printed_nowhere(served: Flask):
    settings = served.extensions["outreach"].settings
    path = settings.data_dir / "secrets.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    told = repr(settings) + repr(wiring.keyring(settings)) + str(settings.model_dump())
    for name in ("secret_key", "data_key", "index_key", "token_key", "metrics_key"):
        secret = getattr(settings, name).get_secret_value()
        assert secret
        assert secret not in told


@pytest.mark.parametrize(("ahead", "level"), [(0, "ok"), (60, "bad")])
def test_a_clock_that_is_off_is_told(served: Flask, ahead: int, level: str):
    wired = served.extensions["outreach"]
    with wired.database.writing() as session:
        then = datetime.now(UTC) + timedelta(seconds=ahead)
        audit.note(session, "denied", now=then)
        off = clocks.from_database(session, datetime.now(UTC))
    clock = checking.clock(off)
    assert clock.level == level
    assert bool(clock.mend) == (level == "bad")
