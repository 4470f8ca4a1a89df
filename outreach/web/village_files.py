"""A village's clip and pack as files, by link or by account."""

from __future__ import annotations

from collections.abc import Callable
from zipfile import ZipFile

from flask import Response

from audio.pack import pack_name
from audio.store import Store
from campaigns.errors import CampaignError, NotFound, NotReady, mark
from campaigns.fieldwork import deeds
from campaigns.fieldwork.playing import Way
from campaigns.fieldwork.village_pages import Card
from campaigns.shanghai import day_of
from outreach.web import media
from outreach.web.gate import now, wired
from outreach.wiring import Wiring


def clip(
    card: Card, *, save: bool = False, sent: Callable[[], None] | None = None
) -> Response:
    """The MP3. Raises NotReady where it is withdrawn or not recorded yet."""
    _refuse_withdrawn(card)
    found = Store(wired().settings.media_dir).find(card.clip) if card.clip else None
    if found is None:
        raise NotReady(mark("这一条的音频还在录，请过几分钟再来。"))
    name = f"{card.title}.mp3" if save else ""
    sha256 = found.files[0].sha256
    answer = media.served(found.path, media.MP3, save_as=name, print_=sha256)
    size = found.path.stat().st_size
    return media.counted(answer, size, sent) if sent else answer


def pack(
    card: Card, village: str, township: str, *, sent: Callable[[], None]
) -> Response:
    """The ZIP. Raises NotReady where it is withdrawn, NotFound without one."""
    _refuse_withdrawn(card)
    path = wired().settings.media_dir / "packs" / (card.pack or "-")
    if not card.pack or not path.is_file():
        raise NotFound(mark("这个村的整包还没有做好。"))
    day = day_of(card.prepared_at or now())
    name = pack_name(village, township, day)
    answer = media.served(path, media.ZIP, save_as=name)
    return media.counted(answer, path.stat().st_size, sent)


def file_name(card: Card) -> str:
    """The clip's name on the memory stick: as in the pack, or as it is downloaded."""
    path = wired().settings.media_dir / "packs" / (card.pack or "-")
    if card.pack and path.is_file():
        with ZipFile(path) as box:
            return next(name for name in box.namelist() if name.endswith(".mp3"))
    return f"{card.title}.mp3"


def count_download(wiring: Wiring, announcement_id: int, way: Way, actor: str) -> None:
    """Record a finished download; a page that is withdrawn meanwhile keeps its word."""
    try:
        with wiring.database.writing() as session:
            deeds.record_download(
                session, announcement_id, way=way, actor=actor, now=wiring.clock()
            )
    except CampaignError:
        return


def _refuse_withdrawn(card: Card) -> None:
    if card.withdrawn_at is not None:
        raise NotReady(mark("这一条已撤回，请不要播，请从 U盘删除。"))
