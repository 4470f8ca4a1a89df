"""A county's roster workbook for the demonstration, as offices really write them.

Nobody in it exists: names are put together from common syllables, ID numbers begin
with 510599, which no county has, and phones with ranges that are assigned to nobody.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

import xlsxwriter

from campaigns.register.certificates import check_digit
from campaigns.register.place_names import spoken
from campaigns.register.places import PlaceRow, shipped_rows
from campaigns.register.sheets.printing import set_up_page, widths
from campaigns.vocabulary import Level
from campaigns.words import word

HEADINGS = (
    "序号",
    "姓名",
    "性别",
    "残疾证号",
    "残疾类别",
    "多重类别",
    "残疾等级",
    "乡镇（街道）",
    "村（社区）",
    "联系电话",
    "监护人",
    "与本人关系",
    "监护人电话",
    "是否独居",
    "慢性病",
    "备注",
)
_MIX = {4: 51.0, 6: 16.8, 1: 10.8, 5: 8.1, 2: 7.7, 7: 5.1, 3: 0.5}
"""Per cent of each category among people in rehabilitation, CDPF yearbook of 2020."""
_GRADES = {1: 18, 2: 30, 3: 27, 4: 25}
_COUNTY = "510599"
_PREFIXES = ("140", "141", "142", "143", "144", "146", "148", "154", "160", "163")
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
)
_GIVEN = (
    "明华强国平军建文志勇春秀英桂兰芳玉梅珍红云霞凤琴淑光福贵德海林永生树成学忠祥安"
)
_KIN = ("父亲", "母亲", "儿子", "女儿", "配偶", "哥哥", "姐姐")
_TODAY = date(2026, 11, 1)
_YOUNGEST, _OLDEST, _CHILD = 3, 92, 14
_WITHOUT_PHONE, _SHARED, _ALONE, _ILL = 0.03, 0.04, 0.09, 0.22
_DEAF_BLIND = 0.01
_ERRORS = 25
_NAME, _CERTIFICATE, _GRADE, _VILLAGE, _PHONE = 1, 3, 6, 8, 9
_HEAD = 3
"""Rows before the first person: a merged title, unit and date, the header."""


@dataclass(frozen=True, slots=True)
class RosterFacts:
    """What was written: right rows, planted faulty rows, and where the latter are."""

    members: int
    faults: int
    fault_rows: tuple[int, ...]


def make_roster(
    path: Path, members: int = 35_000, *, seed: int = 510522, county: str = "510522"
) -> RosterFacts:
    """Write a roster of ``members`` right rows, and up to 25 faulty ones among them.

    The same arguments always give the same people. Two cells with two phones and
    total rows are among the right ones. Takes about a tenth of a millisecond a row.
    """
    dice = random.Random(seed)  # noqa: S311  # nosec B311  # a story
    rows = list(_people(dice, members, county))
    faults = _faults(dice, rows)
    _write(path, rows, county)
    return RosterFacts(members, len(faults), faults)


def _people(dice: random.Random, members: int, county: str) -> Iterator[list[Any]]:
    places = shipped_rows(county)
    names = {place.code: place.name for place in places}
    villages = [place for place in places if place.level == Level.VILLAGE]
    weights = list(accumulate(dice.uniform(0.5, 2.0) for _ in villages))
    home = dice.choices(villages, cum_weights=weights, k=members)
    home.sort(key=lambda place: place.code)
    born_then: Counter[date] = Counter()
    categories = dice.choices(list(_MIX), list(_MIX.values()), k=members)
    grades = dice.choices(list(_GRADES), list(_GRADES.values()), k=members)
    phone = ""
    for n in range(members):
        own = phone if phone and dice.random() < _SHARED else _phone(n)
        phone = "" if dice.random() < _WITHOUT_PHONE else own
        disability = categories[n], grades[n]
        row = _person(dice, n, disability, home[n], names, phone)
        born = row[_CERTIFICATE]
        row[_CERTIFICATE] = _id_number(born, born_then[born], male=row[2] == "男")
        row[_CERTIFICATE] += f"{categories[n]}{grades[n]}"
        born_then[born] += 1
        yield row


def _person(  # noqa: PLR0913, PLR0917 - the columns of one row
    dice: random.Random,
    n: int,
    disability: tuple[int, int],
    home: PlaceRow,
    names: dict[str, str],
    phone: str,
) -> list[Any]:
    category, grade = disability
    male = dice.random() < 0.55  # noqa: PLR2004 - more men than women hold one
    age = _age(dice, category)
    born = _TODAY - timedelta(days=int(age * 365.25) + dice.randrange(365))
    guarded = category in {5, 6} or age < _CHILD
    return [
        n + 1,
        _name(dice),
        "男" if male else "女",
        born,
        word(f"category_{category}"),
        _components(dice) if category == 7 else "",  # noqa: PLR2004
        f"{'一二三四'[grade - 1]}级",
        names[home.code[:9]],
        spoken(home.name),
        "" if age < _CHILD else phone,
        _name(dice) if guarded else "",
        (_KIN[dice.randrange(2)] if age < _CHILD else dice.choice(_KIN))
        if guarded
        else "",
        _phone(5_000_000 + n) if guarded and dice.random() > _WITHOUT_PHONE else "",
        "是" if age >= _CHILD and dice.random() < _ALONE else "",
        "是" if dice.random() < _ILL else "",
        "",
    ]


def _age(dice: random.Random, category: int) -> int:
    if category == 5 and dice.random() < 0.2:  # noqa: PLR2004 - children are assessed
        return dice.randint(_YOUNGEST, _CHILD - 1)
    return min(_OLDEST, max(_YOUNGEST, round(dice.gauss(58, 17))))


def _name(dice: random.Random) -> str:
    given = dice.choices(_GIVEN, k=1 if dice.random() < 0.15 else 2)  # noqa: PLR2004
    return dice.choice(_SURNAMES) + "".join(given)


def _id_number(born: date, nth: int, *, male: bool) -> str:
    """The ``nth`` such person of one day, 500 at most; its county is nobody's."""
    serial = nth % 500 * 2 + male
    first = f"{_COUNTY}{born:%Y%m%d}{serial:03d}"
    return first + check_digit(first)


