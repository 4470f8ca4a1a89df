"""Whatever happens in whatever order: everybody in one state, and every count true."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import factories
from delivery.ledger import Ledger
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import func, select

from campaigns import privacy
from campaigns.delivery import (
    claiming,
    gating,
    launching,
    reconciling,
    sending,
    squashing,
    tally,
)
from campaigns.delivery.asking import Answer
from campaigns.delivery.dispatch import Dispatch
from campaigns.delivery.models import Message, Recipient
from campaigns.delivery.provider import NotAccepted, Report
from campaigns.delivery.receipts import apply, store
from campaigns.orm import Base
from campaigns.vocabulary import MESSAGE_STEPS, Category, MessageState
from outreach.database import connect

S = MessageState
SIGNER = b"s" * 32
PEOPLE = 12
REPORTED = [S.SENT, S.UNDELIVERED, S.DELIVERED]


class Campaigning(RuleBasedStateMachine):
    """Random claims, crashes, receipts and refusals against one campaign."""

    @initialize()
    def begin(self):
        privacy.unlock(privacy.Keyring({1: os.urandom(32)}, 1, os.urandom(32)))
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name)
        self.database = connect(f"sqlite+pysqlite:///{path / 'any.db'}")
        Base.metadata.create_all(self.database.engine)
        self.ledger = Ledger(path / "ledger")
        self.now = factories.NOW
        self.batches = []
        self.seen = {}
        with self.database.writing() as session:
            factories.unit(session)
            factories.places(session)
            self.phones = [f"+861400000{n // 2:04d}" for n in range(PEOPLE)]
            for n, phone in enumerate(self.phones):
                factories.member(session, phone=phone, category=Category(n % 6 + 1))
            self.campaign = factories.campaign(session).id
            launching.launch(session, self.campaign, self.now)

    def teardown(self):
        if hasattr(self, "database"):
            self.database.dispose()
            asyncio.run(self.ledger.close())
            self.folder.cleanup()

    @rule(want=st.integers(1, 4))
    def claim(self, want):
        with self.database.writing() as session:
            dispatch = Dispatch.of(session, self.campaign)
            batch = claiming.claim(
                session,
                dispatch,
                want,
                self.now,
                signer=SIGNER,
                limits=self.ledger.limits,
            )
        if batch.messages:
            self.batches.append((batch, None))

    @precondition(lambda self: self.batches)
    @rule(
        which=st.integers(0, 9),
        fate=st.sampled_from(["ok", "busy", "refused", "lost before", "lost after"]),
    )
    def carry(self, which, fate):
        at = which % len(self.batches)
        batch, outcomes = self.batches[at]
        if outcomes is not None:
            return
        self.ledger.before, self.ledger.after = _fates(fate)
        self.batches[at] = batch, asyncio.run(sending.carry(self.ledger, batch))

    @precondition(lambda self: self.batches)
    @rule(which=st.integers(0, 9), twice=st.booleans())
    def record(self, which, twice):
        batch, outcomes = self.batches[which % len(self.batches)]
        for _ in range(1 + twice):
            if outcomes is not None:
                with self.database.writing() as session:
                    sending.record(session, batch, outcomes, self.now)

    @precondition(lambda self: self.batches)
    @rule(which=st.integers(0, 9), state=st.sampled_from(REPORTED))
    def report(self, which, state):
        batch, _ = self.batches[which % len(self.batches)]
        written = self.ledger.path.read_text()
        reports = [
            Report("simulator", m.token, None, state.name, state, (m.token, state.name))
            for m in batch.messages
            if m.token in written
        ]
        with self.database.writing() as session:
            store(session, reports, signer=SIGNER, now=self.now)

    @rule(size=st.integers(1, 5))
    def apply(self, size):
        with self.database.writing() as session:
            apply(session, self.now, size)

    @rule(seconds=st.sampled_from([1, 46, 130, 900]))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)
        with self.database.writing() as session:
            reconciling.expire(session, self.now)

    @rule()
    def ask(self):
        with self.database.reading() as session:
            asked = reconciling.questions(session, self.now, signer=SIGNER)
        answers = [Answer(q, asyncio.run(self.ledger.find(q.outgoing))) for q in asked]
        with self.database.writing() as session:
            reconciling.answered(session, answers, self.now)

    @rule(which=st.integers(0, PEOPLE - 1))
    def refuse(self, which):
        with self.database.writing() as session:
            index = privacy.blind("phone", self.phones[which])
            gating.refuse(session, index, self.now)

    @rule()
    def gate_and_squash(self):
        with self.database.writing() as session:
            gating.gate(session, self.campaign, self.now)
            squashing.squash(session, 7)

    @invariant()
    def nobody_is_told_twice(self):
        if hasattr(self, "ledger"):
            told = Counter(line.split()[0] for line in self.ledger.lines())
            assert not [phone for phone, n in told.items() if n > 1]

    @invariant()
    def every_count_is_true_and_every_step_legal(self):
        if not hasattr(self, "database"):
            return
        with self.database.reading() as session:
            assert tally.recount(session, self.campaign) == []
            people = tally.by_state(session, self.campaign, "person")
            assert sum(people.values()) == PEOPLE
            assert session.scalar(select(func.count(Recipient.id))) == PEOPLE
            moved = session.execute(select(Message.id, Message.was, Message.state))
            for key, was, state in moved:
                assert state == was or S(state) in MESSAGE_STEPS[S(was)]
                self.seen[key] = state


def _fates(fate):
    def nothing(_):
        return None

    def raising(error):
        def fail(_):
            raise error

        return fail

    before = {
        "busy": raising(NotAccepted("429", throttled=True, retry_after=1)),
        "refused": raising(NotAccepted("no", permanent=True)),
        "lost before": raising(TimeoutError()),
    }
    after = {"lost after": raising(TimeoutError())}
    return before.get(fate, nothing), after.get(fate, nothing)


TestCampaigning = Campaigning.TestCase
TestCampaigning.settings = settings(
    # A quarter of the profile's: each is a campaign's whole life.
    max_examples=settings.default.max_examples // 4,
    # Shrinking a failure costs minutes here; the failing steps are printed anyway.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
