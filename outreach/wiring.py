"""Where a process is put together: settings, keys, database, providers, studio, clock.

Made once a process, after a fork and never before it: engines, sockets and HTTP
clients must not be shared between processes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from campaigns import privacy
from campaigns.delivery.provider import Provider
from outreach.database import Database, connect
from outreach.journal import Journal
from outreach.production import demand
from outreach.secrets_file import with_secrets
from outreach.settings import Settings

if TYPE_CHECKING:  # the studio brings numpy and the voices: web never needs them
    from audio.studio import Studio

_KEY_ID = 1
_HEX_DIGITS = privacy.KEY_BYTES * 2


def utc_now() -> datetime:
    """The host's clock; functions of the domain receive the moment instead."""
    return datetime.now(UTC)


@dataclass
class Wiring:
    """Everything that one process shares; providers and studio are made when asked."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime] = utc_now
    providers: dict[str, Provider] = field(default_factory=dict)

    @cached_property
    def signer(self) -> bytes:
        """The key that signs callback tokens and village links."""
        return bytes.fromhex(self.settings.token_key.get_secret_value())

    def provider(self, name: str) -> Provider:
        """The provider called ``name``; one client a process. Raises NotReady."""
        if name not in self.providers:
            from outreach.providers import make  # noqa: PLC0415 - SDKs are slow

            self.providers[name] = make(name, self.settings)
        return self.providers[name]

    @cached_property
    def studio(self) -> Studio:
        """The studio over this service's media folder."""
        from outreach.recording import open_studio  # noqa: PLC0415 - numpy and voices

        return open_studio(self.settings)

    @cached_property
    def journal(self) -> Journal:
        """This process's journal of what it claims and begins."""
        return Journal(self.journals)

    @property
    def journals(self) -> Path:
        """Folder of the journals of all processes here."""
        return self.settings.data_dir.resolve() / "journal"

    async def close(self) -> None:
        """Close the providers' connections and the database's."""
        for provider in self.providers.values():
            await provider.close()
        self.providers.clear()
        self.database.dispose()


_current: list[Wiring] = []


def build(settings: Settings | None = None) -> Wiring:
    """Put this process together, unlock personal columns, and remember the result.

    Raises NotReady for what production refuses, ValueError where a key is no key.
    """
    known = with_secrets(_read(settings))
    demand(known)
    privacy.unlock(keyring(known), lambda: keyring(with_secrets(_read(settings))))
    wiring = Wiring(known, connect(known.database_address))
    _current[:] = [wiring]
    return wiring


def current() -> Wiring:
    """What ``build`` made in this process; built from settings where nobody did."""
    return _current[0] if _current else build()


def _read(settings: Settings | None) -> Settings:
    return settings or Settings()


def keyring(settings: Settings) -> privacy.Keyring:
    """The keys of ``settings``. Raises ValueError, naming the setting."""
    _key("token_key", settings.token_key.get_secret_value())
    sealing = {
        number: _key("data_key", digits)
        for number, digits in data_keys(settings).items()
    }
    index = _key("index_key", settings.index_key.get_secret_value())
    return privacy.Keyring(sealing, next(iter(sealing)), index)


def data_keys(settings: Settings) -> dict[int, str]:
    """Sealing keys by number, the current one first."""
    found = {}
    for part in settings.data_key.get_secret_value().split(","):
        number, colon, digits = part.strip().rpartition(":")
        found[int(number) if colon else _KEY_ID] = digits
    return found


def _key(name: str, digits: str) -> bytes:
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        key = b""
    if len(key) != privacy.KEY_BYTES:
        message = f"OUTREACH_{name.upper()} must be {_HEX_DIGITS} hexadecimal digits"
        raise ValueError(message)
    return key
