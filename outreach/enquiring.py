"""Asking providers: after messages in doubt, and after reports that never came."""

from __future__ import annotations

import asyncio

from campaigns.delivery import polling, reconciling
from campaigns.delivery.asking import Answer, Question
from campaigns.delivery.provider import CannotBeAsked
from outreach.loop import LOOP
from outreach.wiring import Wiring

_POLLS = 20
"""Batches of questions that one sweep asks: a thousand in five minutes."""


def reconcile(wiring: Wiring) -> int:
    """Ask providers about messages in doubt; return how many were found there."""
    with wiring.database.reading() as session:
        questions = reconciling.questions(session, wiring.clock(), signer=wiring.signer)
    if not questions:
        return 0
    answers = LOOP.run(_ask(wiring, questions))
    with wiring.database.writing() as session:
        return reconciling.answered(session, answers, wiring.clock())


def poll(wiring: Wiring) -> int:
    """Ask for reports that never came; return how many providers' records had more."""
    more = 0
    for _ in range(_POLLS):
        with wiring.database.reading() as session:
            questions = polling.to_poll(session, wiring.clock(), signer=wiring.signer)
        if not questions:
            break
        answers = LOOP.run(_ask(wiring, questions))
        with wiring.database.writing() as session:
            more += polling.heard(
                session, answers, signer=wiring.signer, now=wiring.clock()
            )
        if not all(answer.heard or answer.mute for answer in answers):
            break
    return more


async def _ask(wiring: Wiring, questions: list[Question]) -> list[Answer]:
    return await asyncio.gather(*(_ask_one(wiring, q) for q in questions))


async def _ask_one(wiring: Wiring, question: Question) -> Answer:
    if not question.askable:
        return Answer(question, None, heard=False, mute=True)
    try:
        provider = wiring.provider(question.provider)
        return Answer(question, await provider.find(question.outgoing))
    except CannotBeAsked:
        return Answer(question, None, heard=False, mute=True)
    except Exception:  # noqa: BLE001 - whatever it was, the ledger was not heard
        return Answer(question, None, heard=False)
