"""From a draft to an issued text: each step by somebody who did not write it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from campaigns.bulletins.drafting import get_version
from campaigns.bulletins.models import BulletinVersion
from campaigns.bulletins.readiness import faults
from campaigns.errors import NotAllowed, NotReady, Refused, Stale, mark
from campaigns.shanghai import SHANGHAI
from campaigns.vocabulary import BULLETIN_STEPS, BulletinState


def send_for_review(
    session: Session, version_id: int, *, by: int, now: datetime
) -> BulletinVersion:
    """Hand a draft to the reviewer. Raises Refused with the first fault, Stale."""
    version = get_version(session, version_id)
    _refuse_faults(session, version, now)
    return _step(session, version, BulletinState.IN_REVIEW, written_by=by)


def review(
    session: Session, version_id: int, *, by: int, seen: str, now: datetime
) -> BulletinVersion:
    """Pass a text on to the issuer; ``seen`` is the content hash that was read.

    Raises NotAllowed for a writer, Refused with the first fault, Stale.
    """
    version = get_version(session, version_id)
    _refuse_writer(version, by)
    _refuse_faults(session, version, now)
    return _step(
        session,
        version,
        BulletinState.REVIEWED,
        seen=seen,
        reviewed_by=by,
        reviewed_at=now,
    )


def issue(  # noqa: PLR0913 - who, what was read, who listened, when
    session: Session,
    version_id: int,
    *,
    by: int,
    seen: str,
    now: datetime,
    heard_by: str | None = None,
) -> BulletinVersion:
    """Issue a text and give it its number; the one before it is superseded.

    In a small office one second person may pass and issue at once. ``heard_by``
    names who listened to the clip. Raises NotAllowed, NotReady where nobody
    listened, Refused with the first fault, Stale.
    """
    if heard_by:
        confirm_heard(session, version_id, heard_by, by=by, now=now)
    version = get_version(session, version_id)
    _refuse_writer(version, by)
    _refuse_faults(session, version, now)
    if version.spoken_text.strip() and not version.heard_by:
        raise NotReady(mark("口播稿还没有人试听。请听一遍，填上试听人再签发。"))
    reviewed = version.state is BulletinState.REVIEWED
    issued = _step(
        session,
        version,
        BulletinState.ISSUED,
        seen=seen,
        issued_by=by,
        issued_at=now,
        issue_number=_next_number(session, now),
        reviewed_by=version.reviewed_by if reviewed else by,
        reviewed_at=version.reviewed_at if reviewed else now,
    )
    _supersede_others(session, issued)
    return issued


def confirm_heard(
    session: Session, version_id: int, name: str, *, by: int, now: datetime
) -> BulletinVersion:
    """Record who listened to the clip: a person's name, entered by ``by``.

    Raises Refused without a name, NotAllowed for a writer: somebody else listens.
    """
    version = _to_hear(session, version_id, name, by)
    version.heard_by, version.heard_at = name.strip(), now
    session.flush()
    return version


def confirm_call_heard(
    session: Session, version_id: int, name: str, *, by: int, now: datetime
) -> BulletinVersion:
    """Record who listened to the clip that calls play, by the rules of the other.

    Raises Refused without a name, NotAllowed for a writer.
    """
    version = _to_hear(session, version_id, name, by)
    version.call_heard_by, version.call_heard_at = name.strip(), now
    session.flush()
    return version


def send_back(
    session: Session, version_id: int, *, by: int, reason: str
) -> BulletinVersion:
    """Return a text to its writer. Raises Refused without a reason, Stale."""
    if not reason.strip():
        raise Refused(mark("写一句退回的原因，拟稿人才知道改哪里。"))
    version = get_version(session, version_id)
    return _step(
        session,
        version,
        BulletinState.RETURNED,
        return_reason=reason.strip(),
        reviewed_by=by,
        reviewed_at=None,
    )


def _refuse_writer(version: BulletinVersion, by: int) -> None:
    if by == version.written_by or by in version.writers:
        raise NotAllowed(mark("自己写的文稿不能自己审核、签发，请另一位同事来办。"))


def _refuse_faults(session: Session, version: BulletinVersion, now: datetime) -> None:
    for fault in faults(session, version, now):
        raise fault


def _step(
    session: Session,
    version: BulletinVersion,
    to: BulletinState,
    seen: str | None = None,
    **columns: Any,  # noqa: ANN401 - columns of the version
) -> BulletinVersion:
    before = [state for state, after in BULLETIN_STEPS.items() if to in after]
    moved = session.execute(
        update(BulletinVersion)
        .where(
            BulletinVersion.id == version.id,
            BulletinVersion.state.in_(before),
            BulletinVersion.content_hash == (seen or version.content_hash),
        )
        .values(state=to, **columns)
        .returning(BulletinVersion.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    session.refresh(version)
    if moved is None:
        raise Stale(mark("文稿刚被别人改动或处理过。刷新后看最新的内容，再办一次。"))
    return version


def _next_number(session: Session, now: datetime) -> str:
    year = now.astimezone(SHANGHAI).year
    last = session.scalar(
        select(func.max(BulletinVersion.issue_number)).where(
            BulletinVersion.issue_number.startswith(f"{year}-")
        )
    )
    return f"{year}-{int(last.split('-')[1]) + 1 if last else 1:03d}"


def _supersede_others(session: Session, issued: BulletinVersion) -> None:
    session.execute(
        update(BulletinVersion)
        .where(
            BulletinVersion.bulletin_id == issued.bulletin_id,
            BulletinVersion.id != issued.id,
            BulletinVersion.state == BulletinState.ISSUED,
        )
        .values(state=BulletinState.SUPERSEDED)
        .execution_options(synchronize_session="fetch")
    )


def _to_hear(session: Session, version_id: int, name: str, by: int) -> BulletinVersion:
    version = get_version(session, version_id)
    _refuse_writer(version, by)
    if not name.strip():
        raise Refused(mark("写明是谁试听的。"))
    return version
