"""Secrets made at random on first start, in one file that only its owner can read."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from outreach.settings import Settings

_NAMES = ("secret_key", "data_key", "index_key", "token_key", "simulator_secret")
_BYTES = 32


def with_secrets(settings: Settings) -> Settings:
    """Return ``settings`` with missing secrets read, or made on first start.

    Only the embedded profile makes secrets; production must be given them.
    """
    missing = [n for n in _NAMES if not getattr(settings, n).get_secret_value()]
    if not missing or settings.profile == "production":
        return settings
    kept = _read_or_make(path_of(settings))
    return settings.model_copy(update={n: SecretStr(kept[n]) for n in missing})


def kept(settings: Settings) -> Settings:
    """Return ``settings`` with the secrets that a first start has made, if it has."""
    return with_secrets(settings) if path_of(settings).is_file() else settings


def path_of(settings: Settings) -> Path:
    """Where the embedded profile keeps its secrets."""
    return settings.data_dir / "secrets.json"


def change(settings: Settings, name: str, value: str) -> None:
    """Write one secret anew; a reader sees the old file or the new one, never half."""
    path = path_of(settings)
    kept_now: dict[str, str] = json.loads(path.read_text())
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    with draft.open("w") as file:
        json.dump({**kept_now, name: value}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _read_or_make(path: Path) -> dict[str, str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = {name: secrets.token_hex(_BYTES) for name in _NAMES}
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(made))
    try:
        # A hard link fails where the file exists: of two first starts one wins.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    kept: dict[str, str] = json.loads(path.read_text())
    return kept
