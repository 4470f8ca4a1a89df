"""What a county's two people do in a journey, and what they may look up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any

from factories import member
from journeys.embedded import Embedded
from sqlalchemy import func, select

from campaigns import privacy
from campaigns.audience import segments
from campaigns.audience.rules import Rule
from campaigns.bulletins import drafting, review
from campaigns.delivery import tally
from campaigns.delivery.models import Message, Receipt, Recipient
from campaigns.delivery.token import read
from campaigns.fieldwork.models import Announcement
from campaigns.planning import lifecycle
from campaigns.planning.models import Campaign
from campaigns.register.models import Member
from campaigns.register.places import shipped_rows
from campaigns.vocabulary import (
    Addressee,
    CampaignState,
    Channel,
    Level,
    MessageState,
    Urgency,
)
from outreach import wiring
from outreach.demo import county
from outreach.demo.county import SignIn
from outreach.demo.proof import Proof, prove
from outreach.wiring import Wiring

SMS_TEXT = "高温提醒：${township}今天很热，多喝水，少出门。有事打电话${phone}。"
SPOKEN_TEXT = "${township}的乡亲们，今天天气很热。请多喝水，少出门。"
SMALL_TOWNSHIPS = (
    "510522101",
    "510522105",
    "510522115",
    "510522121",
    "510522124",
    "510522125",
    "510522126",
)
"""Where the journeys' people live, each journey's in a village of its own."""
_numbers = count(1)
_phones = count(1)
_villages = (
    row.code
    for row in shipped_rows("510522")
    if row.level == Level.VILLAGE and row.code.startswith(SMALL_TOWNSHIPS)
)


class Office:
    """One office over one running stack."""

    def __init__(self, stack: Embedded, wiring: Wiring, staff: list[SignIn]) -> None:
        self.stack = stack
        self.wiring = wiring
        self.staff = {person.name: person for person in staff}
        self.writer = staff[0].user_id
        self.second = staff[1].user_id

    def settle(self, people: int, **given: Any) -> str:
        """Put ``people`` into a village where nobody lives yet; the village's code."""
        with self.wiring.database.writing() as session:
            settled = set(session.scalars(select(Member.village).distinct()))
            village = next(v for v in _villages if v not in settled)
            for _ in range(people):
                facts = {
                    "phone": f"+86163{next(_phones):08d}",
                    "township": village[:9],
                    "village": village,
                    **given,
                }
                member(session, **facts)
        return village

    def issue(self, urgency: Urgency = Urgency.MUST_REACH, **words: Any) -> int:
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
                "valid_until": date(2030, 12, 31),
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

    def release(
        self,
        rule: Rule,
        *,
        version: int | None = None,
        channels: Sequence[str] = (Channel.SMS,),
        provider: str = "simulator",
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
                send_before=now + timedelta(hours=8),
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
        with self.wiring.database.reading() as session:
            return session.get_one(Campaign, campaign_id)

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

    def launched(self, campaign_id: int) -> bool:
        return self.campaign(campaign_id).launched_at is not None

    def until_accepted(self, campaign_id: int, at_least: int) -> int:
        return self.stack.until(
            lambda: (n := self.accepted(campaign_id)) >= at_least and n
        )

    def until_finished(self, campaign_id: int, patience: float = 90.0) -> None:
        self.stack.until(lambda: self.quiet(campaign_id), patience)

    def quiet(self, campaign_id: int) -> bool:
        """Whether nothing moves any more: sent, reported, and the reports applied."""
        if not self.launched(campaign_id):
            return False
        states = self.states(campaign_id, Channel.SMS, Channel.ALERT)
        moving = (MessageState.QUEUED, MessageState.SUBMITTING)
        if any(states[state] for state in moving) or self.stack.receipts_waiting():
            return False
        with self.wiring.database.reading() as session:
            waiting = select(Receipt.id).where(Receipt.applied_at.is_(None)).limit(1)
            return session.scalar(waiting) is None

    def prove(self, campaign_id: int) -> Proof:
        with self.wiring.database.reading() as session:
            return prove(session, campaign_id, self.wiring.settings, self.wiring.signer)

    def message_of(self, entry: dict[str, Any], campaign_id: int) -> int | None:
        """The message of ``campaign_id`` that an entry of the ledger is about."""
        token = read(self.wiring.signer, entry["token"])
        ours = token is not None and token.campaign_id == campaign_id
        return token.message_id if token is not None and ours else None

    def in_ledger(self, campaign_id: int) -> Counter[int]:
        """Message ids of one campaign in the provider's ledger, and how often."""
        found = (self.message_of(entry, campaign_id) for entry in self.stack.ledger())
        return Counter(message for message in found if message is not None)

    def in_state(self, campaign_id: int, state: MessageState) -> set[int]:
        with self.wiring.database.reading() as session:
            return set(
                session.scalars(
                    select(Message.id).where(
                        Message.campaign_id == campaign_id, Message.state == state
                    )
                )
            )

    def everybody_is_accounted_for(self, campaign_id: int, people: int) -> Proof:
        """Nobody twice, everyone in one state, ledger, database and tally agree."""
        proof = self.prove(campaign_id)
        assert proof.holds, proof
        with self.wiring.database.reading() as session:
            own = select(func.count()).where(
                Message.campaign_id == campaign_id,
                Message.channel == Channel.SMS,
                Message.addressee == Addressee.MEMBER,
            )
            assert session.scalar(own) == people
            recipients = select(func.count()).where(
                Recipient.campaign_id == campaign_id
            )
            assert session.scalar(recipients) == people
        # Whoever is in doubt truly was not sent to: the ledger does not know them.
        doubted = self.in_state(campaign_id, MessageState.IN_DOUBT)
        assert not doubted & self.in_ledger(campaign_id).keys()
        return proof

    def announcements(self, campaign_id: int) -> list[Announcement]:
        with self.wiring.database.reading() as session:
            return list(
                session.scalars(
                    select(Announcement)
                    .where(Announcement.campaign_id == campaign_id)
                    .order_by(Announcement.village)
                )
            )

    def status(self, campaign_id: int) -> CampaignState:
        return self.campaign(campaign_id).status

    def everybody_is_where_the_tally_says(self, campaign_id: int) -> None:
        with self.wiring.database.reading() as session:
            assert tally.recount(session, campaign_id) == []


def employ(embedded: Embedded, keyring: privacy.Keyring) -> list[SignIn]:
    """Fill a new stack's folder with the county, its places and its people."""
    built = wiring.build(embedded.settings)
    with built.database.writing() as session:
        made = county.make(session, embedded.settings.demo_county, built.clock())
    built.database.dispose()
    wiring._current.clear()
    privacy.unlock(keyring)
    return made
