"""A text to one's own phone, before anybody else gets it: marked, and sent once.

A trial is no message of a campaign and counts nowhere. Its token names a number above
every message's, so that a receipt finds it and is never taken for another's.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, SmallInteger, String, Text, func, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column

from campaigns import privacy
from campaigns.bulletins import carrier_rules
from campaigns.bulletins.models import BulletinVersion
from campaigns.bulletins.readiness import longest_places
from campaigns.bulletins.wording import fill, values_for
from campaigns.delivery import token
from campaigns.delivery.carrying import Outcome
from campaigns.delivery.models import Receipt
from campaigns.delivery.provider import Limits, Outgoing
from campaigns.errors import NotReady, Refused, mark
from campaigns.orm import Base, Key
from campaigns.privacy import Sealed
from campaigns.register.models import Unit
from campaigns.register.optouts import standing
from campaigns.register.phones import read_phone
from campaigns.register.unit import current_unit
from campaigns.vocabulary import Channel, MessageState

MARK = "【测试】"
FIRST = 900_000_000_000
"""Messages reach this number in 2054; see ``outreach/numbering.py``."""
PATIENCE = timedelta(minutes=10)
"""Whoever waits for a test has gone by then: nothing is sent late."""
UNSETTLED = frozenset({MessageState.QUEUED, MessageState.SUBMITTING})
"""A page that shows these looks again by itself."""
_LEASE = timedelta(minutes=1)
_VALID_SECONDS = 3600
_S = MessageState


class Trial(Base):
    """One text to the phone of ``user_id``, who typed its number.

    ``state`` is a ``MessageState`` as the provider's own answer leaves it; what it
    reports later stands in ``receipt`` under ``FIRST`` plus the id.
    """

    __tablename__ = "trial"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("bulletin_version.id"))
    user_id: Mapped[int] = mapped_column(Key, index=True)
    phone: Mapped[str] = mapped_column(Sealed("trial.phone"))
    text: Mapped[str] = mapped_column(Text)
    provider: Mapped[str] = mapped_column(String(20))
    state: Mapped[int] = mapped_column(SmallInteger)
    code: Mapped[str | None] = mapped_column(String(40))
    asked_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]


def wording(session: Session, version: BulletinVersion) -> str:
    """What the phone gets, without the signature. Raises Refused for a missing value.

    Filled in for the place with the longest name: whatever fits there fits anywhere.
    """
    unit = current_unit(session)
    place = longest_places(session, unit)[0]
    return MARK + fill(version.sms_text, values_for(version, unit, *place))


def ask(  # noqa: PLR0913 - which words, to whose phone, through whom
    session: Session,
    version: BulletinVersion,
    *,
    phone: str,
    provider: str,
    by: int,
    now: datetime,
) -> Trial:
    """Queue a text to one's own phone; nothing has left yet.

    Raises Refused for a number, a text or a carrier that cannot be used so.
    """
    number = read_phone(phone)
    index = privacy.blind("phone", number)
    refusal = standing(session, index)
    if refusal is not None and refusal.scope == "all":
        raise Refused(mark("这个号码登记过拒收，不能用来测试。请换自己的另一个号码。"))
    trial = Trial(
        version_id=version.id,
        user_id=by,
        phone=number,
        text=_taken(session, version, provider),
        provider=provider,
        state=int(_S.QUEUED),
        asked_at=now,
    )
    session.add(trial)
    session.flush()
    return trial


def begin(
    session: Session, trial_id: int, limits: Limits, *, signer: bytes, now: datetime
) -> Outgoing | None:
    """Say that it is going out, once; None for one that has begun or waited too long.

    The caller commits before a byte leaves.
    """
    mine = Trial.id == trial_id, Trial.state == int(_S.QUEUED)
    fresh = Trial.asked_at > now - PATIENCE
    begun = update(Trial).where(*mine, fresh).values(state=_S.SUBMITTING, begun_at=now)
    if session.scalar(begun.returning(Trial.id)) is None:
        session.execute(update(Trial).where(*mine).values(state=int(_S.CANCELLED)))
        return None
    trial = session.get_one(Trial, trial_id)
    unit = session.scalars(select(Unit)).one()
    version = session.get_one(BulletinVersion, trial.version_id)
    carrier = trial.provider, version.urgency, trial.text, unit.signature
    number = FIRST + trial.id
    return Outgoing(
        message_id=number,
        campaign_id=0,
        attempt=1,
        channel=Channel.SMS,
        phone=trial.phone,
        text=carrier_rules.as_carried(*carrier),
        token=token.mint(signer, 0, number, 1),
        parts=carrier_rules.length(*carrier).parts,
        deadline=time.monotonic() + limits.timeout_seconds,
        valid_seconds=_VALID_SECONDS,
        submitted_at=now,
        serial=token.serial(signer, number, 1),
        signature=unit.signature,
        practice=unit.practice_since is not None,
    )


def ended(session: Session, trial_id: int, outcome: Outcome) -> None:
    """Keep what the provider answered; what it did not take is not tried again."""
    refused = outcome.state == _S.QUEUED
    state = _S.REJECTED if refused else outcome.state
    mine = Trial.id == trial_id, Trial.state == int(_S.SUBMITTING)
    kept = {"state": int(state), "code": outcome.code and outcome.code[:40]}
    session.execute(update(Trial).where(*mine).values(**kept))


def waiting(session: Session, now: datetime) -> list[int]:
    """Trials whose hint was lost."""
    queued = Trial.state == int(_S.QUEUED), Trial.asked_at > now - PATIENCE
    return list(session.scalars(select(Trial.id).where(*queued)))


def done(session: Session) -> bool:
    """Whether anybody has tried a text that a provider took."""
    taken = Trial.state.between(int(_S.ACCEPTED), int(_S.DELIVERED))
    return session.scalar(select(Trial.id).where(taken).limit(1)) is not None


def own(
    session: Session, user_id: int, version_id: int, now: datetime
) -> list[tuple[Trial, MessageState]]:
    """One's last trials of a version with how far each is, the latest first."""
    mine = Trial.user_id == user_id, Trial.version_id == version_id
    found = select(Trial).where(*mine).order_by(Trial.id.desc()).limit(5)
    return [(each, _state(session, each, now)) for each in session.scalars(found)]


