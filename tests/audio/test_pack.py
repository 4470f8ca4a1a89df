"""A ZIP that a village copies to a stick and plays from the top."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from audio.errors import NotKept, Refused
from audio.pack import PackItem, pack, pack_name

DAY = date(2026, 11, 25)


@pytest.fixture
def items(tmp_path):
    made = []
    for number, title, slots in (
        ("T02", "高温防暑", ("07:30", "18:30")),
        ("T11", "防诈骗 <提醒>", ("11:50",)),
    ):
        path = tmp_path / f"{number}.mp3"
        path.write_bytes(b"ID3" + number.encode() * 5000)
        made.append(PackItem(path, title, number, 64.4, 2, slots, "多喝水。", "气象局"))
    return made


def _packed(tmp_path, items, name="out", **more):
    folder = tmp_path / name
    folder.mkdir(exist_ok=True)
    return pack("大亨村", "福宝镇", items, folder, day=DAY, **more)


def test_the_pack_holds_what_a_village_needs_in_play_order(tmp_path, items):
    path = _packed(tmp_path, items)
    assert (
        path.name == "20261125_福宝镇_大亨村.zip" == pack_name("大亨村", "福宝镇", DAY)
    )
    with zipfile.ZipFile(path) as box:
        assert box.testzip() is None
        assert box.namelist() == [
            "01_0730_T02_gaowenfangshu_64s.mp3",
            "02_1150_T11_fangzhapiantixing_64s.mp3",
            "播放单.html",
            "播放单.txt",
            "播放单-UTF8.txt",
            "index.m3u",
            "SHA256.txt",
        ]
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in box.filelist)


def test_sounds_have_names_that_old_players_show_and_sort(tmp_path, items):
    many = [replace(items[0], number=f"X{n}") for n in range(12)]
    with zipfile.ZipFile(_packed(tmp_path, many)) as box:
        names = [name for name in box.namelist() if name.endswith(".mp3")]
    assert names == sorted(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_.]{1,60}", name) for name in names)


def test_the_play_list_opens_in_an_old_editor_and_in_a_new_one(tmp_path, items):
    with zipfile.ZipFile(_packed(tmp_path, items, office="合江县残联")) as box:
        old = box.read("播放单.txt").decode("gb18030")
        new = box.read("播放单-UTF8.txt")
        playlist = box.read("index.m3u").decode("gb18030")
    assert new.startswith(b"\xef\xbb\xbf")
    assert new.decode("utf-8-sig") == old
    assert "01_0730_T02_gaowenfangshu_64s.mp3" in old
    assert "气象局" in old
    assert "合江县残联" in old
    assert playlist.startswith("#EXTM3U\r\n#EXTINF:64,高温防暑")


def test_every_checksum_holds(tmp_path, items):
    with zipfile.ZipFile(_packed(tmp_path, items)) as box:
        listed = box.read("SHA256.txt").decode().splitlines()
        assert len(listed) == len(box.namelist()) - 1
        for line in listed:
            digest, name = line.split("  ", 1)
            assert hashlib.sha256(box.read(name)).hexdigest() == digest


def test_the_play_sheet_stands_alone_and_prints_on_a4(tmp_path, items):
    with zipfile.ZipFile(_packed(tmp_path, items)) as box:
        sheet = box.read("播放单.html").decode()
    assert "size: A4" in sheet
    assert '<html lang="zh-CN">' in sheet
    assert "防诈骗 &lt;提醒&gt;" in sheet
    assert not re.search(r"(src|href)=|url\(|@import|<script", sheet)
    assert sheet.count("<td></td>") == 3 * 5


def test_equal_values_give_equal_bytes(tmp_path, items):
    one = _packed(tmp_path, items).read_bytes()
    os.utime(items[0].path, (1, 1))
    assert _packed(tmp_path, items, "other").read_bytes() == one


def test_an_ordinary_unzip_opens_it(tmp_path, items):
    if shutil.which("unzip") is None:
        pytest.skip("unzip is not installed")
    path = _packed(tmp_path, items)
    done = subprocess.run(["unzip", "-t", path], capture_output=True, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("name", ["大/亨\\村", 'a:*?"<>|', "..", "村\0"])
def test_a_strange_name_stays_in_its_folder(name, tmp_path, items):
    folder = tmp_path / "out"
    folder.mkdir()
    path = pack(name, "镇", items, folder, day=DAY)
    assert path.parent == folder
    assert path.is_file()


def test_nothing_to_play_is_no_pack(tmp_path, items):
    with pytest.raises(Refused):
        _packed(tmp_path, [])
    with pytest.raises(Refused, match="高温防暑"):
        _packed(tmp_path, [replace(items[0], path=Path("missing.mp3"))])
    with pytest.raises(Refused, match="99"):
        _packed(tmp_path, items * 50)
    assert not list((tmp_path / "out").iterdir())


def test_a_full_disk_leaves_no_part_of_a_pack(tmp_path, items, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(NotKept, match="No space left"):
        _packed(tmp_path, items)
    assert not list((tmp_path / "out").iterdir())


def test_a_new_pack_takes_the_place_of_the_old_one_at_once(tmp_path, items):
    first = _packed(tmp_path, items)
    size = first.stat().st_size
    assert _packed(tmp_path, items[:1]) == first
    assert first.stat().st_size < size
    assert len(list(first.parent.iterdir())) == 1
