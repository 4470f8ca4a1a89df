"""A county's office for tests of pages: its unit, places, and one account a role."""

from __future__ import annotations

import re
from dataclasses import dataclass

import factories
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from campaigns.vocabulary import Category
from outreach import accounts
from outreach.accounts import Role

PASSWORD = "lianxi-ceshi-9527"
COUNTY = "510522"
TOWNSHIP = "510522112"
PEOPLE = (
    ("xian", Role.COORDINATOR, COUNTY, 0),
    ("shenpi", Role.COORDINATOR, COUNTY, 0),
    ("mangxie", Role.ASSOCIATION, COUNTY, Category.VISUAL.bit),
    ("fubao", Role.TOWNSHIP, TOWNSHIP, 0),
    ("cun", Role.VILLAGE, "510522112201", 0),
    ("shenji", Role.AUDITOR, COUNTY, 0),
    ("guanli", Role.ADMINISTRATOR, COUNTY, 0),
)


@dataclass
class Visitor:
    """Somebody at a browser without script: opens pages and sends their forms."""

    client: FlaskClient

    def open(self, address: str) -> TestResponse:
        return self.client.get(address)

    def read(self, address: str) -> str:
        answer = self.open(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.get_data(as_text=True)

    def keys(self, address: str) -> dict[str, str]:
        """The hidden fields of the page's form."""
        text = self.open(address).get_data(as_text=True)
        main = text[text.index("<main") :]
        return {
            name: re.search(rf'name="{name}" value="([^"]+)"', where).group(1)
            for name, where in (("csrf_token", text), ("once", main))
            if f'name="{name}"' in where
        }

    def send(self, page: str, to: str = "", **fields: object) -> TestResponse:
        """Fill in the form on ``page`` and send it ``to`` its address."""
        return self.client.post(to or page, data={**self.keys(page), **fields})


def fill(session: Session) -> None:
    """The unit, its places and one account of each role."""
    factories.unit(session)
    factories.places(session)
    staff(session)


def staff(session: Session) -> None:
    """One account of each role."""
    for name, role, place, categories in PEOPLE:
        user = accounts.add_user(
            session, name=name, shown_as=name, password=PASSWORD, now=factories.NOW
        )
        accounts.add_grant(
            session,
            user,
            role=role,
            place=place,
            categories=categories,
            now=factories.NOW,
        )
