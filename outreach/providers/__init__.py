"""The registry of providers: what can carry, and why one cannot be used yet."""

from __future__ import annotations

from campaigns.delivery.provider import Limits, Provider
from campaigns.errors import NotReady, mark
from outreach.settings import Settings

PORTAL = "portal_file"
"""A carrier's web portal that people feed with files: nothing carries by itself."""
CARRIERS = ("simulator", "twilio")
NAMES = (*CARRIERS, PORTAL)

_TWILIO_RATE = 100
_UNKNOWN = mark("没有名为 %(name)s 的短信通道。可用的有：%(names)s。")
_INCOMPLETE = mark(
    "Twilio 还不能用：请设置 OUTREACH_TWILIO_ACCOUNT、OUTREACH_TWILIO_SECRET "
    "和 OUTREACH_TWILIO_SENDER，然后重新启动。"
)
_FOREIGN = mark(
    "Twilio 会把号码和内容送到境外，必须先有批准：请把批准文号写入 "
    "OUTREACH_FOREIGN_ROUTE_APPROVAL，然后重新启动。"
)
_NO_SECRET = mark("模拟通道还没有密钥：请先运行一次 outreach up。")
_BY_HAND = mark("运营商平台由人上传号码文件，不能自动发送。")


def make(name: str, settings: Settings) -> Provider:
    """The provider ``name``. Raises NotReady with the sentence of ``ready``.

    The SDK costs a fifth of a second to import, so only who sends imports it.
    """
    if name not in CARRIERS:
        raise NotReady(_BY_HAND) if name == PORTAL else _unknown(name)
    if sentence := ready(name, settings):
        raise NotReady(sentence)
    if name == "simulator":
        from outreach.providers import simulator  # noqa: PLC0415 - see above

        return simulator.make(settings)
    return _twilio(settings)


def ready(name: str, settings: Settings) -> str | None:
    """Why ``name`` cannot be used yet, as a sentence to translate; None if it can."""
    if name not in NAMES:
        raise _unknown(name)
    if name == "simulator":
        return None if settings.simulator_secret.get_secret_value() else _NO_SECRET
    if name == "twilio":
        return _twilio_lacks(settings)
    return None


def _twilio_lacks(settings: Settings) -> str | None:
    secret = settings.twilio_secret.get_secret_value()
    if not (settings.twilio_account and secret and settings.twilio_sender):
        return _INCOMPLETE
    return None if settings.foreign_route_approval else _FOREIGN


def _twilio(settings: Settings) -> Provider:
    from outreach.providers.twilio import Account, TwilioProvider  # noqa: PLC0415

    account = Account(
        sid=settings.twilio_account,
        secret=settings.twilio_secret.get_secret_value(),
        sender=settings.twilio_sender,
        own_url=settings.own_url,
        base_url=settings.twilio_base_url,
    )
    limits = Limits(per_second=settings.provider_rate or _TWILIO_RATE)
    connections = settings.lanes * limits.in_flight
    return TwilioProvider("twilio", account, limits, connections=connections)


def _unknown(name: str) -> NotReady:
    return NotReady(_UNKNOWN, name=name, names=", ".join(NAMES))
