"""A finished recording: its files and everything known about them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class SoundFile:
    """One file of a clip.

    seconds are programme length; lufs is integrated loudness by BS.1770-4 and
    true_peak_dbtp the highest four-times oversampled peak, both measured on the
    decoded file; sha256 is of its bytes.
    """

    path: Path
    codec: str
    sample_rate: int
    seconds: float
    lufs: float
    true_peak_dbtp: float
    sha256: str
    bytes: int

    def as_json(self) -> dict[str, Any]:
        """Plain values; the path as a file name."""
        return {**asdict(self), "path": self.path.name}


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording that is complete on disk, never a part of one.

    manifest is plain JSON: text, spoken, pinyin, voice, fallbacks, checks, aigc and
    the files again; `audio.store` writes and reads it.
    """

    fingerprint: str
    files: tuple[SoundFile, ...]
    manifest: dict[str, Any]

    @property
    def path(self) -> Path:
        """The file to play: the first of them."""
        return self.files[0].path

    @property
    def seconds(self) -> float:
        """Length of the programme, repeats, chime and gaps included."""
        return self.files[0].seconds

    @property
    def lufs(self) -> float:
        """Integrated loudness of the file to play, decoded."""
        return self.files[0].lufs

    @property
    def true_peak_dbtp(self) -> float:
        """Highest true peak of the file to play, decoded."""
        return self.files[0].true_peak_dbtp

    def as_json(self) -> dict[str, Any]:
        """Everything as plain values."""
        return {
            **self.manifest,
            "fingerprint": self.fingerprint,
            "files": [file.as_json() for file in self.files],
        }
