from __future__ import annotations

import csv
import io

import openpyxl
import pytest
import xlsxwriter
import xlwt
from factories import NOW
from lists import HEADINGS, certificate, person, workbook
from sqlalchemy import select

from campaigns.audience.channel_choice import Choice
from campaigns.audience.rules import Rule
from campaigns.audience.selection import count
from campaigns.errors import NotAllowed, NotReady, Unreadable
from campaigns.register import importing, places
from campaigns.register.import_models import ImportRow
from campaigns.register.models import Member
from campaigns.register.optouts import record_refusal
from campaigns.register.places import Gazetteer, PlaceRow
from campaigns.register.scope import Scope
from campaigns.vocabulary import (
    Category,
    ImportState,
    LegalBasis,
    Level,
    MemberStatus,
    NumberStatus,
    RowVerdict,
    Sex,
    Urgency,
    Way,
)

EVERYTHING = Scope.everything()


def rows_of(session, made):
    found = select(ImportRow).where(ImportRow.import_id == made.id)
    return list(session.scalars(found.order_by(ImportRow.row_number)))


def problems(session, made):
    """Cell to sentence and mend, in Chinese."""
    return {
        one["cell"]: (one["sentence"] + one["mend"]) % one["values"]
        for row in rows_of(session, made)
        for one in row.problems
    }


def way_of(session, member, now):
    choice = Choice(Urgency.MUST_REACH, now)
    return session.scalar(select(choice.way).where(Member.id == member.id))


def members(session):
    return list(session.scalars(select(Member).order_by(Member.id)))


def figures(made):
    return [made.figures[verdict] for verdict in ("new", "changed", "same", "wrong")]


def csv_bytes(rows, encoding):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def test_a_real_countys_list_takes_in_what_is_right_and_says_what_is_not(
    county, check, take, tmp_path
):
    mangled = person(3)
    mangled[1] = 5.10599197010100e17
    rows = [
        ["合江县持证残疾人花名册", None, None, None, None],
        ["填报单位：县残联", None, None, None, "2026年11月23日"],
        HEADINGS,
        person(1),
        person(2, phone="14000000002、14100000002"),
        mangled,
        person(1, name="重复的人"),
        person(4, village="云上村"),
        ["合计", 5, None, None, None],
    ]
    path = workbook(tmp_path / "list.xlsx", rows, merge=["A1:E1"])
    made = check(path)
    assert figures(made) == [2, 0, 0, 3]
    said = problems(county, made)
    assert set(said) == {"B6", "B7", "D8"}
    assert "5.1E+17" in said["B6"]
    assert "设为“文本”" in said["B6"]
    assert "第 4 行" in said["B7"]
    assert "福宝镇没有“云上村”" in said["D8"]
    assert members(county) == []
    take(made)
    first, second = members(county)
    assert first.certificate == certificate(1)
    assert (first.birth_date.isoformat(), first.sex) == ("1970-10-10", Sex.MALE)
    assert (second.phone, second.other_phones) == ("+8614000000002", "+8614100000002")
    assert made.state is ImportState.IMPORTED


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be-bom"]
)
def test_a_csv_is_read_in_the_encodings_that_offices_use(
    county, check, tmp_path, encoding
):
    path = tmp_path / "名册.csv"
    rows = [HEADINGS, person(1, name="䶮𠮷"), person(2, village="没有村")]
    if encoding == "utf-16-be-bom":
        path.write_bytes(b"\xfe\xff" + csv_bytes(rows, "utf-16-be"))
    else:
        path.write_bytes(csv_bytes(rows, encoding))
    made = check(path)
    assert figures(made) == [1, 0, 0, 1]
    assert list(problems(county, made)) == ["D3"]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_csv_may_end_its_lines_and_part_its_cells_in_any_way(
    check, tmp_path, end, delimiter
):
    path = tmp_path / "list.csv"
    lines = [delimiter.join(row) for row in (HEADINGS, person(1), person(2))]
    path.write_bytes((end.join(lines) + end).encode())
    assert figures(check(path)) == [2, 0, 0, 0]


def test_an_old_workbook_and_an_open_document_are_read(check, tmp_path):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("名册")
    for index, row in enumerate([HEADINGS, person(1)]):
        for column, cell in enumerate(row):
            sheet.write(index, column, cell)
    book.save(str(tmp_path / "list.xls"))
    assert figures(check(tmp_path / "list.xls")) == [1, 0, 0, 0]


def test_importing_the_same_file_twice_changes_nothing(county, check, take):
    rows = [person(n) for n in range(1, 6)]
    take(check(rows))
    before = [(m.id, m.updated_at, m.phone) for m in members(county)]
    again = check(rows)
    assert figures(again) == [0, 0, 5, 0]
    take(again)
    assert [(m.id, m.updated_at, m.phone) for m in members(county)] == before


