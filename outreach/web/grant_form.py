"""The part of a form that asks for a grant: role, place, categories and duties."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from campaigns.vocabulary import ALL_COMPONENTS, Category, Duty
from outreach import account_admin
from outreach.accounts import Role
from outreach.web.forms import Typed
from outreach.web.frame import unit


def wanted(typed: Typed, known: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """The role, and where, for whom and with which duties it is wanted."""
    role = typed.choice("role", list(Role), _("请选一个身份。"))
    place = typed.choice("place", known, _("请选一个范围。"))
    if typed and len(place) != account_admin.DIGITS[Role(role)]:
        wrong = _("这个身份的范围不对：市选市，县选县，乡镇选乡镇，村选村。")
        typed.wrong("place", wrong)
    categories = _mask(typed.all("categories")) if role == Role.ASSOCIATION else 0
    if role == Role.ASSOCIATION and not categories:
        typed.wrong("categories", _("协会只看自己的类别，请勾选。"))
    duties = [each for each in Duty if each in typed.all("duties")]
    return role, {"place": place, "categories": categories, "duties": duties}


def places(db: Session) -> dict[str, str]:
    """Where an account may act: the city's office, the county, and what is in it."""
    cities = account_admin.cities(db)
    offices = {code: _("市残联（%(code)s）", code=code) for code in cities}
    return offices | account_admin.places(db)


def choices(typed: Typed, known: dict[str, str]) -> dict[str, Any]:
    """What the form's template needs, with what was typed."""
    return {
        "typed": typed,
        "errors": typed.errors,
        "roles": list(Role),
        "places": known,
        "categories": [each for each in Category if each.bit],
        "ticked": typed.all("categories"),
        "duties": list(Duty),
        "given": typed.all("duties"),
    }


def small_office() -> bool:
    """Whether whoever decides may run the service as well."""
    here = unit()
    return here is not None and bool(here.lone_hold_hours)


def _mask(ticked: list[str]) -> int:
    bits = [Category(int(one)).bit for one in ticked if one in set("123456")]
    return sum(set(bits)) & ALL_COMPONENTS
