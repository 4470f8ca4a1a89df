"""A carrier's many clients: signed receipts posted at once, and what was answered.

They keep their own list of every report that was answered 2xx: what is on it must stand
in the inbox, whatever was killed meanwhile.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from threading import Thread
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from outreach.drill.replaying import form_of
from outreach.settings import Settings
from outreach.simulator.callbacks import FORM, signature
from outreach.wires import Patience, Wires

_WELL = range(200, 300)
_PAUSE = 0.3
"""Seconds until a post is tried again."""
_PATIENCE = 120.0
"""Seconds after which a client stops trying one post."""
_ONCE = 0.1
"""Share of posts that are tried a single time."""
_ABSENT = 30003
_EACH = Patience(connecting=3.0, whole=15.0)


class Post(NamedTuple):
    """One report on its way: which message, what it says, and the signed request."""

    message: int
    status: str
    address: str
    headers: dict[str, str]
    body: bytes
    once: bool


def prepare(
    settings: Settings,
    entries: Mapping[int, Any],
    stories: Mapping[int, Iterable[str]],
    draw: random.Random,
) -> list[Post]:
    """Sign every status of ``stories``, by message as ``entries`` are, and mix them."""
    key = settings.simulator_secret.get_secret_value().encode()
    posts = []
    for message, statuses in stories.items():
        address = entries[message]["callback"]
        for status in statuses:
            code = _ABSENT if status == "undelivered" else None
            entry = {**entries[message], "code": code}
            form = form_of(settings.simulator_account, entry, status)
            signed = signature(key, address, form)
            posts.append(
                Post(
                    *(message, status, address),
                    headers={"X-Twilio-Signature": signed, "Content-Type": FORM},
                    body=urlencode(form).encode(),
                    once=draw.random() < _ONCE,
                )
            )
    draw.shuffle(posts)
    return posts


class Clients:
    """Connections that work posts off, in a thread; as a context it waits for them."""

    def __init__(self, posts: Sequence[Post], connections: int) -> None:
        self.posts = posts
        self.answered: Counter[tuple[int, str]] = Counter()
        """How often each report of a message was answered 2xx."""
        self.statuses: Counter[int] = Counter()
        """Answers by HTTP status; 0 where nothing answered."""
        self.given_up = 0
        self._connections = connections
        self._thread = Thread(target=self._run, name="clients", daemon=True)

    @property
    def done(self) -> int:
        """Posts that were answered 2xx or given up."""
        return self.answered.total() + self.given_up

    @property
    def over(self) -> bool:
        """Whether every post is done."""
        return not self._thread.is_alive()

    def _run(self) -> None:
        asyncio.run(self._post_all())

    async def _post_all(self) -> None:
        wires, left = Wires(self._connections), iter(self.posts)
        await asyncio.gather(
            *(_each(self, wires, left) for _ in range(self._connections))
        )
        wires.close()

    async def post(self, wires: Wires, post: Post) -> None:
        """Post until it is answered 2xx, or the client has had enough."""
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                heard = await wires.ask(
                    *("POST", post.address, post.headers, post.body),
                    patience=_EACH,
                )
                status = heard.status
            except OSError:
                status = 0
            self.statuses[status] += 1
            if status in _WELL:
                self.answered[post.message, post.status] += 1
                return
            if post.once or time.monotonic() > end:
                self.given_up += 1
                return
            await asyncio.sleep(_PAUSE)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()


async def _each(clients: Clients, wires: Wires, left: Iterator[Post]) -> None:
    for post in left:
        await clients.post(wires, post)
