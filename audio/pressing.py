"""A programme written to the files of its profile, each measured after decoding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from audio.clip import SoundFile
from audio.encoding import sink
from audio.encoding.decoding import decoded
from audio.mastering.loudness import measured
from audio.store import digest

if TYPE_CHECKING:
    from pathlib import Path

    from audio.encoding.tags import Tags
    from audio.mastering.programme import Programme, Running

TOLERANCE_LU = 0.45
_MOST_TRIES = 3


def press(
    programme: Programme, running: Running, tags: Tags, folder: Path
) -> tuple[SoundFile, ...]:
    """All files of the programme's profile, in `folder`.

    A codec changes peaks and loudness: when the decoded file misses its profile, the
    gains are settled again, three times at most.
    """
    profile = programme.profile
    return tuple(
        _settled(programme, running, tags, folder / name, codec)
        for name, codec in profile.files
    )


def _settled(
    programme: Programme, running: Running, tags: Tags, path: Path, codec: str
) -> SoundFile:
    profile = programme.profile
    lufs, ceiling = profile.lufs, profile.ceiling_dbtp
    wanted = profile.lufs + profile.codec_db
    for _ in range(_MOST_TRIES):
        programme.settle(lufs, ceiling)
        file = _written(programme, running, tags, path, codec)
        above = file.true_peak_dbtp - profile.decoded_ceiling_dbtp
        missing = wanted - file.lufs
        if above <= 0 and abs(missing) <= TOLERANCE_LU:
            break
        ceiling -= max(0.0, above) + (0.1 if above > 0 else 0.0)
        lufs += missing
    return file


def _written(
    programme: Programme, running: Running, tags: Tags, path: Path, codec: str
) -> SoundFile:
    path.unlink(missing_ok=True)
    rate = programme.profile.rate
    file = sink(path, codec, rate, tags)
    samples = 0
    try:
        for block in programme.blocks(running):
            samples += len(block)
            whole = np.clip(np.round(block * 32767.0), -32768, 32767)
            file.write(whole.astype(np.int16))
    finally:
        file.close()
    heard = measured(decoded(path), rate)
    return SoundFile(
        path=path,
        codec=codec,
        sample_rate=rate,
        seconds=round(samples / rate, 2),
        lufs=round(heard.lufs, 2),
        true_peak_dbtp=round(heard.true_peak_dbtp, 2),
        sha256=digest(path),
        bytes=path.stat().st_size,
    )
