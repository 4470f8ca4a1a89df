"""Watches a campaign until nothing moves any more, and tells what it saw."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.progress import Progress, TaskID
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.delivery.models import Message, Receipt
from campaigns.errors import NotReady, mark
from campaigns.fieldwork.models import Announcement
from campaigns.planning.models import Campaign
from campaigns.reporting.statistics import CampaignStatistics, campaign_statistics
from campaigns.vocabulary import AnnouncementState, Channel, MessageState
from outreach.bars import bars
from outreach.demo import calling
from outreach.demo.script import sounds
from outreach.previews import Progress as Stage
from outreach.simulator.asking import summary
from outreach.wiring import Wiring

_LIMIT_SECONDS = 900.0
_LOOK_SECONDS = 0.5
_WAITING = ("queued", "submitting", "in_doubt")


def until_heard(
    wiring: Wiring, version: int, console: Console, tend: Callable[[], list[str]]
) -> None:
    """Wait for the clips that the second person listens to. Raises NotReady."""
    with bars(console) as progress:
        progress.add_task("录音 / recording", total=None, note="")
        until = time.monotonic() + _LIMIT_SECONDS
        while time.monotonic() < until:
            tend()
            heard = sounds(wiring, version)
            if all(each.progress is Stage.READY for each in heard):
                return
            for each in heard:
                if each.progress is Stage.FAILED:
                    raise NotReady(each.sentence, **each.values)
            time.sleep(_LOOK_SECONDS)
    raise NotReady(mark("录音等了太久还没有好。请看 logs 文件夹里的 recorder.log。"))


def until_settled(
    wiring: Wiring,
    campaign: int,
    calls: int,
    console: Console,
    tend: Callable[[], list[str]],
) -> dict[str, Any]:
    """Show progress until all receipts and all packs are there; return the figures."""
    until = time.monotonic() + _LIMIT_SECONDS
    looks: set[int] = set()
    with bars(console) as progress:
        rows = _rows(progress)
        while time.monotonic() < until:
            tend()
            with wiring.database.reading() as session:
                seen = campaign_statistics(session, campaign)
                packs, villages = _packs(session, campaign)
            _show(progress, rows, seen, packs, villages)
            looks.add(seen.reached)
            if _settled(wiring, campaign, calls, seen):
                break
            time.sleep(_LOOK_SECONDS)
    with wiring.database.reading() as session:
        facts = _facts(session, campaign, seen)
    return {**facts, "reached_figures_seen": len(looks)}


def _rows(progress: Progress) -> dict[str, TaskID]:
    return {
        name: progress.add_task(label, total=None, note="")
        for name, label in (
            ("sent", "发送 / sending"),
            ("final", "回执 / receipts"),
            ("packs", "村音频包 / packs"),
        )
    }


def _show(
    progress: Progress,
    rows: dict[str, TaskID],
    seen: CampaignStatistics,
    packs: int,
    villages: int,
) -> None:
    states = Counter(seen.messages) + Counter(seen.copies)
    waiting = sum(states.get(name, 0) for name in _WAITING)
    moving = states.get("accepted", 0) + states.get("sent", 0)
    total = sum(states.values()) or None
    reached = f"联系上 / reached {seen.reached:,}"
    progress.update(rows["sent"], total=total, completed=(total or 0) - waiting)
    progress.update(
        rows["final"],
        total=total,
        completed=(total or 0) - waiting - moving,
        note=reached,
    )
    progress.update(rows["packs"], total=villages or None, completed=packs)


def _settled(
    wiring: Wiring, campaign: int, calls: int, seen: CampaignStatistics
) -> bool:
    lines = seen.messages, seen.copies, seen.alerts
    if not seen.audience or any(line.get(name) for line in lines for name in _WAITING):
        return False
    with wiring.database.reading() as session:
        if session.get_one(Campaign, campaign).recorded_at is None:
            return False
        if not calling.settled(session, calls):
            return False
    if summary(wiring.settings)["pending_receipts"]:
        return False
    with wiring.database.reading() as session:
        return not session.scalar(
            select(Receipt.id).where(Receipt.applied_at.is_(None)).limit(1)
        )


def _packs(session: Session, campaign: int) -> tuple[int, int]:
    ours = Announcement.campaign_id == campaign
    packs = select(func.count(Announcement.pack)).where(ours)
    villages = select(func.count()).select_from(Announcement).where(ours)
    return session.scalar(packs) or 0, session.scalar(villages) or 0


def _facts(session: Session, campaign: int, seen: CampaignStatistics) -> dict[str, Any]:
    packs, villages = _packs(session, campaign)
    return {
        "audience": seen.audience,
        "messages": dict(seen.messages),
        "copies": dict(seen.copies),
        "alerts": dict(seen.alerts),
        "people": dict(seen.people),
        "reached": seen.reached,
        "receipts_applied": session.scalar(
            select(func.count()).where(Receipt.applied_at.is_not(None))
        ),
        "villages": villages,
        "clips": _clips(session, campaign),
        "packs": packs,
        **_pace(session, campaign),
    }


def _clips(session: Session, campaign: int) -> list[dict[str, Any]]:
    """Each clip once, with the townships it is for."""
    found = session.execute(
        select(Announcement.clip, Announcement.clip_facts, Announcement.township)
        .where(Announcement.campaign_id == campaign, Announcement.clip.is_not(None))
        .order_by(Announcement.township)
    )
    clips: dict[str, dict[str, Any]] = {}
    for name, facts, township in found:
        told = {**facts, "true_peak": facts["true_peak_dbtp"]}
        clip = clips.setdefault(name, {"clip": name, **told, "townships": []})
        if township not in clip["townships"]:
            clip["townships"].append(township)
    return list(clips.values())


def _pace(session: Session, campaign: int) -> dict[str, Any]:
    """Seconds from first claim to last acceptance, and whether sound came in time."""
    ours = (Message.campaign_id == campaign, Message.channel == Channel.SMS)
    first, last = session.execute(
        select(func.min(Message.submitted_at), func.max(Message.accepted_at)).where(
            *ours, Message.state < MessageState.REJECTED
        )
    ).one()
    received = session.scalar(select(func.max(Receipt.received_at)))
    clip = session.scalar(
        select(func.min(Announcement.prepared_at)).where(
            Announcement.campaign_id == campaign,
            Announcement.state != AnnouncementState.NOT_DUE,
        )
    )
    took = (last - first).total_seconds() if first and last else 0.0
    return {
        "sending_seconds": round(took, 2),
        "first_clip_before_last_receipt": bool(clip and received and clip < received),
    }
