"""A claim asks about the very phone: who shares another one does not matter."""

from __future__ import annotations

from datetime import timedelta

import factories
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.delivery.claiming import refused
from campaigns.delivery.launching import launch
from campaigns.delivery.models import Message
from campaigns.register.models import OptOut
from campaigns.vocabulary import Urgency


def test_a_personal_refusal_holds_while_others_share_another_phone(session: Session):
    factories.unit(session)
    factories.places(session)
    alone = factories.member(session)
    for _ in range(2):
        factories.member(session, phone="+8614000099999")
    campaign = factories.campaign(session)
    assert launch(session, campaign.id, factories.NOW)
    session.add(
        OptOut(
            phone_index=alone.phone_index,
            member_id=alone.id,
            personal=True,
            scope="all",
            source="call",
            recorded_at=factories.NOW + timedelta(seconds=1),
        )
    )
    session.flush()
    stopped = select(Message.member_id).where(refused(Urgency.MUST_REACH))
    assert list(session.scalars(stopped)) == [alone.id]
