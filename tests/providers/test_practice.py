"""What is practised is handed to no carrier, whatever is set up."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import carriers
import factories
import pytest
from pydantic import SecretStr

from campaigns.delivery import launching
from campaigns.delivery.carrying import carry
from campaigns.delivery.claiming import Batch
from campaigns.planning import drafting
from campaigns.register import practice
from campaigns.vocabulary import CampaignState, Channel, MessageState
from outreach import lanes, providers
from outreach.loop import LOOP
from outreach.practice import begin
from outreach.routes import routes
from outreach.settings import Settings
from outreach.wiring import Wiring

ROOT = Path(__file__).parents[2]
EARNEST = [name for name in providers.CARRIERS if name != practice.CARRIER]


@contextmanager
def listening() -> Iterator[tuple[str, list[object]]]:
    """A carrier that only notes that somebody called, and hangs up."""
    called: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            while True:
                try:
                    line, caller = door.accept()
                except OSError:
                    return
                called.append(caller)
                line.close()

        Thread(target=answer, daemon=True).start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}", called
        door.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("name", EARNEST)
def test_no_carrier_is_even_called(name):
    with listening() as (url, called):
        for practised in (True, False):
            provider = carriers.provider_at(name, url)
            one = carriers.outgoing(practice=practised)
            (told,) = asyncio.run(_carried(provider, Batch("batch", name, (one,))))
            if practised:
                assert (told.state, told.code) == (MessageState.REJECTED, "practice")
                assert not called
        assert called, "in earnest it does call: else this test would prove nothing"


async def _carried(provider, batch):
    try:
        return await carry(provider, batch)
    finally:
        await provider.close()


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"host": "0.0.0.0", "port": 9000}, "http://127.0.0.1:9000"),
        ({"simulator_url": "http://sim.example"}, carriers.PUBLIC),
    ],
)
def test_the_simulated_carrier_beside_us_reports_without_leaving(given, address):
    """An office that has a public address practises on its own machine all the same."""
    settings = Settings(_env_file=None, public_url=carriers.PUBLIC, **given)
    assert settings.heard_at("simulator") == address
    assert settings.heard_at("twilio") == carriers.PUBLIC


def test_there_is_one_door_to_a_carrier():
    doors = {
        str(path.relative_to(ROOT))
        for folder in ("campaigns", "outreach")
        for path in (ROOT / folder).rglob("*.py")
        if "provider.carry(" in path.read_text("utf-8")
    }
    assert doors == {"campaigns/delivery/carrying.py"}


@pytest.mark.parametrize("name", ["twilio", providers.PORTAL])
def test_a_campaign_goes_by_the_simulated_carrier_alone(database, tmp_path, now, name):
    """Drafted for a real carrier, with a real one to help out, and forged after."""
    with listening() as (url, called), listening() as (home, simulated):
        settings = carriers.settings_at(url).model_copy(
            update={
                "data_dir": tmp_path,
                "token_key": SecretStr("ab" * 32),
                "simulator_url": home,
                "provider": name,
                "second_provider": "mas",
            }
        )
        wiring = Wiring(settings, database, lambda: now)
        with database.writing() as session:
            factories.unit(session)
            factories.places(session)
            begin(session, settings, by=1, now=now)
            made = drafting.draft_campaign(
                session,
                name="练习",
                version_id=factories.version(session).id,
                segment_id=factories.segment(session).id,
                channels=[Channel.SMS],
                provider=name,
                by=1,
                now=now,
            )
            assert made.provider == practice.CARRIER
            made.provider, made.due_at = name, now
            made.status = CampaignState.APPROVED
            assert launching.launch(session, made.id, now)
        with database.reading() as session:
            (only,) = routes(wiring, session, made.id)
        assert only.provider.name == only.dispatch.provider == practice.CARRIER
        assert lanes.send(wiring, made.id, seconds=0.2)
        LOOP.run(wiring.close())
        assert simulated
        assert not called
