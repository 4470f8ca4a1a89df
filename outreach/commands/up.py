"""``outreach up``: the embedded stack until Ctrl-C."""

from __future__ import annotations

import time

import click

from outreach.migrating import migrate
from outreach.secrets_file import with_secrets
from outreach.settings import Settings
from outreach.stopping import Stopped, on_signals
from outreach.supervisor import Stack


@click.command
def up() -> None:
    """Start broker, workers, simulator and web server; Ctrl-C stops them all."""
    settings = with_secrets(Settings())
    on_signals()
    stack = Stack(settings)
    try:
        migrate(settings)
        stack.start()
        click.echo(f"就绪 / ready  {settings.own_url}   (Ctrl-C 停止 / stops)")
        tend_until_stopped(stack)
    except Stopped:
        click.echo("正在停止 / stopping", err=True)
    finally:
        stack.stop()


def tend_until_stopped(stack: Stack) -> None:
    """Restart what ends by itself, until a signal arrives."""
    while True:
        for name in stack.tend():
            click.echo(f"已重新启动 / restarted: {name}", err=True)
        time.sleep(0.2)
