"""Personal columns: sealed in the database, found by blind index, masked on screens.

A sealed value is one byte of key id, a 12-byte nonce and AES-256-GCM ciphertext
bound to its column's name, so that a value moved to another column does not open.
A blind index is HMAC-SHA256 cut to 16 bytes under a key of its own: equal values
are found, and without the key 11-digit numbers cannot be tried one by one.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, LargeBinary, TypeDecorator

from campaigns.errors import Unreadable, mark

_NONCE = 12
KEY_BYTES = 32
INDEX_BYTES = 16
FRESH_SECONDS = 10.0
"""How long a process may go on sealing with a key that is no longer the current one."""
_AT_ONCE = 1.0


@dataclass(frozen=True, slots=True)
class Keyring:
    """Sealing keys by id, the id used for new values, and the blind index key."""

    sealing: dict[int, bytes] = field(repr=False)
    current: int
    index: bytes = field(repr=False)


@dataclass(slots=True)
class _Held:
    """This process's keys, where to look for newer ones, and when we last looked."""

    ring: Keyring
    again: Callable[[], Keyring] | None
    looked_at: float


_held: list[_Held] = []


def unlock(keyring: Keyring, again: Callable[[], Keyring] | None = None) -> None:
    """Give this process its keys; called once, where the process is put together.

    ``again`` reads them anew, so that a new key is taken up without a restart.
    """
    _held[:] = [_Held(keyring, again, time.monotonic())]


def _keys(patience: float = math.inf) -> Keyring:
    """The keys, read anew where they are older than ``patience`` seconds."""
    if not _held:
        message = "privacy.unlock() must be called before personal columns are used"
        raise RuntimeError(message)
    held = _held[0]
    if held.again and time.monotonic() - held.looked_at >= patience:
        held.looked_at = time.monotonic()
        # Keys that are being written at this moment are read the next time.
        with suppress(OSError, ValueError):
            held.ring = held.again()
    return held.ring


def current_key() -> int:
    """The id of the key that seals new values now."""
    return _keys(0).current


@lru_cache(8)
def _box(key: bytes) -> AESGCM:
    """Setting up a cipher costs more than sealing a phone number with it."""
    return AESGCM(key)


def seal(value: str, column: str) -> bytes:
    """Encrypt ``value`` for ``column``."""
    keys = _keys(FRESH_SECONDS)
    nonce = os.urandom(_NONCE)
    sealed = _box(keys.sealing[keys.current]).encrypt(
        nonce, value.encode(), column.encode()
    )
    return bytes([keys.current]) + nonce + sealed


def unseal(sealed: bytes, column: str) -> str:
    """Decrypt what ``seal`` made. Raises Unreadable for another key or column.

    And for what was cut off or is no seal at all.
    """
    nonce, box = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        known = _keys().sealing
        key = known.get(sealed[0]) or _keys(_AT_ONCE).sealing[sealed[0]]
        return _box(key).decrypt(nonce, box, column.encode()).decode()
    except (InvalidTag, KeyError, IndexError, ValueError):
        raise Unreadable(
            mark("加密的“%(column)s”打不开：密钥不对，请恢复原来的密钥文件。"),
            column=column,
        ) from None


def blind(kind: str, value: str) -> bytes:
    """Blind index, 16 bytes, of a normalised value; ``kind`` keeps columns apart."""
    message = f"{kind}:{value}".encode()
    return hmac.digest(_keys().index, message, hashlib.sha256)[:INDEX_BYTES]


class Sealed(TypeDecorator[str]):
    """A text column that is encrypted in the database."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: str | None, _: Dialect) -> bytes | None:
        """Seal on the way in."""
        return None if value is None else seal(value, self.column)

    def process_result_value(self, value: bytes | None, _: Dialect) -> str | None:
        """Open on the way out."""
        return None if value is None else unseal(value, self.column)


def mask_name(name: str) -> str:
    """张三丰 becomes 张＊＊; a single character is hidden altogether."""
    return name[0] + "＊" * (len(name) - 1) if len(name) > 1 else "＊"


def mask_phone(phone: str) -> str:
    """+8613800138000 becomes 138****8000."""
    digits = phone.removeprefix("+86")
    return f"{digits[:3]}****{digits[-4:]}"


def mask_id(number: str) -> str:
    """Keep the first three characters of an ID number.

    The last digits of a certificate number are category and grade, so that nothing
    of its end is ever shown.
    """
    return number[:3] + "*" * max(0, len(number) - 3)
