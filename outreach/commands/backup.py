"""``outreach backup`` and ``outreach restore``."""

from __future__ import annotations

from pathlib import Path

import click

from campaigns import privacy
from campaigns.errors import NotReady, mark
from outreach import backups
from outreach.audit import note
from outreach.catalogs import told
from outreach.commands.wired import answer, fit_settings, json_option, open_wiring
from outreach.old_backups import MOST_DAYS, expire
from outreach.supervisor import Stack
from outreach.wiring import keyring, utc_now

_FOLDER = click.Path(file_okay=False, path_type=Path)
_PLAIN = mark(
    "备份里没有密钥：姓名和号码是密文，类别、地方和状态是明文。"
    "请放在加密的磁盘上，密钥另存一处。"
)
_LEFT = mark("过期的备份删不掉，请手工删除：%(names)s。")
_HELD = mark(
    "任务已全部暂停，没有发完的短信都标为“结果不明”：备份以后可能已经发过。"
    "系统会先向通道核对。请逐个任务看过，再决定是否继续；"
    "备份以后登记的拒收和更正请重新登记。"
)


@click.command
@click.argument("folder", type=_FOLDER)
@click.option(
    "--keep-days",
    default=MOST_DAYS,
    show_default=True,
    type=click.IntRange(1, MOST_DAYS),
    help="Remove older copies that lie beside FOLDER.",
)
@json_option
def backup(folder: Path, keep_days: int, *, as_json: bool) -> None:
    """Copy rows and media to the new FOLDER, while the service runs."""
    wiring = open_wiring()
    facts = backups.back_up(wiring, folder)
    with wiring.database.writing() as session:
        note(session, "backed_up", now=wiring.clock())
    gone, left = expire(folder, wiring.clock(), keep_days)
    files = facts.pop("files")
    answer({**facts, "files": len(files), "expired": gone}, as_json=as_json)
    click.echo(told(_PLAIN), err=True)
    if left:
        raise NotReady(_LEFT, names="、".join(left))


@click.command
@click.argument("folder", type=_FOLDER)
@json_option
def restore(folder: Path, *, as_json: bool) -> None:
    """Put the backup in FOLDER in place; the service must be stopped."""
    settings = fit_settings()
    privacy.unlock(keyring(settings))
    with Stack(settings).alone():
        held = backups.restore(settings, folder, utc_now())
    answer(held, as_json=as_json)
    click.echo(told(_HELD), err=True)
