"""What a county's two people do in a drill, through the code that the pages use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import func, insert, select

from campaigns import privacy
from campaigns.audience import segments
from campaigns.audience.rules import Rule
from campaigns.bulletins import drafting, review
from campaigns.delivery.models import Message, Receipt
from campaigns.planning import lifecycle
from campaigns.planning.models import Campaign
from campaigns.register.models import Member
from campaigns.register.places import shipped_rows
from campaigns.vocabulary import (
    Category,
    Channel,
    LegalBasis,
    Level,
    MessageState,
    Sex,
    Urgency,
)
from outreach.wiring import Wiring

SMS_TEXT = "高温提醒：${township}今天很热，多喝水，少出门。有事打电话${phone}。"
SPOKEN_TEXT = "${township}的乡亲们，今天天气很热。请多喝水，少出门。"
CANARY = "金丝雀"
"""The name of everybody in a drill: it may stand in no log and in no queue."""
NUMBERS = "+86163"
"""How every number begins: a prefix that is assigned to nobody."""
_SEND_WITHIN = timedelta(hours=8)
_AT_ONCE = 5_000
_numbers = count(1)


class Office:
    """One person who writes and one who decides, over one running service."""

    def __init__(self, wiring: Wiring, writer: int, second: int) -> None:
        self.wiring = wiring
        self.writer = writer
        self.second = second
        self._villages = _villages(wiring.settings.demo_county)

    def settle(self, people: int, **given: Any) -> str:  # noqa: ANN401 - columns
        """Put ``people`` into a village where nobody lives yet; the village's code."""
        now = self.wiring.clock()
        with self.wiring.database.writing() as session:
            settled = set(session.scalars(select(Member.village).distinct()))
            village = next(v for v in self._villages if v not in settled)
            lives = session.scalar(select(func.count()).select_from(Member)) or 0
            made = [
                {**_person(lives + n, village, now), **given} for n in range(people)
            ]
            for at in range(0, people, _AT_ONCE):
                session.execute(insert(Member), made[at : at + _AT_ONCE])
        return village

    def issue(self, urgency: Urgency = Urgency.MUST_REACH, **words: Any) -> int:  # noqa: ANN401
        """One person writes a text, another listens to it and issues it."""
        now = self.wiring.clock()
        with self.wiring.database.writing() as session:
            draft = drafting.new_bulletin(
                session,
                title=f"高温提醒{next(_numbers)}",
                urgency=urgency,
                by=self.writer,
                now=now,
            )
            fields: Any = {
                "sms_text": SMS_TEXT,
                "spoken_text": SPOKEN_TEXT,
                "source": "县气象局",
                "valid_until": date(now.year + 2, 12, 31),
                "voice": "tone",
                **words,
            }
            draft = drafting.save_draft(
                session, draft.bulletin_id, fields, by=self.writer, now=now
            )
            draft = review.send_for_review(session, draft.id, by=self.writer, now=now)
            return review.issue(
                session,
                draft.id,
                by=self.second,
                seen=draft.content_hash,
                heard_by="王听",
                now=now,
            ).id

    def release(  # noqa: PLR0913 - a campaign is its rule, words, ways and times
        self,
        rule: Rule,
        *,
        version: int | None = None,
        channels: Sequence[str] = (Channel.SMS,),
        provider: str = "simulator",
        within: timedelta = _SEND_WITHIN,
        resend_absent: bool = False,
    ) -> int:
        """One person plans a campaign to whom ``rule`` finds, another lets it go."""
        version = version or self.issue()
        now = self.wiring.clock()
        with self.wiring.database.writing() as session:
            name = f"提醒{next(_numbers)}"
            segment = segments.save_segment(
                session, name=name, rule=rule, by=self.writer, now=now
            )
            campaign = lifecycle.draft_campaign(
                session,
                name=name,
                version_id=version,
                segment_id=segment.id,
                channels=channels,
                provider=provider,
                send_before=now + within,
                resend_absent=resend_absent,
                by=self.writer,
                now=now,
            )
            lifecycle.submit(session, campaign.id, by=self.writer, now=now)
            lifecycle.release(
                session,
                campaign.id,
                by=self.second,
                content_hash=campaign.content_hash,
                now=self.wiring.clock(),
            )
            return campaign.id

    def campaign(self, campaign_id: int) -> Campaign:
        """The campaign as it stands."""
        with self.wiring.database.reading() as session:
            return session.get_one(Campaign, campaign_id)

    def launched(self, campaign_id: int) -> bool:
        """Whether its audience is frozen."""
        return self.campaign(campaign_id).launched_at is not None

    def states(self, campaign_id: int, *channels: str) -> Counter[int]:
        """How many messages to people (or of ``channels``) are in each state.

        Counted from the rows themselves, not taken from the tally.
        """
        with self.wiring.database.reading() as session:
            found = session.execute(
                select(Message.state, func.count().label("n"))
                .where(
                    Message.campaign_id == campaign_id,
                    Message.channel.in_(channels or (Channel.SMS,)),
                )
                .group_by(Message.state)
            )
            return Counter({row.state: row.n for row in found})

    def accepted(self, campaign_id: int) -> int:
        """How many messages the provider answered for, or reported on, so far."""
        return sum(
            n
            for state, n in self.states(campaign_id).items()
            if MessageState.ACCEPTED <= state < MessageState.REJECTED
        )

    def in_state(self, campaign_id: int, state: MessageState) -> set[int]:
        """Ids of the messages in one state."""
        with self.wiring.database.reading() as session:
            return set(
                session.scalars(
                    select(Message.id).where(
                        Message.campaign_id == campaign_id, Message.state == state
                    )
                )
            )

    def handed_over(self, campaign_id: int) -> bool:
        """Whether nothing is left to send and every report kept is applied."""
        if not self.launched(campaign_id):
            return False
        states = self.states(campaign_id, Channel.SMS, Channel.ALERT)
        if states[MessageState.QUEUED] or states[MessageState.SUBMITTING]:
            return False
        with self.wiring.database.reading() as session:
            waiting = select(Receipt.id).where(Receipt.applied_at.is_(None)).limit(1)
            return session.scalar(waiting) is None


def _villages(county: str) -> Iterator[str]:
    rows = shipped_rows(county)
    return (row.code for row in rows if row.level == Level.VILLAGE)


def _person(n: int, village: str, now: datetime) -> dict[str, Any]:
    phone = f"{NUMBERS}{n:08d}"
    return {
        "identity": privacy.blind("id", f"drill-{n}"),
        "name": f"{CANARY}{n}",
        "phone": phone,
        "phone_index": privacy.blind("phone", phone),
        "categories": Category.PHYSICAL.bit,
        "certificate_category": int(Category.PHYSICAL),
        "grade": 2,
        "birth_date": date(1970, 1, 1),
        "sex": Sex.FEMALE,
        "township": village[:9],
        "village": village,
        "legal_basis": LegalBasis.STATUTORY,
        "created_at": now,
        "updated_at": now,
    }
