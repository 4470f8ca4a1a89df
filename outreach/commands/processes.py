"""The single processes: web server, worker, beat, and the database's migrations."""

from __future__ import annotations

import os
import sys

import click

from outreach import logs
from outreach.commands.wired import fit_settings


@click.command
def migrate() -> None:
    """Bring the database to this version's tables."""
    from outreach.migrating import migrate as bring_up  # noqa: PLC0415 - slow import

    bring_up(fit_settings())


@click.command
def web() -> None:
    """Serve pages, downloads and callbacks."""
    settings = fit_settings()
    threads = str(settings.web_threads)
    # exec: signals reach the server itself, and no idle parent stays in memory.
    os.execv(  # noqa: S606 - no shell, our own arguments
        sys.executable,
        [
            *[sys.executable, "-m", "granian", "--interface", "wsgi"],
            *["--host", settings.host],
            *["--port", str(settings.port), "--workers", "1"],
            *["--blocking-threads", threads, "--no-ws", "--http", "1"],
            *["--backpressure", "256", "--log-config", str(logs.FILE)],
            *["--factory", "outreach.app:create_app"],
        ],
    )


@click.command
@click.option("--queues", default="launch,send,housekeeping", show_default=True)
@click.option("--beat", is_flag=True, help="Also keep time, in this process.")
def worker(queues: str, *, beat: bool) -> None:
    """Work through the named queues."""
    from outreach.worker import celery, worker_arguments  # noqa: PLC0415 - slow import

    fit_settings()
    celery.worker_main(worker_arguments(queues, beat=beat))


@click.command
def beat() -> None:
    """Keep time for the workers; any number may run."""
    from outreach.worker import celery  # noqa: PLC0415 - slow import

    fit_settings()
    celery.Beat(loglevel="WARNING").run()
