"""What every page shows around its content: menu, unit, display and dates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask, current_app, g, request
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from campaigns.privacy import mask_name, mask_phone
from campaigns.register.models import Place, Unit
from campaigns.shanghai import SHANGHAI, day_of
from campaigns.words import knows
from outreach import beginning
from outreach.access import Acting, Action, may
from outreach.accounts import Role
from outreach.beginning import Step
from outreach.web import keeping_typed
from outreach.web.badges import badge_of
from outreach.web.gate import now, reading, wired
from outreach.web.languages import by_reader, language, shown_word
from outreach.web.subjects import shown_subject


@dataclass(frozen=True, slots=True)
class Display:
    """How a person wants pages to look."""

    text_size: str = "standard"
    contrast: str = "standard"
    background: str = "device"
    less_motion: bool = False

    @classmethod
    def of(cls, acting: Acting | None) -> Display:
        """The person's own settings, or the defaults."""
        if acting is None:
            return cls()
        return cls(
            acting.text_size, acting.contrast, acting.background, acting.less_motion
        )


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the menu. ``word`` is its code in the word list."""

    word: str
    path: str
    icon: str
    action: Action
    absent_for: frozenset[Role] = frozenset()


MENU = (
    Item("nav.home", "/", "house-door", Action.OWN_PAGES),
    Item("nav.register", "/register", "people", Action.LIST_MEMBERS),
    Item("nav.audience", "/audience", "funnel", Action.DEFINE_SEGMENTS),
    Item("nav.bulletins", "/bulletins", "file-earmark-text", Action.READ_BULLETINS),
    Item("nav.planning", "/planning", "send", Action.READ_CAMPAIGNS),
    Item("nav.fieldwork", "/fieldwork", "megaphone", Action.READ_FIELDWORK),
    Item("nav.reporting", "/reporting", "bar-chart-line", Action.READ_REPORTS),
    Item("nav.trace", "/audit", "search", Action.READ_AUDIT),
    Item("nav.accounts", "/accounts", "person-gear", Action.CHANGE_ACCOUNTS),
    Item(
        "nav.providers",
        "/providers",
        "hdd-network",
        Action.READ_PROVIDERS,
        frozenset({Role.COORDINATOR, Role.AUDITOR}),
    ),
    Item(
        "nav.health",
        "/health",
        "heart-pulse",
        Action.READ_HEALTH,
        frozenset({Role.COORDINATOR, Role.AUDITOR}),
    ),
)


def register(app: Flask) -> None:
    """Give every template the frame's values, ``|moment``, ``|day`` and ``|number``."""
    app.context_processor(_frame)
    app.jinja_env.filters.update(number=number, yuan=yuan, figure=figure)
    app.jinja_env.filters.update(mask_name=mask_name, mask_phone=mask_phone)
    spoken: dict[str, Callable[..., str]] = {
        "moment": moment,
        "day": day,
        "exact_day": exact_day,
        "exact_moment": exact_moment,
        "deed": deed,
        "subject": shown_subject,
    }
    app.jinja_env.filters.update({n: by_reader(f) for n, f in spoken.items()})
    app.jinja_env.globals.update(badge_of=badge_of, role_word=role_word)


def role_word(role: str) -> str:
    """The code of a role's word."""
    return f"role_{role}"


def deed(action: str) -> str:
    """An audited deed in words."""
    return shown_word(f"deed.{action}") if knows(f"deed.{action}") else action


def unit() -> Unit | None:
    """The unit, read once a request; None before the first set-up."""
    if "unit" not in g:
        with reading() as db:
            g.unit = db.scalar(select(Unit).order_by(Unit.id).limit(1))
    found: Unit | None = g.unit
    return found


def practising() -> bool:
    """Whether everybody and everything here is invented."""
    known = unit()
    return known is not None and known.practice_since is not None


def moment(value: datetime | None) -> str:
    """11月25日 16:00, with today and yesterday in words; – for None."""
    if value is None:
        return "–"
    local = value.astimezone(SHANGHAI)
    return f"{_day(local.date())} {local:%H:%M}"


def day(value: date | None) -> str:
    """11月25日; another year is named."""
    return "–" if value is None else _day(value)


def exact_day(value: date) -> str:
    """11月25日 even where it is today: paper is read on another day."""
    return _date(value, day_of(now()))


def exact_moment(value: datetime) -> str:
    """11月25日 16:00 even where it is today."""
    local = value.astimezone(SHANGHAI)
    return f"{exact_day(local.date())} {local:%H:%M}"


def number(value: float | None) -> str:
    """34,121; – for None."""
    return "–" if value is None else f"{value:,}"


def figure(value: int | None) -> str:
    """34,121; the sign of what is left out for None."""
    return shown_word("figure.left_out") if value is None else number(value)


def yuan(thousandths: int) -> str:
    """1,617.49 from thousandths of a yuan."""
    return f"{(thousandths + 5) // 10 / 100:,.2f}"


def menu_for(acting: Acting) -> list[Item]:
    """The menu of this person's role."""
    return [
        item
        for item in MENU
        if may(acting, item.action) and acting.role not in item.absent_for
    ]


def _day(value: date) -> str:
    today = day_of(now())
    if value == today:
        return _("今天")
    if value == today - timedelta(days=1):
        return _("昨天")
    if value == today + timedelta(days=1):
        return _("明天")
    return _date(value, today)


def _date(value: date, today: date) -> str:
    form = "M月d日" if value.year == today.year else "y年M月d日"
    if language() == "en":
        form = "d MMM" if value.year == today.year else "d MMM y"
    return str(format_date(value, form))


def _frame() -> dict[str, Any]:
    acting = current_user.acting if current_user.is_authenticated else None
    return {
        "display": Display.of(acting),
        "acting": acting,
        "idle_minutes": wired().settings.idle_minutes,
        "menu": menu_for(acting) if acting else [],
        "here": request.path,
        "page_address": request.full_path.rstrip("?"),
        "unit": unit(),
        "practising": practising(),
        "acting_place": _place(acting),
        "guide": _guide(acting),
        "given_back": "kept" in g,
        "typed_texts": keeping_typed.typed_texts(),
    }


def _guide(acting: Acting | None) -> tuple[int, Step] | None:
    """The guide's next step, on every page until a first campaign is approved."""
    begun = current_app.extensions
    own = request.path == "/" or request.path.startswith("/start")
    if acting is None or "begun" in begun or own or not may(acting, Action.SET_UP):
        return None
    with reading() as db:
        if beginning.finished(db):
            # What was only practised is begun again in earnest.
            begun |= {} if practising() else {"begun": True}
            return None
        return beginning.next_step(db)


def _place(acting: Acting | None) -> str:
    if acting is None or not acting.place:
        return ""
    with reading() as db:
        return db.scalar(select(Place.name).where(Place.code == acting.place)) or ""
