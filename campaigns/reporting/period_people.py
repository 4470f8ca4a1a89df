"""The whole register in a response period: five outcomes, everybody in one of them.

A person counts as what the best of the period's campaigns, or any evidence, made of
them; the rule for one campaign is the same that its own report uses.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, exists, false, func, or_, select
from sqlalchemy.orm import Session

from campaigns.delivery.models import Recipient
from campaigns.delivery.outcomes import any_of, of_kinds
from campaigns.fieldwork.visit_models import Visit
from campaigns.planning.models import Campaign
from campaigns.register.models import Member
from campaigns.register.scope import within
from campaigns.reporting.contacts import evidence
from campaigns.reporting.people import OUTCOMES, REACHED
from campaigns.vocabulary import MemberStatus, Urgency

_OWED = ("to_visit", "waiting")


def period_outcome(
    session: Session, place: str, campaigns: Iterable[int], since: datetime
) -> dict[str, int]:
    """The register of ``place`` by ``OUTCOMES``; together they are everybody on it.

    ``attempted`` is whoever is owed no visit and was not reached, or not written to.
    """
    ours = [session.get_one(Campaign, key) for key in campaigns]
    owed = [each for each in ours if each.urgency is not Urgency.TIP]
    open_visit = exists().where(Visit.member_id == Member.id, Visit.closed_at.is_(None))
    kind = case(
        (Member.status != MemberStatus.ACTIVE, "not_applicable"),
        (Member.id.in_(evidence(since)), "reached"),
        (_among(session, ours, REACHED), "reached"),
        (_among(session, ours, ["not_applicable"]), "not_applicable"),
        (_among(session, ours, ["refused"]), "refused"),
        (or_(open_visit, _among(session, owed, _OWED)), "to_visit"),
        else_="attempted",
    )
    found = session.execute(
        select(kind, func.count()).where(within(place)).group_by(kind)
    )
    return {**dict.fromkeys(OUTCOMES, 0), **dict(found.all())}


def _among(
    session: Session, campaigns: list[Campaign], kinds: Iterable[str]
) -> ColumnElement[bool]:
    wanted = list(kinds)
    conditions = [
        Member.id.in_(_people(session, campaign, wanted)) for campaign in campaigns
    ]
    return or_(false(), *conditions)


def _people(session: Session, campaign: Campaign, kinds: list[str]) -> Select[int]:
    return select(Recipient.member_id).where(
        Recipient.campaign_id == campaign.id,
        any_of(of_kinds(session, campaign, kinds)),
    )
