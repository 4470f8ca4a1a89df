"""The ``outreach`` command: exit codes, one sentence for a mistake, one JSON object."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest

from campaigns import privacy
from campaigns.register import places, unit
from outreach import cli, wiring
from outreach.commands.wired import open_wiring
from outreach.roster import make_roster


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


Command = Callable[..., Said]


@pytest.fixture
def outreach(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    keyring: privacy.Keyring,
) -> Iterator[Command]:
    """Runs the command in an empty folder, as a shell would."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OUTREACH_DATA_DIR", str(tmp_path / "var"))

    def run(*words: str) -> Said:
        monkeypatch.setattr("sys.argv", ["outreach", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        if wiring._current:
            wiring.current().database.dispose()
        return Said(int(ended.value.code or 0), said.out, said.err)

    yield run
    wiring._current.clear()
    privacy.unlock(keyring)


@pytest.fixture
def county(outreach: Command) -> Command:
    """The command in a folder where the county and its unit are known."""
    opened = open_wiring()
    with opened.database.writing() as session:
        places.load_places(session, places.shipped_rows("510522"), places.SOURCE)
        name = "合江县残联"
        unit.save_unit(session, place_code="510522", name=name, signature=name)
    opened.database.dispose()
    return outreach


@pytest.mark.parametrize("name", sorted(cli._COMMANDS))
def test_every_command_loads_and_says_what_it_does(name: str):
    command = cli.cli.get_command(click.Context(cli.cli), name)
    assert command is not None
    assert command.help


def test_help_lists_every_command(outreach: Command):
    said = outreach("--help")
    assert said.code == 0
    assert all(f"\n  {name} " in said.out for name in cli._COMMANDS)


@pytest.mark.parametrize(
    "words", [["no-such-command"], ["demo", "--members", "3"], ["segment", "count"]]
)
def test_wrong_use_is_2(outreach: Command, words: list[str]):
    said = outreach(*words)
    assert said.code == 2
    assert said.out == ""
    assert "Error:" in said.err


@pytest.mark.parametrize(
    "words",
    [
        ["campaign", "status", "99"],
        ["segment", "count", "99"],
        ["segment", "count", "{"],
        ["segment", "count", '{"categories": [9]}'],
        ["users", "list"],
        ["users", "password", "nobody"],
        ["users", "reset-code", "nobody"],
    ],
)
def test_a_mistake_is_one_sentence_and_1(outreach: Command, words: list[str]):
    said = outreach(*words)
    assert said.code == 1
    assert said.out == ""
    assert said.err.strip().endswith("。")
    assert "Traceback" not in said.err


def test_a_roster_becomes_members_and_an_audience(county: Command, tmp_path: Path):
    facts = make_roster(tmp_path / "花名册.xlsx", 60)
    words = ("import", "members", "花名册.xlsx", "--basis", "statutory", "--json")
    taken = county(*words).json
    assert taken["new"] == 60
    assert taken["wrong"] == facts.faults
    assert (tmp_path / Path(taken["mend"]).name).is_file()
    # Importing the same file twice changes nothing.
    assert county(*words).json["same"] == 60
    everybody = county("segment", "count", "{}", "--json").json
    assert everybody["total"] == 60
    assert sum(everybody["by_category"].values()) == 60
    assert county("audit", "verify").code == 0


def test_an_account_is_made_and_its_invitation_said_once(county: Command):
    made = county("users", "add", "wang", "--role", "auditor", "--place", "510522")
    assert made.code == 0
    name, address = made.out.split()
    assert name == "wang"
    assert "/invitation/" in address
    listed = county("users", "list")
    assert "wang" in listed.out
    assert address not in listed.out
    fresh = county("users", "password", "wang")
    assert fresh.out.split()[1] != address


def test_nothing_yet_is_an_empty_answer(county: Command):
    assert county("campaign", "list", "--json").json == {}
