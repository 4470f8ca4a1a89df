"""Settings of the processes of a drill, and the environment that tells them."""

from __future__ import annotations

import secrets
from pathlib import Path

from pydantic import SecretStr

from outreach.postgres import Postgres
from outreach.settings import Settings
from outreach.supervisor import free_port

_KEYS = ("secret_key", "data_key", "index_key", "token_key", "simulator_secret")


def settings_of(
    folder: Path, database: Postgres, broker_port: int, lease_seconds: int, rate: int
) -> Settings:
    """Settings of a production county, with keys that are made for it alone."""
    keys = {name: SecretStr(secrets.token_hex(32)) for name in _KEYS}
    return Settings(
        _env_file=None,
        profile="production",
        second_step="offered",
        data_dir=folder,
        database_url=database.address,
        broker_url=f"redis://127.0.0.1:{broker_port}/0",
        port=free_port(0),
        simulator_port=free_port(0),
        voice="tone",
        voice_order="tone",
        lease_seconds=lease_seconds,
        provider_rate=rate,
        **keys,  # type: ignore[arg-type] # all are keys
    )


def environment(settings: Settings) -> dict[str, str]:
    """The same as words of an environment."""
    plain = {
        name: str(getattr(settings, name))
        for name in (
            *("profile", "second_step", "data_dir", "database_url", "host", "port"),
            *("lanes", "simulator_port", "provider", "voice", "voice_order"),
            *("lease_seconds", "provider_rate", "public_url", "broker_url"),
        )
    }
    sealed = {name: getattr(settings, name).get_secret_value() for name in _KEYS}
    return {f"OUTREACH_{k.upper()}": v for k, v in {**plain, **sealed}.items()}
