"""A county with one launched campaign, wired as a sending process is."""

from __future__ import annotations

import factories
import pytest
from delivery.ledger import Ledger

from campaigns.delivery import launching
from outreach.settings import Settings
from outreach.wiring import Wiring


@pytest.fixture
def sending_county(database, now, tmp_path):
    """Makes the wiring; ``people`` get campaign 1, ``given`` are settings."""

    def make(people, **given):
        settings = Settings(data_dir=tmp_path, token_key="ab" * 32, **given)
        made = Wiring(settings, database, lambda: now)
        made.providers["simulator"] = Ledger(tmp_path / "ledger")
        with database.writing() as session:
            factories.unit(session)
            factories.places(session)
            for _ in range(people):
                factories.member(session)
            assert launching.launch(session, factories.campaign(session).id, now)
        return made

    return make
