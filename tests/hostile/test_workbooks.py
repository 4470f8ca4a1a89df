"""Workbooks: what offices save, what only looks like one, and what is made to hurt."""

from __future__ import annotations

import io
import socket
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import xlwt
from hostile import files
from hostile.desk import worked
from hostile.files import ROWS, as_csv, as_xlsx, cell, replaced, sheet_of, sheet_row
from hostile.inputs import expect
from lists import HEADINGS, person
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment

from campaigns.errors import Unreadable
from campaigns.register.import_models import Import, ImportRow
from campaigns.register.importing import tidying
from campaigns.register.importing.tidying import DataRows
from campaigns.register.sheets.reading import open_table

pytestmark = pytest.mark.xdist_group("hostile-workbooks")  # one desk

SHEET = "xl/worksheets/sheet1.xml"
DAY = date(1970, 10, 10)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def as_xls(rows=ROWS):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("名册")
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(at, column, value)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def as_ods(rows=ROWS, repeated=""):
    """An OpenDocument sheet; ``repeated`` is put on the last row."""
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    lines = "".join(
        f"<table:table-row {repeated if row is rows[-1] else ''}>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p>'
            "</table:table-cell>"
            for text in row
        )
        + "</table:table-row>"
        for row in rows
    )
    kind = "application/vnd.oasis.opendocument"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:'
        f'manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-'
        f'type="{kind}.spreadsheet"/></manifest:manifest>'
    )
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        f'<table:table table:name="名册">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return files.zipped(
        {
            "mimetype": f"{kind}.spreadsheet",
            "META-INF/manifest.xml": manifest,
            "content.xml": content,
        }
    )


def as_page(rows=ROWS):
    """A table as a web page, which many systems call an .xls."""
    lines = "".join(
        "<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in rows
    )
    head = '<html><head><meta charset="utf-8"></head><body>'
    return f"{head}<table border=1>{lines}</table></body></html>".encode()


def nested():
    """A bomb inside a bomb inside a bomb."""
    inside = files.zipped({"0.dll": bytes(1 << 20)})
    for depth in range(4):
        inside = files.zipped({f"lib {n}.zip": inside for n in range(depth + 4)})
    return inside


