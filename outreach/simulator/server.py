"""The simulated carrier's requests: Twilio's Messages and Calls, faults, ledger."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from hashlib import sha256
from itertools import count
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from outreach.simulator import answers
from outreach.simulator.behaviour import Behaviour
from outreach.simulator.callbacks import Callbacks
from outreach.simulator.fate import answered_by, fate, fault, refusal, share
from outreach.simulator.faults import after, before, refused, said, too_many
from outreach.simulator.forms import as_call, missing, read_form, validity
from outreach.simulator.ledger import Entry, Ledger

_PAGE_MOST = 1000
Answer = Awaitable[web.StreamResponse]


class Carrier:
    """Everything one simulated account can be asked."""

    def __init__(
        self, account: str, secret: str, ledger: Ledger, behaviour: Behaviour
    ) -> None:
        self.account = account
        self.ledger = ledger
        self.behaviour = behaviour
        self.callbacks = Callbacks(account, secret, ledger, lambda: self.behaviour)
        pair = base64.b64encode(f"{account}:{secret}".encode()).decode()
        self._credentials = f"Basic {pair}"
        self._home = f"/{answers.VERSION}/Accounts/{account}/Messages"
        self._calls = f"/{answers.VERSION}/Accounts/{account}/Calls"
        self._balance = f"/{answers.VERSION}/Accounts/{account}/Balance.json"
        self._requests = count()
        self._second = (0, 0)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; everything needs the account's credentials."""
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), self._credentials.encode()):
            return refused(20003, 401)
        return await self._door(request.method, request.path)(request)

    def _door(self, method: str, path: str) -> Callable[[web.BaseRequest], Answer]:
        if path in {self._home + ".json", self._calls + ".json"}:
            return self.create if method == "POST" else self.list_messages
        if method == "GET" and path.startswith(self._home + "/"):
            return self.fetch
        doors = {
            ("GET", self._balance): self.tell_balance,
            ("GET", "/faults"): self.show_behaviour,
            ("POST", "/faults"): self.change_behaviour,
            ("GET", "/ledger"): self.show_ledger,
            ("DELETE", "/ledger"): self.clear_ledger,
            ("GET", "/ledger/summary"): self.summarise,
        }
        return doors.get((method, path), self.nothing_here)

    async def nothing_here(self, _request: web.BaseRequest) -> web.Response:
        """Any other address."""
        return refused(20404, 404)

    async def tell_balance(self, _request: web.BaseRequest) -> web.Response:
        """What is left on the account."""
        shown = {"account_sid": self.account, "currency": "USD"}
        return web.json_response({**shown, "balance": str(self.behaviour.balance)})

    async def create(self, request: web.BaseRequest) -> web.StreamResponse:
        """Accept a message, or do what the behaviour of the day demands."""
        form = read_form(await request.read())
        if request.path.startswith(self._calls):
            form = as_call(form)
        behaviour = self.behaviour
        if behaviour.latency_ms:
            await asyncio.sleep(behaviour.latency_ms / 1000)
        if behaviour.per_second and self._too_fast(behaviour.per_second):
            return too_many(behaviour)
        key = form.get("StatusCallback") or str(next(self._requests))
        trouble = fault(behaviour, key)
        if trouble and (answer := await before(trouble, behaviour, request)):
            return answer
        code = missing(form) or refusal(behaviour, form["To"])
        if code:
            return refused(code, 400)
        entry = await self.accept(form)
        body = json.dumps(self._shown(entry, entry.at)).encode()
        if trouble:
            return await after(trouble, body, request)
        return said(body, 201)

    async def accept(self, form: dict[str, str]) -> Entry:
        """Write a valid form into the ledger and plan its receipts."""
        now, behaviour = time.time(), self.behaviour
        future = fate(behaviour, form["To"], validity(form))
        entry = self.ledger.entry(
            to=form["To"],
            sender=form.get("From") or form["MessagingServiceSid"],
            body=form["Body"],
            callback=form.get("StatusCallback", ""),
            at=now,
            sent_at=now + future.sent_after,
            final_at=now + future.final_after,
            final=future.final,
            code=future.code,
        )
        await self.ledger.accept(entry)
        if share(behaviour, entry.to, "early") < behaviour.early:
            await self.callbacks.at_once(entry)
        self.callbacks.schedule(entry)
        return entry

    def _shown(self, entry: Entry, now: float) -> dict[str, Any]:
        if not entry.is_call:
            return answers.message(self.account, entry, now)
        who = answered_by(self.behaviour, entry.to)
        return answers.call(self.account, entry, now, who)

    def _too_fast(self, most: int) -> bool:
        second, seen = self._second
        now = int(time.monotonic())
        self._second = (now, seen + 1 if now == second else 1)
        return self._second[1] > most

    async def fetch(self, request: web.BaseRequest) -> web.Response:
        """One message by its SID."""
        sid = request.path.removeprefix(self._home + "/").removesuffix(".json")
        entry = self.ledger.get(sid)
        if entry is None:
            return refused(20404, 404)
        found = answers.message(self.account, entry, time.time())
        return said(json.dumps(found).encode())

    async def list_messages(self, request: web.BaseRequest) -> web.Response:
        """Messages by To, newest first, page by page."""
        if self.behaviour.ledger_closed:
            return refused(20500, 503)
        size = min(_PAGE_MOST, max(1, int(request.query.get("PageSize", "50"))))
        page = max(0, int(request.query.get("Page", "0")))
        rows = self.ledger.newest(request.query.get("To"), size + 1, page * size)
        now = time.time()
        shown = now - self.behaviour.ledger_lag_seconds
        calls = request.path.startswith(self._calls)
        found = [
            self._shown(row, now)
            for row in rows[:size]
            if row.at <= shown and row.is_call == calls
        ]
        asked = {
            k: v for k, v in request.query.items() if k not in {"Page", "PageToken"}
        }
        home = self._calls if calls else self._home
        further = _page_uri(home, asked, page + 1) if len(rows) > size else None
        return web.json_response(
            {
                "end": page * size + max(0, len(found) - 1),
                "first_page_uri": _page_uri(home, asked, 0),
                "calls" if calls else "messages": found,
                "next_page_uri": further,
                "page": page,
                "page_size": size,
                "previous_page_uri": _page_uri(home, asked, page - 1) if page else None,
                "start": page * size,
                "uri": _page_uri(home, asked, page),
            }
        )

    async def show_behaviour(self, _request: web.BaseRequest) -> web.Response:
        """How the carrier behaves at the moment."""
        return web.json_response(self.behaviour.as_dict())

    async def change_behaviour(self, request: web.BaseRequest) -> web.Response:
        """Change some fields; the others stay."""
        try:
            self.behaviour = self.behaviour.changed(json.loads(await request.read()))
        except (ValueError, AttributeError) as wrong:
            return web.json_response({"message": str(wrong)}, status=400)
        return await self.show_behaviour(request)

    async def show_ledger(self, request: web.BaseRequest) -> web.Response:
        """Entries after ``after``, at most ``limit``; go on from the last ``id``."""
        start = int(request.query.get("after", "0"))
        limit = min(10_000, int(request.query.get("limit", "1000")))
        now = time.time()
        rows = [_line(entry, now) for entry in self.ledger.after(start, limit)]
        return web.json_response({"entries": rows})

    async def clear_ledger(self, _request: web.BaseRequest) -> web.Response:
        """Forget all messages."""
        self.ledger.clear()
        return web.json_response({})

    async def summarise(self, _request: web.BaseRequest) -> web.Response:
        """Counts of the ledger and of the callbacks."""
        found = self.ledger.summary(time.time())
        found["pending_receipts"] = self.callbacks.waiting
        found["receipts_taken"] = self.callbacks.taken
        found["receipts_given_up"] = self.callbacks.failed
        found["sounds"] = Counter(map(str, self.callbacks.sounds.values()))
        return web.json_response(found)


def _page_uri(home: str, asked: dict[str, str], page: int) -> str:
    return f"{home}.json?{urlencode({**asked, 'Page': str(page)})}"


def _line(entry: Entry, now: float) -> dict[str, Any]:
    return {
        "id": entry.id,
        "sid": entry.sid,
        "to": entry.to,
        "token": entry.token,
        "body_sha256": sha256(entry.body.encode()).hexdigest(),
        "callback": entry.callback,
        "at": entry.at,
        "status": entry.status(now),
        "code": entry.code,
        "told": entry.told,
    }
