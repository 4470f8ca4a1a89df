"""Texts with variables: which names they use, and what they say in one place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Template

from campaigns.bulletins.models import BulletinVersion
from campaigns.bulletins.spelling import spoken
from campaigns.errors import Refused, mark
from campaigns.register.models import Unit

LATIN = {
    "乡镇": "township",
    "村": "village",
    "单位": "org",
    "电话": "phone",
    "日期": "date",
    "地点": "place",
    "气温": "temp",
    "费用": "fee",
    "年龄": "age_range",
    "值班电话": "duty",
    "日期读法": "date_spoken",
    "电话读法": "phone_spoken",
    "气温读法": "temp_spoken",
    "值班电话读法": "duty_spoken",
    "短信报警读法": "sms_police_spoken",
    "标题": "title",
}
"""Chinese names and the Latin ones under which their values are kept."""

CHINESE = {latin: chinese for chinese, latin in LATIN.items()}
STANDARD = frozenset({"township", "village", "org", "phone"})
"""Names that have a value without anybody entering one."""

SPOKEN = "_spoken"
"""What ends the name of a variable as it is read aloud."""


class Wording(Template):
    """A text whose variables stand in braces: ``${乡镇}`` or ``${township}``."""

    flags = re.NOFLAG
    idpattern = r"(?!)"  # a bare $ is a mistake, not a variable
    braceidpattern = r"[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*"


def canonical(name: str) -> str:
    """Return the name under which a variable's value is kept."""
    return LATIN.get(name, name)


def names_in(*texts: str) -> list[str]:
    """Canonical names used in ``texts``, each once. Raises Refused for a broken one."""
    names: dict[str, None] = {}
    for text in texts:
        _check(text)
        names |= dict.fromkeys(map(canonical, Wording(text).get_identifiers()))
    return list(names)


def in_latin(text: str) -> str:
    """``text`` with each variable under the name that its value is kept under."""
    return Wording.pattern.sub(_latin, text)


def _latin(found: re.Match[str]) -> str:
    name = found.group("braced")
    return f"${{{canonical(name)}}}" if name else found.group()


def places_in(text: str) -> tuple[str, ...]:
    """Of township and village, those whose name the text holds."""
    return tuple(sorted({"township", "village"} & set(names_in(text))))


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with every variable's value. Raises Refused naming the missing one."""
    missing = [name for name in names_in(text) if not values.get(name)]
    if missing:
        raise Refused(
            mark("变量“%(name)s”还没有内容，请填好再保存。"),
            name=CHINESE.get(missing[0], missing[0]),
        )
    both = {chinese: values.get(latin, "") for chinese, latin in LATIN.items()}
    return Wording(text).substitute({**both, **values})


def values_for(
    version: BulletinVersion, unit: Unit, township: str = "", village: str = ""
) -> dict[str, str]:
    """Every variable's value where ``township`` and ``village`` are place names.

    The unit's name and telephone stand in unless the version has its own; a name
    that ends in ``_spoken`` is read out from its plain value unless it is given.
    """
    given = {canonical(name): text for name, text in version.values.items() if text}
    known = {"org": unit.name, "phone": unit.text_phone or unit.landline, **given}
    known |= {"township": township, "village": village}
    aloud = {f"{name}{SPOKEN}": spoken(text) for name, text in known.items() if text}
    return {**aloud, **known}


def in_print(values: dict[str, str]) -> dict[str, str]:
    """``values`` for the eye: what is read out aloud stands as it is written."""
    plain = {f"{name}{SPOKEN}": text for name, text in values.items()}
    return {**plain, **{n: t for n, t in values.items() if not n.endswith(SPOKEN)}}


ALERT = "${村}有一条广播要播：${标题}。请下载后播放。收到回1，放不了回2。"
"""Text that tells a village's duty people, at most 67 characters when signed."""

SILENT = "${乡镇}有村还没联系上：${标题}。请马上打电话，在应急看板上看是哪些村。"
"""Text that tells the leader on call that a village answers nobody."""

NOTICE = "您登记的家人电话换了，以后有些短信也会发到新号码。不对的话，请联系${电话}。"
"""Text that tells a person that their guardian's phone is another one."""


def alert_text(*, village: str, title: str) -> str:
    """``ALERT`` for one village."""
    return fill(ALERT, {"village": village, "title": title})


def _check(text: str) -> None:
    for found in Wording.pattern.finditer(text):
        if found.group("invalid") is not None:
            raise Refused(
                mark("“%(piece)s”不是变量：变量要写成 ${乡镇} 这样，花括号成对。"),
                piece=text[found.start() : found.start() + 12],
            )
