"""How close keeping a receipt comes to only verifying its signature."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from sqlalchemy import func, select

from campaigns.delivery import token
from campaigns.delivery.models import Receipt
from outreach.bench import county
from outreach.bench.ground import Ground, ground
from outreach.bench.limits import Limits, middle, spread
from outreach.supervisor import free_port

LIMITS = Limits(least={"ratio_to_verify_only": 0.4})
_SIZES = {"full": (50_000, 5), "small": (300, 1)}
"""Callbacks of each kind in all, and rounds they come in."""
_CONNECTIONS = 64
_WARM = 200


def run(scale: str = "full") -> dict[str, Any]:
    """Signed callbacks kept durably, against an endpoint that only verifies.

    Same server, same client, in turn; about two minutes on two cores.
    """
    callbacks, rounds = _SIZES[scale]
    with ground() as place:
        place.start_broker()
        with place.wiring.database.writing() as session:
            county.found(session, place.wiring.clock())
        web = _serve(place, "web", "outreach.app:create_app", place.settings.port)
        bare = _serve(
            place, "bare", "outreach.bench.verify_only:create_app", free_port(0)
        )
        kept, verified = [], []
        each = callbacks // rounds
        _post(place, bare, 0, _WARM)
        _post(place, web, 0, _WARM)
        for n in range(rounds):
            verified.append(_post(place, bare, _WARM + n * each, each))
            kept.append(_post(place, web, _WARM + n * each, each))
        stored = _stored(place)
    figures = {
        "ratio_to_verify_only": round(middle(kept) / middle(verified), 3),
        "callbacks": callbacks,
        "kept_per_second": spread(kept),
        "verified_per_second": spread(verified),
        "stored": stored,
    }
    return LIMITS.judged(figures, agreed=stored == each * rounds + _WARM)


def _serve(place: Ground, name: str, factory: str, port: int) -> int:
    """Granian with the arguments of ``outreach web``; the port, once it answers."""
    settings = place.settings
    place.start(
        name,
        *["granian", "--interface", "wsgi", "--host", settings.host],
        *["--port", str(port), "--workers", "1", "--no-ws", "--http", "1"],
        *["--blocking-threads", str(settings.web_threads)],
        *["--backpressure", "256", "--factory", factory],
    )
    place.wait(name, lambda: _answers(f"http://{settings.host}:{port}/healthz"))
    return port


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=2) as answer:  # noqa: S310  # nosec B310  # our own
            return bool(answer.status)
    except HTTPError:
        return True
    except OSError:
        return False


def _post(place: Ground, port: int, first: int, callbacks: int) -> float:
    """Callbacks a second; every one must be answered 204."""
    settings, signer = place.settings, place.wiring.signer
    facts = {
        "port": port,
        "connections": min(_CONNECTIONS, callbacks),
        "account": settings.simulator_account,
        "secret": settings.simulator_secret.get_secret_value(),
        "own_url": settings.own_url,
        "to": county.NUMBER,
        "tokens": [token.mint(signer, 1, first + n, 1) for n in range(callbacks)],
    }
    told = subprocess.run(
        [sys.executable, "-m", "outreach.bench.calling"],
        input=json.dumps(facts),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(callbacks / float(told.stdout))


def _stored(place: Ground) -> int:
    with place.wiring.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Receipt)) or 0
