"""The command `outreach speak`: a text file in, loudspeaker files and manifest out."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from audio import AudioError, Script, Studio
from audio.errors import Unreadable, mark
from audio.script import FASTEST, MOST_REPEATS, PROFILES, SLOWEST
from audio.store import keeping, place
from audio.voices import RECORDED, VOICES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audio import Clip
    from audio.studio import Progress

_ENCODINGS = ("utf-8-sig", "gb18030")


@click.command("speak")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the sound files and the manifest.",
)
@click.option(
    "--voice",
    type=click.Choice([*VOICES, RECORDED]),
    default="kokoro",
    show_default=True,
)
@click.option(
    "--profile",
    type=click.Choice([*PROFILES, "all"]),
    default="loudspeaker",
    show_default=True,
)
@click.option("--chime", type=click.Choice(["soft", "none"]), default="soft")
@click.option(
    "--repeats", type=click.IntRange(1, MOST_REPEATS), default=2, show_default=True
)
@click.option(
    "--pace", type=click.FloatRange(SLOWEST, FASTEST), default=0.85, show_default=True
)
@click.option("--title", default="", help="Shown by players; the file's name if empty.")
@click.option(
    "--recording",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Somebody's own recording of the text (with --voice recorded).",
)
@click.option(
    "--public-phone",
    multiple=True,
    help="A mobile number that may be said aloud; may be given several times.",
)
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where clauses and clips are kept between runs.",
)
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def speak(  # noqa: PLR0913, PLR0917 - one parameter an option
    file: str,
    out: Path,
    voice: str,
    profile: str,
    chime: str,
    repeats: int,
    pace: float,
    title: str,
    recording: Path | None,
    public_phone: tuple[str, ...],
    cache: Path | None,
    threads: int,
    *,
    as_json: bool,
) -> None:
    """Turn a text FILE (UTF-8 or GB18030, "-" for stdin) into loudspeaker audio."""
    if (voice == RECORDED) != (recording is not None):
        raise click.UsageError("--voice recorded and --recording go together.")
    name = "notice" if file == "-" else Path(file).stem
    try:
        studio = Studio(cache or _cache(), threads=threads, public_phones=public_phone)
        kept = (
            studio.keep_recording(recording.read_bytes(), recording.name)
            if recording
            else ""
        )
        script = Script(
            text=_text(file),
            voice=voice,
            pace=pace,
            chime="none" if chime == "none" else "soft",
            repeats=repeats,
            title=title or name,
            recording=kept,
        )
        clips = [
            _delivered(clip, out, name) for clip in _recorded(studio, script, profile)
        ]
    except AudioError as error:
        _fail(error, as_json=as_json)
    _show({"ok": True, "clips": clips}, as_json=as_json)


def _recorded(studio: Studio, script: Script, profile: str) -> Iterator[Clip]:
    for one in PROFILES if profile == "all" else (profile,):
        yield studio.record(replace(script, profile=one), _progress(one))


def _progress(profile: str) -> Progress:
    """A line on stderr that rewrites itself on a terminal and is silent elsewhere."""
    terminal = sys.stderr.isatty()

    def show(done: int, of: int) -> None:
        if terminal:
            click.echo(f"\r{profile} {done}/{of}", nl=done == of, err=True)

    return show


def _delivered(clip: Clip, out: Path, name: str) -> dict[str, Any]:
    """The clip's files copied to the folder, and its manifest as it lies there."""
    manifest = clip.as_json()
    with keeping(out):
        out.mkdir(parents=True, exist_ok=True)
        for file, listed in zip(clip.files, manifest["files"], strict=True):
            target = out / f"{name}-{file.path.name}"
            place(target, file.path.read_bytes())
            target.chmod(0o644)
            listed["path"] = str(target)
        written = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
        target = out / f"{name}-{manifest['settings']['profile']}.json"
        place(target, written.encode())
        target.chmod(0o644)
    return manifest


def _text(file: str) -> str:
    raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    for encoding in _ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(
        mark("“%(name)s”不是文字文件：请存成 UTF-8 或 GB18030 的文本再试。"), name=file
    )


def _cache() -> Path:
    """The user's own folder; a temporary one where there is none to write in."""
    folder = Path(click.get_app_dir("outreach"), "studio")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="outreach-studio-"))
    return folder


def _fail(error: AudioError, *, as_json: bool) -> NoReturn:
    if as_json:
        said = {"ok": False, "error": type(error).__name__, "message": str(error)}
        click.echo(json.dumps(said, ensure_ascii=False))
    click.echo(str(error), err=True)
    raise SystemExit(1)


def _show(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
        return
    click.echo(json.dumps(result["clips"], ensure_ascii=False, indent=1))
