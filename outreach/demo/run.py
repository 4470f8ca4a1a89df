"""The demonstration, act by act, through the same functions that the pages call."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.console import Console

from outreach.commands.up import tend_until_stopped
from outreach.demo import calling, county, day, watching
from outreach.demo.measuring import Memory, Stopwatch
from outreach.demo.proof import prove
from outreach.demo.script import issue_bulletin, release_campaign, write_bulletin
from outreach.demo.taking_in import take_in_roster
from outreach.migrating import migrate
from outreach.settings import Settings
from outreach.supervisor import Stack
from outreach.wiring import Wiring, build
from outreach.worker import celery


class Demo:
    """One county, one roster, one bulletin, one campaign."""

    def __init__(self, settings: Settings, members: int, console: Console) -> None:
        self.settings = settings
        self.members = members
        self.console = console
        self.watch = Stopwatch()
        self.sign_ins: list[county.SignIn] = []
        self.failed = False
        self._stack = Stack(settings, _carrier(members))

    def play(self) -> dict[str, Any]:
        """Run everything once and return what there is to know about it."""
        with Memory() as memory:
            facts = self._acts()
            facts["seconds"] = {**self.watch.seconds, "total": self.watch.total()}
            facts["peak_rss_mb"] = memory.peak_mb
        return facts

    def _acts(self) -> dict[str, Any]:
        with self.watch.stage("start"):
            migrate(self.settings)
            wiring = build(self.settings)
            with wiring.database.writing() as session:
                self.sign_ins = county.make(
                    session, self.settings.demo_county, wiring.clock()
                )
            self._stack.start()
            # This process was put together by hand: its hints go to the same broker.
            celery.conf.update(broker_url=self.settings.broker_address)
        writer, second = self.sign_ins[0].user_id, self.sign_ins[1].user_id
        version = write_bulletin(wiring, writer)
        imported = take_in_roster(
            wiring, self.members, writer, second, self.watch, self.console
        )
        with self.watch.stage("listening"):
            watching.until_heard(wiring, version, self.console, self._stack.tend)
        with self.watch.stage("release"):
            day.begin(wiring, second)
            issue_bulletin(wiring, version, second)
            campaign = release_campaign(wiring, version, writer, second)
            calls = calling.release_calls(wiring, version, writer, second)
        with self.watch.stage("campaign"):
            seen = watching.until_settled(
                wiring, campaign, calls, self.console, self._stack.tend
            )
        proof = self._proof(wiring, campaign, calls)
        with self.watch.stage("report"):
            day.play(wiring, campaign, second)
            day.visit(wiring, second)
            told = day.file_report(wiring, campaign, second)
        return {
            **imported,
            **seen,
            **proof,
            **told,
            "cpu_seconds": self._stack.cpu_seconds(),
        }

    def _proof(self, wiring: Wiring, campaign: int, calls: int) -> dict[str, Any]:
        with self.watch.stage("proof"), wiring.database.reading() as session:
            proof = prove(session, campaign, wiring.settings, wiring.signer)
            called = calling.told(wiring, calls)
        played = set(called["sounds"]) <= {"200"}
        self.failed = not (proof.holds and called["proof"]["holds"] and played)
        return {"proof": {**asdict(proof), "holds": proof.holds}, "calls": called}

    def serve(self) -> None:
        """Keep everything running until a signal arrives."""
        tend_until_stopped(self._stack)

    def stop(self) -> None:
        """Stop the stack."""
        self._stack.stop()


def _carrier(members: int) -> dict[str, float]:
    """Seconds a carrier takes: the more it is given at once, the later it reports."""
    return {
        "sent_seconds": max(0.2, members / 1_000),
        "receipt_seconds": max(2.0, members / 600),
        "late_seconds": max(6.0, members / 600),
    }
