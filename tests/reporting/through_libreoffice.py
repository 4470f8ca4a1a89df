"""LibreOffice opens every exported workbook, saves it and prints it.

Run by ``make test-office``; not collected by ``make test``: it takes a minute and
needs LibreOffice and poppler.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import exported
import openpyxl
import pytest

from campaigns.orm import Base
from outreach.database import connect

PEOPLE = 60
SMALLEST = 7
"""Points from top to foot of a word: sheets of many columns are several pages wide."""

A4 = (842, 595)
"""Width and height of A4 landscape in points."""


@dataclass(frozen=True)
class Converted:
    """A workbook as we wrote it, as LibreOffice saved it, and its printed pages."""

    ours: Path
    saved: Path
    printed: Path

    def pages(self) -> list[str]:
        """The text of each printed page, as it lies on the paper."""
        return run("pdftotext", "-layout", self.printed, "-").split("\f")[:-1]


def run(*command: object) -> str:
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, check=True, timeout=240
    )
    return done.stdout.decode() + done.stderr.decode()


def convert(folder: Path, books: list[Path], kind: str) -> str:
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    to = folder / kind
    return run(
        *("soffice", profile, "--headless", "--convert-to", kind),
        *("--outdir", to, *books),
    )


@pytest.fixture(scope="module", params=["zh", "en"])
def books(request, tmp_path_factory):
    """Each workbook by name, converted in one run of LibreOffice a kind."""
    folder = tmp_path_factory.mktemp("office")
    database = connect(f"sqlite+pysqlite:///{folder / 'county.db'}")
    Base.metadata.create_all(database.engine)
    with database.writing() as session:
        made = exported.exported(session, folder, people=PEOPLE, language=request.param)
    database.dispose()
    for kind in ("xlsx", "pdf"):
        said = convert(folder, list(made.values()), kind)
        assert "Error" not in said, said
    return {
        name: Converted(
            path, folder / "xlsx" / path.name, folder / "pdf" / f"{path.stem}.pdf"
        )
        for name, path in made.items()
    }


def cells(path: Path) -> dict[tuple[str, str], tuple[object, str]]:
    """Value and kind of each cell that has one, by sheet and address."""
    return {
        (sheet.title, cell.coordinate): (cell.value, cell.data_type)
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in {None, ""}
    }


def test_what_it_saves_is_what_we_wrote_text_as_text(books):
    for name, book in books.items():
        assert cells(book.saved) == cells(book.ours), name


def test_it_prints_on_a4_landscape(books):
    for name, book in books.items():
        found = set(
            re.findall(
                r"size:\s+([\d.]+) x ([\d.]+) pts",
                run("pdfinfo", "-f", 1, "-l", 999, book.printed),
            )
        )
        sizes = {tuple(round(float(side)) for side in size) for size in found}
        assert sizes == {A4}, name


def test_each_page_is_numbered_and_names_its_rows_however_wide_a_sheet_is(books):
    for name, book in books.items():
        texts = book.pages()
        for at, text in enumerate(texts, 1):
            assert re.search(rf"\b{at} ?/ ?{len(texts)}\b", text), (name, at)
        for sheet in openpyxl.load_workbook(book.ours):
            ends = (1, _width(sheet))
            first, last = (sheet.cell(_head(sheet), n).value for n in ends)
            with_first = [text for text in texts if _holds(text, first)]
            assert with_first, (name, sheet.title)
            if name != "blank":
                assert any(_holds(text, last) for text in with_first), name


def test_the_head_is_repeated_on_every_page(books):
    for name, book in books.items():
        sheets = openpyxl.load_workbook(book.ours).worksheets
        if len(sheets) > 1:
            continue
        head = sheets[0].cell(_head(sheets[0]), 1).value
        assert all(_holds(text, head) for text in book.pages()), name


def test_no_words_lie_on_one_another_and_all_can_be_read(books):
    found = {(name, fault) for name, book in books.items() for fault in _faults(book)}
    assert found == set()


def test_long_lists_have_several_pages(books):
    assert len(books["daily_county"].pages()) > len(exported.UNITS)
    assert len(books["persons"].pages()) > 1
    assert len(books["play_log"].pages()) > 1


def _faults(book: Converted) -> Iterator[str]:
    """What a reader of the printed page could not read."""
    for page in run("pdftotext", "-bbox", book.printed, "-").split("<page")[1:]:
        words = [
            (*map(float, re.findall(r'="([\d.]+)"', line)), line)
            for line in page.splitlines()
            if "<word" in line
        ]
        for at, one in enumerate(words):
            if one[3] - one[1] < SMALLEST:
                yield f"small: {one[4]}"
            if any(_overlap(one, it) for it in words[:at]):
                yield f"covered: {one[4]}"


def _overlap(one, other) -> bool:
    """Whether two boxes (left, top, right, bottom) share a third of a line."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide > 1 and high > (one[3] - one[1]) / 3


def _head(sheet) -> int:
    """The last of the repeated rows, in which the columns are named."""
    return int(sheet.print_title_rows.rsplit("$", 1)[1])


def _width(sheet) -> int:
    named = [cell.column for cell in sheet[_head(sheet)] if cell.value]
    return max(named)


def _holds(text: str, wanted: str) -> bool:
    """Whether the page shows ``wanted``, however its cell wraps it."""
    plain = re.sub(r"\s", "", text)
    return re.sub(r"\s", "", wanted)[:3] in plain
