"""A web application over its own SQLite file, and visitors who open its pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from office import PASSWORD, Visitor, fill

from campaigns import privacy
from campaigns.orm import Base
from outreach import wiring
from outreach.app import create_app
from outreach.settings import Settings
from outreach.web.safety import limiter


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
