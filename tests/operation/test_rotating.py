"""A new data key, while people are added and changed."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import member
from sqlalchemy import Engine, create_engine, make_url, select, text

from campaigns import privacy
from campaigns.register.models import Member
from outreach import cli, migrating, rotating, wiring
from outreach.database import Database, connect

OLD, NEW, INDEX = os.urandom(32), os.urandom(32), os.urandom(32)
BEFORE = privacy.Keyring({1: OLD}, 1, INDEX)
BOTH = privacy.Keyring({2: NEW, 1: OLD}, 2, INDEX)
AFTER = privacy.Keyring({2: NEW}, 2, INDEX)


@pytest.fixture(params=["sqlite", "postgresql"])
def register(
    request: pytest.FixtureRequest, tmp_path: Path, keyring: privacy.Keyring
) -> Iterator[Database]:
    """A database of its own with people sealed under the old key."""
    if request.param == "sqlite":
        address = f"sqlite+pysqlite:///{tmp_path / 'outreach.db'}"
    else:
        server = request.getfixturevalue("postgresql_address")
        admin = create_engine(server, isolation_level="AUTOCOMMIT")
        name = tmp_path.name[:60].lower()
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        admin.dispose()
        url = make_url(server).set(database=name)
        address = url.render_as_string(hide_password=False)
    opened = connect(address)
    migrating.to(opened.engine, "head")
    privacy.unlock(BEFORE)
    with opened.writing() as session:
        for number in range(60):
            member(session, name=f"旧人{number}")
    yield opened
    opened.dispose()
    privacy.unlock(keyring)


def first_bytes(engine: Engine) -> set[int]:
    found: set[int] = set()
    with engine.connect() as connection:
        for _, columns in rotating.sealed_columns():
            rows = connection.execute(select(*map(rotating._raw, columns)))
            found |= {value[0] for row in rows for value in row if value is not None}
    return found


def test_everything_is_sealed_anew_while_others_write(register: Database):
    privacy.unlock(BOTH)
    stop, added = threading.Event(), []

    def work() -> None:
        while not stop.is_set():
            with register.writing() as session:
                added.append(member(session, name=f"新人{len(added)}").id)
                first = session.scalars(
                    select(Member).order_by(Member.id).limit(1)
                ).one()
                first.address = f"新地址{len(added)}"

    writer = threading.Thread(target=work)
    writer.start()
    while len(added) < 3:
        assert writer.is_alive()
    sealed = rotating.rotate(register, batch=7).sealed
    stop.set()
    writer.join()
    sealed += rotating.rotate(register).sealed
    assert sealed >= 60
    assert rotating.left(register) == 0
    assert first_bytes(register.engine) == {2}
    # The old key is not needed any more, and nobody and no change was lost.
    privacy.unlock(AFTER)
    with register.reading() as session:
        names = list(session.scalars(select(Member.name).order_by(Member.id)))
        address = session.scalars(select(Member.address).order_by(Member.id)).first()
    assert sorted(names) == sorted(
        [f"旧人{n}" for n in range(60)] + [f"新人{n}" for n in range(len(added))]
    )
    assert address == f"新地址{len(added)}"


def test_a_rotation_goes_on_where_it_stopped(register: Database):
    privacy.unlock(BOTH)
    (table, columns), *_ = [
        found for found in rotating.sealed_columns() if found[0].name == "member"
    ]
    rotating._batch(register, table, columns, None, 20, rotating.Round())
    begun = rotating.left(register)
    assert 0 < begun < 60 + 1
    rotating.rotate(register)
    assert rotating.left(register) == 0


def test_a_flipped_bit_names_the_row_and_never_the_value(register: Database):
    with register.writing() as session:
        victim = session.scalars(select(Member.id).order_by(Member.id)).first()
        sealed = session.execute(
            text("SELECT name FROM member WHERE id = :id"), {"id": victim}
        ).scalar_one()
        flipped = bytes(sealed[:-1]) + bytes([sealed[-1] ^ 1])
        session.execute(
            text("UPDATE member SET name = :name WHERE id = :id"),
            {"name": flipped, "id": victim},
        )
    privacy.unlock(BOTH)
    done = rotating.rotate(register)
    assert done.damaged == [f"member {victim}"]
    assert rotating.left(register) == 1, "the others went on"


def test_a_process_takes_a_new_key_up_without_a_restart(
    keyring: privacy.Keyring, monkeypatch: pytest.MonkeyPatch
):
    privacy.unlock(BOTH)
    sealed = privacy.seal("王新", "member.name")
    monkeypatch.setattr(privacy, "_AT_ONCE", 0.0)
    privacy.unlock(BEFORE, lambda: BOTH)
    assert privacy.unseal(sealed, "member.name") == "王新"
    # And where it reads nothing, it seals with the new one soon.
    monkeypatch.setattr(privacy, "FRESH_SECONDS", 0.0)
    privacy.unlock(BEFORE, lambda: BOTH)
    assert privacy.seal("王新", "member.name")[0] == 2
    privacy.unlock(keyring)


def test_the_command_makes_a_key_and_retires_the_old_one(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    keyring: privacy.Keyring,
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OUTREACH_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setattr(privacy, "FRESH_SECONDS", -1.0)

    def run(*words: str) -> dict[str, int]:
        monkeypatch.setattr("sys.argv", ["outreach", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert not ended.value.code
        wiring.current().database.dispose()
        said: dict[str, int] = json.loads(capsys.readouterr().out)
        return said

    run("audit", "verify", "--json")
    secrets = tmp_path / "var" / "secrets.json"
    before = json.loads(secrets.read_text())["data_key"]
    with wiring.current().database.writing() as session:
        member(session, name="赵一")
    assert run("keys", "rotate", "--json")["values"] > 0
    after = json.loads(secrets.read_text())["data_key"]
    assert after.startswith("2:")
    assert before not in after
    assert secrets.stat().st_mode & 0o777 == 0o600
    with wiring.current().database.reading() as session:
        assert session.scalars(select(Member.name)).one() == "赵一"
    # A second time makes a third key.
    assert run("keys", "rotate", "--json")["key"] == 3
    wiring._current.clear()
    privacy.unlock(keyring)
