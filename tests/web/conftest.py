"""A web application over its own SQLite file, with one account of every role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import factories
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from campaigns import privacy
from campaigns.orm import Base
from campaigns.vocabulary import Category
from outreach import accounts, wiring
from outreach.accounts import Role
from outreach.app import create_app
from outreach.settings import Settings
from outreach.web.safety import limiter

PASSWORD = "lianxi-ceshi-9527"
COUNTY = "510522"
TOWNSHIP = "510522112"
PEOPLE = (
    ("xian", Role.COORDINATOR, COUNTY, 0),
    ("shenpi", Role.COORDINATOR, COUNTY, 0),
    ("mangxie", Role.ASSOCIATION, COUNTY, Category.VISUAL.bit),
    ("fubao", Role.TOWNSHIP, TOWNSHIP, 0),
    ("cun", Role.VILLAGE, "510522112201", 0),
    ("shenji", Role.AUDITOR, COUNTY, 0),
    ("guanli", Role.ADMINISTRATOR, COUNTY, 0),
)


@dataclass
class Visitor:
    """Somebody at a browser without script: opens pages and sends their forms."""

    client: FlaskClient

    def open(self, address: str) -> TestResponse:
        return self.client.get(address)

    def read(self, address: str) -> str:
        answer = self.open(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.get_data(as_text=True)

    def keys(self, address: str) -> dict[str, str]:
        """The hidden fields of the page's form."""
        text = self.open(address).get_data(as_text=True)
        main = text[text.index("<main") :]
        return {
            name: re.search(rf'name="{name}" value="([^"]+)"', where).group(1)
            for name, where in (("csrf_token", text), ("once", main))
            if f'name="{name}"' in where
        }

    def send(self, page: str, to: str = "", **fields: object) -> TestResponse:
        """Fill in the form on ``page`` and send it ``to`` its address."""
        return self.client.post(to or page, data={**self.keys(page), **fields})


def fill(session: Session) -> None:
    """The unit, its places and one account of each role."""
    factories.unit(session)
    factories.places(session)
    for name, role, place, categories in PEOPLE:
        user = accounts.add_user(
            session, name=name, shown_as=name, password=PASSWORD, now=factories.NOW
        )
        accounts.add_grant(
            session,
            user,
            role=role,
            place=place,
            categories=categories,
            now=factories.NOW,
        )


@pytest.fixture
def app(tmp_path: Path, keyring: privacy.Keyring) -> Iterator[Flask]:
    """The application in a folder of its own; its keys are put back afterwards."""
    made = create_app(Settings(data_dir=tmp_path / "var", _env_file=None))
    database = made.extensions["outreach"].database
    Base.metadata.create_all(database.engine)
    with database.writing() as session:
        fill(session)
    limiter.reset()
    yield made
    database.dispose()
    wiring._current.clear()
    privacy.unlock(keyring)


@pytest.fixture
def writing(app: Flask):
    """A transaction of the application's database."""
    return app.extensions["outreach"].database.writing


@pytest.fixture
def visit(app: Flask):
    """Signs somebody in by name; without a name nobody is signed in."""

    def enter(name: str = "") -> Visitor:
        visitor = Visitor(app.test_client())
        if name:
            answer = visitor.send("/sign-in", name=name, password=PASSWORD)
            assert answer.status_code == 303, answer.get_data(as_text=True)
        return visitor

    return enter
