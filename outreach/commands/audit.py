"""``outreach audit``: check the chain of deeds, hand it over, and check what was."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import click
from sqlalchemy import func, select

from campaigns.errors import Refused, mark
from campaigns.register.unit import current_unit
from outreach import audit_file
from outreach.audit import AuditRow, broken_at, note
from outreach.commands.wired import answer, json_option, open_wiring

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group
def audit() -> None:
    """Look after the record of deeds."""


@audit.command
@click.argument("file", required=False, type=click.File("rb"))
@click.option("--key", default="", help="The public key that FILE must be signed with.")
@json_option
def verify(file: BinaryIO | None, key: str, *, as_json: bool) -> None:
    """Recompute the chain, or that of an exported FILE, for which no database is asked.

    Exit 1, naming the first row that does not fit.
    """
    if file is not None:
        answer(asdict(audit_file.prove(file, key)), as_json=as_json)
        return
    with open_wiring().database.reading() as session:
        rows = session.scalar(select(func.count()).select_from(AuditRow))
        broken = broken_at(session)
    answer({"rows": rows, "broken_at": broken}, as_json=as_json)
    if broken is not None:
        raise SystemExit(1)


@audit.command
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--since", type=_DAY, help="First day.")
@click.option("--until", type=_DAY, help="Last day.")
@click.option("--action", default="", help="Only deeds of this kind, such as reveal.")
@click.option("--subject", default="", help="Only what was done to it: member:21.")
@json_option
def export(file: Path, *, as_json: bool, **asked: Any) -> None:  # noqa: ANN401
    """Write deeds to the new FILE, chained and signed; prints the public key."""
    wiring = open_wiring()
    days = {name: asked[name] and asked[name].date() for name in ("since", "until")}
    wanted = audit_file.Wanted(**{**asked, **days})
    key = audit_file.signing_key(wiring.signer)
    try:
        private = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        taken = mark("%(file)s 已经有了。请换一个文件名。")
        raise Refused(taken, file=file) from None
    with wiring.database.writing() as session:
        note(session, "export_audit", details={"by": "shell"}, now=wiring.clock())
    with wiring.database.reading() as session, os.fdopen(private, "wb") as out:
        unit = current_unit(session).name
        out.writelines(audit_file.lines(session, wanted, unit, key, wiring.clock()))
    with file.open("rb") as written:
        answer(asdict(audit_file.prove(written)), as_json=as_json)
