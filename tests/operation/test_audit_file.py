"""An exported record of deeds proves itself elsewhere, and nothing can be taken out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

import factories
import pytest
from flask import Flask
from office import Visitor
from sqlalchemy.orm import Session

from campaigns.errors import Unreadable
from outreach import audit, audit_file, cli, wiring
from outreach.audit_file import Wanted, prove, public, signing_key
from outreach.settings import inherited

KEY = signing_key(bytes(32))
UNIT = "合江县残联"


@pytest.fixture
def deeds(session: Session, now):
    """Twelve deeds on four days, each third of them a look at a number."""
    factories.unit(session)
    for n in range(12):
        action = "denied" if n % 3 else "reveal"
        audit.note(
            session,
            action,
            f"member:{n % 2}",
            role="office",
            details={"places": ["福宝"], "n": n},
            now=now + timedelta(hours=8 * n),
        )
    return session


def exported(session: Session, now, **wanted: object) -> list[bytes]:
    return list(audit_file.lines(session, Wanted(**wanted), UNIT, KEY, now))


def rows(lines: Iterable[bytes]) -> list[dict[str, object]]:
    return [facts for facts in map(json.loads, lines) if "action" in facts]


def test_a_whole_export_is_proven_without_the_database(deeds: Session, now):
    found = prove(exported(deeds, now), public(KEY))
    assert (found.unit, found.rows, found.withheld) == (UNIT, 12, 0)
    assert found.last == audit.latest(deeds, 1)[0].hash


@pytest.mark.parametrize(
    ("wanted", "chosen", "withheld"),
    [
        ({"action": "reveal"}, 4, 6),
        ({"subject": "member:1"}, 6, 5),
        ({"since": date(2026, 11, 24), "until": date(2026, 11, 25)}, 6, 0),
        ({"since": date(2026, 11, 24), "action": "reveal"}, 3, 4),
        ({"action": "nobody did that"}, 0, 0),
    ],
)
def test_what_was_not_asked_for_is_there_as_its_hashes(
    deeds: Session, now, wanted: dict[str, object], chosen: int, withheld: int
):
    lines = exported(deeds, now, **wanted)
    found = prove(lines, public(KEY))
    assert (found.rows, found.withheld) == (chosen, withheld)
    for row in rows(lines):
        assert row["action"] == wanted.get("action", row["action"])
        assert row["subject"] == wanted.get("subject", row["subject"])


def changed(facts: dict[str, object], name: str, value: object) -> bytes:
    return json.dumps({**facts, name: value}, ensure_ascii=False).encode() + b"\n"


def _signed_anew(lines: list[bytes]) -> list[bytes]:
    """What somebody with a key of their own would make of changed lines."""
    seal = audit_file.hashlib.sha256(b"".join(lines[:-1])).digest()
    return [
        *lines[:-1],
        changed(json.loads(lines[-1]), "signature", KEY.sign(seal).hex()),
    ]


@pytest.mark.parametrize("fact", [*audit.FACTS, "hash", "id"])
def test_a_changed_deed_is_named_even_where_it_is_signed_anew(
    deeds: Session, now, fact: str
):
    lines = exported(deeds, now)
    fifth = json.loads(lines[5])
    other = 1 if isinstance(fifth[fact], int | None) else "0" * 64
    lines[5] = changed(fifth, fact, other)
    with pytest.raises(Unreadable) as told:
        prove(_signed_anew(lines), public(KEY))
    assert told.value.values["n"] in {fifth["id"], json.loads(lines[5])["id"]}


def test_a_deed_that_was_taken_out_is_missed(deeds: Session, now):
    lines = exported(deeds, now, action="reveal")
    for at in range(2, len(lines) - 2):
        gone = _signed_anew([*lines[:at], *lines[at + 1 :]])
        with pytest.raises(Unreadable, match="被改动"):
            prove(gone)


def test_a_cut_off_end_a_strange_key_and_a_strange_file_are_refused(
    deeds: Session, now
):
    lines = exported(deeds, now)
    for damaged in ([], lines[:-1], lines[:-2] + lines[-1:], [*lines, lines[5]]):
        with pytest.raises(Unreadable):
            prove(damaged)
    for strange in ([b"%PDF-1.4"], [b"[]\n"], [b'{"outreach_audit": 2}\n'], [b"\xff"]):
        with pytest.raises(Unreadable, match="不是操作记录"):
            prove(strange)
    with pytest.raises(Unreadable, match="另一把密钥"):
        prove(lines, public(signing_key(b"x" * 32)))


def test_a_shell_exports_to_a_new_file_of_its_owner(
    office: Flask,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    data = office.extensions["outreach"].settings.data_dir
    monkeypatch.setenv("OUTREACH_DATA_DIR", str(data))
    file = tmp_path / "deeds.jsonl"
    with monkeypatch.context() as shell:
        shell.setattr(wiring, "_current", [])
        command = ["outreach", "audit", "export", str(file), "--since", "2026-01-01"]
        shell.setattr("sys.argv", [*command, "--json"])
        for code in (0, 1):
            with pytest.raises(SystemExit) as ended:
                cli.main()
            assert (ended.value.code or 0) == code
    said = capsys.readouterr()
    assert json.loads(said.out)["rows"] == len(rows(file.read_bytes().splitlines())) > 0
    assert "请换一个文件名" in said.err
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_auditor_downloads_what_another_machine_proves(
    office: Flask, enter: Callable[[str], Visitor], tmp_path: Path
):
    auditor = enter("shenji")
    page = auditor.read("/audit/export")
    answer = auditor.send("/audit/export", action="sign_in")
    assert answer.status_code == 200
    assert "filename=audit-" in answer.headers["Content-Disposition"]
    file = tmp_path / "deeds.jsonl"
    file.write_bytes(answer.data)
    answer.close()
    key = public(signing_key(office.extensions["outreach"].signer))
    assert key in page
    command = [sys.executable, "-m", "outreach", "audit", "verify"]
    told = subprocess.run(
        [*command, str(file), "--key", key, "--json"],
        cwd=tmp_path,
        env=inherited(),
        capture_output=True,
        check=False,
    )
    facts = json.loads(told.stdout)
    assert facts["rows"] == len(rows(answer.data.splitlines())) >= 1
    assert not list(tmp_path.glob("var")), "no database is asked, nor made"
    with office.extensions["outreach"].database.reading() as session:
        assert audit.latest(session, 1)[0].action == "export_audit"


@pytest.mark.parametrize("name", ["xian", "guanli", "fubao"])
def test_nobody_else_exports_the_record(enter: Callable[[str], Visitor], name: str):
    visitor = enter(name)
    assert visitor.open("/audit/export").status_code == 403
