"""What happens and what happened: progress, person by person, one message's history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _

from campaigns.planning.calendar import ends_at_pace
from campaigns.planning.models import Campaign
from campaigns.register.places import names_by_code
from campaigns.register.unit import current_unit
from campaigns.reporting.statistics import CampaignStatistics
from campaigns.vocabulary import CampaignState, Channel, MessageState
from outreach.access import Action, may
from outreach.web import figures
from outreach.web.campaign_check import found
from outreach.web.gate import acting, needs, now, reading
from outreach.web.languages import shown_word
from outreach.web.reporting import shown

bp = Blueprint("delivery", __name__, url_prefix="/delivery")
_TENTH = 10
_BY_HAND = "portal_file"
_LIVE = (CampaignState.APPROVED, CampaignState.RUNNING, CampaignState.PAUSED)


@bp.get("/<int:campaign_id>")
@needs(Action.READ_DELIVERY)
def show(campaign_id: int) -> str:
    """The progress page; its block renews itself while the campaign runs."""
    with reading() as session:
        campaign = found(session, campaign_id)
        figured = shown(session, campaign_id)
        names = names_by_code(session, current_unit(session).place_code)
    linked = may(acting(), Action.LIST_RECIPIENTS)
    return render_template(
        "delivery/show.html",
        found=figured,
        names=names,
        states=figures.states(figured, linked=linked),
        calls=figures.calls(figured, linked=linked),
        running=campaign.status in _LIVE,
        said=_said(figured),
        rest=_rest(figured),
        ends=_ends(campaign, figured),
        **frame(campaign, "show"),
    )


def frame(campaign: Campaign, tab: str) -> dict[str, Any]:
    """What every page of a campaign's delivery shares: its tabs and its state."""
    tabs = [("delivery.show", "show", _("进展"))]
    if may(acting(), Action.LIST_RECIPIENTS):
        tabs += [
            ("messages.people", "people", _("逐人结果")),
            ("messages.doubts", "doubts", shown_word("message.in_doubt")),
        ]
    if campaign.provider == _BY_HAND:
        tabs.append(("portal.show", "portal", _("门户发送")))
    tabs.append(("reporting.show", "report", _("任务报告")))
    return {"campaign": campaign, "tabs": tabs, "tab": tab}


def _rest(figured: CampaignStatistics) -> int:
    """Texts that still have to go, to people and beside them to guardians."""
    waits = MessageState.QUEUED.name.lower()
    return figured.messages.get(waits, 0) + figured.copies.get(waits, 0)


def _ends(campaign: Campaign, figured: CampaignStatistics) -> datetime | None:
    begun = campaign.launched_at
    if campaign.status is not CampaignState.RUNNING or begun is None:
        return None
    sent, rest = figured.submitted, _rest(figured)
    return ends_at_pace(campaign, begun=begun, sent=sent, rest=rest, now=now())


def _said(figured: CampaignStatistics) -> str:
    """What a listener hears: the state, and each tenth of the way."""
    wanted = figured.audience - sum(figured.skipped.values()) + figured.to_guardians
    state = shown_word(f"campaign.{figured.status.value}")
    if not wanted or Channel.SMS not in figured.channels:
        return state
    tenths = _TENTH * figured.submitted // wanted
    return _("%(state)s，已发百分之 %(n)s", state=state, n=tenths * _TENTH)
