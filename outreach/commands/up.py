"""``outreach up``: the embedded stack until Ctrl-C."""

from __future__ import annotations

import time

import click

from outreach import first_account, wiring
from outreach.commands.wired import fit_settings
from outreach.migrating import migrate
from outreach.settings import Settings
from outreach.stopping import Stopped, on_signals
from outreach.supervisor import Stack


@click.command
def up() -> None:
    """Start broker, workers, simulator and web server; Ctrl-C stops them all."""
    settings = fit_settings()
    on_signals()
    stack = Stack(settings)
    try:
        migrate(settings)
        stack.start()
        click.echo(f"就绪 / ready  {settings.own_url}   (Ctrl-C 停止 / stops)")
        welcome_the_first(settings)
        tend_until_stopped(stack)
    except Stopped:
        click.echo("正在停止 / stopping", err=True)
    finally:
        stack.stop()


def welcome_the_first(settings: Settings) -> None:
    """While there is no account: where to make one."""
    known = wiring.build(settings)
    with known.database.reading() as session:
        if first_account.nobody_yet(session):
            address = settings.own_url + first_account.path(known.signer)
            click.echo(f"第一次使用 / first use  {address}")
    known.database.dispose()


def tend_until_stopped(stack: Stack) -> None:
    """Restart what ends by itself, until a signal arrives."""
    while True:
        for name in stack.tend():
            click.echo(f"已重新启动 / restarted: {name}", err=True)
        time.sleep(0.2)
