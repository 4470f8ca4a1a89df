"""The first account of an empty database: whoever holds the address may make it."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import NotFound, NotReady, mark
from outreach.accounts import Role, User, add_grant, add_user

_MAC_BYTES = 15


def path(signer: bytes) -> str:
    """Where the first account is made, on this service alone."""
    return f"/first/{_key(signer)}"


def check(key: str, signer: bytes) -> None:
    """Raises NotFound for an address that was not printed by this service."""
    if not hmac.compare_digest(key.encode(), _key(signer).encode()):
        raise NotFound(mark("没有这个网址。请从启动软件的窗口里重新复制。"))


def nobody_yet(session: Session) -> bool:
    """Whether no account was ever made."""
    return session.scalar(select(User.id).limit(1)) is None


def make(  # noqa: PLR0913 - a county, and what an account is made of
    session: Session,
    *,
    county: str,
    name: str,
    shown_as: str,
    password: str,
    mixed: bool = False,
    now: datetime,
) -> User:
    """An administrator of ``county``, who opens accounts for everybody else.

    Raises NotReady once there is an account, Refused for the name or the password.
    """
    if not nobody_yet(session):
        raise NotReady(mark("第一个账号已经建好了。请直接登录；新账号由管理员开通。"))
    user = add_user(
        session, name=name, shown_as=shown_as, password=password, mixed=mixed, now=now
    )
    add_grant(session, user, role=Role.ADMINISTRATOR, place=county, now=now)
    return user


def _key(signer: bytes) -> str:
    digest = hmac.digest(signer, b"first account", hashlib.sha256)
    return b32encode(digest[:_MAC_BYTES]).decode().lower()
