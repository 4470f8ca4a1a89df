"""Somebody of each role, for tests of what roles may do."""

from __future__ import annotations

from office import PEOPLE

from campaigns.vocabulary import Category
from outreach.access import Acting
from outreach.accounts import Role

ME, OTHER = 7, 8
COUNTY, TOWNSHIP, VILLAGE = "510522", "510522112", "510522112201"
BLIND, DEAF = Category.VISUAL.bit, Category.HEARING.bit

GRANTS = {
    Role.COORDINATOR: (COUNTY, 0),
    Role.ASSOCIATION: (COUNTY, BLIND),
    Role.TOWNSHIP: (TOWNSHIP, 0),
    Role.VILLAGE: (VILLAGE, 0),
    Role.AUDITOR: (COUNTY, 0),
    Role.ADMINISTRATOR: (COUNTY, 0),
    Role.CITY: ("5105", 0),
}

NAMES = {role: name for name, role, _place, _categories in reversed(PEOPLE)}
NAMES[Role.CITY] = "shilian"
"""Accounts of ``office.py``, and one of the city's office."""


def person(role: Role, *duties: str) -> Acting:
    place, categories = GRANTS[role]
    return Acting(
        ME,
        role,
        role,
        1,
        1,
        role,
        place,
        categories,
        duties,
        "zh",
        "standard",
        "standard",
        "device",
        less_motion=False,
        grants=1,
    )
