"""Where a row's person lives: township and village, by every name that we know."""

from __future__ import annotations

from campaigns.errors import Refused, mark
from campaigns.register.importing.row import Row
from campaigns.register.places import Gazetteer

_SHOWN = 20


def read_place(row: Row, gazetteer: Gazetteer) -> None:
    """Township and village codes; a village may be missing, never unknown."""
    asked = row.read("township", str.strip) or ""
    village = row.read("village", str.strip) or ""
    if row.wrong("township", "village"):
        return
    township = gazetteer.township(asked) if asked else None
    if asked and township is None:
        _no_township(row, gazetteer, asked)
        return
    code = township.code if township else None
    found = gazetteer.village(code, village) if village else None
    if village and found is None:
        _no_village(row, gazetteer, code, village)
    elif found is not None:
        row.values["township"], row.values["village"] = found.parent, found.code
    elif code is None:
        fault = Refused(mark("没有乡镇，也没有村。"), mark("请补上所在的乡镇和村。"))
        row.problem("township", fault)
    else:
        row.values["township"], row.values["village"] = code, None
        row.notice(mark("%(n)s 人没有写村，只按乡镇记：%(cells)s。"), "village")


def _no_township(row: Row, gazetteer: Gazetteer, asked: str) -> None:
    sentence = mark("本县没有“%(name)s”这个乡镇。")
    _unknown(row, "township", sentence, gazetteer.nearest(asked), name=asked[:_SHOWN])


def _no_village(row: Row, gazetteer: Gazetteer, code: str | None, asked: str) -> None:
    name = asked[:_SHOWN]
    if code is None:
        sentence = mark("没有写乡镇，只凭“%(name)s”定不了是哪个村。")
        _unknown(row, "village", sentence, None, name=name)
        return
    _unknown(
        row,
        "village",
        mark("%(township)s没有“%(name)s”。"),
        gazetteer.nearest(asked, code),
        name=name,
        township=gazetteer.names[code],
    )


def _unknown(
    row: Row, field: str, sentence: str, nearest: str | None, **values: str
) -> None:
    if nearest is None:
        mend = mark("请改正，或先到“地名”添加。")
        row.problem(field, Refused(sentence, mend, **values))
        return
    mend = mark("最接近的是“%(nearest)s”。请改正，或先到“地名”添加。")
    row.problem(field, Refused(sentence, mend, nearest=nearest, **values))
