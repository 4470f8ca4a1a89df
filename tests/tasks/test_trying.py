"""A text to one's own phone: marked, sent once, counted nowhere, and heard of."""

from __future__ import annotations

from datetime import timedelta

import factories
import pytest
from delivery.ledger import Ledger
from pydantic import SecretStr
from sqlalchemy import func, select

from campaigns import privacy
from campaigns.delivery import quarantine, receipts, trials
from campaigns.delivery.models import Message
from campaigns.delivery.provider import NotAccepted, Report
from campaigns.delivery.trials import Trial
from campaigns.errors import CampaignError
from campaigns.register.optouts import record_refusal
from campaigns.vocabulary import MessageState
from outreach import trying
from outreach.settings import Settings
from outreach.wiring import Wiring

S = MessageState
OWN = "13900000001"


class Phone(Ledger):
    """Keeps what it was handed."""

    def __init__(self, path):
        super().__init__(path)
        self.handed = []
        self.after = self.handed.append


@pytest.fixture
def office(database, now, tmp_path):
    """A wired office with one text that names its place; nobody else is on it."""
    settings = Settings(
        data_dir=tmp_path,
        token_key="ab" * 32,
        simulator_secret="0123456789abcdef" * 2,
        _env_file=None,
    )
    made = Wiring(settings, database, lambda: now)
    made.providers["simulator"] = Phone(tmp_path / "ledger")
    with database.writing() as session:
        factories.unit(session)
        factories.places(session)
        factories.version(session, sms_text="${乡镇}的乡亲：多喝水。")
    return made


def ask(office, now, phone=OWN, **settings):
    with office.database.writing() as session:
        version = session.get_one(factories.BulletinVersion, 1)
        known = office.settings.model_copy(update=settings)
        return trying.ask(session, known, version, phone=phone, by=1, now=now).id


def states(office, now):
    with office.database.reading() as session:
        return [state for _, state in trials.own(session, 1, 1, now)]


def test_it_is_marked_and_however_often_it_is_asked_goes_out_once(office, now):
    number = ask(office, now)
    for _ in range(3):
        trying.send(office, number)
    (handed,) = office.provider("simulator").handed
    assert handed.phone == f"+86{OWN}"
    assert handed.text == "【合江县残联】【测试】福宝镇的乡亲：多喝水。"
    assert states(office, now) == [S.ACCEPTED]
    with office.database.reading() as session:
        assert trials.done(session)
        assert session.scalar(select(func.count(Message.id))) == 0


def test_its_receipt_is_heard_and_is_nobody_elses(office, now):
    trying.send(office, ask(office, now))
    (handed,) = office.provider("simulator").handed
    told = Report("simulator", handed.token, None, "delivered", S.DELIVERED, ("1", "d"))
    with office.database.writing() as session:
        receipts.store(session, [told], signer=office.signer, now=now)
        receipts.apply(session, now)
        receipts.apply(session, now + timedelta(days=2))
        assert quarantine.listed(session) == []
    assert states(office, now) == [S.DELIVERED]


def test_what_waited_too_long_is_not_sent_late(office, now):
    number = ask(office, now - trials.PATIENCE)
    trying.send(office, number)
    assert states(office, now) == [S.CANCELLED]
    assert office.provider("simulator").handed == []


def test_refused_is_told_and_a_lost_answer_is_in_doubt(office, now):
    provider = office.provider("simulator")

    def busy(_):
        raise NotAccepted("429", code="429", throttled=True)

    def lost(_):
        raise TimeoutError

    for fault in (busy, lost):
        provider.before = fault
        trying.send(office, ask(office, now))
    assert states(office, now) == [S.IN_DOUBT, S.REJECTED]
    with office.database.writing() as session:
        session.get_one(Trial, 2).state = S.SUBMITTING  # its process died
    assert states(office, now + timedelta(minutes=2))[0] is S.IN_DOUBT


TWILIO = {
    "provider": "twilio",
    "twilio_account": "AC" + "1" * 32,
    "twilio_secret": SecretStr("x" * 32),
    "twilio_sender": "+15005550006",
}


@pytest.mark.parametrize(
    ("settings", "phone", "said"),
    [
        ({}, "0830-5260000", "手机"),
        ({}, "12", "手机"),
        ({"provider": "portal_file"}, OWN, "可以跳过"),
        ({"provider": "mas"}, OWN, "mas 还不能用"),
        (TWILIO, OWN, "送到境外，还没有批准"),
        ({}, "13900000002", "登记过拒收"),
    ],
)
def test_what_cannot_be_tried_is_said_before_anything_leaves(
    office, now, settings, phone, said
):
    with office.database.writing() as session:
        index = privacy.blind("phone", "+8613900000002")
        record_refusal(
            session, phone_index=index, source="reply", recorded_by=1, now=now
        )
    with pytest.raises(CampaignError, match=said):
        ask(office, now, phone, **settings)
    assert states(office, now) == []


def test_a_carrier_of_templates_is_not_handed_a_mark(office, now):
    with office.database.writing() as session:
        version = session.get_one(factories.BulletinVersion, 1)
        with pytest.raises(CampaignError, match="模板"):
            trials.ask(session, version, phone=OWN, provider="aliyun", by=1, now=now)