def with_link():
    kept = io.BytesIO(as_xlsx())
    with zipfile.ZipFile(kept, "a") as archive:
        link = zipfile.ZipInfo("xl/link.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return kept.getvalue()


def with_entities(prologue, text):
    """A workbook whose sheet defines entities and uses one."""
    rows = sheet_row(1, HEADINGS) + sheet_row(2, person(1, name="MARK"))
    xml = sheet_of(rows).decode().replace("MARK", text)
    return files.with_sheet(xml.replace("?>", f"?>{prologue}", 1).encode())


def entities(levels=9):
    names = "abcdefghij"
    lines = ['<!ENTITY a "lol">']
    lines += [
        f'<!ENTITY {names[n]} "{f"&{names[n - 1]};" * 10}">' for n in range(1, levels)
    ]
    return f"<!DOCTYPE x [{''.join(lines)}]>", f"&{names[levels - 1]};"


def twice_named():
    kept = io.BytesIO(as_xlsx())
    with zipfile.ZipFile(kept, "a") as archive, pytest.warns(UserWarning, match="Dup"):
        archive.writestr(SHEET, sheet_of(sheet_row(1, ["别的人"])))
    return kept.getvalue()


def shared(strings, index=99):
    """A workbook with shared strings, one cell of which points at ``index``."""
    book = files.written(lambda *_: None)
    last = f"<v>{len({text for row in ROWS for text in row}) - 1}</v>"
    pairs = [(last, f"<v>{index}</v>")] if index is not None else []
    changed = replaced(book, SHEET, *pairs)
    return replaced(changed, "xl/sharedStrings.xml", *strings)


def sheets(sheet):
    sheet.parent.create_sheet("别的").append(["说明", "只有一行"])


def hidden_sheet(sheet):
    sheet.parent.create_sheet("旧表").sheet_state = "hidden"


def hidden_row(sheet):
    sheet.row_dimensions[3].hidden = True


def filtered(sheet):
    sheet.auto_filter.ref = "A1:E3"
    sheet.auto_filter.add_filter_column(2, ["白沙镇"])
    sheet.row_dimensions[2].hidden = True


def merged_towns(sheet):
    sheet["C3"] = None
    sheet.merge_cells("C2:C3")


def two_level_header(sheet):
    sheet.insert_rows(1)
    for address, text in (("A1", "基本情况"), ("C1", "住址"), ("E1", "联系")):
        sheet[address] = text
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("C1:D1")


def total(sheet):
    sheet.append(["合计", None, "2 人", None, None])


def blanks(sheet):
    sheet.insert_rows(3, 4)


def formatted(sheet):
    for number in range(4, 60_004):
        sheet.cell(number, 1).number_format = "@"


def commented(sheet):
    sheet["A2"].comment = Comment("<script>alert(1)</script>", "x")


def rich(sheet):
    sheet["A2"] = CellRichText("测", TextBlock(InlineFont(b=True), "试"), "一")


TAKEN = {
    "H029": (as_xls(), ""),
    "H032": (as_ods(), ""),
    "H034": (as_csv(), ""),
    "H047": (
        files.with_entries(
            as_xlsx(),
            **{
                "xl/externalLinks/externalLink1.xml": "<externalLink/>",
                "xl/connections.xml": '<connections><connection id="1" '
                'odcFile="http://127.0.0.1:9/x"/></connections>',
            },
        ),
        "",
    ),
    "H052": (
        replaced(as_xlsx(), SHEET, ('ref="A1:E3"', 'ref="A1:XFD1048576"')),
        "",
    ),
    "H057": (as_xlsx(change=merged_towns), "合并的单元格"),
    "H058": (as_xlsx(change=two_level_header), "表头在第 2 行"),
    "H059": (as_xlsx(change=hidden_row), "隐藏或筛掉的行也读了：第 3 行"),
    "H060": (as_xlsx(change=hidden_sheet), "隐藏的表没有读：旧表"),
    "H061": (as_xlsx(change=sheets), "只读了一张表，没有读：别的"),
    "H062": (as_xlsx(change=filtered), "隐藏或筛掉的行也读了：第 2 行"),
    "H063": (as_xlsx(change=total), "不是人，没有读：第 4 行"),
    "H064": (as_xlsx(change=blanks), ""),
    "H065": (as_xlsx(change=formatted), ""),
    "H066": (as_xlsx(change=rich), ""),
    "H072": (as_xlsx(change=commented), ""),
    "H035": (as_page(), "网页"),
    "H050": (
        files.written(
            lambda _, sheet: sheet.write_formula("E2", "=A9", None, "14000000001")
        ),
        "有公式，读的是上次算出的结果：联系电话",
    ),
}


@pytest.mark.parametrize("key", TAKEN)
def test_what_offices_save_is_read_and_what_was_done_is_told(desk, key):
    content, says = TAKEN[key]
    sent = desk.send(content)
    assert (sent.refusal, sent.cells) == ("", {})
    assert sent.people == 2
    assert len(sent.remarks) == bool(says), sent.remarks
    assert all(says in text for text in sent.remarks)
    expect(key, *sent.possible)


REFUSED = {
    "H030": (files.with_entries(as_xlsx(), **{"xl/vbaProject.bin": b"x"}), "宏"),
    "H031": (files.zipped({"xl/workbook.bin": b"x"}), "xlsb"),
    "H033": (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "密码"),
    "H036": (OLE + bytes(4000), "打不开"),
    "H037": (nested(), "不是表格"),
    "H038": (
        files.lying(as_xlsx(), "xl/sharedStrings.xml", files.swollen(300 << 20), 99),
        "打不开",
    ),
    "H039": (files.with_entries(as_xlsx(), **{"xl/x.xml": bytes(20 << 20)}), "不正常"),
    "H040": (files.zipped({f"xl/{n}.xml": "" for n in range(10_000)}), "不正常"),
    "H041": (files.with_entries(as_xlsx(), **{"../../x": "x"}), "打不开"),
    "H042": (with_link(), "打不开"),
    "H043": (with_entities(*entities()), "定义"),
    "H044": (
        with_entities(f'<!DOCTYPE x [<!ENTITY a "{"x" * 50_000}">]>', "&a;" * 5_000),
        "定义",
    ),
    "H045": (
        with_entities('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "&a;"),
        "定义",
    ),
    "H051": (
        files.with_sheet(
            sheet_of(sheet_row(1, HEADINGS) + sheet_row(1_048_576, person(1)))
        ),
        "100000 行",
    ),
    "H056": (
        files.written(lambda _, sheet: sheet.write(1, 16_383, "x")),
        "200 列",
    ),
    "H073": (as_xlsx()[:-200] + b"x" * 200, "打不开"),
    "H074": (twice_named(), "打不开"),
    "H075": (shared([]), "打不开"),
    "H076": (
        files.lying(
            as_xlsx(), "xl/sharedStrings.xml", files.swollen(500 << 20), 500 << 20
        ),
        "不正常",
    ),
    "H077": (b"", "空"),
}


@pytest.mark.parametrize("key", REFUSED)
def test_what_is_no_workbook_or_hurts_is_refused(desk, key):
    content, says = REFUSED[key]
    sent = desk.send(content)
    assert says in sent.refusal, sent.refusal
    assert "root:" not in sent.page
    expect(key, *sent.possible)


def test_nothing_is_fetched_for_an_entity(desk):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        prologue = f'<!DOCTYPE x [<!ENTITY a SYSTEM "{address}">]>'
        sent = desk.send(with_entities(prologue, "&a;"))
        assert "定义" in sent.refusal
        with pytest.raises(TimeoutError):
            server.accept()
    expect("H046", *sent.possible)


IN_A_CELL = {
    "H049": ("E2", "=VLOOKUP(A2,Z:Z,1,0)", "没有算出结果"),
    "H067": ("E2", "#REF!", "公式算出的错误"),
    "H068": ("E2", 45000, "5 位"),
    "H070": ("E2", True, "真假值"),
    "H071": ("A2", "长" * 32_767, "太长"),
}


@pytest.mark.parametrize("key", IN_A_CELL)
def test_what_is_wrong_in_one_cell_stops_its_row_alone(desk, key):
    address, value, says = IN_A_CELL[key]
    content = as_xlsx(change=lambda sheet: sheet.__setitem__(address, value))
    sent = desk.send(content)
    assert says in sent.cells[address], sent.cells
    assert sent.people == 1
    expect(key, *sent.possible)


def test_a_command_in_a_formula_stays_its_text(desk):
    command = "=cmd|' /C calc'!A0"
    content = files.with_sheet(
        sheet_of(sheet_row(1, HEADINGS) + sheet_row(2, person(1, name=command)))
    )
    sent = desk.send(content)
    assert sent.people == 1
    desk.take_in(sent)
    assert desk.members()[-1].name == command
    expect("H048", *sent.possible)


def test_days_of_the_other_calendar_are_the_same_days(desk):
    headings = ["姓名", "残疾类别", "残疾等级", "乡镇", "村", "出生日期"]
    days = "".join(
        [
            sheet_row(1, headings),
            '<row r="2">',
            *(
                cell(f"{letter}2", text)
                for letter, text in zip(
                    "ABCDE", ["测试历", "肢体", "三级", "福宝镇", "穆村"], strict=True
                )
            ),
            '<c r="F2" s="1"><v>24389</v></c></row>',
        ]
    )
    made = files.written(
        lambda book, sheet: sheet.write_datetime(
            "F2", DAY, book.add_format({"num_format": "yyyy-mm-dd"})
        ),
        date_1904=True,
    )
    sent = desk.send(files.zipped({**files.parts(made), SHEET: sheet_of(days)}))
    assert (sent.cells, sent.people) == ({}, 1)
    desk.take_in(sent)
    assert desk.members()[-1].birth_date == DAY
    expect("H069", *sent.possible)


def read(path, content):
    """How many rows the child reads and the parent keeps, without storing them."""
    path.write_bytes(content)
    begun = worked()
    with open_table(path) as table:
        count = sum(1 for _ in DataRows(table, None, None))
    return count, worked() - begun


def test_a_hundred_thousand_rows_are_read(tmp_path):
    rows, seconds = read(tmp_path / "list.xlsx", files.long_list(100_000))
    assert rows == 100_000
    assert seconds < 60
    expect("H054", "A")


def test_one_row_more_is_refused_and_nothing_of_it_is_kept(desk, tmp_path, monkeypatch):
    with pytest.raises(Unreadable, match="100000 行"):
        read(tmp_path / "list.xlsx", files.long_list(100_001))
    monkeypatch.setattr(tidying, "ROWS", 100)
    sent = desk.send(files.long_list(101))
    assert "超过 100 行" in sent.refusal
    assert desk.count(ImportRow, ImportRow.import_id == sent.number) == 0
    expect("H055", *sent.possible)


def test_a_million_rows_are_refused_at_once(desk):
    sent = desk.send(files.endless_list(1_000_000))
    assert "100000 行" in sent.refusal
    assert sent.seconds < 5
    expect("H053", *sent.possible)


def test_the_same_file_again_says_so(desk):
    content = as_xlsx()
    first = desk.send(content)
    desk.take_in(first)
    again = desk.send(content)
    assert again.figures["same"] == 2
    assert any("已经导入过" in text for text in again.told)
    expect("H078", *again.possible)


def test_an_upload_that_breaks_off_leaves_nothing(desk):
    before = desk.count(Import), sorted(desk.settings.data_dir.rglob("*"))
    body, kind = desk.form(as_xlsx())
    answer = desk.clerk.client.post(
        "/register/imports/new",
        input_stream=io.BytesIO(body[: len(body) // 2]),
        content_length=len(body),
        content_type=kind,
    )
    assert answer.status_code == 400
    assert "请返回上一页" in answer.get_data(as_text=True)
    after = desk.count(Import), sorted(desk.settings.data_dir.rglob("*"))
    assert after == before
    expect("H079", "R")


def test_of_twenty_uploads_at_once_five_are_taken(desk):
    cookie = desk.clerk.client.get_cookie("outreach")

    def hand_in(_):
        visitor = desk.visit()
        visitor.client.set_cookie("outreach", cookie.value)
        return desk.hand_in(as_xlsx(), by=visitor)

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(hand_in, range(20)))
    taken = [answer for answer in answers if answer.status_code == 303]
    refused = [answer for answer in answers if answer.status_code == 409]
    assert (len(taken), len(refused)) == (5, 15)
    assert "5 份名册正在检查" in refused[0].get_data(as_text=True)
    desk.work()
    assert desk.hand_in(as_xlsx()).status_code == 303
    desk.work()
    expect("H080", "R")
