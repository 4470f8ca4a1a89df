"""What a county's two people do in a journey, and what they may look up."""

from __future__ import annotations

from collections import Counter
from itertools import count
from typing import Any

from factories import member
from journeys.embedded import Embedded
from sqlalchemy import func, select

from campaigns import privacy
from campaigns.delivery import tally
from campaigns.delivery.models import Message, Recipient
from campaigns.delivery.token import read
from campaigns.fieldwork.models import Announcement
from campaigns.register.models import Member
from campaigns.register.places import shipped_rows
from campaigns.vocabulary import (
    Addressee,
    CampaignState,
    Channel,
    Level,
    MessageState,
)
from outreach import wiring
from outreach.demo import county
from outreach.demo.county import SignIn
from outreach.demo.proof import Proof, prove
from outreach.drill import office as drill
from outreach.wiring import Wiring

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
_phones = count(1)
_villages = (
    row.code
    for row in shipped_rows("510522")
    if row.level == Level.VILLAGE and row.code.startswith(SMALL_TOWNSHIPS)
)


class Office(drill.Office):
    """The drill's office over one running stack, and what a test asks about it."""

    def __init__(self, stack: Embedded, wiring: Wiring, staff: list[SignIn]) -> None:
        super().__init__(wiring, staff[0].user_id, staff[1].user_id)
        self.stack = stack
        self.staff = {person.name: person for person in staff}

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

    def until_accepted(self, campaign_id: int, at_least: int) -> int:
        return self.stack.until(
            lambda: (n := self.accepted(campaign_id)) >= at_least and n
        )

    def until_finished(self, campaign_id: int, patience: float = 90.0) -> None:
        self.stack.until(lambda: self.quiet(campaign_id), patience)

    def quiet(self, campaign_id: int) -> bool:
        """Whether nothing moves any more: sent, reported, and the reports applied."""
        # In this order: what the carrier got rid of meanwhile is still to be applied.
        return not self.stack.receipts_waiting() and self.handed_over(campaign_id)

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
