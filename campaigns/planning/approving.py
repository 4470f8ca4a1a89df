"""Approvals where no second person sits in the office: by phone, on paper, alone."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.audience.rules import Rule
from campaigns.errors import NotAllowed, NotFound, NotReady, Refused, mark
from campaigns.planning.lifecycle import get_campaign, hold, release, step
from campaigns.planning.models import Approval, Campaign
from campaigns.planning.standing import refuse_obstacles, unheard
from campaigns.register.unit import current_unit
from campaigns.vocabulary import ApprovalWay, CampaignState, Urgency

PAPER_HOLD = timedelta(minutes=10)
"""What one person types in, others must have time to see before it goes out."""
LARGEST_SCAN = 2 * 1024 * 1024
_KINDS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n": "image/png",
    b"%PDF-": "application/pdf",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A signed form: by whom, its number, and a photograph or scan of it, or either."""

    signer: str
    number: str = ""
    scan: bytes = b""

    def checked(self) -> Paper:
        """Itself. Raises Refused where it proves nothing, or the scan is none."""
        if not self.signer.strip():
            raise Refused(mark("请写清楚是谁签的：姓名和职务。"))
        if not self.number.strip() and not self.scan:
            raise Refused(mark("请填签发单的编号，或传一张签发单的照片。"))
        if len(self.scan) > LARGEST_SCAN:
            raise Refused(mark("照片太大了，最多 2 MB。请拍小一点。"))
        if self.scan and not self.kind:
            raise Refused(mark("这不是照片或扫描件。请传 JPG、PNG 或 PDF。"))
        return self

    @property
    def kind(self) -> str:
        """The media type of the scan, by how it begins; empty for anything else."""
        known = (k for begin, k in _KINDS.items() if self.scan.startswith(begin))
        return next(known, "")


def by_phone(
    session: Session, campaign_id: int, *, by: int, content_hash: str, now: datetime
) -> Campaign:
    """The account ``by`` agreed to exactly this content. Raises as ``release``."""
    refuse_unheard(get_campaign(session, campaign_id))
    campaign = release(session, campaign_id, by=by, content_hash=content_hash, now=now)
    way = ApprovalWay.PHONE
    keep(session, campaign, Approval(way=way, approver_id=by), content_hash, now)
    return campaign


def on_paper(  # noqa: PLR0913 - what was signed, by whom entered, about which content
    session: Session,
    campaign_id: int,
    paper: Paper,
    *,
    by: int,
    content_hash: str,
    now: datetime,
) -> Campaign:
    """What ``paper`` approves may go, after ten minutes; ``by`` entered it.

    Raises Refused or NotReady with the first obstacle, Stale when it changed since.
    """
    campaign = get_campaign(session, campaign_id)
    paper.checked()
    waits = max(hold(session, campaign.urgency), PAPER_HOLD)
    due = max(campaign.starts_at or now, now + waits)
    kept = Approval(
        way=ApprovalWay.PAPER,
        entered_by=by,
        signer=paper.signer.strip(),
        number=paper.number.strip(),
        scan=b64encode(paper.scan).decode() if paper.scan else None,
        scan_kind=paper.kind,
    )
    return _approve(session, campaign, kept, content_hash, now, due_at=due)


def alone(
    session: Session, campaign_id: int, *, by: int, content_hash: str, now: datetime
) -> Campaign:
    """In a small office ``by`` releases alone, after the long hold.

    That nobody else could approve is for the caller to know. Raises NotAllowed where
    the office is none, Refused for an emergency and for a hold that outlasts the
    campaign, and as ``on_paper``.
    """
    campaign, unit = get_campaign(session, campaign_id), current_unit(session)
    if not unit.lone_hold_hours:
        raise NotAllowed(mark("本单位没有设成小单位，要另一位同事来批准。"))
    if campaign.urgency is Urgency.EMERGENCY:
        raise Refused(mark("紧急的事等不起。请用“紧急发布”，发常备文稿。"))
    due = max(campaign.starts_at or now, now + timedelta(hours=unit.lone_hold_hours))
    if due >= campaign.send_before:
        raise Refused(
            mark("一个人发布要先等 %(n)s 小时，那时已经过了最晚发送时间。"),
            mark("请把最晚发送时间改后一些。"),
            n=unit.lone_hold_hours,
        )
    kept = Approval(way=ApprovalWay.ALONE, entered_by=by)
    return _approve(
        session, campaign, kept, content_hash, now, due_at=due, released_alone_by=by
    )


def approval_of(session: Session, campaign: Campaign) -> Approval | None:
    """How it was approved, where that was outside the office; None while it was not."""
    if campaign.approved_at is None:
        return None
    query = select(Approval).where(
        Approval.campaign_id == campaign.id, Approval.at == campaign.approved_at
    )
    return session.scalar(query.order_by(Approval.id.desc()).limit(1))


def scan_of(session: Session, campaign_id: int) -> tuple[bytes, str]:
    """The last scan of a signed form and its media type. Raises NotFound."""
    query = select(Approval).where(
        Approval.campaign_id == campaign_id, Approval.scan.is_not(None)
    )
    found = session.scalar(query.order_by(Approval.id.desc()).limit(1))
    if found is None or found.scan is None:
        raise NotFound(mark("这个任务没有签发单的照片。"))
    return b64decode(found.scan), found.scan_kind


def _approve(
    session: Session,
    campaign: Campaign,
    kept: Approval,
    content: str,
    now: datetime,
    **columns: Any,  # noqa: ANN401 - columns of the campaign
) -> Campaign:
    """Approve what may go, entered by one person in place of a second one's press."""
    refuse_unheard(campaign)
    refuse_obstacles(session, campaign, Rule.from_json(campaign.rule), now)
    step(
        session,
        campaign,
        CampaignState.APPROVED,
        Campaign.content_hash == content,
        by=kept.entered_by,
        now=now,
        approved_at=now,
        **columns,
    )
    keep(session, campaign, kept, content, now)
    return campaign


def keep(
    session: Session, campaign: Campaign, kept: Approval, content: str, now: datetime
) -> None:
    """Put ``kept`` on record as what approved ``campaign`` at ``now``."""
    kept.campaign_id, kept.content_hash, kept.at = campaign.id, content, now
    session.add(kept)
    session.flush()


def refuse_unheard(campaign: Campaign) -> None:
    """Raises NotReady where nobody has listened to what it would call people with."""
    if unheard(campaign):
        raise NotReady(mark("电话里放的录音还没有人听过。请批准的人登录以后听了再批。"))
