"""A web application over its own SQLite file, and visitors who open its pages."""

from __future__ import annotations

import shutil
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
from outreach.wiring import Wiring


@pytest.fixture(scope="session")
def building(
    tmp_path_factory: pytest.TempPathFactory, keyring: privacy.Keyring
) -> Iterator[tuple[Flask, Path, privacy.Keyring]]:
    """The application with its office, a copy of its folder as it was, and its keys.

    Made once a process: its routes, templates and tables cost a second, a test less.
    """
    folder = tmp_path_factory.mktemp("building")
    made = create_app(Settings(data_dir=folder / "var", _env_file=None))
    wired: Wiring = made.extensions["outreach"]
    keys = wiring.keyring(wired.settings)
    Base.metadata.create_all(wired.database.engine)
    with wired.database.writing() as session:
        fill(session)
    wired.database.dispose()
    wiring._current.clear()
    privacy.unlock(keyring)
    yield made, Path(shutil.copytree(folder / "var", folder / "as it was")), keys
    wired.database.dispose()


@pytest.fixture
def app(building, keyring: privacy.Keyring) -> Iterator[Flask]:
    """The application as it was when made; its keys are put back afterwards."""
    made, as_it_was, keys = building
    wired: Wiring = made.extensions["outreach"]
    before = dict(vars(wired))
    folder = wired.settings.data_dir
    shutil.rmtree(folder)
    shutil.copytree(as_it_was, folder)
    wiring._current[:] = [wired]
    privacy.unlock(keys)
    limiter.reset()
    made.extensions.pop("begun", None)
    yield made
    wired.database.dispose()
    vars(wired).clear()
    vars(wired).update(before, providers={})
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
