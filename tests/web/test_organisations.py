"""Institutions, shops and staff are a list of their own."""

from __future__ import annotations

from io import BytesIO

import openpyxl

PAGE = "/audience/organisations"


def book(*rows) -> tuple[BytesIO, str]:
    made, file = openpyxl.Workbook(), BytesIO()
    for row in (["机构名单"], ["名称", "种类", "乡镇", "联系电话", "负责人"], *rows):
        made.active.append(row)
    made.save(file)
    file.seek(0)
    return file, "list.xlsx"


def test_a_workbook_becomes_the_list_and_its_numbers_go_to_a_portal(visit):
    xian = visit("xian")
    assert "还没有名单" in xian.read(PAGE)
    rows = [
        ["明目按摩店", "盲人按摩店", "福宝镇", "14000000001", "店主"],
        ["阳光托养中心", "托养", "白沙镇", 14000000002, ""],
        ["值班同事", "工作人员", "", "14000000001", ""],
    ]
    assert xian.send(PAGE, file=book(*rows)).status_code == 303
    shown = xian.read(PAGE)
    assert "阳光托养中心" in shown
    assert "14000000001" not in shown
    numbers = xian.open(f"{PAGE}/numbers.txt").get_data(as_text=True)
    assert sorted(numbers.split()) == ["14000000001", "14000000002"]
    assert "只下载盲人按摩店的号码" in shown
    shops = xian.open(f"{PAGE}/numbers.txt?kind=massage").get_data(as_text=True)
    assert shops.split() == ["14000000001"]


def test_a_row_that_cannot_be_taken_is_named_and_the_list_stays(visit):
    xian = visit("xian")
    good = ["明目按摩店", "盲人按摩店", "福宝镇", "14000000001", ""]
    xian.send(PAGE, file=book(good))
    for bad in (["某店", "饭店", "", "14000000003"], ["某店", "托养", "", "0830-1"]):
        answer = xian.send(PAGE, file=book(good, bad))
        assert answer.status_code == 422
        assert "第 4 行" in answer.get_data(as_text=True)
    assert "共 1 个" in xian.read(PAGE)


def test_an_association_and_a_township_have_no_such_list(visit):
    for name in ("mangxie", "fubao", "guanli"):
        assert visit(name).open(PAGE).status_code == 403
