"""Everything that two people must see before a campaign may go out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from campaigns.audience.rules import Rule, in_words
from campaigns.audience.segments import rule_of
from campaigns.errors import CampaignError, NotFound, mark
from campaigns.fieldwork import quiet
from campaigns.planning import standing
from campaigns.planning.approving import approval_of
from campaigns.planning.forecast import Forecast, forecast
from campaigns.planning.lifecycle import get_campaign
from campaigns.planning.models import Campaign
from campaigns.register.places import names_by_code
from campaigns.register.unit import current_unit
from campaigns.shanghai import day_of
from campaigns.vocabulary import CampaignState, Channel, Urgency
from outreach import access
from outreach.accounts import names_of
from outreach.rows import show_all
from outreach.web import calendar_days
from outreach.web.forms import Typed
from outreach.web.four_forms import four_forms
from outreach.web.gate import acting, doing, now
from outreach.web.languages import language, sentence
from outreach.web.mending import how_to_mend

_MANY, _DEAR = 1000, Decimal(500)
"""Above so many people, or so many yuan, the number is typed before sending."""

_UNDECIDED = (CampaignState.DRAFT, CampaignState.SUBMITTED)


def found(session: Session, campaign_id: int) -> Campaign:
    """A campaign that this person may see. Raises NotFound."""
    campaign = get_campaign(session, campaign_id)
    own = acting().categories
    if own and not campaign.version.bulletin.categories & own:
        raise NotFound(mark("没有这个任务，可能已经删除。"))
    return campaign


def require_for(session: Session, campaign: Campaign) -> None:
    """What this request does must be allowed with just this campaign, all of it.

    Raises NotAllowed: an association stops its own campaigns and nobody else's.
    """
    place = current_unit(session).place_code
    categories = campaign.version.bulletin.categories
    of = access.Thing(place, categories, campaign.made_by)
    access.require(acting(), doing(), of)
    show_all(session)


def needs_number(session: Session, campaign_id: int) -> bool:
    """Whether the approver types the number of people: friction grows with reach."""
    show_all(session)
    foreseen = _foreseen(session, get_campaign(session, campaign_id))
    return isinstance(foreseen, Forecast) and (
        foreseen.will_send > _MANY or foreseen.cost > _DEAR
    )


def read_people(typed: Typed, people: int) -> None:
    """The number that the page names, typed by who sends to so many."""
    if typed["people"].replace(",", "").strip() != str(people):
        typed.wrong("people", _("请照上面写的人数填。"))


def checked(session: Session, campaign: Campaign) -> dict[str, Any]:
    """The text in its forms, the audience, the reasons, the cost and the faults."""
    show_all(session)
    told = _foreseen(session, campaign)
    rule = _rule(session, campaign)
    undecided = campaign.status in _UNDECIDED
    calls = Channel.VOICE in campaign.channels
    errors = standing.obstacles(session, campaign, rule, now()) if undecided else []
    foreseen = told if isinstance(told, Forecast) else None
    if isinstance(told, CampaignError):
        errors = [*errors, told]
    places = names_by_code(session, current_unit(session).place_code)
    approval = approval_of(session, campaign)
    people = [campaign.made_by, campaign.submitted_by, campaign.approved_by]
    people.append(campaign.released_alone_by)
    people += [approval.approver_id, approval.entered_by] if approval else []
    return {
        "campaign": campaign,
        "forecast": foreseen,
        "obstacles": [sentence(error) for error in errors],
        "rule": in_words(rule, places, language()),
        "view": four_forms(
            session, campaign.version.bulletin, campaign.version, calls=calls
        ),
        "unheard": standing.unheard(campaign),
        "names": names_of(session, people),
        "mend": how_to_mend(),
        "approval": approval,
        "silent": _silent(session, campaign, foreseen, places),
    }


def _silent(
    session: Session,
    campaign: Campaign,
    foreseen: Forecast | None,
    places: dict[str, str],
) -> list[dict[str, Any]]:
    """Quiet times of the day on which the loudspeakers would begin."""
    spoken = Channel.LOUDSPEAKER in campaign.channels
    if foreseen is None or not spoken or campaign.urgency is Urgency.EMERGENCY:
        return []
    day = day_of(foreseen.begins_at)
    return [calendar_days.told(q, places) for q in quiet.between(session, day, day)]


def _foreseen(session: Session, campaign: Campaign) -> Forecast | CampaignError:
    try:
        return forecast(session, campaign, now())
    except CampaignError as error:
        return error


def _rule(session: Session, campaign: Campaign) -> Rule:
    if campaign.status is CampaignState.DRAFT:
        return rule_of(session, campaign.segment)
    return Rule.from_json(campaign.rule)
