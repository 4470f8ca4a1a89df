"""For any text at all: read in one form or refused, and no formula on the way out."""

from __future__ import annotations

import csv
import io

import openpyxl
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from lists import certificate

from campaigns.errors import Refused
from campaigns.register.certificates import read_certificate, read_id
from campaigns.register.importing.cells import name_of
from campaigns.register.phones import read_phone, split_phones, unusual
from campaigns.reporting.exporting import csv_bytes, safe
from campaigns.reporting.sheets import Formats, Heading, write_sheet
from campaigns.reporting.tables import Table

ODD = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30)
PIECES = [*"0123456789 -+()/、１٣\u200b\u202e'.Ee", "86", "138", "儿子"]
NEARLY_PHONE = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
NEARLY_CERTIFICATE = st.builds(
    lambda n, tail, at, put: _put(certificate(n, tail), at, put),
    st.integers(0, 999),
    st.sampled_from(["43", "71", "43B1", "00", ""]),
    st.integers(0, 24),
    st.sampled_from(["", " ", "x", "Ｘ", "１", "-", "'", "\u200b", "B", "0", "Ⅱ"]),
)
SIGNS = st.sampled_from([*"=+-@＝＋－＠\t\r\n\x00 '\"", ""])
MANY = 50
"""Texts of one example: with the deep profile's 20,000 they are a million."""


def _put(text: str, at: int, piece: str) -> str:
    return text[:at] + piece + text[at:]


def says_how_to_mend(refused: Refused) -> None:
    assert refused.sentence
    assert refused.mend


@given(st.lists(ODD | NEARLY_PHONE, max_size=MANY))
def test_a_phone_read_again_is_the_same_phone(texts):
    for text in texts:
        for part in [text, *split_phones(text)]:
            try:
                phone = read_phone(part)
            except Refused as refused:
                says_how_to_mend(refused)
                continue
            assert read_phone(phone) == phone
            assert phone.startswith("+861")
            assert phone[1:].isascii()
            assert phone[1:].isdigit()
            assert unusual(phone) in {True, False}


@given(st.lists(ODD | NEARLY_CERTIFICATE, max_size=MANY))
def test_a_certificate_read_again_is_the_same_certificate(texts):
    for text in texts:
        try:
            found = read_certificate(text)
        except Refused as refused:
            says_how_to_mend(refused)
        else:
            assert read_certificate(found.number) == found
            assert read_id(found.id_number).number == found.id_number


@given(st.lists(ODD, max_size=MANY))
def test_a_name_read_again_is_the_same_name(texts):
    for text in texts:
        try:
            name = name_of(text)
        except Refused:
            continue
        assert name_of(name) == name


@given(st.lists(st.builds(lambda sign, text: sign + text, SIGNS, ODD), max_size=5))
def test_no_cell_of_a_csv_begins_a_formula(cells):
    table = Table("x", ("列",) * len(cells), [tuple(cells)])
    written = csv_bytes(table, "utf-8-sig").decode("utf-8-sig")
    for row in csv.reader(io.StringIO(written, newline="")):
        for cell in row:
            assert not cell.startswith(tuple("=+-@＝＋－＠\t\r\n\x00"))
    for cell in cells:
        assert str(safe(cell)).removeprefix("'") in {cell, cell.removeprefix("'")}


@settings(max_examples=max(30, settings.default.max_examples // 10))
@given(st.lists(st.builds(lambda sign, text: sign + text, SIGNS, ODD), max_size=5))
def test_no_cell_of_a_workbook_is_a_formula(cells):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        formats, heading = Formats.of(book), Heading("表", "县残联", "")
        header = ("列", *("列" for _ in cells))
        write_sheet(book, formats, heading, "表", header, [("甲", *cells)])
    sheet = openpyxl.load_workbook(file).active
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n"}
