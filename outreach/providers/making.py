"""Making each provider from the settings; its SDK is imported where it is made."""

from __future__ import annotations

from collections.abc import Callable

from campaigns.delivery.provider import Limits, Provider
from outreach.providers.guarded import Door
from outreach.settings import Settings

_TWILIO_RATE = 100
_ALIYUN_RATE = 100
_CARRIER_RATE = 30
"""Messages a second that a carrier's interface takes unless the contract says more."""


def _limits(settings: Settings, usual: int) -> Limits:
    return Limits(per_second=settings.provider_rate or usual)


def _connections(settings: Settings, limits: Limits) -> int:
    return settings.shares * limits.in_flight


def _door(settings: Settings) -> Door:
    key = settings.callback_key.get_secret_value()
    return Door(key, settings.callback_senders)


def _simulator(settings: Settings) -> Provider:
    from outreach.providers import simulator  # noqa: PLC0415 - an SDK

    return simulator.make(settings)


def _twilio(settings: Settings) -> Provider:
    from outreach.providers.twilio import Account, TwilioProvider  # noqa: PLC0415

    account = Account(
        sid=settings.twilio_account,
        secret=settings.twilio_secret.get_secret_value(),
        sender=settings.twilio_sender,
        own_url=settings.own_url,
        base_url=settings.twilio_base_url,
    )
    limits = _limits(settings, _TWILIO_RATE)
    connections = _connections(settings, limits)
    return TwilioProvider("twilio", account, limits, connections=connections)


def _aliyun(settings: Settings) -> Provider:
    from outreach.providers.aliyun import Account, AliyunProvider  # noqa: PLC0415

    account = Account(
        key_id=settings.aliyun_key_id,
        secret=settings.aliyun_secret.get_secret_value(),
        endpoint=settings.aliyun_endpoint,
    )
    return AliyunProvider(account, _limits(settings, _ALIYUN_RATE), _door(settings))


def _mas(settings: Settings) -> Provider:
    from outreach.providers.mas import Account, MasProvider  # noqa: PLC0415

    account = Account(
        base_url=settings.mas_base_url,
        company=settings.mas_company,
        login=settings.mas_account,
        secret=settings.mas_secret.get_secret_value(),
        sign=settings.mas_sign,
        extension=settings.mas_extension,
    )
    limits = _limits(settings, _CARRIER_RATE)
    connections = _connections(settings, limits)
    return MasProvider(account, limits, _door(settings), connections=connections)


def _yixintong(settings: Settings) -> Provider:
    from outreach.providers.yixintong import (  # noqa: PLC0415
        Account,
        YixintongProvider,
    )

    account = Account(
        base_url=settings.yixintong_base_url,
        company=settings.yixintong_company,
        login=settings.yixintong_account,
        secret=settings.yixintong_secret.get_secret_value(),
    )
    limits = _limits(settings, _CARRIER_RATE)
    connections = _connections(settings, limits)
    return YixintongProvider(account, limits, connections=connections)


MAKERS: dict[str, Callable[[Settings], Provider]] = {
    "simulator": _simulator,
    "twilio": _twilio,
    "aliyun": _aliyun,
    "mas": _mas,
    "yixintong": _yixintong,
}
