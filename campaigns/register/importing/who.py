"""Who a row is about, and which disability the certificate states."""

from __future__ import annotations

from datetime import date

from campaigns.errors import Refused, mark
from campaigns.register.certificates import (
    Certificate,
    Identity,
    read_certificate,
    read_id,
)
from campaigns.register.importing import cells
from campaigns.register.importing.row import Row
from campaigns.register.phones import says_none
from campaigns.vocabulary import Category

_OLDEST_DAYS = 121 * 365
_PROVINCES = range(11, 84)


def read_identity(row: Row, today: date) -> None:
    """ID and certificate number, birth date and sex; a row may have neither."""
    stated = row.read("id_number", _id)
    printed = row.read("certificate", lambda text: _certificate(row, text))
    if row.wrong("id_number", "certificate"):
        return
    if stated and printed and stated.number != _number(printed):
        fault = Refused(
            mark("残疾人证号里的身份证号和“身份证号”一列不一样。"), mark("请核对原件。")
        )
        row.problem("certificate", fault)
        return
    person = printed or stated
    if person is None:
        row.values["birth_date"] = row.read("birth_date", cells.date_of)
        row.values["sex"] = row.read("sex", cells.sex_of)
        return
    row.values["id_number"] = _number(person)
    row.values["birth_date"], row.values["sex"] = person.birth_date, person.sex
    if isinstance(printed, Certificate):
        row.values["certificate"] = printed.number
    _plausible(row, "certificate" if printed else "id_number", today)


def read_disability(row: Row) -> None:
    """Category, components and grade: the certificate decides, columns must agree."""
    stated, mask = row.read("category", cells.categories_of) or (None, 0)
    _, more = row.read("components", cells.categories_of) or (None, 0)
    grade = row.read("grade", cells.grade_of)
    if grade is None and not row.wrong("grade"):
        grade = row.read("category", cells.grade_within)
    number = row.values.get("certificate")
    if number:
        digit, second = int(number[18]), int(number[19])
        _agree(row, stated, grade, (digit, second))
        stated, grade = digit, second
    _require(row, stated, grade)
    if stated is None:
        return
    row.values["certificate_category"] = stated
    row.values["grade"] = grade
    multiple = stated == Category.MULTIPLE
    row.values["categories"] = mask | more if multiple else Category(stated).bit


def _id(text: str) -> Identity | None:
    return None if says_none(text) else read_id(text)


def _certificate(row: Row, text: str) -> Certificate | Identity | None:
    """A list may hold ID numbers in this column, beside category and grade."""
    if says_none(text):
        return None
    try:
        return read_certificate(text)
    except Refused:
        if not (row.text("category") and row.text("grade")):
            raise
        identity = _bare_id(text)
        if identity is None:
            raise
    row.notice(
        mark("%(n)s 个证号只有 18 位，按类别和等级两列补全：%(cells)s。"), "certificate"
    )
    return identity


def _bare_id(text: str) -> Identity | None:
    try:
        return read_id(text)
    except Refused:
        return None


def _number(found: Certificate | Identity) -> str:
    return found.id_number if isinstance(found, Certificate) else found.number


def _plausible(row: Row, name: str, today: date) -> None:
    if not 0 <= (today - row.values["birth_date"]).days <= _OLDEST_DAYS:
        fault = Refused(
            mark("号码里的出生日期不合理：在将来，或超过 120 岁。"),
            mark("请核对原件。"),
        )
        row.problem(name, fault)
    county = row.values["id_number"][:6]
    if int(county[:2]) not in _PROVINCES or county[4:] in {"00", "99"}:
        row.notice(mark("%(n)s 个号码的地区代码没有见过，照样导入：%(cells)s。"), name)


def _agree(
    row: Row, stated: int | None, grade: int | None, printed: tuple[int, int]
) -> None:
    multiple = Category.MULTIPLE in {stated, printed[0]}
    if stated not in {None, printed[0]} and not multiple:
        fault = Refused(
            mark("残疾类别和证号最后第 2 位不一样。"), mark("请照残疾人证改正。")
        )
        row.problem("category", fault)
    if grade not in {None, printed[1]}:
        fault = Refused(
            mark("残疾等级和证号最后 1 位不一样。"), mark("请照残疾人证改正。")
        )
        row.problem("grade", fault)


def _require(row: Row, category: int | None, grade: int | None) -> None:
    if row.wrong("certificate", "id_number", "category", "grade"):
        return
    if category is None:
        fault = Refused(
            mark("没有残疾类别。"),
            mark("请填视力、听力、言语、肢体、智力、精神或多重。"),
        )
        row.problem("category", fault)
    elif grade is None:
        fault = Refused(mark("没有残疾等级。"), mark("请填一级、二级、三级或四级。"))
        row.problem("grade", fault)
