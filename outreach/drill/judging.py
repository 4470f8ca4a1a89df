"""The provider's ledger against the database, message by message, after a drill."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from campaigns.delivery import tally
from campaigns.delivery.models import Attempt, Message, Receipt, Recipient
from campaigns.delivery.token import read
from campaigns.planning.models import Campaign
from campaigns.vocabulary import MESSAGE_STEPS, Channel, MessageState
from outreach import audit
from outreach.simulator import asking
from outreach.wiring import Wiring

_TAKEN = range(MessageState.ACCEPTED, MessageState.REJECTED)
_NEVER = (MessageState.REJECTED, MessageState.SKIPPED, MessageState.CANCELLED)
_MOVING = (MessageState.QUEUED, MessageState.SUBMITTING)

TRIGGER = """
CREATE UNLOGGED TABLE drill_step (was int, state int);
CREATE FUNCTION drill_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO drill_step VALUES (OLD.state, NEW.state); RETURN NULL; END $$;
CREATE TRIGGER drill_note AFTER UPDATE OF state ON message FOR EACH ROW
WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION drill_note();
"""
"""Notes every step that a message takes, whoever made it (invariant I6)."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A message in doubt that no receipt and no ledger settled, and why it is."""

    message: int
    campaign: int
    why: str
    in_ledger: bool


@dataclass(slots=True)
class Verdict:
    """What the comparison found; ``doubts`` are explained one by one."""

    messages: int = 0
    in_ledger: int = 0
    sent_twice: int = 0
    lost: int = 0
    stuck: int = 0
    skipped_or_cancelled_sent: int = 0
    after_last_moment: int = 0
    unapproved: int = 0
    unsummed: int = 0
    tally_off: int = 0
    inbox: int = 0
    steps_unknown: list[str] = field(default_factory=list)
    audit_broken: int | None = None
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def never_sent(self) -> int:
        """How many in doubt the provider's ledger does not know."""
        return sum(1 for doubt in self.doubts if not doubt.in_ledger)

    @property
    def holds(self) -> bool:
        """Whether nothing that must be nought is anything else."""
        wrong = (
            self.sent_twice,
            self.lost,
            self.stuck,
            self.skipped_or_cancelled_sent,
            self.after_last_moment,
            self.unapproved,
            self.unsummed,
            self.tally_off,
            self.inbox,
            self.steps_unknown,
            self.audit_broken,
        )
        return not any(wrong)

    def told(self) -> dict[str, Any]:
        """The figures, and the doubts explained."""
        facts = asdict(self)
        doubts = facts.pop("doubts")
        why = Counter(doubt.why for doubt in self.doubts)
        return {
            **facts,
            "tally_equals_recount": not self.tally_off,
            "in_doubt": len(doubts),
            "in_doubt_never_sent": self.never_sent,
            "in_doubt_why": dict(why),
            "in_doubt_explained": doubts,
        }


def judge(wiring: Wiring, campaigns: Sequence[int]) -> Verdict:
    """Compare ``campaigns`` with the simulated provider's ledger."""
    entries = _entries(wiring, campaigns)
    verdict = Verdict(in_ledger=sum(len(at) for at in entries.values()))
    with wiring.database.reading() as session:
        rows = _rows(session, campaigns)
        for campaign_id in campaigns:
            _sums(session, campaign_id, verdict)
        _messages(rows, entries, verdict)
        _doubts(session, rows, entries, verdict)
        _decisions(session, campaigns, entries, verdict)
        verdict.inbox = _count(session, Receipt.applied_at.is_(None))
        verdict.steps_unknown = _steps(session)
        verdict.audit_broken = audit.broken_at(session)
    return verdict


def _entries(wiring: Wiring, campaigns: Sequence[int]) -> dict[int, list[float]]:
    """When the provider took each message, by message: more than one moment is twice.

    The number says the same as the token: one addressee a campaign has one message.
    """
    known: dict[int, list[float]] = defaultdict(list)
    for entry in asking.ledger(wiring.settings):
        token = read(wiring.signer, entry["token"])
        if token is not None and token.campaign_id in campaigns:
            known[token.message_id].append(entry["at"])
    return known


def _rows(session: Session, campaigns: Sequence[int]) -> dict[int, Any]:
    found = session.execute(
        select(Message.id, Message.campaign_id, Message.state, Message.attempt).where(
            Message.campaign_id.in_(campaigns)
        )
    )
    return {row.id: row for row in found}


def _messages(
    rows: dict[int, Any], entries: dict[int, list[float]], verdict: Verdict
) -> None:
    verdict.messages = len(rows)
    verdict.sent_twice = sum(1 for at in entries.values() if len(at) > 1)
    for key, row in rows.items():
        taken = key in entries
        if row.state in _NEVER and taken:
            verdict.skipped_or_cancelled_sent += 1
        if row.state in _MOVING:
            verdict.stuck += 1
        # Believed sent though nobody took it: that person is told of by nobody.
        if row.state in _TAKEN and not taken:
            verdict.lost += 1
    verdict.lost += len(entries.keys() - rows.keys())


def _doubts(
    session: Session,
    rows: dict[int, Any],
    entries: dict[int, list[float]],
    verdict: Verdict,
) -> None:
    doubted = [row for row in rows.values() if row.state == MessageState.IN_DOUBT]
    for row in doubted:
        last = session.scalars(
            select(Attempt)
            .where(Attempt.message_id == row.id)
            .order_by(Attempt.id.desc())
            .limit(1)
        ).first()
        why = (last.answer or last.code or "") if last else "no attempt is kept"
        if why == "lease":
            why = "its worker ended while it was under way"
        verdict.doubts.append(Doubt(row.id, row.campaign_id, why, row.id in entries))


def _sums(session: Session, campaign_id: int, verdict: Verdict) -> None:
    people = session.scalar(
        select(func.count()).where(Recipient.campaign_id == campaign_id)
    )
    messages = session.scalar(
        select(func.count()).where(
            Message.campaign_id == campaign_id, Message.channel == Channel.SMS
        )
    )
    verdict.unsummed += abs((people or 0) - (messages or 0))
    verdict.tally_off += len(tally.recount(session, campaign_id))


def _decisions(
    session: Session,
    campaigns: Sequence[int],
    entries: dict[int, list[float]],
    verdict: Verdict,
) -> None:
    for campaign_id in campaigns:
        campaign = session.get_one(Campaign, campaign_id)
        ids = session.scalars(
            select(Message.id).where(Message.campaign_id == campaign_id)
        )
        moments = [at for key in ids for at in entries.get(key, ())]
        last = campaign.send_before.timestamp()
        verdict.after_last_moment += sum(1 for at in moments if at > last)
        by = campaign.approved_by
        if moments and (by is None or by == campaign.made_by):
            verdict.unapproved += len(moments)


def _steps(session: Session) -> list[str]:
    steps = session.execute(text("SELECT DISTINCT was, state FROM drill_step"))
    return [
        f"{MessageState(was).name} -> {MessageState(state).name}"
        for was, state in steps
        if MessageState(state) not in MESSAGE_STEPS[MessageState(was)]
    ]


def _count(session: Session, which: Any) -> int:  # noqa: ANN401 - a condition
    return session.scalar(select(func.count()).where(which)) or 0
