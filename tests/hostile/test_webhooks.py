"""Reports that no provider sent, or sent wrongly: refused, or changing nothing."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import factories
import pytest
from hostile.desk import open_desk
from hostile.inputs import expect
from sqlalchemy import delete, event, func, select
from stages import _moved
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from campaigns.delivery import launching, tally, token
from campaigns.delivery.models import Message, Receipt
from campaigns.delivery.people import settle
from campaigns.vocabulary import MessageState
from outreach import receiving

pytestmark = pytest.mark.xdist_group("hostile-webhooks")  # one desk

SID = "SM" + "a" * 32
S = MessageState
KEY = "nobody-guesses-this-address"
ENDS = [S.ACCEPTED, S.ACCEPTED, S.REJECTED, S.CANCELLED]


@dataclass
class Office:
    """A campaign with one message in each of ``ENDS``, and its provider's secret."""

    desk: object
    campaign: int
    messages: list[int]
    phones: list[str]

    @property
    def wiring(self):
        return self.desk.app.extensions["outreach"]

    def token(self, which=0):
        return token.mint(self.wiring.signer, self.campaign, self.messages[which], 1)

    def address(self, which=0):
        return f"/callbacks/simulator/{self.token(which)}"

    def fields(self, which=0, **given):
        usual = {
            "AccountSid": self.desk.settings.simulator_account,
            "MessageSid": SID,
            "MessageStatus": "delivered",
            "To": self.phones[which],
        }
        return usual | given

    def sign(self, address, form):
        secret = self.desk.settings.simulator_secret.get_secret_value()
        return RequestValidator(secret).compute_signature(address, form)

    def post(self, form=None, which=0, at=None, signed_for=None, **more):
        """A report as the provider would send it, unless told otherwise."""
        form = self.fields(which) if form is None else form
        path = at or self.address(which)
        whole = signed_for or self.desk.settings.own_url + path
        headers = {"X-Twilio-Signature": self.sign(whole, form)}
        given = {"data": form, "headers": headers} | more
        return self.desk.app.test_client().post(path, **given).status_code

    def settle(self):
        """Apply what was kept; the states afterwards."""
        receiving.apply_batch(self.wiring)
        with self.desk.database.reading() as session:
            assert tally.recount(session, self.campaign) == []
            found = select(Message.state).where(Message.id.in_(self.messages))
            return list(session.scalars(found.order_by(Message.id)))

    def kept(self):
        return self.desk.count(Receipt)

    def last(self):
        with self.desk.database.reading() as session:
            found = select(Receipt.result).order_by(Receipt.id.desc())
            return session.scalars(found.limit(1)).one()


@pytest.fixture(scope="module")
def desk(tmp_path_factory, keyring):
    """A desk whose office may also send through Alibaba Cloud."""
    given = {
        "aliyun_key_id": "id",
        "aliyun_secret": "secret",
        "callback_key": KEY,
        "callback_senders": "127.0.0.0/8",
    }
    folder = tmp_path_factory.mktemp("desk")
    with open_desk(folder, keyring, **given) as opened:
        yield opened


@pytest.fixture
def office(desk):
    """A campaign of its own for each test, so that none finds another's reports."""
    now = datetime.now(UTC)
    with desk.database.writing() as session:
        session.execute(delete(Receipt))
        people = [factories.member(session) for _ in ENDS]
        campaign = factories.campaign(
            session, due_at=now, send_before=now + timedelta(hours=8)
        )
        assert launching.launch(session, campaign.id, now)
        mine = [person.id for person in people]
        found = select(Message).where(
            Message.campaign_id == campaign.id, Message.member_id.in_(mine)
        )
        rows = list(session.scalars(found.order_by(Message.member_id)))
        for row, state in zip(rows, ENDS, strict=True):
            row.was, row.state = row.state, int(state)
            row.attempt, row.provider, row.parts = 1, "simulator", 1
            session.flush()
            settle(session, session.execute(_moved(row.id)).all())
        phones = [str(person.phone) for person in people]
        return Office(desk, campaign.id, [row.id for row in rows], phones)


def test_a_genuine_report_is_kept_and_applied(office):
    assert office.post() == 204
    assert office.settle() == [S.DELIVERED, *ENDS[1:]]


def wrong(office):
    return office.post(headers={"X-Twilio-Signature": "x" * 28})


def json_body(office):
    return office.post(data='{"MessageSid": "x"}', content_type="application/json")


FORGED = {
    "H183": (lambda o: o.post(headers={}), 403),
    "H184": (wrong, 403),
    "H185": (lambda o: o.post(signed_for="https://elsewhere.example/x"), 403),
    "H186": (
        lambda o: o.post(
            signed_for=o.desk.settings.own_url.replace("http", "https") + o.address()
        ),
        403,
    ),
    "H186 slash": (lambda o: o.post(at=o.address() + "/"), 404),
    "H189": (lambda o: o.post(signed_for=_own(o, 0), at=o.address(1)), 403),
    "H191": (lambda o: o.post(data=_twice(o.fields())), 403),
    "H193": (json_body, 403),
    "H194": (lambda o: o.post(o.fields(Body="x" * 65_537)), 413),
    "H197": (lambda o: o.post(data=b"MessageSid=\xff\xfe&MessageStatus=sent"), 403),
    "H201": (lambda o: o.post(o.fields(AccountSid="AC" + "9" * 32)), 403),
    "H204": (
        lambda o: (
            o.desk.app.test_client()
            .get(o.address(), query_string=o.fields())
            .status_code
        ),
        405,
    ),
}


