"""Messages in doubt after the last question: ended by a word, sent again for a reason.

Whoever one went to says that it came, and it is over. To send again, either the
campaign's policy allows it and the provider's own records proved at least twice, over
more than 15 minutes, that the message never came; or two people decide to risk that
somebody gets it twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from campaigns.delivery import tally
from campaigns.delivery.models import Attempt, Message, Resend
from campaigns.delivery.people import settle
from campaigns.delivery.requeueing import requeue
from campaigns.errors import NotAllowed, NotFound, Refused, Stale, mark
from campaigns.orm import number, table_of
from campaigns.planning.lifecycle import get_campaign
from campaigns.planning.models import Campaign
from campaigns.vocabulary import Addressee, CampaignState, MessageState, Reason

QUESTIONS = (timedelta(minutes=2), timedelta(minutes=15), timedelta(minutes=60))
"""When the ledger is asked, counted from the attempt."""
MOST = 5000
"""Messages of one wish to send again: more is a campaign of its own."""
CONFIRMED = "confirmed"
"""The code of a message of which a person said that it came."""
_REASON_AT_MOST = 200
_m = table_of(Message).c
_a = table_of(Attempt).c
_STUCK = (
    _m.state == number(MessageState.IN_DOUBT),
    _m.asked >= len(QUESTIONS),
    _m.portal_batch_id.is_(None),
)


def stuck(session: Session, campaign_id: int) -> int:
    """How many messages stay in doubt though every question was asked."""
    found = select(func.count()).where(_m.campaign_id == campaign_id, *_STUCK)
    return session.scalar(found) or 0


def resend_absent(session: Session, absent: Iterable[int], now: datetime) -> int:
    """Queue again what the ledger proved absent, where the campaign's policy says so.

    Only in the first doubt of a message, and while it may still be sent.
    """
    doubted_before = exists().where(
        _a.message_id == _m.id,
        _a.outcome == MessageState.IN_DOUBT.name.lower(),
        _a.number < _m.attempt,
    )
    allowed = exists().where(
        Campaign.id == _m.campaign_id,
        Campaign.resend_absent,
        Campaign.status == CampaignState.RUNNING,
        Campaign.send_before > now,
    )
    which = (_m.id.in_(list(absent)), *_STUCK, ~doubted_before, allowed)
    return len(requeue(session, now, *which))


def demand_doubt(session: Session, message_id: int) -> Message:
    """The message, locked, while nobody knows what became of it. Raises Stale."""
    which = Message.id == message_id, Message.state == number(MessageState.IN_DOUBT)
    found = session.scalar(select(Message).where(*which).with_for_update())
    if found is None:
        raise Stale(mark("这条已经不是“结果不明”了。刷新后再看。"))
    return found


def confirm(session: Session, message_id: int, now: datetime) -> None:
    """Whoever a message went to says that it came: as good as a receipt.

    The person's own word is also evidence of them, as a key pressed in a call is; a
    guardian's is not. Raises Stale where it is not in doubt any more.
    """
    own = demand_doubt(session, message_id).addressee is Addressee.MEMBER
    moved = session.execute(
        update(table_of(Message))
        .where(_m.id == message_id, _m.state == number(MessageState.IN_DOUBT))
        .values(
            was=_m.state,
            was_reason=_m.reason,
            state=number(MessageState.DELIVERED),
            reason=Reason.MET if own else Reason.NONE,
            code=CONFIRMED,
            claim=None,
            lease_until=None,
            finished_at=now,
        )
        .returning(*tally.MOVED)
    ).all()
    settle(session, moved)


def open_wish(session: Session, campaign_id: int) -> Resend | None:
    """The wish to send again that waits for a second person."""
    waiting = Resend.campaign_id == campaign_id, Resend.ended_at.is_(None)
    return session.scalar(select(Resend).where(*waiting).order_by(Resend.id))


def ask(
    session: Session, campaign_id: int, reason: str, *, by: int, now: datetime
) -> Resend:
    """Ask to send again all that stays in doubt. Raises Refused, Stale."""
    campaign = session.get(Campaign, campaign_id, with_for_update=True)
    plain = " ".join(reason.split())
    if campaign is None or not plain or len(plain) > _REASON_AT_MOST:
        raise Refused(mark("写一句为什么要重发，最多 200 字。"))
    if open_wish(session, campaign_id):
        raise Stale(mark("已经有一个重发的申请在等人同意。"))
    _check(campaign, now)
    found = select(_m.id).where(_m.campaign_id == campaign_id, *_STUCK)
    ids = list(session.scalars(found.order_by(_m.id).limit(MOST)))
    if not ids:
        raise Refused(mark("没有查到底还不明的短信，不用重发。"))
    wish = Resend(
        campaign_id=campaign_id, messages=ids, reason=plain, asked_by=by, asked_at=now
    )
    session.add(wish)
    session.flush()
    return wish


def agree(session: Session, wish_id: int, *, by: int, now: datetime) -> Resend:
    """Send again what was asked for and is still in doubt.

    Raises NotAllowed for whoever asked, Refused past the last moment, Stale.
    """
    wish = _waiting(session, wish_id)
    if by == wish.asked_by:
        raise NotAllowed(mark("自己申请的重发不能自己同意，请另一位同事来定。"))
    campaign = get_campaign(session, wish.campaign_id)
    _check(campaign, now)
    moved = requeue(session, now, _m.id.in_(wish.messages), *_STUCK)
    if moved and campaign.status is CampaignState.FINISHED:
        campaign.status, campaign.finished_at = CampaignState.RUNNING, None
        campaign.moved_by, campaign.moved_at = by, now
    wish.agreed_by, wish.ended_at, wish.sent = by, now, len(moved)
    session.flush()
    return wish


def drop(session: Session, wish_id: int, *, now: datetime) -> Resend:
    """End a wish without sending; whoever asked may do so too. Raises Stale."""
    wish = _waiting(session, wish_id)
    wish.ended_at, wish.sent = now, 0
    session.flush()
    return wish


def _waiting(session: Session, wish_id: int) -> Resend:
    wish = session.get(Resend, wish_id, with_for_update=True)
    if wish is None:
        raise NotFound(mark("没有这个重发申请。"))
    if wish.ended_at is not None:
        raise Stale(mark("这个重发申请已经处理过了。"))
    return wish


def _check(campaign: Campaign, now: datetime) -> None:
    if campaign.status not in {
        CampaignState.RUNNING,
        CampaignState.PAUSED,
        CampaignState.FINISHED,
    }:
        raise Refused(mark("任务已停止，不能重发。需要时另建任务。"))
    if campaign.send_before <= now:
        raise Refused(mark("最晚发送时间已经过了，不能重发。需要时另建任务。"))
