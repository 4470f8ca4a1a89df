"""Finding one's county: by its name, a part of it, or its six digits."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import NotFound, Refused, mark
from campaigns.register.models import Place
from campaigns.register.places import shipped_counties
from campaigns.vocabulary import Level

_LISTED = 8


def known_counties(session: Session) -> dict[str, str]:
    """Names by code: those that ship, and those whose list was brought in."""
    own = select(Place.code, Place.name).where(Place.level == Level.COUNTY)
    found = dict(shipped_counties()) | {r.code: r.name for r in session.execute(own)}
    return dict(sorted(found.items()))


def find_county(session: Session, sought: str) -> str:
    """The code of the one county that ``sought`` means.

    Raises NotFound where there is none, Refused where there are several; both name
    those that can be chosen.
    """
    known, text = known_counties(session), sought.strip()
    whole = [code for code, name in known.items() if text in {code, name}]
    partly = [
        code
        for code, name in known.items()
        if text and (text in name or name in text or code in text)
    ]
    begun = [c for c in known if text.isdecimal() and c.startswith(text)]
    fits = whole or partly or begun
    if len(fits) == 1:
        return fits[0]
    names = "、".join(f"{known[c]}（{c}）" for c in (fits or [*known])[:_LISTED])
    if fits:
        raise Refused(
            mark("符合“%(text)s”的不止一个：%(names)s。请写全名或 6 位代码。"),
            text=text,
            names=names,
        )
    raise NotFound(
        mark(
            "没有找到“%(text)s”。现在有的县：%(names)s。"
            "别的县请管理员先运行 outreach import places，把本县的地名表导进来。"
        ),
        text=text,
        names=names,
    )