def _own(office, which):
    return office.desk.settings.own_url + office.address(which)


def _twice(form):
    return MultiDict([*form.items(), ("MessageStatus", "sent")])


@pytest.mark.parametrize("key", FORGED)
def test_what_the_provider_did_not_send_is_refused_and_not_kept(office, key):
    forge, status = FORGED[key]
    assert forge(office) == status
    assert office.kept() == 0
    assert office.settle() == ENDS
    expect(key[:4], "R")


def test_a_host_that_somebody_claims_changes_nothing(office):
    secret_stays = {"Host": "attacker.example", "X-Forwarded-Host": "attacker.example"}
    signature = office.sign(_own(office, 0), office.fields())
    headers = {"X-Twilio-Signature": signature, **secret_stays}
    assert office.post(headers=headers) == 204
    lie = "https://attacker.example" + office.address(1)
    headers["X-Twilio-Signature"] = office.sign(lie, office.fields(1))
    assert office.post(which=1, headers=headers) == 403
    assert office.settle() == [S.DELIVERED, *ENDS[1:]]
    expect("H187", "A")


def test_a_replay_changes_nothing(office):
    form = office.fields(MessageStatus="undelivered", ErrorCode="30003")
    assert [office.post(form) for _ in range(3)] == [204] * 3
    assert office.kept() == 1
    office.post()
    first = office.settle()
    assert office.post(form) == 204
    assert office.settle() == first
    expect("H188", "A")


KEPT = {
    "H190": (0, 1, {}, "other_number"),
    "H198": (0, 0, {"MessageStatus": "huh"}, "unknown_status"),
    "H200": (0, 0, {"To": "+8613912345678"}, "other_number"),
    "H202": (2, 2, {}, "closed"),
    "H202 cancelled": (3, 3, {}, "closed"),
}


@pytest.mark.parametrize("key", KEPT)
def test_what_does_not_fit_is_kept_and_changes_nothing(office, caplog, key):
    whose, where, given, verdict = KEPT[key]
    caplog.set_level(logging.WARNING)
    assert office.post(office.fields(whose, **given), which=where) == 204
    assert office.settle() == ENDS
    assert office.last() == verdict
    if verdict == "closed":
        assert "closed" in caplog.text
    expect(key[:4], "R")


@pytest.mark.parametrize("code", ["abc", "-1", str(10**20), "٣", "x" * 5_000])
def test_any_error_code_is_only_a_code(office, code):
    form = office.fields(MessageStatus="undelivered", ErrorCode=code)
    assert office.post(form) == 204
    assert office.settle() == [S.UNDELIVERED, *ENDS[1:]]
    expect("H199", "A")


def test_a_field_that_is_new_to_us_is_passed_over(office):
    assert office.post(office.fields(NewerField="1", Another="")) == 204
    assert office.settle() == [S.DELIVERED, *ENDS[1:]]
    expect("H192", "A")


def test_a_report_that_names_no_message_of_ours_is_parked(office):
    at = "/callbacks/simulator/" + "a" * 40
    assert office.post(at=at) == 204
    assert office.settle() == ENDS
    with office.desk.database.reading() as session:
        waiting = select(func.count()).where(Receipt.applied_at.is_(None))
        assert session.scalar(waiting) == 1
    expect("H203", "Q")


def test_a_thousand_strangers_cost_no_transaction(office):
    opened = []

    def count(connection):
        opened.append(connection)

    engine = office.desk.database.engine
    event.listen(engine, "begin", count)
    client = office.desk.app.test_client()
    answers = {client.post(office.address(), data={}).status_code for _ in range(1_000)}
    event.remove(engine, "begin", count)
    assert answers == {403}
    assert opened == []
    assert office.post() == 204
    expect("H208", "R")


def pushed(office, items, key=KEY, sender="127.0.0.1"):
    """Alibaba Cloud's push of these items."""
    address = f"/callbacks/aliyun/{key}"
    where = {"REMOTE_ADDR": sender}
    client = office.desk.app.test_client()
    return client.post(address, json=items, environ_overrides=where).status_code


def item(office, n=0, **given):
    usual = {
        "phone_number": f"1900000{n:04d}",
        "success": True,
        "err_code": "DELIVERED",
        "biz_id": f"9006^{n}",
        "out_id": office.token(),
    }
    return usual | given


@pytest.mark.parametrize("size", [0, 1, 10_000])
def test_an_array_of_any_size_is_kept(office, size):
    assert pushed(office, [item(office, n) for n in range(size)]) == 200
    assert office.kept() == size
    assert office.settle() == ENDS
    expect("H205", "A")


def test_a_wrong_item_harms_no_other(office):
    wrong = [None, 7, "x", [], {}, item(office, 1, success="yes"), {"phone_number": {}}]
    assert pushed(office, [*wrong, item(office, 2), *wrong]) == 200
    assert office.kept() == 1
    expect("H206", "N")


def test_a_push_from_elsewhere_is_refused(office):
    assert pushed(office, [item(office)], sender="198.51.100.7") == 403
    assert pushed(office, [item(office)], key="guessed-guessed-guessed-g") == 403
    assert office.kept() == 0
    expect("H207", "R")
