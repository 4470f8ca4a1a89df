"""How a row's person is reached: own phone, guardian's phone, and the others."""

from __future__ import annotations

from campaigns.errors import Refused, mark
from campaigns.register import phones
from campaigns.register.importing import cells
from campaigns.register.importing.row import Row

_KIN = frozenset("儿女父母爸妈夫妻媳婿孙兄弟姐妹哥嫂侄叔伯姑舅姨亲属邻监护家")

_LANDLINE = mark("%(n)s 个座机号收不了短信，记作备用电话：%(cells)s。")


def read_phones(row: Row) -> None:
    """Mobiles as E.164; what is left over, and landlines, become other phones."""
    spare: list[str] = []
    own = _mobiles(row, "phone", spare)
    kin = _mobiles(row, "guardian_phone", spare)
    relation = row.read("guardian_relation", cells.free_text)
    said = _kin_remark(row)
    if said and own and not kin:
        kin, own = own[:1], own[1:]
        relation = relation or said
        row.notice(
            mark("%(n)s 个电话后面写着家人，记作监护人电话：%(cells)s。"), "phone"
        )
    row.values["phone"] = own[0] if own else None
    row.values["guardian_phone"] = kin[0] if kin else None
    row.values["guardian_relation"] = relation
    row.values["guardian_name"] = row.read("guardian_name", cells.free_text)
    row.values["other_phones"] = "、".join([*own[1:], *kin[1:], *spare]) or None
    for name, found in (("phone", own), ("guardian_phone", kin)):
        if found and phones.unusual(found[0]):
            row.notice(mark("%(n)s 个号段没有见过，照样导入：%(cells)s。"), name)


def _mobiles(row: Row, name: str, spare: list[str]) -> list[str]:
    """The mobiles of a field's cells without repeats; landlines go to ``spare``."""
    found: dict[str, None] = {}
    for nth in range(len(row.columns.get(name, ()))):
        try:
            parts = phones.split_phones(row.text(name, nth))
            if len(parts) > 1:
                sentence = mark("%(n)s 格有几个号码，短信发给第一个手机：%(cells)s。")
                row.notice(sentence, name, nth)
            for part in parts:
                if phones.is_landline(part):
                    spare.append(phones.digits_of(part))
                    sentence = mark(
                        "%(n)s 个座机号收不了短信，记作备用电话：%(cells)s。"
                    )
                    row.notice(sentence, name, nth)
                else:
                    found[phones.read_phone(part)] = None
        except Refused as fault:
            row.problem(name, fault, nth)
    return list(found)


def _kin_remark(row: Row) -> str:
    if row.wrong("phone"):
        return ""
    said = phones.remark(row.text("phone"))
    return said if _KIN & set(said) else ""
