"""The operator's own readings: names and words that the voice got wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.bulletins.models import Bulletin, BulletinVersion, Pronunciation
from campaigns.vocabulary import BulletinState

_SOUNDING = (BulletinState.IN_REVIEW, BulletinState.REVIEWED, BulletinState.ISSUED)


def listed(session: Session) -> Sequence[Pronunciation]:
    """All of them, in the order of the words."""
    return session.scalars(select(Pronunciation).order_by(Pronunciation.word)).all()


def used_in(session: Session, text: str) -> tuple[tuple[str, str], ...]:
    """Pairs of word and reading for the words that stand in ``text``.

    Only these: a new word must not make a clip that has been listened to another one.
    """
    return tuple((row.word, row.reading) for row in listed(session) if row.word in text)


def put(session: Session, word: str, reading: str, *, by: int, now: datetime) -> None:
    """Set how ``word`` is read; the caller has checked the reading."""
    session.merge(Pronunciation(word=word, reading=reading, set_by=by, set_at=now))
    session.flush()


def drop(session: Session, word: str) -> Pronunciation | None:
    """Read ``word`` as the product does again; what was dropped, if it was there."""
    found = session.get(Pronunciation, word)
    if found is not None:
        session.delete(found)
        session.flush()
    return found


def concerned(session: Session, word: str) -> Sequence[Bulletin]:
    """Bulletins in review or issued whose spoken text holds ``word``.

    Their sound changes with the reading: somebody must listen again.
    """
    found = (
        select(Bulletin)
        .join(BulletinVersion)
        .where(
            BulletinVersion.state.in_(_SOUNDING),
            BulletinVersion.spoken_text.contains(word, autoescape=True),
            Bulletin.deleted_at.is_(None),
        )
        .order_by(Bulletin.id)
        .distinct()
    )
    return session.scalars(found).all()