def test_taking_in_again_changes_nothing(county, check, take):
    made = check([person(1), person(2)])
    assert take(made) == take(made)
    assert len(members(county)) == 2


def test_a_change_is_named_and_an_empty_cell_erases_nothing(county, check, take):
    take(check([person(1), person(2)], basis=LegalBasis.NONE))
    [first, second] = members(county)
    first.number_status = NumberStatus.EMPTY
    county.flush()
    made = check([person(1, phone="14200000001"), person(2, phone="")])
    assert figures(made) == [0, 2, 0, 0]
    changed = {row.member_id: row.changes for row in rows_of(county, made)}
    assert changed[first.id] == ["legal_basis", "number_status", "phone"]
    assert changed[second.id] == ["legal_basis"]
    take(made)
    county.refresh(first)
    county.refresh(second)
    assert first.phone == "+8614200000001"
    assert first.number_status is NumberStatus.NORMAL
    assert first.legal_basis is LegalBasis.STATUTORY
    assert second.phone == "+8614000000002"


def test_people_without_a_number_are_provisional_until_they_bring_one(
    county, check, take
):
    headings = [*HEADINGS, "残疾类别", "残疾等级"]
    without = [*person(1, certificate="无"), "肢体", "三级"]
    take(check([without], headings=headings))
    [member] = members(county)
    assert member.provisional
    assert figures(check([without], headings=headings)) == [0, 0, 1, 0]
    made = check([person(1)])
    assert figures(made) == [0, 1, 0, 0]
    take(made)
    [same] = members(county)
    county.refresh(same)
    assert same.id == member.id
    assert not same.provisional
    assert same.certificate == certificate(1)


def test_a_reissued_certificate_is_the_same_person_and_their_refusal(
    county, check, take, now
):
    take(check([person(1)]))
    [member] = members(county)
    record_refusal(county, member=member, source="phone", recorded_by=1, now=now)
    take(check([person(1, certificate=f"{certificate(1)}B1")]))
    [same] = members(county)
    county.refresh(same)
    assert (same.id, same.certificate) == (member.id, f"{certificate(1)}B1")
    assert way_of(county, same, now) == Way.OPTED_OUT


def test_a_township_that_became_a_street_keeps_its_people_and_its_segment(
    county, check, take, now
):
    take(check([person(1)]))
    [member] = members(county)
    before = count(county, Rule(townships=(member.township,)), EVERYTHING, now).total
    gazetteer = Gazetteer.of(county, "510522")
    old = gazetteer.names[member.township]
    street = old.removesuffix("镇") + "街道"
    row = PlaceRow(member.township, Level.TOWNSHIP, street)
    places.load_places(county, [row], "民政局")
    take(check([person(1, phone="14200000001")]))
    [same] = members(county)
    county.refresh(same)
    assert (same.id, same.township) == (member.id, member.township)
    assert Gazetteer.of(county, "510522").names[same.township] == street
    after = count(county, Rule(townships=(member.township,)), EVERYTHING, now).total
    assert before == after == 1


def test_the_header_may_have_two_levels_and_groups(county, check, take, tmp_path):
    rows = [
        ["名册", *[None] * 8],
        ["序号", "基本情况", None, None, "住址", None, "监护人", None, None],
        [None, "姓名", "残疾证号", "手机", "镇", "村", "姓名", "关系", "电话"],
        [
            1,
            "测试一",
            certificate(1),
            14000000001,
            "福宝",
            "穆村",
            "测试二",
            "母亲",
            "14100000001",
        ],
    ]
    merge = ["A1:I1", "A2:A3", "B2:D2", "E2:F2", "G2:I2"]
    made = check(workbook(tmp_path / "list.xlsx", rows, merge=merge))
    assert problems(county, made) == {}
    take(made)
    [member] = members(county)
    assert (member.phone, member.guardian_phone) == ("+8614000000001", "+8614100000001")
    assert (member.guardian_name, member.guardian_relation) == ("测试二", "母亲")


def test_merged_townships_are_filled_down_and_told(check, tmp_path):
    rows = [HEADINGS, *[person(n) for n in (1, 2, 3)]]
    rows[2][2] = rows[3][2] = None
    path = workbook(tmp_path / "list.xlsx", rows, merge=["C2:C4"])
    made = check(path)
    assert figures(made) == [3, 0, 0, 0]
    assert made.figures["filled"] == 2
    assert any("合并" in one["sentence"] for one in made.figures["told"])


