from __future__ import annotations

from collections.abc import Iterator

import pytest
from journeys.embedded import CALM, Embedded
from journeys.office import Office, employ

from campaigns import privacy
from outreach import wiring
from outreach.demo.county import SignIn
from outreach.wiring import Wiring


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """One running stack for all journeys; each has townships of its own."""
    running = Embedded(tmp_path_factory.mktemp("服务 数据"))
    running.start()
    yield running
    assert running.stop() == set(), "had to be killed"


@pytest.fixture
def wired(embedded: Embedded, keyring: privacy.Keyring) -> Iterator[Wiring]:
    """This process's view of the stack's folder, with the stack's keys."""
    built = wiring.build(embedded.settings)
    yield built
    built.database.dispose()
    wiring._current.clear()
    privacy.unlock(keyring)


@pytest.fixture(scope="session")
def staff(embedded: Embedded, keyring: privacy.Keyring) -> list[SignIn]:
    """The county, its places and its people, made once."""
    return employ(embedded, keyring)


@pytest.fixture
def office(embedded: Embedded, staff: list[SignIn], wired: Wiring) -> Iterator[Office]:
    embedded.behave(**CALM)
    yield Office(embedded, wired, staff)
    embedded.until(lambda: all(child.alive for child in embedded.stack.children))
