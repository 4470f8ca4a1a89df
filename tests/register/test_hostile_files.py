"""Files that were made to hurt, or that only look like lists."""

from __future__ import annotations

import threading
import time
import zipfile
from threading import Timer

import openpyxl
import pytest
import xlsxwriter
from lists import HEADINGS, person, workbook

from campaigns.errors import Unreadable
from campaigns.register.sheets import reading
from campaigns.register.sheets.reading import open_table

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/'
    '2006/content-types"/>'
)


def read(path):
    with open_table(path) as table:
        return list(table.rows)


def zipped(path, entries, compress=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compress) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def injected(path, prologue, cell):
    """A real workbook whose first sheet gets a prologue and another cell text."""
    workbook(path, [["x", "MARK"]])
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    assert any(b"MARK" in data for data in entries.values())
    for name in {"xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"} & set(entries):
        text = entries[name].decode()
        head, _, rest = text.rpartition("?>") if "?>" in text[:60] else ("", "", text)
        entries[name] = f"{head}{'?>' if head else ''}{prologue}{rest}".replace(
            "MARK", cell
        ).encode()
    return zipped(path, entries)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "空"),
        (b"   \n\n", "空"),
        (b"PK\x03\x04 broken", "打不开"),
        (b"%PDF-1.7", "不是表格"),
        (b"\x89PNG\r\n\x1a\n", "不是表格"),
        (b"<html><p>1</p></html>", "网页"),
        ("姓名,电话\n".encode("utf-16-le"), "编码"),
        ("姓名,电话\n".encode("utf-32"), "编码"),
        (b"a,b\x00c\n", "编码"),
        ("姓名,电话\n".encode() * 9 + "姓名".encode("gbk") + b"\n", "第 10 行"),
        ('姓名,电话\n"张,1\n'.encode(), "引号"),
        (b"x" + b"," * 300 + b"\n", "200 列"),
        # A short name: a child process is handed the test’s name.
        pytest.param(b"x" * 200_000 + b"\n", "第 1 行", id="one-long-line"),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence(tmp_path, content, part):
    path = tmp_path / "list"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=part):
        read(path)


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(Unreadable, match="没有收到"):
        read(tmp_path / "gone.xlsx")


def test_a_file_with_a_password_is_named_as_such(tmp_path):
    path = tmp_path / "list.xlsx"
    name = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + name)
    with pytest.raises(Unreadable, match="密码"):
        read(path)


@pytest.mark.parametrize(
    ("entries", "part"),
    [
        ({"readme.txt": "x"}, "不是表格"),
        ({"xl/workbook.bin": "x"}, "xlsb"),
        ({"xl/workbook.xml": "x", "xl/vbaProject.bin": "x"}, "宏"),
        ({"xl/workbook.xml": "x", "../../etc/cron.d/x": "x"}, "打不开"),
        ({"xl/workbook.xml": "not xml", "[Content_Types].xml": TYPES}, "打不开"),
        ({"xl/workbook.xml": "x", **{f"{n}.xml": "" for n in range(2500)}}, "不正常"),
        ({"xl/workbook.xml": "x", "xl/bomb.xml": bytes(30 << 20)}, "不正常"),
    ],
)
def test_archives_are_looked_through_before_they_are_unpacked(tmp_path, entries, part):
    with pytest.raises(Unreadable, match=part):
        read(zipped(tmp_path / "list.xlsx", entries))


def test_an_entry_that_is_a_link_is_refused(tmp_path):
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "x")
        link = zipfile.ZipInfo("xl/link.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(Unreadable, match="打不开"):
        read(path)


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE x [<!ENTITY b "lollollol"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>',
        '<!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY c SYSTEM "http://127.0.0.1:9/x">]>',
    ],
)
def test_entities_are_never_followed(tmp_path, prologue):
    path = injected(tmp_path / "list.xlsx", prologue, "&c;")
    begun = time.monotonic()
    try:
        text = str(read(path))
    except Unreadable:
        text = ""
    assert "root:" not in text
    assert "lollol" not in text
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("cell", [(1_048_575, 16_383), (1_048_575, 0)])
def test_a_far_away_cell_does_not_fill_the_memory(tmp_path, cell):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write(*cell, "x")
    begun = time.monotonic()
    with pytest.raises(Unreadable):
        read(path)
    assert time.monotonic() - begun < 20


def test_a_dimension_that_lies_costs_nothing(tmp_path):
    path = workbook(tmp_path / "list.xlsx", [HEADINGS, person(1)])
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    sheet = entries["xl/worksheets/sheet1.xml"]
    assert b'ref="A1:E2"' in sheet
    entries["xl/worksheets/sheet1.xml"] = sheet.replace(
        b'ref="A1:E2"', b'ref="A1:XFD1048576"'
    )
    assert len(read(zipped(path, entries))) == 2


def test_formatted_empty_rows_at_the_end_are_not_people(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [HEADINGS, person(1)]:
        sheet.append(row)
    for number in range(3, 4000):
        sheet.cell(number, 1).number_format = "@"
    book.save(tmp_path / "list.xlsx")
    assert len(read(tmp_path / "list.xlsx")) == 2


def test_the_longest_visible_sheet_is_read_and_the_others_are_told(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["说明"])
    people = book.create_sheet("人员")
    for row in [HEADINGS, person(1)]:
        people.append(row)
    hidden = book.create_sheet("旧表")
    hidden.sheet_state = "hidden"
    for _ in range(9):
        hidden.append(["x"])
    book.save(tmp_path / "list.xlsx")
    with open_table(tmp_path / "list.xlsx") as table:
        assert (table.sheet, table.others, table.hidden) == (
            "人员",
            ["Sheet"],
            ["旧表"],
        )
        assert len(list(table.rows)) == 2


def test_a_list_of_more_than_100_000_rows_is_refused(tmp_path):
    path = tmp_path / "list.csv"
    line = "测试一,无,福宝镇,,\n"
    path.write_text(",".join(HEADINGS) + "\n" + line * 100_200, "utf-8")
    with pytest.raises(Unreadable, match="100000 行"):
        read(path)


def test_a_child_that_takes_too_long_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "SECONDS", 0.01)
    path = tmp_path / "list.csv"
    path.write_text("姓名\n" * 500_000, "utf-8")
    with pytest.raises(Unreadable, match="60 秒"):
        read(path)


def test_no_clock_runs_while_the_rows_are_being_checked(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("姓名\n" * 50_000, "utf-8")
    with open_table(path) as table:
        rows = iter(table.rows)
        next(rows)
        clocks = [each for each in threading.enumerate() if isinstance(each, Timer)]
        assert all(clock.finished.is_set() for clock in clocks)
        assert sum(1 for _ in rows) == 49_999


def test_a_file_that_is_too_large_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "BYTES_AT_MOST", 10)
    path = tmp_path / "list.csv"
    path.write_text("姓名,残疾人证号\n", "utf-8")
    with pytest.raises(Unreadable, match="50 MB"):
        read(path)