def test_blank_rows_totals_repeated_headers_and_unused_columns_are_told(check):
    rows = [
        [*person(1), "低保"],
        [None] * 6,
        [*HEADINGS, "补贴"],
        [*person(2), ""],
        ["合计", None, "2 人", None, None, None],
        ["填表人：", None, None, None, None, None],
    ]
    made = check(rows, headings=[*HEADINGS, "补贴"])
    assert figures(made) == [2, 0, 0, 0]
    assert (made.figures["blank"], made.figures["left_out"]) == (1, 3)
    told = [one["sentence"] % one["values"] for one in made.figures["told"]]
    assert "这些列没有用到：补贴。" in told
    assert "这些行不是人，没有读：第 4、6、7 行。" in told


def test_categories_components_and_flags_are_read_as_words(county, check, take):
    headings = [*HEADINGS, "类别", "等级", "多重类别", "是否独居", "慢性病", "备注"]
    rows = [
        [
            *person(1, certificate=certificate(1, "71")),
            *("多重", "一级", "视力、听力", "是", "高血压", ""),
        ],
        [*person(2), "肢残", "Ⅲ", "", "否", "", "2026年去世"],
        [
            *person(3, certificate=certificate(3, "72")),
            "多重（肢、智）",
            "2",
            "",
            "",
            "",
            "",
        ],
    ]
    made = check(rows, headings=headings)
    assert problems(county, made) == {}
    take(made)
    deaf_blind, dead, multiple = members(county)
    assert deaf_blind.categories == Category.VISUAL.bit | Category.HEARING.bit
    assert (deaf_blind.living_alone, deaf_blind.chronic_illness) == (True, True)
    assert (dead.certificate_category, dead.grade) == (4, 3)
    assert dead.status is MemberStatus.DECEASED
    expected = Category.PHYSICAL.bit | Category.INTELLECTUAL.bit
    assert multiple.categories == expected


@pytest.mark.parametrize(
    ("given", "cell", "part"),
    [
        ({"name": ""}, "A2", "没有姓名"),
        ({"name": "14000000001"}, "A2", "号码"),
        ({"name": "锟斤拷"}, "A2", "乱码"),
        ({"name": "测试" + "\u0301" * 50}, "A2", "姓名太长"),
        ({"certificate": True}, "B2", "真假值"),
        ({"certificate": certificate(1)[:18]}, "B2", "只有 18 位"),
        ({"certificate": certificate(1, born="20991010")}, "B2", "将来"),
        ({"certificate": certificate(1, born="18991010")}, "B2", "120 岁"),
        ({"township": "福宫镇"}, "C2", "最接近的是“福宝镇”"),
        ({"township": "", "village": ""}, "C2", "没有乡镇"),
        ({"phone": "1380013800"}, "E2", "10 位"),
        ({"phone": 1.38e16}, "E2", "文本"),
        ({"phone": 45000}, "E2", "5 位"),
        ({"phone": "14000000001、138"}, "E2", "3 位"),
    ],
)
def test_each_fault_has_its_cell_and_never_stops_the_others(
    county, check, given, cell, part
):
    made = check([person(1, **given), person(2)])
    assert figures(made) == [1, 0, 0, 1]
    said = problems(county, made)
    assert part in said[cell], said


def test_a_formulas_error_is_no_empty_cell(county, check, tmp_path):
    path = tmp_path / "list.csv"
    rows = [HEADINGS, person(1, certificate="#REF!"), person(2, village="#N/A")]
    path.write_bytes(csv_bytes(rows, "utf-8"))
    said = problems(county, check(path))
    assert "公式" in said["B2"]
    assert "公式" in said["D3"]


def test_a_workbooks_formula_errors_are_no_empty_cells(county, check, tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("名册 & 备份")
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, person(1))
        sheet.write_formula(1, 4, "=VLOOKUP(A2,Z:Z,1,0)", None, "#N/A")
        sheet.write_row(2, 0, person(2))
    assert "#N/A" in problems(county, check(path))["E2"]


@pytest.mark.parametrize(
    ("extra", "cell", "part"),
    [
        (["听力", "三级", ""], "F2", "类别和证号"),
        (["肢体", "二级", ""], "G2", "等级和证号"),
        (["乱写", "三级", ""], "F2", "哪一类"),
        (["肢体", "5", ""], "G2", "几级"),
        (["肢体", "三级", "360123190711110196"], "B2", "不一样"),
    ],
)
def test_columns_that_contradict_the_certificate_are_named(
    county, check, extra, cell, part
):
    headings = [*HEADINGS, "残疾类别", "残疾等级", "身份证号"]
    made = check([[*person(1), *extra]], headings=headings)
    assert part in problems(county, made)[cell]


@pytest.mark.parametrize(
    "name",
    ["=HYPERLINK(1)", "+cmd|' /C calc'!A0", "<script>", "{{7*7}}", "${7*7}", "%(p)s"],
)
def test_names_that_look_like_code_stay_text(county, check, take, tmp_path, name):
    path = tmp_path / "list.csv"
    path.write_bytes(csv_bytes([HEADINGS, person(1, name=name)], "utf-8"))
    take(check(path))
    assert members(county)[0].name == name


