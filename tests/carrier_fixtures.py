"""Carriers for tests: one shared and calmed before each test, one of a test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from carriers import Carrier

QUIET = {"refused": 0.0, "early": 0.0, "twice": 0.0, "late": 0.0}


@pytest.fixture(scope="module")
def shared_carrier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Carrier]:
    started = Carrier(tmp_path_factory.mktemp("carrier")).start(**QUIET)
    usual = started.ask("GET", "/faults").json()
    started.usual = usual
    yield started
    started.stop()


@pytest.fixture
def carrier(shared_carrier: Carrier) -> Carrier:
    """A carrier with an empty ledger and no faults, which a test may change."""
    shared_carrier.ask("DELETE", "/ledger").raise_for_status()
    shared_carrier.behave(**shared_carrier.usual)
    return shared_carrier


@pytest.fixture
def own_carrier(tmp_path: Path) -> Iterator[Carrier]:
    """A carrier that a test may kill."""
    started = Carrier(tmp_path).start(**QUIET)
    yield started
    started.stop()
