"""The ``outreach`` command; each subcommand is loaded only when it is called.

Exit codes: 0 done, 1 failed, 2 wrong use.
"""

from __future__ import annotations

from importlib import import_module

import click

from campaigns.errors import CampaignError

_COMMANDS = {
    "alarms": "outreach.commands.alarms:alarms",
    "audit": "outreach.commands.audit:audit",
    "backup": "outreach.commands.backup:backup",
    "beat": "outreach.commands.processes:beat",
    "bench": "outreach.bench:bench",
    "campaign": "outreach.commands.campaign:campaign",
    "check": "outreach.commands.check:check",
    "demo": "outreach.demo:demo",
    "drill": "outreach.drill:drill",
    "import": "outreach.commands.importing:importing",
    "keys": "outreach.commands.keys:keys",
    "migrate": "outreach.commands.processes:migrate",
    "restore": "outreach.commands.backup:restore",
    "segment": "outreach.commands.segment:segment",
    "simulator": "outreach.simulator:simulator",
    "speak": "outreach.speaking:speak",
    "up": "outreach.commands.up:up",
    "users": "outreach.commands.users:users",
    "web": "outreach.commands.processes:web",
    "worker": "outreach.commands.processes:worker",
}


class _Lazy(click.Group):
    """A group that imports a subcommand's module when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all subcommands."""
        del ctx
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one subcommand."""
        del ctx
        where = _COMMANDS.get(cmd_name)
        if where is None:
            return None
        module, name = where.split(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="outreach")
def cli() -> None:
    """Reach members by SMS and villages by loudspeaker, and know who was reached."""


def main() -> None:
    """Run the command; a mistake of the user's becomes one sentence."""
    try:
        cli.main(prog_name="outreach")
    except CampaignError as error:
        from outreach.catalogs import told_error  # noqa: PLC0415 - only for a mistake

        click.echo(told_error(error), err=True)
        raise SystemExit(1) from None
