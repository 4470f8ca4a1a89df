"""Whether this machine is fit to serve, part by part: looks, and never repairs.

No key, no table, no file and no message is made.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from audio import AudioError
from campaigns import privacy
from campaigns.errors import CampaignError, mark
from campaigns.planning import foreign
from campaigns.register.models import Member
from outreach import (
    clocks,
    condition,
    migrating,
    production,
    providers,
    rows,
    secrets_file,
    wiring,
)
from outreach.condition import WELL, Part
from outreach.database import connect
from outreach.disk import room
from outreach.settings import Settings

_SAMPLE = "正常。"
_LONGEST = 40


def parts(settings: Settings) -> list[Part]:
    """Settings, keys, database, tables, clock, broker, provider, voice and disk."""
    known = secrets_file.kept(settings)
    return [
        *_settings(settings),
        _keys(known),
        *_database(known),
        *_broker(known),
        *_providers(known),
        _voice(known),
        *_data(known),
    ]


def _settings(settings: Settings) -> list[Part]:
    refused = production.refusals(settings)
    found = [_bad("settings", e.sentence, **e.values) for e in refused]
    if settings.profile == "production" and not settings.own_url.startswith("https://"):
        says = mark("OUTREACH_PUBLIC_URL 不是 https 地址，村里打开链接时没有加密")
        mend = mark("请在前面放一台带证书的反向代理，并写上 https 地址。")
        found.append(_warn("settings", says, mend))
    if settings.profile == "production" and not settings.two_steps:
        says = mark("能看到名册的账号只用密码登录（OUTREACH_SECOND_STEP=offered）")
        found.append(_warn("settings", says, mark("请改为 required。")))
    told = settings.alarm_webhook.get_secret_value()
    if settings.profile == "production" and not told:
        says = mark("出了问题没有人会收到消息")
        mend = mark("请在 OUTREACH_ALARM_WEBHOOK 里写上群机器人的地址。")
        found.append(_warn("settings", says, mend))
    return found or [_well("settings")]


def _keys(settings: Settings) -> Part:
    if not all(getattr(settings, n).get_secret_value() for n in production.KEYS):
        says = mark("还没有密钥")
        if settings.profile == "production":
            return _bad("keys", says, mark("请运行 sh scripts/secrets.sh。"))
        return _warn("keys", says, mark("第一次 outreach up 时会自动生成。"))
    try:
        privacy.unlock(wiring.keyring(settings))
    except ValueError as error:
        return _bad("keys", str(error).replace("%", "%%"))
    return _well("keys")


def _database(settings: Settings) -> Iterator[Part]:
    url = make_url(settings.database_address)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        says = mark("还没有数据库")
        yield _warn("database", says, mark("请运行 outreach migrate 或 outreach up。"))
        return
    database = connect(settings.database_address)
    try:
        with database.reading() as session:
            yield from _inside(session, settings)
    except SQLAlchemyError as error:
        says = mark("不通（%(kind)s）")
        mend = mark("请看数据库开着没有，再核对 OUTREACH_DATABASE_URL。")
        yield _bad("database", says, mend, kind=type(error).__name__)
    finally:
        database.dispose()


def _inside(session: Session, settings: Settings) -> Iterator[Part]:
    now = datetime.now(UTC)
    yield _well("database")
    here = migrating.current(session.connection())
    if here != migrating.newest():
        says = mark("表还是旧的（%(here)s）")
        yield _bad("tables", says, mark("请运行 outreach migrate。"), here=here or "–")
        return
    yield _well("tables")
    yield _rows(session, settings)
    yield _readable(session)
    yield from _abroad(session, settings)
    yield clock(clocks.from_database(session, now))
    for part in condition.kept(session, settings, now):
        # Whether anybody works already is not asked of a machine that may start.
        yield replace(part, needed=False)


def _rows(session: Session, settings: Settings) -> Part:
    """Whether the database would keep a reader to their people by itself."""
    if settings.profile != "production" or rows.limited(session):
        return _well("rows")
    says = mark("数据库用户是表的主人，行级安全管不到它")
    mend = mark("请按 docs/deploying.md 给网页和后台各用一个数据库用户。")
    return _warn("rows", says, mend)


def _abroad(session: Session, settings: Settings) -> Iterator[Part]:
    """Routes abroad that are closed, and set up for use or needed by campaigns."""
    waiting = foreign.stopped(session)
    voices = (name.strip() for name in settings.voice_order.split(","))
    named = {settings.provider, settings.second_provider, settings.voice, *voices}
    for route in foreign.ROUTES:
        if route not in {*named, *waiting} or not foreign.refusal(session, route):
            continue
        says = (
            mark("%(name)s 会把号码或文字送到境外，还没有批准，%(n)s 个任务发不出去")
            if route in waiting
            else mark("%(name)s 会把号码或文字送到境外，还没有批准，用不了")
        )
        facts = {"name": foreign.name_of(route), "n": waiting.get(route, 0)}
        yield _warn("foreign", says, foreign.MEND, **facts)


def _readable(session: Session) -> Part:
    """Whether the keys are those of this database: its last person can be read."""
    try:
        session.scalar(select(Member.name).order_by(Member.id.desc()).limit(1))
    except (CampaignError, RuntimeError):
        says = mark("密钥打不开名册，不是这个数据库的密钥")
        mend = mark("请放回原来的密钥；没有它，名册谁也读不出来。")
        return _bad("keys", says, mend)
    return _well("register")


def clock(off: float) -> Part:
    """A clock that is off by so many seconds sends when nothing may be sent."""
    return replace(condition.clock(off), needed=True)


def _broker(settings: Settings) -> list[Part]:
    queue, off = condition.broker(settings, datetime.now(UTC))
    return [queue] if not off else [queue, clock(off)]


def _providers(settings: Settings) -> list[Part]:
    """The provider of new campaigns, and the one that helps out."""
    named = [settings.provider, settings.second_provider]
    return [_provider(name, settings) for name in named if name]


def _provider(name: str, settings: Settings) -> Part:
    try:
        lack = providers.lacking(name, settings)
    except CampaignError as error:
        return _bad("provider", error.sentence, **error.values)
    if lack:
        return _warn("provider", lack.sentence, **lack.values)
    if name == "simulator" and settings.profile == "production":
        says = mark("现在用的是模拟通道，谁也收不到短信")
        return _warn("provider", says, mark("请设置 OUTREACH_PROVIDER。"))
    return _well("provider")


def _voice(settings: Settings) -> Part:
    """The voice says one word; one that must be asked over the network is not asked."""
    from audio.reading import read  # noqa: PLC0415 - numpy and a model
    from audio.voices import voice  # noqa: PLC0415

    if settings.voice == production.FOREIGN_VOICE:
        return _warn("voice", mark("要联网才能录音，这里没有试"))
    try:
        clause = read(_SAMPLE).clauses(_LONGEST)[0]
        voice(settings.voice, settings.voice_threads).speak(clause, settings.pace)
    except AudioError as error:
        return _warn("voice", error.sentence, **error.values)
    return _well("voice")


def _data(settings: Settings) -> list[Part]:
    """The room for data, and whether we may write there at all."""
    room_left = replace(condition.disk(settings), needed=room(settings.data_dir).full)
    there = settings.data_dir
    if not there.exists() or os.access(there, os.W_OK | os.X_OK):
        return [room_left]
    says = mark("文件夹 %(folder)s 不能写")
    mend = mark("请让运行服务的用户能写它，或用 OUTREACH_DATA_DIR 换一个。")
    return [room_left, _bad("disk", says, mend, folder=str(there))]


def _well(name: str) -> Part:
    return Part(name, f"part.{name}", well=True, says=WELL)


def _warn(name: str, says: str, mend: str = "", /, **values: object) -> Part:
    return Part(name, f"part.{name}", well=False, says=says, mend=mend, values=values)


def _bad(name: str, says: str, mend: str = "", /, **values: object) -> Part:
    return replace(_warn(name, says, mend, **values), needed=True)
