"""Reading the forms that clients post."""

from __future__ import annotations

from binascii import a2b_qp

_LONGEST_BODY = 1600
_LONGEST_VALIDITY = 36_000


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a form; of a repeated one the last."""
    pairs = (field.partition(b"=") for field in body.split(b"&"))
    return {_unquote(name): _unquote(value) for name, _, value in pairs}


def _unquote(text: bytes) -> str:
    text = text.replace(b"+", b" ")
    if b"%" in text:
        # Quoted-printable differs from percent-encoding in its mark alone, and is read
        # in C: unquote took a third of the time of a whole request.
        text = a2b_qp(text.replace(b"%", b"="))
    return text.decode(errors="replace")


def missing(form: dict[str, str]) -> int | None:
    """Twilio's code for what the form lacks or has too much of, or None."""
    if not form.get("To"):
        return 21604
    if not (form.get("From") or form.get("MessagingServiceSid")):
        return 21603
    if not form.get("Body"):
        return 21602
    return 21617 if len(form["Body"]) > _LONGEST_BODY else None


def as_call(form: dict[str, str]) -> dict[str, str]:
    """A call's form with what it does as its body."""
    return form | {"Body": form.get("Twiml", "")}


def validity(form: dict[str, str]) -> float:
    """How many seconds the message may wait."""
    return float(form.get("ValidityPeriod") or _LONGEST_VALIDITY)
