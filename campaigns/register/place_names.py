"""Place names as people write them, brought to one form for matching."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

_SPACES = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_MINORITY = re.compile(
    r"(?:(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳"
    r"|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬"
    r"|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙"
    r"|鄂伦春|赫哲|门巴|珞巴|基诺|各)族|民族)+(?=乡$|镇$)"
)
_REMEMBERED = 8192
_OFFICES = ("人民政府", "政府", "残联", "残疾人联合会", "办事处")
_TOWNSHIP_KINDS = ("街道", "地区", "镇", "乡")
_COMMUNITY = (
    "社区居民委员会",
    "社区居委会",
    "居民委员会",
    "居委会",
    "社区",
)
_VILLAGE = (
    "村村民委员会",
    "村村委会",
    "村民委员会",
    "村委会",
    "行政村",
    "村委",
    "村",
)


class Kind(StrEnum):
    """What a village-level place calls itself; people often leave it out."""

    COMMUNITY = "社区"
    VILLAGE = "村"
    UNSAID = ""


@lru_cache(_REMEMBERED)
def tidy(text: str) -> str:
    """NFKC, without spaces and invisible characters."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text))


@lru_cache(_REMEMBERED)
def township_stem(text: str) -> str:
    """福宝镇, 福宝镇人民政府 and 福宝 all become 福宝; never empties a name."""
    name = tidy(text)
    for office in _OFFICES:
        name = _without(name, office)
    name = _MINORITY.sub("", name)
    for kind in _TOWNSHIP_KINDS:
        shorter = _without(name, kind)
        if shorter != name:
            return shorter
    return name


@lru_cache(_REMEMBERED)
def village_stem(text: str) -> tuple[str, Kind]:
    """A village's own name and its kind.

    大坪村村民委员会 becomes (大坪, 村), 大坪居委会 (大坪, 社区), 大坪 (大坪, unsaid).
    """
    name = tidy(text)
    for kind, endings in ((Kind.COMMUNITY, _COMMUNITY), (Kind.VILLAGE, _VILLAGE)):
        for ending in endings:
            shorter = _without(name, ending)
            if shorter != name:
                return shorter, kind
    return name, Kind.UNSAID


def spoken(name: str) -> str:
    """A village's name as people say it: 大坪村村民委员会 is 大坪村."""
    stem, kind = village_stem(name)
    return f"{stem}{kind}"


def _without(name: str, ending: str) -> str:
    return name.removesuffix(ending) if len(name) > len(ending) else name
