"""Where a measurement stands: a folder, keys, PostgreSQL, and processes by name."""

from __future__ import annotations

import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from campaigns.errors import NotReady, mark
from outreach import broker, wiring
from outreach.children import Child, stop_all
from outreach.migrating import migrate
from outreach.postgres import Postgres
from outreach.settings import Settings, inherited
from outreach.supervisor import free_port
from outreach.watcher import Watcher
from outreach.wiring import Wiring

_KEYS = ("secret_key", "data_key", "index_key", "token_key", "simulator_secret")
_RATE = 1_000_000
"""Messages a second on the line: the carrier's contract is not what is measured."""
_PATIENCE = 20.0
_READY_SECONDS = 60.0
_SILENT = mark("“%(name)s”没有启动起来。它最后说：\n%(words)s")


@dataclass(slots=True)
class Ground:
    """A production county's processes, without people."""

    settings: Settings
    server: Postgres
    wiring: Wiring
    children: dict[str, Child] = field(default_factory=dict)

    def start(self, name: str, *words: str) -> Child:
        """Start ``python -m`` with ``words`` under ``name``."""
        return self._begin(name, [sys.executable, "-m", *words])

    def start_broker(self) -> None:
        """Start Valkey; return when it answers."""
        self._begin("broker", broker.command(self.settings))
        self.wait("broker", partial(broker.answers, self.settings))

    def wait(self, name: str, ready: object) -> None:
        """Return when ``ready()`` is true. Raises NotReady with the last words."""
        child = self.children[name]
        until = time.monotonic() + _READY_SECONDS
        while not ready():  # type: ignore[operator]
            if not child.alive or time.monotonic() > until:
                raise NotReady(_SILENT, name=name, words=child.last_words())
            time.sleep(0.05)

    def stop(self, *names: str) -> None:
        """Stop these processes, or all, the latest first."""
        chosen = [self.children.pop(n) for n in names or tuple(self.children)]
        stop_all(list(reversed(chosen)), _PATIENCE)

    def _begin(self, name: str, command: list[str]) -> Child:
        log = self.settings.data_dir / "logs" / f"{name}.log"
        child = Child(name, command, inherited(**_environment(self.settings)), log)
        child.start()
        self.children[name] = child
        return child


@contextmanager
def ground(**given: object) -> Iterator[Ground]:
    """A fresh PostgreSQL with all tables, put together in this process as well.

    ``given`` are further settings. Everything is gone when the block ends.
    """
    with tempfile.TemporaryDirectory(prefix="outreach-bench-") as name:
        folder = Path(name)
        # The server runs as a user of its own where we are root.
        folder.chmod(0o755)
        with closing(Watcher(folder)), Postgres(folder / "postgresql") as server:
            settings = _settings(folder, server, **given)
            migrate(settings)
            built = wiring.build(settings)
            made = Ground(settings, server, built)
            try:
                yield made
            finally:
                made.stop()
                built.database.dispose()


def _settings(folder: Path, server: Postgres, **given: object) -> Settings:
    keys = {name: SecretStr(secrets.token_hex(32)) for name in _KEYS}
    facts: dict[str, object] = {
        "profile": "production",
        "second_step": "offered",
        "data_dir": folder / "var",
        "database_url": server.address,
        "public_url": "",
        "port": free_port(0),
        "simulator_port": free_port(0),
        "provider_rate": _RATE,
        **keys,
        **given,
    }
    settings = Settings(_env_file=None, broker_url="").model_copy(update=facts)
    return settings.model_copy(update={"broker_url": settings.broker_address})


def _environment(settings: Settings) -> dict[str, str]:
    facts = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in settings
    }
    return {f"OUTREACH_{name.upper()}": value for name, value in facts.items()}


__all__ = ["Ground", "ground"]
