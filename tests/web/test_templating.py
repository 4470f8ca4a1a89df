"""A text's template is noted on a page, where a carrier asks for templates."""

from __future__ import annotations

import pytest
import stages
from carriers import settings_at
from sqlalchemy import select

from campaigns.bulletins.models import BulletinVersion, CarrierTemplate


@pytest.fixture
def bulletin(app, writing):
    """A text of an office that Alibaba carries for."""
    wiring = app.extensions["outreach"]
    known = settings_at("http://127.0.0.1:9")
    names = ("aliyun_key_id", "aliyun_secret", "callback_key")
    chosen = {name: getattr(known, name) for name in names}
    wiring.settings = wiring.settings.model_copy(update=chosen)
    with writing() as session:
        stages.people(session)
        stages.launched(session)
        return session.scalars(select(BulletinVersion.bulletin_id)).first()


def test_the_code_is_noted_and_shown(bulletin, visit, writing):
    page = f"/bulletins/{bulletin}/templates"
    person = visit("xian")
    assert "贴到通道网页上的样子" in person.read(page)
    assert page in person.read(f"/bulletins/{bulletin}")
    given = {"provider": "aliyun", "which": "sms", "code": "SMS_9", "state": "approved"}
    person.send(page, page, **given)
    text = person.read(page)
    assert "SMS_9" in text
    assert "已通过" in text
    with writing() as session:
        (kept,) = session.scalars(select(CarrierTemplate))
    assert (kept.code, kept.state) == ("SMS_9", "approved")


def test_a_wrong_code_is_said_and_not_kept(bulletin, visit, writing):
    page = f"/bulletins/{bulletin}/templates"
    person = visit("xian")
    person.send(page, page, provider="aliyun", which="sms", code="模板", state="filed")
    assert "照运营商网页上的抄" in person.read(page)
    with writing() as session:
        assert session.scalars(select(CarrierTemplate)).all() == []
