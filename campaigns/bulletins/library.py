"""The starter library: fourteen texts that a county fills in and issues."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy.orm import Session

from campaigns.bulletins.drafting import first_version
from campaigns.bulletins.models import Bulletin, BulletinVersion
from campaigns.bulletins.wording import STANDARD, in_latin
from campaigns.errors import NotFound, mark
from campaigns.vocabulary import Urgency

_SPOKEN = "_spoken"


@dataclass(frozen=True, slots=True)
class LibraryText:
    """A text of the library; ``decided_locally`` names what the county fills in."""

    id: str
    name: str
    topic: str
    audience: str
    urgency: Urgency
    sms: str
    spoken: str
    easy_read: tuple[str, ...]
    variables: tuple[str, ...]
    decided_locally: tuple[str, ...]

    @property
    def first_line(self) -> str:
        """The first sentence that is read out, for choosing by ear or eye."""
        sentences = self.spoken.split("。")
        return (
            next(it for it in sentences if "${" not in it and "乡亲" not in it) + "。"
        )


@cache
def _file() -> dict[str, Any]:
    text = files("campaigns.bulletins").joinpath("library.json").read_text("utf-8")
    return dict(json.loads(text))


@cache
def texts() -> tuple[LibraryText, ...]:
    """All texts, in the order of the file."""
    return tuple(
        LibraryText(
            **{
                **text,
                "urgency": Urgency(text["urgency"]),
                "easy_read": tuple(text["easy_read"]),
                "variables": tuple(text["variables"]),
                "decided_locally": tuple(text["decided_locally"]),
            }
        )
        for text in _file()["texts"]
    )


def sample(*, longest: bool = False) -> dict[str, str]:
    """A sample value for every variable of the library."""
    return dict(_file()["sample_longest" if longest else "sample"])


def library_text(text_id: str) -> LibraryText:
    """The text with this id, such as T02. Raises NotFound."""
    for text in texts():
        if text.id == text_id:
            return text
    raise NotFound(mark("文稿库里没有“%(id)s”。"), id=text_id)


def start_from_library(
    session: Session, text_id: str, *, by: int | None, now: datetime
) -> BulletinVersion:
    """The first draft of a new bulletin that says a library text. Raises NotFound."""
    text = library_text(text_id)
    version = _version(text, by, now)
    version.bulletin = Bulletin(
        title=text.name, topic=text.topic, library_id=text.id, made_by=by, made_at=now
    )
    session.add(version)
    session.flush()
    return version


def unchanged(version: BulletinVersion) -> bool:
    """Whether ``version`` says a library text word for word, and nobody's recording.

    The values of its variables are the county's own, which issued them.
    """
    began = version.bulletin.library_id
    text = next((each for each in texts() if each.id == began), None)
    if text is None or version.recording is not None:
        return False
    now = (version.sms_text, version.spoken_text, *version.easy_read)
    then = (text.sms, text.spoken, *text.easy_read)
    return version.urgency is text.urgency and _alike(now) == _alike(then)


def _alike(texts: tuple[str, ...]) -> list[str]:
    """Texts with their variables under one name, whatever an editor called them."""
    return ["".join(in_latin(text).split()) for text in texts]


def _version(text: LibraryText, by: int | None, now: datetime) -> BulletinVersion:
    given = sample()
    return first_version(
        by,
        now,
        urgency=text.urgency,
        sms_text=text.sms,
        spoken_text=text.spoken,
        easy_read=list(text.easy_read),
        values={name: given[name] for name in text.variables if _asked(text, name)},
        samples={name: given[name] for name in text.decided_locally},
    )


def _asked(text: LibraryText, name: str) -> bool:
    """Whether somebody must enter a value: it is neither standard nor read out."""
    derived = name.endswith(_SPOKEN) and (
        (base := name.removesuffix(_SPOKEN)) in text.variables
        or base in {"phone", "duty"}
    )
    return name not in STANDARD and not derived
