"""Writing a bulletin: drafts, new versions of issued texts, and the content's hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.bulletins.models import Bulletin, BulletinVersion
from campaigns.bulletins.wording import canonical, names_in
from campaigns.errors import NotFound, NotReady, Refused, Stale, mark
from campaigns.vocabulary import BulletinState, Urgency

_EDITABLE = (BulletinState.DRAFT, BulletinState.RETURNED)
_WORDS = (
    "urgency",
    "sms_text",
    "spoken_text",
    "easy_read",
    "values",
    "source",
    "valid_until",
    "voice",
    "recording",
)
_TITLE_AT_MOST = 60
_VOICE = "kokoro"


class Fields(TypedDict, total=False):
    """What an editor may change; what is absent stays as it was."""

    title: str
    topic: str
    urgency: Urgency
    sms_text: str
    spoken_text: str
    easy_read: list[str]
    values: dict[str, str]
    source: str
    valid_until: date | None
    voice: str


def new_bulletin(  # noqa: PLR0913 - one keyword a fact
    session: Session,
    *,
    title: str,
    topic: str = "",
    urgency: Urgency = Urgency.TIP,
    categories: int = 0,
    by: int | None,
    now: datetime,
) -> BulletinVersion:
    """The empty first draft of a new bulletin.

    ``categories`` is the bit mask of the association that writes it, 0 the county.
    """
    version = first_version(by, now, urgency=urgency)
    version.bulletin = Bulletin(
        title=_checked_title(title),
        topic=topic,
        categories=categories,
        made_by=by,
        made_at=now,
    )
    session.add(version)
    session.flush()
    return version


def first_version(by: int | None, now: datetime, **words: Any) -> BulletinVersion:  # noqa: ANN401 - columns of the version
    """An unsaved first draft written by ``by``."""
    version = BulletinVersion(
        number=1,
        state=BulletinState.DRAFT,
        written_by=by,
        writers=_with([], by),
        written_at=now,
        sms_text="",
        spoken_text="",
        easy_read=[],
        values={},
        samples=words.pop("samples", {}),
        source="",
        voice=_VOICE,
    )
    _put(version, words)
    version.content_hash = content_hash(version)
    return version


def get_bulletin(session: Session, bulletin_id: int) -> Bulletin:
    """The bulletin with this id. Raises NotFound."""
    bulletin = session.get(Bulletin, bulletin_id)
    if bulletin is None or bulletin.deleted_at is not None:
        raise NotFound(mark("没有这篇文稿，可能已经删除。"))
    return bulletin


def get_version(session: Session, version_id: int) -> BulletinVersion:
    """The version with this id. Raises NotFound."""
    version = session.get(BulletinVersion, version_id)
    if version is None:
        raise NotFound(mark("没有这个版本的文稿。"))
    return version


def current_version(session: Session, bulletin_id: int) -> BulletinVersion:
    """The last version, whatever its state. Raises NotFound."""
    return session.scalars(
        select(BulletinVersion)
        .where(BulletinVersion.bulletin_id == get_bulletin(session, bulletin_id).id)
        .order_by(BulletinVersion.number.desc())
        .limit(1)
    ).one()


def save_draft(  # noqa: PLR0913 - who, when, and what was seen
    session: Session,
    bulletin_id: int,
    fields: Fields,
    *,
    by: int | None,
    now: datetime,
    seen: str | None = None,
) -> BulletinVersion:
    """Save ``fields`` and return the version that holds them.

    An issued text is never changed: editing it begins the next version. ``seen`` is
    the content hash that the editor opened. Raises Stale when somebody saved in
    between, NotReady while the text is in review, Refused for a broken variable.
    """
    bulletin = get_bulletin(session, bulletin_id)
    version = _open_version(session, bulletin, now)
    if seen is not None and seen != version.content_hash:
        raise Stale(mark("别人刚改过这篇文稿。对照他的改动后，再保存一次。"))
    names_in(fields.get("sms_text", ""), fields.get("spoken_text", ""))
    bulletin.title = _checked_title(fields.get("title", bulletin.title))
    bulletin.topic = fields.get("topic", bulletin.topic)
    _put(version, fields)
    version.state, version.return_reason = BulletinState.DRAFT, None
    version.written_by, version.written_at = by, now
    version.writers = _with(version.writers, by)
    _sounds_new(version)
    session.flush()
    return version


def keep_recording(
    session: Session, version_id: int, recording: str, *, by: int | None, now: datetime
) -> BulletinVersion:
    """Let the clerk's own recording speak; somebody must listen to it again.

    ``recording`` is the sound's name in storage. Raises NotReady once the text is in
    review or issued.
    """
    version = get_version(session, version_id)
    if version.state not in _EDITABLE:
        raise NotReady(mark("这篇文稿正在审核或已签发，不能换录音。请先退回或出新版。"))
    version.recording, version.voice = recording, "recorded"
    version.written_by, version.written_at = by, now
    version.writers = _with(version.writers, by)
    _sounds_new(version)
    session.flush()
    return version


def _sounds_new(version: BulletinVersion) -> None:
    version.content_hash = content_hash(version)
    version.heard_by = version.call_heard_by = None


def content_hash(version: BulletinVersion) -> str:
    """SHA-256 of everything that an approval is bound to."""
    facts = {name: getattr(version, name) for name in _WORDS}
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _open_version(
    session: Session, bulletin: Bulletin, now: datetime
) -> BulletinVersion:
    version = current_version(session, bulletin.id)
    if version.state in _EDITABLE:
        return version
    if version.state is BulletinState.ISSUED:
        return _next_version(session, version, now)
    raise NotReady(mark("这篇文稿正在审核。请审核人先退回，再修改。"))


def _next_version(
    session: Session, issued: BulletinVersion, now: datetime
) -> BulletinVersion:
    version = BulletinVersion(
        bulletin_id=issued.bulletin_id,
        number=issued.number + 1,
        state=BulletinState.DRAFT,
        samples=dict(issued.samples),
        content_hash=issued.content_hash,
        written_at=now,
        writers=[],
        **{name: getattr(issued, name) for name in _WORDS},
    )
    session.add(version)
    return version


def _put(version: BulletinVersion, words: Mapping[str, Any]) -> None:
    if words.get("spoken_text", version.spoken_text) != version.spoken_text:
        _forget_recording(version)
    for name in _WORDS:
        if name in words:
            setattr(version, name, words[name])
    version.values = {
        canonical(name): text.strip() for name, text in (version.values or {}).items()
    }


def _forget_recording(version: BulletinVersion) -> None:
    """A recording of other words must not speak for these."""
    if version.recording is not None:
        version.recording, version.voice = None, _VOICE


def _with(writers: list[int], by: int | None) -> list[int]:
    return writers if by is None or by in writers else [*writers, by]


def _checked_title(title: str) -> str:
    plain = title.strip()
    if not plain:
        raise Refused(mark("给文稿起个标题。"))
    if len(plain) > _TITLE_AT_MOST:
        raise Refused(mark("标题最多 %(most)s 字。"), most=_TITLE_AT_MOST)
    return plain
