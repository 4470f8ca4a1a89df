"""The ``outreach demo`` command: options, progress bars, and the last words."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from campaigns.errors import Refused, mark
from outreach.demo.county import SignIn
from outreach.demo.run import Demo
from outreach.secrets_file import with_secrets
from outreach.settings import Settings
from outreach.stopping import Stopped, on_signals
from outreach.supervisor import free_port

_MARKER = "made-by-outreach-demo"


@click.command
@click.option("--members", default=35_000, show_default=True, type=click.IntRange(40))
@click.option("--once", is_flag=True, help="Stop when everything has been shown.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object at the end."
)
def demo(members: int, *, once: bool, as_json: bool) -> None:
    """Run the main job end to end on a county made for it, then keep serving."""
    console = Console(stderr=True)
    on_signals()
    settings = _settings()
    show = Demo(settings, members, console)
    try:
        facts = show.play()
        if as_json:
            click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        _last_words(console, settings, show.sign_ins, facts)
        if not once:
            show.serve()
    except Stopped:
        console.print("正在停止 / stopping")
    finally:
        show.stop()
    if show.failed:
        raise SystemExit(1)


def _settings() -> Settings:
    """The demonstration's own folder, emptied, and ports that are free."""
    given = Settings()
    folder = given.data_dir / "demo"
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARKER).exists():
        raise Refused(
            mark(
                "文件夹 %(folder)s 里有别的东西，演示不会动它。"
                "请换一个 OUTREACH_DATA_DIR。"
            ),
            folder=folder,
        )
    _empty(folder)
    return with_secrets(
        given.model_copy(
            update={
                "data_dir": folder,
                "port": free_port(given.port),
                "simulator_port": free_port(given.simulator_port),
                "provider": "simulator",
            }
        )
    )


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / _MARKER).touch()


def _last_words(
    console: Console,
    settings: Settings,
    sign_ins: list[SignIn],
    facts: dict[str, Any],
) -> None:
    console.print(
        f"\n联系上 / reached [bold]{facts['reached']:,}[/] / {facts['audience']:,}"
        f"    音频 / audio {settings.media_dir}"
    )
    console.print(f"网址 / address  [bold]{settings.own_url}[/]")
    for person in sign_ins:
        console.print(
            f"  {person.name:10} {person.password:16} {person.shown_as}",
            highlight=False,
        )
