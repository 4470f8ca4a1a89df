"""How it is done elsewhere: one Celery task a message, through the synchronous SDK.

Each reads its row, sends, and writes down what came of it, so that the ledger and the
database of the run can agree: in two short transactions, with nothing beside.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import select, update
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from campaigns.delivery.models import Message
from campaigns.register.models import Member
from campaigns.vocabulary import MessageState
from outreach.settings import Settings
from outreach.wiring import current
from outreach.worker import celery

TASK = "outreach.bench.one_by_one.send_one"
SENDER = "+15005550006"
"""The number that Twilio documents as a sender for tests."""


@cache
def client() -> Client:
    """One client a process, its connection kept alive."""
    settings = Settings()
    secret = settings.simulator_secret.get_secret_value()
    pooled = TwilioHttpClient(pool_connections=True)
    made = Client(settings.simulator_account, secret, http_client=pooled)
    made.api.base_url = settings.simulator_address
    return made


@celery.task(name=TASK)
def send_one(message_id: int, words: str) -> None:
    """Send one text."""
    wiring = current()
    mine = Message.id == message_id
    of_whom = select(Member.phone).join(Message, Message.member_id == Member.id)
    with wiring.database.reading() as session:
        phone = session.scalars(of_whom.where(mine)).one()
    callback = f"{wiring.settings.own_url}/callbacks/simulator/{message_id:040d}"
    answer = client().messages.create(
        to=phone, body=words, from_=SENDER, status_callback=callback
    )
    came = {"state": MessageState.ACCEPTED, "provider_ref": answer.sid}
    with wiring.database.writing() as session:
        session.execute(update(Message).where(mine).values(came))


__all__ = ["SENDER", "TASK", "celery"]
