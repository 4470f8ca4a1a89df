"""``outreach import``: members, places and portal results from files."""

from __future__ import annotations

import csv
from pathlib import Path

import click
from rich.console import Console

from campaigns.delivery import portal_results
from campaigns.errors import Unreadable, mark
from campaigns.register import importing as register
from campaigns.register import places
from campaigns.register.places import PlaceRow
from campaigns.vocabulary import ImportState, LegalBasis, Level
from outreach.audit import note
from outreach.bars import bars
from outreach.commands.wired import answer, json_option, open_wiring

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_BASES = [basis.value for basis in LegalBasis if basis is not LegalBasis.NONE]


@click.group("import")
def importing() -> None:
    """Bring files in; what is wrong is written to a file beside them."""


@importing.command
@click.argument("file", type=_FILE)
@click.option("--basis", type=click.Choice(_BASES), required=True)
@click.option("--source", default="", help="Where the list comes from.")
@json_option
def members(file: Path, basis: str, source: str, *, as_json: bool) -> None:
    """Check a roster FILE and take in the rows that are right."""
    wiring = open_wiring()
    now = wiring.clock()
    with bars(Console(stderr=True)) as progress:
        check = progress.add_task("核对 / checking", total=None, note="")
        with wiring.database.writing() as session:
            made = register.check_file(
                session,
                file,
                file_name=file.name,
                legal_basis=LegalBasis(basis),
                source=source,
                made_by=None,
                now=now,
                progress=lambda n, of: progress.update(check, completed=n, total=of),
            )
        take = progress.add_task("导入 / importing", total=None, note="")
        figures = register.take_in(
            wiring.database.writing,
            made.id,
            now=now,
            progress=lambda n, of: progress.update(take, completed=n, total=of),
        )
    facts = {"import": made.id, **{k: figures[k] for k in _FIGURES}}
    with wiring.database.writing() as session:
        note(session, "import.taken_in", f"import:{made.id}", details=facts, now=now)
        if figures["wrong"]:
            to = file.with_name(f"{file.stem}-修改后重传.xlsx")
            facts["mend"] = str(register.correction_workbook(session, made.id, to))
    answer(facts, as_json=as_json)
    if made.state is ImportState.FAILED:
        raise SystemExit(1)


_FIGURES = ("rows", "new", "changed", "same", "wrong")


@importing.command("places")
@click.argument("file", type=_FILE)
@click.option("--source", required=True, help="Who published the list, and when.")
@json_option
def import_places(file: Path, source: str, *, as_json: bool) -> None:
    """Take in a CSV FILE with the columns code, level and name."""
    wiring = open_wiring()
    with wiring.database.writing() as session:
        loaded = places.load_places(session, _rows(file), source)
        facts = {"places": loaded}
        note(session, "places.taken_in", details=facts, now=wiring.clock())
    answer(facts, as_json=as_json)


def _rows(file: Path) -> list[PlaceRow]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return [
                PlaceRow(row["code"].strip(), Level(row["level"]), row["name"].strip())
                for row in csv.DictReader(lines)
            ]
    except (KeyError, ValueError, UnicodeDecodeError) as fault:
        raise Unreadable(
            mark(
                "地名表读不了（%(fault)s）。请用 UTF-8 的 CSV，"
                "三列叫 code、level、name。"
            ),
            fault=fault,
        ) from None


@importing.command
@click.argument("file", type=_FILE)
@click.option("--batch", type=int, required=True, help="Number of the portal batch.")
@json_option
def results(file: Path, batch: int, *, as_json: bool) -> None:
    """Take in a portal's result FILE for one batch."""
    wiring = open_wiring()
    with wiring.database.writing() as session:
        read = portal_results.read_results(session, batch, file, now=wiring.clock())
        facts = {"batch": batch, "rows": read.rows, "matched": read.matched}
        note(session, "results.taken_in", details=facts, now=wiring.clock())
    answer(facts, as_json=as_json)
