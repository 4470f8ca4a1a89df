"""One desk a module: its office, its clerk and its database are made once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hostile.desk import Desk, open_desk

from campaigns import privacy


@pytest.fixture(scope="module")
def desk(
    tmp_path_factory: pytest.TempPathFactory, keyring: privacy.Keyring
) -> Iterator[Desk]:
    """A desk of this module's own."""
    with open_desk(tmp_path_factory.mktemp("desk"), keyring) as opened:
        yield opened
