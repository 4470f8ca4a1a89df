"""The log: a line an event, as JSON or for a terminal, and never a person's data.

Values may sit in an exception's message and in numbers of eleven digits and more: of
an exception the kind and the places are written, and such numbers are masked.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from logging.config import dictConfig
from pathlib import Path
from typing import Any

from outreach.settings import Settings

FILE = Path(__file__).with_suffix(".json")
"""Where it goes and from which level on, as ``logging.config`` reads it."""
_THREES = 3
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NUMBER = re.compile(r"\d{11,}")
_reference: ContextVar[str] = ContextVar("reference", default="")


def set_up() -> None:
    """Let this process log; the web server reads the same file by itself."""
    dictConfig(json.loads(FILE.read_text("utf-8")))


def begin() -> None:
    """A new reference for what begins here: a request, or a task."""
    threes = (f"{secrets.randbelow(1000):03}" for _ in range(_THREES))
    _reference.set(" ".join(threes))


def reference() -> str:
    """Nine digits in threes, on the error page and on each line of its request."""
    if not _reference.get():
        begin()
    return _reference.get()


class Form(logging.Formatter):
    """JSON, or plain where ``OUTREACH_LOG_FORMAT`` or a terminal asks for it."""

    def __init__(self) -> None:
        super().__init__()
        wanted = Settings().log_format
        terminal = sys.stderr is not None and sys.stderr.isatty()
        self._plain = wanted == "plain" or (wanted == "auto" and terminal)

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        facts = _facts(record)
        if not self._plain:
            return json.dumps(facts, ensure_ascii=False)
        where = facts.pop("where", [])
        lines = [" ".join(map(str, facts.values())), *(f"  {each}" for each in where)]
        return "\n".join(lines)


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    at = datetime.fromtimestamp(record.created, UTC)
    facts: dict[str, Any] = {
        "time": at.isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "process": record.process,
    }
    if _reference.get():
        facts["reference"] = _reference.get()
    says = record.getMessage()
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        # Libraries put an exception's words into the line itself.
        for words in filter(None, (repr(error), str(error))):
            says = says.replace(words, type(error).__name__)
        facts |= {"says": _safe(says), "fault": type(error).__name__}
        frames = traceback.extract_tb(error.__traceback__)
        facts["where"] = [f"{f.filename}:{f.lineno} {f.name}" for f in frames]
    else:
        facts["says"] = _safe(says)
    return facts


def _safe(text: str) -> str:
    shown = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
    return _NUMBER.sub(lambda found: "*" * len(found[0]), shown)
