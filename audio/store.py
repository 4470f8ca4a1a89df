"""Clips and clauses on disk: written once, whole or not at all.

clips/ab/abcd…/      one folder a clip: its files and manifest.json
clauses/ab/abcd….s16 one clause: sha256 and raw 16-bit samples
recordings/abcd…     uploads by the hash of their bytes
work/                what is being made; never served
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audio.clip import Clip, SoundFile
from audio.errors import NotKept, mark

if TYPE_CHECKING:
    from collections.abc import Iterator

_ABANDONED_SECONDS = 24 * 3600
_SUM = 32


class Store:
    """A folder that any number of threads and processes may share."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        with keeping(self.folder):
            for name in ("clips", "clauses", "recordings", "work", "locks"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
            self._forget_abandoned()

    def find(self, fingerprint: str) -> Clip | None:
        """The clip of that fingerprint, or None while there is no whole one."""
        folder = self._clip_folder(fingerprint)
        try:
            kept = json.loads((folder / "manifest.json").read_text("utf-8"))
        except FileNotFoundError:
            return None
        files = tuple(
            SoundFile(**{**file, "path": folder / file["path"]})
            for file in kept.pop("files")
        )
        kept.pop("fingerprint")
        return Clip(fingerprint, files, kept)

    def keep(self, clip: Clip, made_in: Path) -> Clip:
        """Move a finished folder into place; another one's equal clip wins.

        Raises NotKept when the disk is full or read-only.
        """
        written = json.dumps(clip.as_json(), ensure_ascii=False, indent=1)
        with keeping(self.folder):
            _write(made_in / "manifest.json", (written + "\n").encode())
            _sync(made_in)
            target = self._clip_folder(clip.fingerprint)
            target.parent.mkdir(parents=True, exist_ok=True)
            # A folder there already is a colleague's equal clip.
            with contextlib.suppress(FileExistsError, OSError):
                made_in.rename(target)
            _sync(target.parent)
        found = self.find(clip.fingerprint)
        if found is None:
            raise NotKept(
                mark("录音没有存下来：请检查文件夹“%(folder)s”能不能写。"),
                folder=self.folder,
            )
        return found

    @contextmanager
    def workroom(self) -> Iterator[Path]:
        """A folder for half-made files, gone afterwards; disk errors as NotKept."""
        with keeping(self.folder):
            room = Path(tempfile.mkdtemp(dir=self.folder / "work"))
        try:
            with keeping(self.folder):
                yield room
        finally:
            shutil.rmtree(room, ignore_errors=True)

    @contextmanager
    def alone(self, fingerprint: str) -> Iterator[None]:
        """Only one process and thread at a time; a dead one's claim ends with it."""
        try:
            import fcntl  # noqa: PLC0415 - there is none on Windows
        except ImportError:
            yield
            return
        with (
            keeping(self.folder),
            (self.folder / "locks" / fingerprint[:16]).open("w") as claim,
        ):
            fcntl.flock(claim, fcntl.LOCK_EX)
            yield

    def clause(self, key: str) -> bytes | None:
        """The raw samples kept under a key, or None; a damaged file is none."""
        try:
            kept = self._clause_file(key).read_bytes()
        except OSError:
            return None
        samples = kept[_SUM:]
        return samples if hashlib.sha256(samples).digest() == kept[:_SUM] else None

    def keep_clause(self, key: str, samples: bytes) -> None:
        """Keep raw samples; a cache that cannot be written is no error."""
        target = self._clause_file(key)
        with contextlib.suppress(OSError):
            target.parent.mkdir(parents=True, exist_ok=True)
            place(target, hashlib.sha256(samples).digest() + samples)

    def keep_recording(self, upload: bytes) -> str:
        """The id of an upload: the hash of its bytes. Raises NotKept."""
        name = hashlib.sha256(upload).hexdigest()
        with keeping(self.folder):
            if not self.recording(name).exists():
                place(self.recording(name), upload)
        return name

    def recording(self, name: str) -> Path:
        """Where an upload lies."""
        return self.folder / "recordings" / Path(name).name

    def _clip_folder(self, fingerprint: str) -> Path:
        return self.folder / "clips" / fingerprint[:2] / Path(fingerprint).name

    def _clause_file(self, key: str) -> Path:
        return self.folder / "clauses" / key[:2] / f"{key}.s16"

    def _forget_abandoned(self) -> None:
        """What a killed process left in work/ a day ago nobody will finish."""
        for room in (self.folder / "work").iterdir():
            if time.time() - room.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(room, ignore_errors=True)


def place(target: Path, content: bytes) -> None:
    """Write a file so that readers see all of it or nothing."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def keeping(folder: Path) -> Iterator[None]:
    """The disk's own errors as one sentence: full, read-only, not ours."""
    try:
        yield
    except OSError as error:
        raise NotKept(
            mark("文件夹“%(folder)s”写不进去（%(reason)s）：请清理磁盘或改权限。"),
            folder=folder,
            reason=error.strerror or error,
        ) from error


def digest(path: Path) -> str:
    """The sha256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def plain(value: object) -> Any:  # noqa: ANN401 - JSON in, JSON out
    """A value as JSON would bring it back."""
    return json.loads(json.dumps(value, ensure_ascii=False))
