"""Reports: what a campaign achieved, by place, category and reason, and its tables."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, render_template
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from campaigns.fieldwork.answering import Answers, answers_to
from campaigns.register.places import names_by_code
from campaigns.register.unit import current_unit
from campaigns.reporting import over_time
from campaigns.reporting.definitions import DEFINITIONS
from campaigns.reporting.paragraph import paragraph, percent
from campaigns.reporting.people import Figures, People
from campaigns.reporting.small_cells import guarded
from campaigns.reporting.statistics import CampaignStatistics, campaign_statistics
from campaigns.reporting.villages import Villages
from outreach.access import Action, may, scope
from outreach.accounts import Role
from outreach.rows import show_all
from outreach.web import figures, spending
from outreach.web.campaign_check import found
from outreach.web.gate import acting, needs, now, reading
from outreach.web.languages import language, shown_word

bp = Blueprint("reporting", __name__, url_prefix="/reporting")
_FEW = 10
_STEPS = (0.2, 0.4, 0.6, 0.8)
_LOWEST_TENTH = 0.1


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the heat table: its rate, its step from 0 to 4, and whether it lags."""

    rate: float
    step: int
    people: int | None
    reached: int | None
    lags: bool


@bp.get("/campaigns/<int:campaign_id>")
@needs(Action.READ_REPORTS)
def show(campaign_id: int) -> str:
    """One campaign, from the paragraph for the meeting to every table."""
    with reading() as session:
        campaign = found(session, campaign_id)
        figured = shown(session, campaign_id)
        points = over_time.over_time(session, campaign_id)
        names = _names(session)
        answers = replies_of(session, campaign_id)
    linked = may(acting(), Action.DRILL_TO_PEOPLE)
    return render_template(
        "reporting/show.html",
        campaign=campaign,
        found=figured,
        names=names,
        paragraph=paragraph(figured, language()) if sees_all() else "",
        people=figures.everybody(figured.everybody),
        calls=figures.calls(figured, linked=linked),
        gates=figures.gates(figured),
        reasons=figures.reasons(figured, linked=linked),
        time=figures.over_time(figured, points, campaign.send_before),
        heat=_heat(figured),
        answers=spending.replies(answers),
        cost=spending.costs(figured, names) if sees_all() else [],
        categories=[int(category) for category in figured.by_category],
        definitions=[(shown_word(code), _(said)) for code, said in DEFINITIONS.items()],
        whole=sees_all(),
    )


def shown(session: Session, campaign_id: int) -> CampaignStatistics:
    """The figures that this reader's pages, charts and programs get.

    Whoever may open every person behind them sees each figure, and nobody else those
    of few people.
    """
    whole = campaign_statistics(session, campaign_id, now=now())
    return narrowed(whole if _may_open(whole) else guarded(whole))


def published(session: Session, campaign_id: int) -> CampaignStatistics:
    """The figures of a file, which is passed on to whoever asks for it."""
    return narrowed(guarded(campaign_statistics(session, campaign_id, now=now())))


def replies_of(session: Session, campaign_id: int) -> list[Answers]:
    """Replies by what they ask for, in the reader's place; read last.

    They are counts, for whoever reads the others: from here on this transaction sees
    the rows of everybody.
    """
    show_all(session)
    place = "" if sees_all() else acting().place
    return answers_to(session, campaign_id, place)


def narrowed(whole: CampaignStatistics) -> CampaignStatistics:
    """The part of a reader: township staff get the figures of their township."""
    if acting().role is Role.CITY:
        return replace(whole, heat={}, by_category={})
    if sees_all():
        return whole
    place = acting().place
    own = whole.by_township.get(place)
    own = own if isinstance(own, People) else People()
    villages = whole.villages_by_township.get(place, Villages())
    # Whoever may not see a category must not count it either: a village of one.
    return replace(
        whole,
        everybody=own,
        by_township={p: n for p, n in whole.by_township.items() if p == place},
        by_category={},
        heat={},
        villages=villages,
        villages_by_township={place: villages},
    )


@bp.app_template_filter("percent")
def shown_percent(share: float | None) -> str:
    """A share as 90.8%, never rounded up."""
    return percent(share, language())


def _may_open(whole: CampaignStatistics) -> bool:
    """Whether the reader may open everybody counted: all, their place's, their own."""
    if not may(acting(), Action.DRILL_TO_PEOPLE):
        return not sees_all()
    own = scope(acting(), Action.DRILL_TO_PEOPLE).categories
    return not own or all(category.bit & own for category in whole.by_category)


def sees_all() -> bool:
    """Whether this reader gets the figures of whole campaigns, and takes them out."""
    return may(acting(), Action.EXPORT_REPORTS)


def _heat(found: CampaignStatistics) -> dict[tuple[str, int], Cell]:
    """Contact rates by township and category; fewer than ten people show no rate."""
    rates = sorted(
        people.rate
        for people in found.heat.values()
        if people.rate is not None and (people.audience or 0) >= _FEW
    )
    lowest = rates[int(len(rates) * _LOWEST_TENTH)] if rates else 0.0
    return {
        (place, int(category)): _cell(people, lowest)
        for (place, category), people in found.heat.items()
    }


def _cell(people: People | Figures, lowest: float) -> Cell:
    rate = people.rate or 0.0
    return Cell(
        rate,
        sum(rate >= step for step in _STEPS),
        people.audience,
        people.reached,
        (people.audience or 0) >= _FEW and rate <= lowest,
    )


def _names(session: Session) -> dict[str, str]:
    return names_by_code(session, current_unit(session).place_code)