def _components(dice: random.Random) -> str:
    if dice.random() < _DEAF_BLIND:
        return "视力、听力"
    pairs = ("听力、言语", "肢体、言语", "肢体、智力", "视力、肢体", "智力、精神")
    return dice.choice(pairs)


def _phone(n: int) -> str:
    return f"{_PREFIXES[n % len(_PREFIXES)]}{n:08d}"


def _faults(dice: random.Random, rows: list[list[Any]]) -> tuple[int, ...]:
    """Put faulty copies among the rows; return their row numbers in the sheet."""
    spoils = (_wrong_digit, _number_cell, _unknown_village, _no_grade, _twice)
    right = len(rows)
    wanted = min(_ERRORS, right // 4)
    for n in range(wanted):
        victim = list(rows[dice.randrange(right)])
        victim[0] = len(rows) + 1
        spoils[n % len(spoils)](victim)
        rows.append(victim)
    for row in rows[: wanted and 2]:
        if row[_PHONE]:
            row[_PHONE] += f"、{_phone(9_000_000 + row[0])}"
    first = _HEAD + len(rows) - wanted + 1
    return tuple(range(first, first + wanted))


def _wrong_digit(row: list[Any]) -> None:
    number = row[_CERTIFICATE]
    row[_CERTIFICATE] = f"{number[:16]}{(int(number[16]) + 1) % 10}{number[17:]}"


def _number_cell(row: list[Any]) -> None:
    row[_CERTIFICATE] = float(row[_CERTIFICATE].replace("X", "0"))


def _unknown_village(row: list[Any]) -> None:
    row[_VILLAGE] = "云上村"
    _renumber(row)


def _no_grade(row: list[Any]) -> None:
    _renumber(row)
    row[_CERTIFICATE] = row[_CERTIFICATE][:18]
    row[_GRADE] = ""


def _twice(row: list[Any]) -> None:
    row[_PHONE] = ""


def _renumber(row: list[Any]) -> None:
    """Another person: born in a year of which the roster has nobody."""
    first = f"{_COUNTY}19{row[0] % 20 + 10}0101{row[0] % 1000:03d}"
    row[_CERTIFICATE] = first + check_digit(first) + row[_CERTIFICATE][18:]


def _write(path: Path, rows: list[list[Any]], county: str) -> None:
    name = next(p.name for p in shipped_rows(county) if p.level == Level.COUNTY)
    options = {"constant_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet("花名册")
        title = book.add_format({"bold": True, "align": "center", "font_size": 16})
        bold = book.add_format({"bold": True, "border": 1, "text_wrap": True})
        last = len(HEADINGS) - 1
        sheet.merge_range(
            0, 0, 0, last, f"{name}持证残疾人花名册（演示，人员均为虚构）", title
        )
        sheet.write_string(1, 0, f"填报单位：{name}残疾人联合会")
        sheet.write_string(1, last - 2, f"日期：{_TODAY:%Y年%m月%d日}")
        sheet.write_row(2, 0, HEADINGS, bold)
        set_up_page(sheet, _HEAD)
        for column, width in enumerate(widths(HEADINGS, rows[:200])):
            sheet.set_column(column, column, width)
        for index, row in enumerate(rows, _HEAD):
            for column, cell in enumerate(row):
                if isinstance(cell, str) and cell:
                    sheet.write_string(index, column, cell)
                elif cell:
                    sheet.write_number(index, column, cell)
        sheet.write_string(len(rows) + _HEAD, 0, "合计")
        sheet.write_number(len(rows) + _HEAD, 1, len(rows))
