"""What villages did with an announcement: downloaded, played or missed it, signed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns.errors import NotFound, NotReady, Refused, Stale, mark
from campaigns.fieldwork.announcements import before
from campaigns.fieldwork.models import Announcement, AnnouncementLog
from campaigns.fieldwork.playing import Play, Way, as_told, check, plays
from campaigns.vocabulary import AnnouncementState, MissedReason

_S = AnnouncementState


def get_announcement(
    session: Session, announcement_id: int, village: str | None = None
) -> Announcement:
    """The announcement, if it is that ``village``'s own. Raises NotFound."""
    found = session.get(Announcement, announcement_id)
    if found is None or village not in {None, found.village}:
        raise NotFound(mark("没有这条广播，或者不是本村的。"))
    return found


def record_download(
    session: Session,
    announcement_id: int,
    *,
    way: Way | str,
    actor: str = "",
    now: datetime,
) -> Announcement:
    """Record that the last byte was sent. Raises NotReady when it was withdrawn."""
    announcement = _playable(session, announcement_id)
    first = announcement.downloaded_at or now
    if announcement.state in before(_S.DOWNLOADED):
        _move(session, announcement, _S.DOWNLOADED, downloaded_at=first)
    else:
        announcement.downloaded_at = first
    _log(session, announcement, "downloaded", way, actor, now)
    return announcement


def record_played(  # noqa: PLR0913 - what was done, how it was told, by whom, when
    session: Session,
    announcement_id: int,
    play: Play,
    *,
    way: Way | str,
    actor: str = "",
    now: datetime,
) -> Announcement:
    """Record a day's playing; telling the same day again replaces what was told.

    Raises Refused for a day ahead or no slot, NotReady when it was withdrawn.
    """
    aloud = play.means == "microphone"  # whoever reads the words needs no sound
    announcement = _playable(session, announcement_id, needs_clip=not aloud)
    check(play, now)
    if announcement.state is _S.SIGNED:
        raise NotReady(mark("乡镇已经签认，不能再改。要更正请联系乡镇。"))
    _log(session, announcement, "played", way, actor, now, **as_told(play))
    slots = plays(session, announcement.id)
    at = announcement.played_at or now
    if announcement.state in before(_S.PLAYED):
        _move(session, announcement, _S.PLAYED, played_at=at, plays=slots)
    else:
        announcement.plays = slots
        session.flush()
    return announcement


def record_missed(  # noqa: PLR0913 - why, how it was told, by whom, when
    session: Session,
    announcement_id: int,
    reason: MissedReason | str,
    *,
    way: Way | str,
    actor: str = "",
    remark: str = "",
    state: AnnouncementState = _S.MISSED,
    now: datetime,
) -> Announcement:
    """Record why a village did not play it, or with NOT_DUE why it need not.

    Raises NotReady when it was played, or may not be, Refused without a reason.
    """
    announcement = _playable(session, announcement_id, needs_clip=False)
    why = MissedReason(reason)
    if why is MissedReason.OTHER and not remark.strip():
        raise Refused(mark("选了“其他”，请写一句是什么原因。"))
    if announcement.state is state and announcement.missed_reason == why:
        return announcement
    if announcement.state not in {*before(state), state}:
        raise NotReady(mark("这条已经登记为播过，不能再登记没播。"))
    _move(
        session,
        announcement,
        state,
        missed_reason=why.value,
        remark=remark.strip() or None,
    )
    _log(session, announcement, state.value, way, actor, now, reason=why.value)
    return announcement


def sign_off(
    session: Session, announcement_ids: Iterable[int], *, by: int, now: datetime
) -> int:
    """Sign for what villages told; return how many were ready to be signed."""
    signed = session.scalars(
        update(Announcement)
        .where(
            Announcement.id.in_(list(announcement_ids)),
            Announcement.state.in_(before(_S.SIGNED)),
        )
        .values(state=_S.SIGNED, signed_by=by, signed_at=now)
        .returning(Announcement.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    for announcement in session.scalars(
        select(Announcement).where(Announcement.id.in_(signed))
    ):
        _log(session, announcement, "signed", Way.ACCOUNT, str(by), now)
    return len(signed)


def _playable(
    session: Session, announcement_id: int, *, needs_clip: bool = True
) -> Announcement:
    announcement = get_announcement(session, announcement_id)
    if announcement.state is _S.WITHDRAWN:
        raise NotReady(mark("这一条已撤回，请不要播，请从 U盘删除。"))
    if needs_clip and announcement.clip is None:
        raise NotReady(mark("这一条的音频还在录，请过几分钟再来。"))
    return announcement


def _move(
    session: Session,
    announcement: Announcement,
    to: AnnouncementState,
    **columns: Any,  # noqa: ANN401 - columns of the announcement
) -> None:
    moved = session.scalar(
        update(Announcement)
        .where(
            Announcement.id == announcement.id,
            Announcement.state.in_([*before(to), to]),
        )
        .values(state=to, **columns)
        .returning(Announcement.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(announcement)
    if moved is None:
        raise Stale(mark("这一条刚有人登记过。刷新后再看。"))


def _log(  # noqa: PLR0913, PLR0917 - one line of the play log
    session: Session,
    announcement: Announcement,
    deed: str,
    way: Way | str,
    actor: str,
    now: datetime,
    **details: Any,  # noqa: ANN401 - JSON
) -> None:
    session.add(
        AnnouncementLog(
            announcement_id=announcement.id,
            deed=deed,
            way=Way(way).value,
            actor=actor,
            details=details,
            at=now,
        )
    )
    session.flush()