def last_phone(session: Session, user_id: int) -> str:
    """The number that this person typed last."""
    found = select(Trial).where(Trial.user_id == user_id).order_by(Trial.id.desc())
    last = session.scalars(found.limit(1)).first()
    return last.phone if last else ""


def bulletin_to_try(session: Session) -> int | None:
    """The bulletin that was written last, where its text can be tried."""
    found = (
        select(BulletinVersion)
        .options(joinedload(BulletinVersion.bulletin))
        .where(BulletinVersion.sms_text != "")
        .order_by(BulletinVersion.id.desc())
    )
    last = session.scalars(found.limit(1)).first()
    return last.bulletin_id if last and not last.bulletin.deleted_at else None


def _state(session: Session, trial: Trial, now: datetime) -> MessageState:
    told = select(func.max(Receipt.state)).where(
        Receipt.message_id == FIRST + trial.id, Receipt.provider == trial.provider
    )
    state = max(trial.state, session.scalar(told) or 0)
    late = trial.begun_at is not None and trial.begun_at < now - _LEASE
    return _S.IN_DOUBT if state == _S.SUBMITTING and late else MessageState(state)


def _taken(session: Session, version: BulletinVersion, provider: str) -> str:
    """The words, where the carrier takes them. Raises NotReady, Refused."""
    if not version.sms_text.strip():
        raise NotReady(mark("这篇文稿没有短信，不能发给手机试。"))
    if carrier_rules.rules_of(provider).templates:
        raise NotReady(
            mark("这个通道只发报备过的模板，加不了“测试”两个字，所以不能试发。")
        )
    text = wording(session, version)
    signature = current_unit(session).signature
    for fault in carrier_rules.faults(provider, version.urgency, text, signature):
        raise fault
    return text
