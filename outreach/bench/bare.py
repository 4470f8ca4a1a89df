"""The fair bare client: aiohttp and nothing else, as fast as this machine posts.

One session, bodies encoded beforehand, our form and our credentials, the answer read
and its ``sid`` parsed; no database and no SDK. Run as ``python -m outreach.bench.bare``
it prepares, prints ``ready``, waits for a line on its input and posts.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import aiohttp

from outreach.simulator.answers import VERSION

_CREATED = 201


def bodies(first: int, count: int, facts: dict[str, Any]) -> list[bytes]:
    """The forms of ``count`` messages, as the SDK would write them."""
    return [
        urlencode(
            {
                "To": facts["to"],
                "StatusCallback": f"{facts['callback']}/{first + n:040d}",
                "ValidityPeriod": 36_000,
                "From": facts["sender"],
                "Body": facts["text"],
            }
        ).encode()
        for n in range(count)
    ]


async def post_all(facts: dict[str, Any], forms: list[bytes]) -> None:
    """Post ``forms`` over ``connections`` kept-alive connections."""
    account, secret = facts["account"], facts["secret"]
    pair = b64encode(f"{account}:{secret}".encode()).decode()
    address = f"{facts['address']}/{VERSION}/Accounts/{account}/Messages.json"
    headers = {
        "Authorization": f"Basic {pair}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    left = iter(forms)
    connector = aiohttp.TCPConnector(limit=facts["connections"])
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        workers = (_post(session, address, left) for _ in range(facts["connections"]))
        await asyncio.gather(*workers)


async def _post(
    session: aiohttp.ClientSession, address: str, left: Iterator[bytes]
) -> None:
    for form in left:
        async with session.post(address, data=form) as answer:
            sid = json.loads(await answer.read())["sid"]
        if answer.status != _CREATED or not sid:
            raise RuntimeError(answer.status)


def main() -> None:
    """Read the facts as one line of JSON, then a line to begin."""
    facts = json.loads(sys.stdin.readline())
    forms = bodies(facts["first"], facts["count"], facts)
    print("ready", flush=True)  # noqa: T201 - the parent reads it
    sys.stdin.readline()
    before = time.process_time()
    asyncio.run(post_all(facts, forms))
    print(json.dumps({"cpu": time.process_time() - before}))  # noqa: T201


if __name__ == "__main__":
    main()
