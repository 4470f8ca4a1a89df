"""Sending a text to one's own phone: intent on disk, the network, then the outcome."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.bulletins.models import BulletinVersion
from campaigns.delivery import trials
from campaigns.delivery.carrying import Outcome, carry
from campaigns.delivery.claiming import Batch
from campaigns.delivery.trials import Trial
from campaigns.errors import NotReady, mark
from campaigns.planning.foreign import refusal
from campaigns.register import practice
from campaigns.vocabulary import MessageState
from outreach import providers
from outreach.loop import LOOP
from outreach.settings import Settings
from outreach.wiring import Wiring


def ask(  # noqa: PLR0913 - which words, to whose phone, by what settings
    session: Session,
    settings: Settings,
    version: BulletinVersion,
    *,
    phone: str,
    by: int,
    now: datetime,
) -> Trial:
    """Queue a text to one's own phone, through the provider of new campaigns.

    Raises NotReady where that one cannot be used, or goes abroad unapproved, Refused
    for number or text.
    """
    practised = practice.since(session) is not None
    name = practice.CARRIER if practised else settings.provider
    if name == providers.PORTAL:
        raise NotReady(
            mark("现在的通道要人到运营商网页上传文件，不能试发。这一步可以跳过。")
        )
    if lack := providers.lacking(name, settings):
        raise lack
    if closed := refusal(session, name):
        raise closed
    return trials.ask(session, version, phone=phone, provider=name, by=by, now=now)


def send(wiring: Wiring, trial_id: int) -> None:
    """Send a trial that nobody has begun; doing it again sends nothing."""
    with wiring.database.reading() as session:
        trial = session.get(Trial, trial_id)
        if trial is None or trial.state != MessageState.QUEUED:
            return
        if refusal(session, trial.provider):  # closed since it was asked for
            return
    try:
        provider = wiring.provider(trial.provider)
    except NotReady:
        return
    with wiring.database.writing() as session:
        outgoing = trials.begin(
            session,
            trial_id,
            provider.limits,
            signer=wiring.signer,
            now=wiring.clock(),
        )
    if outgoing is None:
        return
    batch = Batch(f"trial {trial_id}", trial.provider, (outgoing,))
    outcome: Outcome = LOOP.run(carry(provider, batch))[0]
    with wiring.database.writing() as session:
        trials.ended(session, trial_id, outcome)
