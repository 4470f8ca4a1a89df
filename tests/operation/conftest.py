"""One office a module, over a migrated file; and a visitor for each of its accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from office import PASSWORD, Visitor, fill
from sqlalchemy import create_engine, make_url, text

from campaigns import privacy
from outreach import migrating, wiring
from outreach.app import create_app
from outreach.settings import Settings
from outreach.web.safety import limiter
from outreach.wiring import Wiring


@pytest.fixture(scope="module")
def office(
    tmp_path_factory: pytest.TempPathFactory, keyring: privacy.Keyring
) -> Iterator[Flask]:
    """The application with an account of each role."""
    folder = tmp_path_factory.mktemp("office")
    given = Settings(data_dir=folder / "var", metrics_key="geheim", _env_file=None)
    migrating.migrate(given)
    made = create_app(given)
    wired: Wiring = made.extensions["outreach"]
    with wired.database.writing() as session:
        fill(session)
    yield made
    wired.database.dispose()
    wiring._current.clear()
    privacy.unlock(keyring)


@pytest.fixture
def wired(office: Flask) -> Wiring:
    """What the office's processes share."""
    made: Wiring = office.extensions["outreach"]
    return made


@pytest.fixture
def enter(office: Flask) -> Callable[[str], Visitor]:
    """Signs somebody in by name."""

    def signed_in(name: str) -> Visitor:
        limiter.reset()
        visitor = Visitor(office.test_client())
        answer = visitor.send("/sign-in", name=name, password=PASSWORD)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return visitor

    return signed_in


@pytest.fixture(params=["sqlite", "postgresql"])
def addresses(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """Addresses of two databases: one to copy, and an empty one."""
    if request.param == "sqlite":
        return ["", ""]
    server = request.getfixturevalue("postgresql_address")
    found = []
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    for which in ("from", "to"):
        name = f"{which}_{tmp_path.name}"[:60].lower().replace("-", "_")
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        url = make_url(server).set(database=name)
        found.append(url.render_as_string(hide_password=False))
    admin.dispose()
    return found
