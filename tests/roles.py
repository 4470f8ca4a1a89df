"""Somebody of each role, for tests of what roles may do."""

from __future__ import annotations

import pathlib

import stages
from flask import Flask
from office import PASSWORD, PEOPLE, fill
from sqlalchemy import event

from campaigns.orm import Base
from campaigns.vocabulary import Category
from outreach import accounts
from outreach.access import Acting
from outreach.accounts import Role
from outreach.app import create_app
from outreach.settings import Settings
from outreach.web.safety import limiter

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


def furnished(folder: pathlib.Path) -> Flask:
    """The office with people in two townships and a campaign under way."""
    made = create_app(Settings(data_dir=folder / "var", _env_file=None))
    wiring = made.extensions["outreach"]
    engine = wiring.database.engine
    # Two thousand refusals are written down here: none has to outlive a power cut.
    event.listen(
        engine, "connect", lambda db, _record: db.execute("PRAGMA synchronous=OFF")
    )
    engine.dispose()
    Base.metadata.create_all(engine)
    with wiring.database.writing() as session:
        fill(session)
        now = wiring.clock()
        user = accounts.add_user(
            session, name="shilian", shown_as="shi", password=PASSWORD, now=now
        )
        accounts.add_grant(session, user, role=Role.CITY, place=COUNTY[:4], now=now)
        stages.people(session)
        stages.launched(session).version.bulletin.categories = BLIND
    limiter.reset()
    return made
