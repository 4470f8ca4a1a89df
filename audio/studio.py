"""The one door: a script in, a whole and checked clip out, never made twice."""

from __future__ import annotations

import hashlib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from audio.clip import Clip
from audio.errors import Refused, mark
from audio.politeness import politely
from audio.reading import Reading, built_in, proof, read
from audio.store import Store
from audio.voices import RECORDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from audio.reading import Lexicon
    from audio.script import Script
    from audio.speech import Speech

    Progress = Callable[[int, int], None]
    Names = Callable[[str], Iterable[str]]

SCHEMA = 1


class Studio:
    """A folder of clips and the voices that fill it; any number may share a folder.

    voices is the order of fail-over after the script's own voice; threads are the
    neural voice's; niceness above 0 records in a thread of that priority, which leaves
    the machine to others (Linux); public_phones are mobiles that may be said aloud;
    names finds personal names in a text.
    """

    def __init__(  # noqa: PLR0913 - each has its default, all are settings
        self,
        folder: Path,
        voices: Sequence[str] = ("kokoro",),
        *,
        threads: int = 2,
        niceness: int = 0,
        public_phones: Sequence[str] = (),
        names: Names | None = None,
        producer: str = "",
    ) -> None:
        self.store = Store(folder)
        self.voices = tuple(voices)
        self.threads = threads
        self.niceness = niceness
        self.public_phones = tuple(public_phones)
        self.names = names
        self.producer = producer

    def find(self, fingerprint: str) -> Clip | None:
        """The clip that was recorded under a fingerprint, or None."""
        return self.store.find(fingerprint)

    def record(self, script: Script, progress: Progress | None = None) -> Clip:
        """The clip of a script; a second time it is only found.

        progress hears (clauses done, clauses in all). Safe from any number of threads
        and processes: equal scripts wait for each other. Raises Refused and Unreadable
        before anything is made, VoiceFailed when no voice can speak, NotKept when the
        disk does not take it; after an error there is no file.
        """
        script.check()
        fingerprint = script.fingerprint()
        if (found := self.find(fingerprint)) is not None:
            return found
        reading = self.read(script.text, script.readings)
        with self.store.alone(fingerprint):
            return self.find(fingerprint) or politely(
                self.niceness,
                lambda: self._make(script, fingerprint, reading, progress),
            )

    def record_all(self, scripts: Sequence[Script], *, workers: int = 1) -> list[Clip]:
        """The clips of many scripts, in their order, in that many processes.

        Each process loads the voice (400 MB) and should have one thread. Raises the
        first error; clips that were finished by then are kept. Not from inside a
        process that may have no children, such as a Celery prefork worker.
        """
        for script in scripts:
            script.check()
            self.read(script.text, script.readings)
        if min(workers, len(scripts)) <= 1:
            return [self.record(script) for script in scripts]
        settings = {
            "voices": self.voices,
            "threads": self.threads,
            "niceness": self.niceness,
            "public_phones": self.public_phones,
            "producer": self.producer,
        }
        jobs = [(self.store.folder, settings, script) for script in scripts]
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            return list(pool.map(_recorded_apart, jobs))

    def read(self, text: str, readings: Iterable[tuple[str, str]] = ()) -> Reading:
        """What would be spoken, without recording it: words, pinyin, what is left out.

        readings are the operator's own, as in `Script`. Raises Unreadable, and Refused
        where a person could be recognised or a number or negation would not be heard.
        """
        lexicon = built_in().extended(dict(readings))
        reading = read(text, lexicon)
        found = proof.personal(reading.cleaned, self.public_phones)
        found += self.names(reading.cleaned) if self.names else ()
        if found:
            raise Refused(
                mark(
                    "“%(found)s”是个人信息，不能上大喇叭：请删掉，"
                    "或改用公开的座机号码。"
                ),
                found="、".join(found),
            )
        _check_said(reading, lexicon)
        return reading

    def keep_recording(self, upload: bytes, name: str) -> str:
        """Keep a person's own recording and return its id for `Script.recording`.

        WAV, MP3, OGG and FLAC, and M4A where a decoder for it is installed. Raises
        Unreadable when it is no sound, or cut short.
        """
        from audio.uploads import check_upload  # noqa: PLC0415 - loads numpy

        with self.store.workroom() as room:
            check_upload(upload, name, room)
        return self.store.keep_recording(upload)

    def _make(
        self,
        script: Script,
        fingerprint: str,
        reading: Reading,
        progress: Progress | None,
    ) -> Clip:
        # numpy, scipy and onnxruntime cost a second and 150 MB: only a recording pays.
        from audio.encoding.tags import Tags, aigc_label  # noqa: PLC0415
        from audio.mastering.profiles import PROFILES  # noqa: PLC0415
        from audio.mastering.programme import Programme, Running  # noqa: PLC0415
        from audio.pressing import press  # noqa: PLC0415
        from audio.verdicts import checks  # noqa: PLC0415

        with self.store.workroom() as room:
            speech = self._speech(script, reading, room, progress)
            synthetic = script.voice != RECORDED
            label = aigc_label(self.producer, fingerprint[:32]) if synthetic else ""
            running = Running(
                repeats=script.repeats,
                chime=script.chime != "none",
                mark=synthetic and script.chime != "none",
            )
            made = room / "clip"
            made.mkdir()
            programme = Programme(
                speech.pieces, speech.rate, PROFILES[script.profile], room
            )
            try:
                tags = Tags(script.title, self.producer, aigc=label)
                files = press(programme, running, tags, made)
            finally:
                programme.close()
            manifest = self._manifest(script, reading, speech, label)
            seconds = programme.speech_seconds
            manifest["speech_seconds"] = round(seconds, 2)
            manifest["checks"] = checks(script, speech.syllables, seconds, files)
            return self.store.keep(Clip(fingerprint, files, manifest), made)

    def _speech(
        self,
        script: Script,
        reading: Reading,
        room: Path,
        progress: Progress | None,
    ) -> Speech:
        from audio import speech  # noqa: PLC0415

        if script.voice == RECORDED:
            from audio.uploads import recorded  # noqa: PLC0415

            return recorded(self.store.recording(script.recording), room, reading)
        order = dict.fromkeys((script.voice, *self.voices))
        return speech.spoken(
            reading,
            tuple(order),
            script.pace,
            self.store,
            threads=self.threads,
            progress=progress,
        )

    def _manifest(
        self, script: Script, reading: Reading, speech: Speech, label: str
    ) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "title": script.title,
            "text": script.text,
            "text_sha256": hashlib.sha256(script.text.encode()).hexdigest(),
            "spoken": reading.spoken,
            "pinyin": reading.pinyin,
            "removed": list(reading.removed),
            "voice": {
                "asked": script.voice,
                "used": speech.voice.name,
                "identity": speech.voice.identity,
                "dialect": script.dialect,
                "last_resort": speech.voice.last_resort,
            },
            "settings": {
                "profile": script.profile,
                "pace": script.pace,
                "chime": script.chime,
                "repeats": script.repeats,
            },
            "fallbacks": list(speech.fallbacks),
            "aigc": label,
        }


def _recorded_apart(job: tuple[Path, dict[str, Any], Script]) -> Clip:
    folder, settings, script = job
    return Studio(folder, **settings).record(script)


def _check_said(reading: Reading, lexicon: Lexicon) -> None:
    unsaid = proof.unsaid_numbers(
        lexicon.respell(reading.cleaned), reading.sounds
    ) + proof.unsaid_negations(reading.cleaned, reading.spoken)
    if unsaid:
        raise Refused(
            mark("“%(unsaid)s”读出来会走样：请改成汉字写法再录。"),
            unsaid="、".join(unsaid),
        )
