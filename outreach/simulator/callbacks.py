"""Status callbacks: signed as Twilio signs, kept alive, tried again, resumed."""

from __future__ import annotations

import asyncio
import hmac
import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from urllib.parse import quote_plus

from outreach.simulator import spoken
from outreach.simulator.answers import VERSION
from outreach.simulator.behaviour import Behaviour
from outreach.simulator.fate import share
from outreach.simulator.ledger import FINAL, SENT, Entry, Ledger
from outreach.wires import Patience, Wires

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
"""What callbacks are, as Twilio's are."""
_PATIENCE = Patience(3.0, 15.0)
_CONNECTIONS = 32
_WAITING_MOST = 400_000
"""Callbacks held in memory; beyond it they stay in the ledger until there is room."""
_RESUME_STEP = 5_000
_LONGEST_BACK_OFF = 30.0
_STOP_AT = 500


@dataclass(slots=True)
class Call:
    """One callback to make; ``tries`` counts closed doors."""

    entry: Entry
    what: int
    tries: int = 0


class Callbacks:
    """A heap by time, and a few connections that work it off."""

    def __init__(
        self,
        account: str,
        secret: str,
        ledger: Ledger,
        behaviour: Callable[[], Behaviour],
    ) -> None:
        self._account = account
        self._key = secret.encode()
        self._ledger = ledger
        self._behaviour = behaviour
        self._heap: list[tuple[float, int, Call]] = []
        self._order = count()
        self._slots = asyncio.Semaphore(_CONNECTIONS)
        self._wake = asyncio.Event()
        self._left_behind: int | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._wires = Wires()
        self.sounds: dict[str, int] = {}
        """HTTP status of each clip that calls played; 0 where nothing answered."""
        self.taken = 0
        self.failed = 0

    @property
    def waiting(self) -> int:
        """How many callbacks are in memory, due or not."""
        return len(self._heap) + len(self._running) - 1

    async def start(self) -> None:
        """Open the pool and take up what the ledger says was never delivered."""
        self._left_behind = 0
        self._resume()
        self._keep(asyncio.create_task(self._run()))

    async def stop(self) -> None:
        """Stop at once; what was not delivered is taken up at the next start."""
        for task in list(self._running):
            task.cancel()
        for task in list(self._running):
            with suppress(asyncio.CancelledError):
                await task
        self._wires.close()

    def schedule(self, entry: Entry) -> None:
        """Plan the callbacks of an accepted message."""
        behaviour = self._behaviour()
        if not entry.callback or not behaviour.callbacks:
            return
        if self._left_behind is None and len(self._heap) > _WAITING_MOST:
            self._left_behind = entry.id - 1
        if self._left_behind is None:
            self._plan(entry, behaviour)
        else:
            self._left_behind = min(self._left_behind, entry.id - 1)

    def _plan(self, entry: Entry, behaviour: Behaviour) -> None:
        if behaviour.report_sent and not entry.is_call and not entry.told & SENT:
            self._push(entry.sent_at, Call(entry, SENT))
        if entry.final and not entry.told & FINAL:
            self._push(entry.final_at, Call(entry, FINAL))

    async def at_once(self, entry: Entry) -> None:
        """Report ``sent`` before the request is answered: a receipt that overtakes."""
        wanted = entry.callback and not entry.is_call and self._behaviour().callbacks
        if wanted and await self._post(Call(entry, SENT)):
            self._ledger.tell(entry, SENT)

    def _push(self, at: float, call: Call) -> None:
        first = not self._heap or at < self._heap[0][0]
        heappush(self._heap, (at, next(self._order), call))
        if first:
            self._wake.set()

    def _resume(self) -> None:
        while self._left_behind is not None and len(self._heap) < _WAITING_MOST // 2:
            rows = self._ledger.untold(self._left_behind, _RESUME_STEP)
            for entry in rows:
                self._plan(entry, self._behaviour())
            self._left_behind = rows[-1].id if rows else None

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            if self._left_behind is not None:
                self._resume()
            wait = self._heap[0][0] - time.time() if self._heap else 60.0
            if wait > 0:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), wait)
                continue
            await self._slots.acquire()
            _, _, call = heappop(self._heap)
            self._keep(asyncio.create_task(self._deliver(call)))

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _deliver(self, call: Call) -> None:
        try:
            taken = await self._post(call)
            if taken and self._twice(call):
                await self._post(call)
        finally:
            self._slots.release()
        if taken:
            self.taken += 1
            self._ledger.tell(call.entry, call.what)
        else:
            self._again(call)

    def _twice(self, call: Call) -> bool:
        behaviour = self._behaviour()
        return share(behaviour, call.entry.to, "twice") < behaviour.twice

    def _again(self, call: Call) -> None:
        call.tries += 1
        waited = time.time() - call.entry.at
        if waited > self._behaviour().retry_minutes * 60:
            self.failed += 1
            return
        # Half of the wait follows the number, so that a crowd does not return at once.
        spread = 0.5 + share(self._behaviour(), call.entry.to, "again")
        pause = min(_LONGEST_BACK_OFF, 0.5 * 2 ** min(call.tries, 8)) * spread
        self._push(time.time() + pause, call)

    async def _post(self, call: Call) -> bool:
        """Make one callback; False where it should be tried again."""
        forms = [(call.entry.callback, _form(self._account, call))]
        if call.entry.is_call:
            await self._listen(spoken.sound(call.entry))
            forms = spoken.forms(self._account, call.entry, self._behaviour())
        for address, form in forms:
            if not await self._told(call, address, form):
                return False
        return True

    async def _listen(self, address: str) -> None:
        """Fetch a clip once, as a carrier that keeps what it plays."""
        if not address or address in self.sounds:
            return
        self.sounds[address] = 0
        with suppress(OSError, ValueError):
            answer = await self._wires.ask("GET", address, {}, patience=_PATIENCE)
            self.sounds[address] = answer.status

    async def _told(self, call: Call, address: str, form: dict[str, str]) -> bool:
        headers = {
            "X-Twilio-Signature": signature(self._key, address, form),
            "I-Twilio-Idempotency-Token": f"{call.entry.sid}-{call.what}",
            "User-Agent": "TwilioProxy/1.1",
            "Content-Type": FORM,
        }
        body = "&".join(f"{name}={quote_plus(form[name])}" for name in form).encode()
        try:
            answer = await self._wires.ask(
                "POST", address, headers, body, patience=_PATIENCE
            )
        except (OSError, ValueError):
            return False
        return answer.status < _STOP_AT


def _form(account: str, call: Call) -> dict[str, str]:
    entry = call.entry
    status = "sent" if call.what == SENT else entry.final
    form = {
        "AccountSid": account,
        "ApiVersion": VERSION,
        "From": entry.sender,
        "MessageSid": entry.sid,
        "MessageStatus": status,
        "SmsSid": entry.sid,
        "SmsStatus": status,
        "To": entry.to,
    }
    if call.what == FINAL:
        moment = time.gmtime(entry.final_at)
        form["RawDlrDoneDate"] = time.strftime("%y%m%d%H%M", moment)
        if entry.code:
            form["ErrorCode"] = str(entry.code)
    return form


def signature(key: bytes, address: str, form: dict[str, str]) -> str:
    """Twilio's signature: the address and the sorted fields under HMAC-SHA1."""
    text = address + "".join(name + form[name] for name in sorted(form))
    return b64encode(hmac.digest(key, text.encode(), "sha1")).decode()