def test_phones_go_to_whom_they_belong(county, check, take):
    take(
        check(
            [
                person(1, phone="14000000001（儿子）"),
                person(2, phone="0830-5261234"),
                person(3, phone="无"),
                person(4, phone="14000000004、0830-5261234"),
            ]
        )
    )
    son, landline, nothing, both = members(county)
    assert (son.phone, son.guardian_phone) == (None, "+8614000000001")
    assert son.guardian_relation == "儿子"
    assert (landline.phone, landline.other_phones) == (None, "08305261234")
    assert nothing.phone is None
    assert (both.phone, both.other_phones) == ("+8614000000004", "08305261234")


def test_a_list_without_townships_finds_villages_by_their_only_name(
    county, check, take
):
    headings = ["姓名", "残疾人证号", "村"]
    rows = [
        ["测试一", certificate(1), "三块石村"],
        ["测试二", certificate(2), "云上村"],
    ]
    made = check(rows, headings=headings)
    assert list(problems(county, made)) == ["C3"]
    take(made)
    assert members(county)[0].township == "510522001"


def test_a_person_decides_what_a_column_means(check):
    headings = ["姓名", "残疾人证号", "乡镇", "村", "怎么找"]
    assert check([person(1)], headings=headings).columns["怎么找"] == ""
    chosen = {"怎么找": "phone"}
    made = check([person(1)], headings=headings, columns=chosen)
    assert made.columns["怎么找"] == "phone"


def test_one_name_over_two_columns_is_refused_with_their_letters(check):
    with pytest.raises(Unreadable, match="C 和 D"):
        check([person(1)], headings=["姓名", "残疾人证号", "村", "村", "电话"])


def test_a_list_without_a_header_is_refused(check):
    with pytest.raises(Unreadable, match="表头"):
        check([person(2)], headings=person(1))


def test_a_long_list_waits_for_a_colleague(county, check, take, now, monkeypatch):
    monkeypatch.setattr(importing.inspection, "CONFIRMED_FROM", 1)
    made = check([person(1), person(2)], by=7)
    assert made.state is ImportState.WAITING
    with pytest.raises(NotReady, match="另一位"):
        take(made)
    with pytest.raises(NotAllowed, match="您上传"):
        importing.confirm(county, made.id, 7, now)
    importing.confirm(county, made.id, 8, now)
    take(made)
    assert len(members(county)) == 2


def test_discarding_leaves_nothing_of_the_list(county, check, take):
    made = check([person(1)])
    importing.discard(county, made.id)
    assert rows_of(county, made) == []
    with pytest.raises(NotReady):
        take(made)


def test_a_finished_import_keeps_no_values_of_right_rows(county, check, take):
    made = check([person(1), person(2, village="没有村")])
    take(made)
    right, wrong = rows_of(county, made)
    assert right.values is None
    assert wrong.raw is not None
    assert right.verdict is RowVerdict.NEW


def test_the_correction_workbook_has_the_wrong_rows_and_comes_back_mended(
    county, check, take, tmp_path
):
    rows = [person(1), person(2, village="云上村"), person(3, phone="138")]
    made = check(rows)
    take(made)
    path = importing.correction_workbook(county, made.id, tmp_path / "mend.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert [cell.value for cell in sheet[1]][-1] == "问题"
    assert sheet.max_row == 3
    assert sheet["D2"].comment is not None
    assert sheet["D2"].fill.fgColor.rgb.endswith("FFE08A")
    assert "云上村" in sheet["F2"].value
    sheet["D2"], sheet["E3"] = "穆村", "14000000003"
    book.save(path)
    again = check(path)
    assert figures(again) == [2, 0, 0, 0]
    take(again)
    assert len(members(county)) == 3


def test_a_correction_workbook_needs_something_to_correct(county, check, tmp_path):
    made = check([person(1)])
    with pytest.raises(NotReady, match="没有要改"):
        importing.correction_workbook(county, made.id, tmp_path / "mend.xlsx")


def test_the_blank_workbook_can_be_filled_and_sent(check, tmp_path):
    path = importing.blank_workbook(tmp_path / "blank.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book.active
    values = [
        "测试一",
        certificate(1),
        "肢体",
        "",
        "三级",
        "福宝镇",
        "穆村",
        "14000000001",
    ]
    for column, value in enumerate(values, 1):
        sheet.cell(2, column, value)
    book.save(path)
    made = check(path)
    assert figures(made) == [1, 0, 0, 0]
    assert made.figures["told"][0]["sentence"].startswith("%(n)s")


def test_progress_ends_at_all_rows(check, now):
    told = []
    made = check([person(n) for n in range(1, 4)], progress=lambda *n: told.append(n))
    assert told[-1][0] == made.figures["rows"] == 3
    assert made.made_at == now == NOW
