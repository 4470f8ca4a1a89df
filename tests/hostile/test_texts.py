"""Encodings and CSV: read in whatever form, or refused with the row."""

from __future__ import annotations

import codecs

import pytest
from hostile.files import ROWS, as_csv
from hostile.inputs import expect
from lists import HEADINGS, person

from campaigns.errors import Unreadable
from campaigns.register.sheets.reading import open_table

pytestmark = pytest.mark.xdist_group("hostile-texts")  # one desk

ENDS = ",".join(HEADINGS)
TITLES = [["合江县持证残疾人花名册"], ["填报单位：县残联"], ["2026年11月23日"]]


LINE = "测试一,无,福宝镇,,\n".encode()
BAD_LINE = LINE.replace(b",", b"\xff,", 1)
READ = {
    "H001": as_csv(),
    "H002": codecs.BOM_UTF8 + as_csv(),
    "H003": as_csv(encoding="gb18030"),
    "H004": as_csv([HEADINGS, person(1), person(2, name="测试€")], "gb18030"),
    "H005": as_csv(encoding="gb2312"),
    "H006": codecs.BOM_UTF16_LE + as_csv(encoding="utf-16-le"),
    "H007": codecs.BOM_UTF16_BE + as_csv(encoding="utf-16-be"),
    "H016": as_csv([HEADINGS, person(1, name="𠮷䶮"), person(2)], "gb18030"),
    "H017": as_csv([HEADINGS, person(1, name="测\ue000"), person(2)]),
    "H019": as_csv().replace(b"\r\n", b"\r"),
    "H020": as_csv().replace(b"\r\n", b"\n", 1),
    "H021": as_csv([HEADINGS, person(1, village="穆\n村"), person(2)]),
    "H024": as_csv().replace(b",", b";"),
    "H024 tab": as_csv().replace(b",", b"\t"),
    "H025": as_csv([*TITLES, *ROWS]),
}
TOLD = {"H017": "生僻字", "H025": "表头在第 4 行"}


@pytest.mark.parametrize("key", READ)
def test_a_list_is_read_in_whatever_form_it_comes(desk, key):
    sent = desk.send(READ[key], "名册.csv")
    assert (sent.refusal, sent.cells) == ("", {})
    assert sent.people == 2
    assert len(sent.remarks) == (key in TOLD)
    assert all(TOLD[key] in text for text in sent.remarks)
    expect(key[:4], *sent.possible)


REFUSED = {
    "H008": (as_csv(encoding="utf-16-le"), "编码"),
    "H009": (codecs.BOM_UTF32_LE + as_csv(encoding="utf-32-le"), "编码"),
    "H010": (as_csv([["姓名", "證號"], ["測試", "1"]], "big5"), "Big5"),
    "H011": (as_csv([["氏名", "番号"], ["テスト", "1"]], "shift_jis"), "Shift-JIS"),
    "H012": (as_csv(ROWS) + as_csv(ROWS[1:], "gb18030"), "第 4 行"),
    "H013": (
        (ENDS + "\n").encode() + LINE * 49_997 + BAD_LINE + LINE * 9,
        "第 49999 行",
    ),
    "H018": (as_csv().replace("福".encode(), b"\x00", 1) + b"," * 99, "第 2 行"),
    "H022": ((ENDS + '\n测试一,"无,福宝镇,,\n').encode(), "引号"),
    "H023": (b"x" * (24 << 20), "第 1 行有一格长得不正常"),
    "H026": (as_csv([[*HEADINGS[:4], "村（社区）"], person(1)]), "D 和 E"),
    "H027": (b"", "空"),
    "H027 header": (as_csv([HEADINGS]), "没有人"),
    "H028": (ENDS.encode() + b"\n" + b"," * 10_000_000, "200 列"),
}


@pytest.mark.parametrize("key", REFUSED)
def test_a_file_that_is_no_list_is_refused_with_its_place(desk, key):
    content, says = REFUSED[key]
    sent = desk.send(content, "名册.csv")
    assert says in sent.refusal
    expect(key[:4], *sent.possible)


def test_two_hundred_megabytes_are_not_even_opened(tmp_path):
    path = tmp_path / "list.csv"
    with path.open("wb") as file:
        file.truncate(200 << 20)
    with pytest.raises(Unreadable, match="50 MB"), open_table(path):
        pass


BROKEN = {"H014": "锟斤拷", "H015": "测\ufffd一"}


@pytest.mark.parametrize("key", BROKEN)
def test_a_damaged_name_stops_its_row_alone(desk, key):
    rows = [HEADINGS, person(1, name=BROKEN[key]), person(2)]
    sent = desk.send(as_csv(rows), "名册.csv")
    assert "乱码" in sent.cells["A2"]
    assert sent.people == 1
    expect(key, *sent.possible)
