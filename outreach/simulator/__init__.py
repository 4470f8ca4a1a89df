"""A carrier on loopback that speaks Twilio's Messages API and keeps a ledger."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click
from aiohttp import web

from campaigns.errors import NotReady, mark
from outreach.secrets_file import with_secrets
from outreach.settings import Settings
from outreach.simulator.behaviour import Behaviour
from outreach.simulator.ledger import Ledger
from outreach.simulator.server import Carrier

__all__ = ["Behaviour", "Carrier", "Ledger", "running", "serve", "simulator"]

_TAKEN = mark(
    "模拟通道无法在端口 %(port)s 上启动：%(why)s。"
    "请停掉占用端口的程序，或用 OUTREACH_SIMULATOR_PORT 换一个端口。"
)
_LOOPBACK = "127.0.0.1"
_KEEP_ALIVE_SECONDS = 75
_PATIENCE_SECONDS = 0.2


@asynccontextmanager
async def running(
    account: str, secret: str, path: Path, port: int, behaviour: Behaviour | None = None
) -> AsyncIterator[Carrier]:
    """A carrier listening on loopback until the block ends; ``path`` is its ledger."""
    ledger = Ledger(path)
    carrier = Carrier(account, secret, ledger, behaviour or Behaviour())
    await carrier.callbacks.start()
    runner = web.ServerRunner(
        web.Server(carrier.handle, keepalive_timeout=_KEEP_ALIVE_SECONDS),
        shutdown_timeout=_PATIENCE_SECONDS,
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, _LOOPBACK, port).start()
        yield carrier
    finally:
        await runner.cleanup()
        await carrier.callbacks.stop()
        ledger.close()


async def serve(settings: Settings, behaviour: Behaviour | None = None) -> None:
    """Run the simulated carrier of ``settings`` until SIGTERM or SIGINT."""
    folder = settings.data_dir.resolve() / "simulator"
    folder.mkdir(parents=True, exist_ok=True)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with running(
        settings.simulator_account,
        settings.simulator_secret.get_secret_value(),
        folder / "ledger.db",
        settings.simulator_port,
        behaviour,
    ):
        await stop.wait()


@click.command()
@click.option(
    "--behaviour", default="{}", help="JSON of fields to change; see /faults."
)
def simulator(behaviour: str) -> None:
    """Run the simulated carrier on loopback."""
    try:
        wanted = Behaviour().changed(json.loads(behaviour))
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from wrong
    settings = with_secrets(Settings())
    try:
        asyncio.run(serve(settings, wanted))
    except OSError as taken:
        raise NotReady(_TAKEN, port=settings.simulator_port, why=taken) from taken
