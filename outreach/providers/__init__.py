"""The registry of providers: what can carry, and why one cannot be used yet."""

from __future__ import annotations

from importlib.util import find_spec

from campaigns.bulletins.carrier_rules import rules_of
from campaigns.delivery.provider import Provider
from campaigns.errors import CampaignError, NotReady, mark
from campaigns.words import word
from outreach.providers.guarded import LEAST
from outreach.settings import Settings

PORTAL = "portal_file"
"""A carrier's web portal that people feed with files: nothing carries by itself."""
CARRIERS = ("simulator", "twilio", "aliyun", "mas", "yixintong")
NAMES = (*CARRIERS, PORTAL)

_SDK = "alibabacloud_dysmsapi20170525"
_NEEDED = {
    "twilio": ("twilio_account", "twilio_secret", "twilio_sender"),
    "aliyun": ("aliyun_key_id", "aliyun_secret"),
    "mas": ("mas_base_url", "mas_company", "mas_account", "mas_secret", "mas_sign"),
    "yixintong": (
        "yixintong_base_url",
        "yixintong_company",
        "yixintong_account",
        "yixintong_secret",
    ),
}
_UNSIGNED = frozenset({"aliyun", "mas"})
"""Carriers that sign nothing, and report to a secret address."""

_UNKNOWN = mark("没有名为 %(name)s 的短信通道。可用的有：%(names)s。")
_INCOMPLETE = mark("%(name)s 还不能用：请设置 %(settings)s，然后重新启动。")
_NO_SECRET = mark("模拟通道还没有密钥：请先运行一次 outreach up。")
_BY_HAND = mark("运营商平台由人上传号码文件，不能自动发送。")
_NO_SDK = mark(
    "阿里云短信还不能用：没有装它的软件包。"
    "请运行 pip install 'outreach[aliyun]'，然后重新启动。"
)
_NO_VOICE = mark("%(name)s不能打语音电话。")
_SERVICE = mark("Twilio 的消息服务没有号码，不能打语音电话。")
_NO_ADDRESS = mark("没有公网地址，运营商取不到录音，不能打语音电话。")
_BY_LIST = mark("看不了短信的人请照走访台账的电话单打。")
_SHORT_KEY = mark(
    "%(name)s 的回执地址要保密：请把 OUTREACH_CALLBACK_KEY 设成 "
    "%(least)s 个以上的字母和数字，然后重新启动。"
)


def make(name: str, settings: Settings) -> Provider:
    """The provider ``name``. Raises NotReady with the sentence of ``ready``.

    SDKs cost up to a second to import, so only who sends imports them.
    """
    if name not in CARRIERS:
        raise NotReady(_BY_HAND) if name == PORTAL else _unknown(name)
    if lack := lacking(name, settings):
        raise lack
    from outreach.providers import making  # noqa: PLC0415 - see above

    return making.MAKERS[name](settings)


def lacking(name: str, settings: Settings) -> NotReady | None:
    """Why ``name`` cannot be used yet; None if it can. Raises NotReady if unknown."""
    if name not in NAMES:
        raise _unknown(name)
    if name == "simulator":
        known = settings.simulator_secret.get_secret_value()
        return None if known else NotReady(_NO_SECRET)
    if missing := [
        field for field in _NEEDED.get(name, ()) if not _set(settings, field)
    ]:
        names = "、".join(f"OUTREACH_{field.upper()}" for field in missing)
        return NotReady(_INCOMPLETE, name=name, settings=names)
    return _beyond(name, settings)


def mute(name: str, settings: Settings) -> CampaignError | None:
    """Why ``name`` cannot place calls here, and who does instead; None if it can."""
    if not rules_of(name).calls:
        return NotReady(_NO_VOICE, _BY_LIST, name=word(f"provider.{name}"))
    if name == "twilio" and settings.twilio_sender.startswith("MG"):
        return NotReady(_SERVICE, _BY_LIST)
    # The simulated carrier runs beside us; any other one fetches the clip from outside.
    if name != "simulator" and not settings.public_url:
        return NotReady(_NO_ADDRESS, _BY_LIST)
    return None


def calls_here(settings: Settings) -> bool:
    """Whether the provider of new campaigns places calls."""
    return mute(settings.provider, settings) is None


def _beyond(name: str, settings: Settings) -> NotReady | None:
    """What a provider needs beside its account."""
    if name == "aliyun" and find_spec(_SDK) is None:
        return NotReady(_NO_SDK)
    short = len(settings.callback_key.get_secret_value()) < LEAST
    if name in _UNSIGNED and short:
        return NotReady(_SHORT_KEY, name=name, least=LEAST)
    return None


def _set(settings: Settings, field: str) -> bool:
    value = getattr(settings, field)
    return bool(value if isinstance(value, str) else value.get_secret_value())


def _unknown(name: str) -> NotReady:
    return NotReady(_UNKNOWN, name=name, names=", ".join(NAMES))
