"""``outreach keys``: a new data key, without stopping anything."""

from __future__ import annotations

import secrets
import time

import click

from campaigns import privacy
from campaigns.errors import NotReady, Unreadable, mark
from outreach import rotating, secrets_file, wiring
from outreach.audit import note
from outreach.commands.wired import answer, json_option, open_wiring
from outreach.secrets_file import with_secrets
from outreach.settings import Settings

_ROUNDS = 5


@click.group
def keys() -> None:
    """Look after the keys of personal columns."""


@keys.command
@json_option
def rotate(*, as_json: bool) -> None:
    """Seal every personal column under a new key, while the service runs.

    Doing it again after a stop goes on with what is left. The old key is retired when
    nothing carries it any more.
    """
    opened = open_wiring()
    own = secrets_file.path_of(opened.settings).is_file()
    if own:
        _add_key()
    elif len(wiring.data_keys(opened.settings)) == 1:
        raise NotReady(
            mark(
                "密钥由文件给出：先运行 sh scripts/secrets.sh rotate，再运行本命令，"
                "最后运行 sh scripts/secrets.sh retire。"
            )
        )
    # Until then another process may still seal with the old key.
    time.sleep(privacy.FRESH_SECONDS + 1)
    sealed = _all(opened)
    newest = privacy.current_key()
    if own:
        current = wiring.data_keys(with_secrets(Settings()))[newest]
        secrets_file.change(opened.settings, "data_key", f"{newest}:{current}")
    with opened.database.writing() as session:
        details = {"key": newest, "values": sealed}
        note(session, "rotated_keys", details=details, now=opened.clock())
    answer(details, as_json=as_json)


def _add_key() -> None:
    """Put a new key first; one that an interrupted rotation added is used up first."""
    settings = with_secrets(Settings())
    known = wiring.data_keys(settings)
    if len(known) == 1:
        known = {max(known) + 1: secrets.token_hex(privacy.KEY_BYTES), **known}
        text = ",".join(f"{number}:{digits}" for number, digits in known.items())
        secrets_file.change(settings, "data_key", text)


def _all(opened: wiring.Wiring) -> int:
    sealed = 0
    for _ in range(_ROUNDS):
        done = rotating.rotate(opened.database)
        sealed += done.sealed
        if done.damaged:
            raise Unreadable(
                mark(
                    "这些行的密文打不开，可能损坏了：%(rows)s。"
                    "旧密钥保留着，请从备份恢复这些行，再运行一次。"
                ),
                rows="、".join(done.damaged[:20]),
            )
        remaining = rotating.left(opened.database)
        if not remaining:
            return sealed
    raise NotReady(mark("还有 %(n)s 行是旧密钥。请再运行一次。"), n=remaining)
