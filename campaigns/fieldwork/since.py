"""What happened to people since an import: texts, lists, and what was noted of them.

Each question is bounded by the import's own moment, so that it costs what was done
since and not what was ever done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from campaigns.delivery.models import Recipient, Reply
from campaigns.fieldwork.visit_models import Need, Visit, VisitTry
from campaigns.planning.models import Campaign
from campaigns.register.consent import ConsentNote
from campaigns.register.departures import Departure
from campaigns.register.erasures import Erasure
from campaigns.register.import_models import Import, ImportRow
from campaigns.register.models import OptOut
from campaigns.vocabulary import IN_PROGRESS, ImportState

_STANDS = (
    *(ImportState.CHECKING, ImportState.CHECKED, ImportState.WAITING),
    *(ImportState.IMPORTING, ImportState.IMPORTED),
)


@dataclass(frozen=True, slots=True)
class Happened:
    """Numbers of the people to whom each kind of thing happened."""

    in_campaign: frozenset[int]
    listed: frozenset[int]
    noted: frozenset[int]


def happened(session: Session, made: Import, ids: Sequence[int]) -> Happened:
    """What happened to these people since ``made`` was begun."""
    noted = _ids(session, _noted(made, ids))
    in_campaign = _ids(session, [_in_campaign(made, ids)])
    return Happened(in_campaign, _ids(session, [_listed(made, ids)]), noted)


def _in_campaign(made: Import, ids: Sequence[int]) -> Select[int]:
    """In the audience of a campaign that was launched since, or is being launched."""
    begun = or_(
        Campaign.launched_at >= made.made_at,
        and_(Campaign.launched_at.is_(None), Campaign.status.in_(IN_PROGRESS)),
    )
    return select(Recipient.member_id).where(
        Recipient.campaign_id.in_(select(Campaign.id).where(begun)),
        Recipient.member_id.in_(ids),
    )


def _listed(made: Import, ids: Sequence[int]) -> Select[int | None]:
    """In a later list that stands: it says the same of them, and changed nothing."""
    later = select(Import.id).where(Import.id > made.id, Import.state.in_(_STANDS))
    return select(ImportRow.member_id).where(
        ImportRow.import_id.in_(later), ImportRow.member_id.in_(ids)
    )


def _noted(made: Import, ids: Sequence[int]) -> Iterable[Select[int | None]]:
    """A visit, a contact, a need, a reply, a refusal, a wish, news of a departure."""
    for table in (Need, VisitTry, Reply, ConsentNote, Departure, Erasure):
        yield select(table.member_id).where(table.member_id.in_(ids))
    for still in (Visit.closed_at.is_(None), Visit.closed_at >= made.made_at):
        yield select(Visit.member_id).where(Visit.member_id.in_(ids), still)
    refused = OptOut.member_id.in_(ids), OptOut.recorded_at >= made.made_at
    yield select(OptOut.member_id).where(*refused)


def _ids(
    session: Session, asked: Iterable[Select[int] | Select[int | None]]
) -> frozenset[int]:
    found = (n for each in asked for n in session.scalars(each))
    return frozenset(n for n in found if n is not None)
