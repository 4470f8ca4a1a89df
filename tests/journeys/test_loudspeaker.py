"""A spoken text becomes a clip for each township and a pack for each village."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import zipfile
from collections import defaultdict
from pathlib import Path

import pytest
from journeys.frames import LOUDSPEAKER, SAMPLES, frames
from journeys.office import Office
from sqlalchemy import select

from campaigns.audience.rules import Rule
from campaigns.delivery.models import Message
from campaigns.fieldwork.models import Announcement
from campaigns.register.places import shipped_rows
from campaigns.vocabulary import AnnouncementState, Channel, Level, MessageState

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("stack")]

TOWNSHIPS = ("510522110", "510522111")


def announced(office: Office, *townships: str) -> list[Announcement]:
    """The announcements of a campaign to the loudspeakers of ``townships``."""
    campaign = office.release(
        Rule(townships=townships), channels=(Channel.SMS, Channel.LOUDSPEAKER)
    )
    office.stack.until(lambda: office.launched(campaign))
    office.stack.until(
        lambda: (
            (found := office.announcements(campaign))
            and all(a.pack and a.alerted_at for a in found)
        )
    )
    office.until_finished(campaign)
    return office.announcements(campaign)


def test_every_village_gets_its_clip_its_pack_and_a_call(
    office: Office, tmp_path: Path
):
    heard = announced(office, *TOWNSHIPS)
    villages = [
        row.code
        for row in shipped_rows("510522")
        if row.level == Level.VILLAGE and row.code.startswith(TOWNSHIPS)
    ]
    assert [a.village for a in heard] == sorted(villages)
    assert {a.state for a in heard} == {AnnouncementState.ALERTED}
    one_clip_a_township(heard)
    duty_people_were_told(office, heard)
    for announcement in (heard[0], heard[-1]):
        the_pack_opens_and_plays(office, announcement, tmp_path / announcement.village)


def one_clip_a_township(heard: list[Announcement]) -> None:
    clips = defaultdict(set)
    for announcement in heard:
        clips[announcement.township].add(announcement.clip)
        facts = announcement.clip_facts
        assert -17 <= facts["lufs"] <= -15
        assert facts["true_peak_dbtp"] <= -1.0
        assert facts["seconds"] > 5
    assert set(clips) == set(TOWNSHIPS)
    assert all(len(names) == 1 for names in clips.values())
    # The township is named in the text: its clip cannot be the neighbour's.
    assert len(set.union(*clips.values())) == len(TOWNSHIPS)


def duty_people_were_told(office: Office, heard: list[Announcement]) -> None:
    campaign = heard[0].campaign_id
    with office.wiring.database.reading() as session:
        alerts = session.scalars(
            select(Message).where(
                Message.campaign_id == campaign, Message.channel == Channel.ALERT
            )
        ).all()
    assert {alert.village for alert in alerts} == {a.village for a in heard}
    known = office.in_ledger(campaign)
    for alert in alerts:
        assert alert.member_id is None
        if alert.state == MessageState.DELIVERED:
            assert known[alert.id] == 1
    told = [a for a in alerts if a.state == MessageState.DELIVERED]
    assert len(told) > len(heard) // 2


def the_pack_opens_and_plays(office: Office, one: Announcement, folder: Path) -> None:
    assert one.pack is not None
    path = office.wiring.settings.media_dir / "packs" / one.pack
    with zipfile.ZipFile(path) as box:
        assert box.testzip() is None
        box.extractall(folder)
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert {"播放单.html", "index.m3u", "SHA256.txt"} < set(files)
    (sound,) = folder.glob("*.mp3")
    assert hashlib.sha256(files[sound.name]).hexdigest() == one.clip_facts["sha256"]
    for line in files["SHA256.txt"].decode().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(files[name]).hexdigest() == digest
    assert sound.name in files["index.m3u"].decode("gb18030")
    the_frames_are_what_every_player_plays(sound, one.clip_facts["seconds"])


def the_frames_are_what_every_player_plays(sound: Path, seconds: float) -> None:
    found = frames(sound)
    assert set(found) == {LOUDSPEAKER}
    assert len(found) * SAMPLES / LOUDSPEAKER.rate == pytest.approx(seconds, abs=0.2)


def test_unzip_and_ffprobe_agree(office: Office):
    """The programs of other people, where this machine has them."""
    for program in ("unzip", "ffprobe"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed: apt-get install unzip ffmpeg")
    (one, *_) = announced(office, "510522108")
    assert one.pack is not None
    pack = office.wiring.settings.media_dir / "packs" / one.pack
    subprocess.run(["unzip", "-tq", pack], check=True, capture_output=True)
    subprocess.run(
        ["unzip", "-q", pack, "*.mp3", "-d", pack.parent / "out"], check=True
    )
    (sound,) = (pack.parent / "out").glob("*.mp3")
    told = subprocess.run(
        [
            *["ffprobe", "-v", "error", "-of", "json", "-show_entries"],
            "stream=codec_name,sample_rate,channels,bit_rate:format=format_name",
            sound,
        ],
        check=True,
        capture_output=True,
    )
    facts = json.loads(told.stdout)
    (stream,) = facts["streams"]
    assert facts["format"]["format_name"] == "mp3"
    assert stream == {
        "codec_name": "mp3",
        "sample_rate": "44100",
        "channels": 1,
        "bit_rate": "128000",
    }
