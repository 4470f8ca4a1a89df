"""A carrier's callbacks, signed beforehand, posted as fast as they are answered.

Run as ``python -m outreach.bench.calling`` with the facts as JSON on its input; it
prints the seconds that the posting took.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any
from urllib.parse import quote_plus

from outreach.simulator.callbacks import FORM, signature
from outreach.wires import Patience, Wires

_KEPT = 204
_PATIENCE = Patience(3.0, 15.0)
Request = tuple[str, dict[str, str], bytes]


def requests(facts: dict[str, Any]) -> list[Request]:
    """Address, headers and body of every callback: "delivered", each once."""
    key = facts["secret"].encode()
    made = []
    for token in facts["tokens"]:
        path = f"/callbacks/simulator/{token}"
        sid = f"SM{blake2b(token.encode(), digest_size=16).hexdigest()}"
        form = {
            "AccountSid": facts["account"],
            "MessageSid": sid,
            "MessageStatus": "delivered",
            "To": facts["to"],
        }
        signed = signature(key, facts["own_url"] + path, form)
        body = "&".join(f"{name}={quote_plus(form[name])}" for name in form)
        headers = {"X-Twilio-Signature": signed, "Content-Type": FORM}
        address = f"http://127.0.0.1:{facts['port']}{path}"
        made.append((address, headers, body.encode()))
    return made


async def post_all(made: list[Request], connections: int) -> float:
    """Post over kept-alive connections; seconds. Raises where one is not kept."""
    wires, left = Wires(connections), iter(made)
    began = time.perf_counter()
    await asyncio.gather(*(_post(wires, left) for _ in range(connections)))
    spent = time.perf_counter() - began
    wires.close()
    return spent


async def _post(wires: Wires, left: Iterator[Request]) -> None:
    for address, headers, body in left:
        answer = await wires.ask("POST", address, headers, body, patience=_PATIENCE)
        if answer.status != _KEPT:
            raise RuntimeError(answer.status)


if __name__ == "__main__":
    given = json.loads(sys.stdin.read())
    print(asyncio.run(post_all(requests(given), given["connections"])))  # noqa: T201
