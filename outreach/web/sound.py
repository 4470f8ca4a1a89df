"""The sound of a text: have it recorded, listen, print it for an announcer, upload."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from audio.errors import AudioError
from audio.script import Script
from audio.sheet import read_aloud_sheet
from campaigns.bulletins.drafting import get_version, keep_recording
from campaigns.errors import NotFound, mark
from campaigns.register.unit import current_unit
from outreach import previews
from outreach.access import Action
from outreach.recording import for_calls, script_of
from outreach.web import media
from outreach.web.forms import Typed
from outreach.web.four_forms import townships
from outreach.web.gate import acting, local, needs, now, reading, wired, writing
from outreach.web.languages import translated
from outreach.web.noting import noted
from outreach.web.nudging import nudge
from outreach.web.own_bulletins import opened

bp = Blueprint("sound", __name__, url_prefix="/bulletins")
_SHEET_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@bp.post("/versions/<int:version_id>/record/<township>")
@needs(Action.READ_BULLETINS)
def record(version_id: int, township: str) -> Answer:
    """Ask the studio for the clip; it is made in the background."""
    with reading() as session:
        script = _script(session, version_id, township)
    previews.ask(wired().settings.media_dir, script.fingerprint(), now())
    nudge("recording.record_preview", version_id, township, _calls())
    flash(_("正在录音。可以离开本页，录好了再回来听。"), "good")
    return redirect(local(request.form.get("page")) or "/bulletins", 303)


@bp.get("/versions/<int:version_id>/clip/<township>")
@needs(Action.READ_BULLETINS)
def clip(version_id: int, township: str) -> Response:
    """The clip itself."""
    with reading() as session:
        script = _script(session, version_id, township)
    folder = wired().settings.media_dir
    found = previews.status(folder, script.fingerprint(), now()).clip
    if found is None:
        raise NotFound(mark("这段录音还没有做好。"))
    kind, ending = (media.WAV, "wav") if _calls() else (media.MP3, "mp3")
    save_as = f"{script.title}.{ending}" if "save" in request.args else ""
    file = found.files[-1] if _calls() else found.files[0]
    return media.served(file.path, kind, save_as=save_as, print_=file.sha256)


@bp.get("/<int:bulletin_id>/aloud")
@needs(Action.READ_BULLETINS)
def aloud(bulletin_id: int) -> Response:
    """Large print for a person at the microphone, one page that prints as it is."""
    with reading() as session:
        bulletin, version = opened(session, bulletin_id)
        script = _script(session, version.id, request.args.get("township", ""))
        sheet = read_aloud_sheet(script.text, bulletin.title)
    answer = Response(sheet, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = _SHEET_POLICY
    return answer


@bp.get("/<int:bulletin_id>/recording")
@needs(Action.WRITE_BULLETINS)
def recording(bulletin_id: int) -> str:
    """Upload somebody's own recording."""
    with reading() as session:
        bulletin, version = opened(session, bulletin_id)
        return render_template(
            "bulletins/recording.html",
            bulletin=bulletin,
            version=version,
            typed=Typed(),
        )


@bp.post("/<int:bulletin_id>/recording")
@needs(Action.WRITE_BULLETINS)
def upload(bulletin_id: int) -> Answer | tuple[str, int]:
    """Keep an upload after checking that it is sound."""
    typed, file = Typed(), request.files.get("file")
    if file is None or not file.filename:
        typed.wrong("file", _("先选一个声音文件。"))
    else:
        try:
            _keep(bulletin_id, file.read(), file.filename)
        except AudioError as error:
            typed.wrong("file", translated(error.sentence, dict(error.values)))
    if typed:
        flash(_("录音收下了。请试听，再请同事审核签发。"), "good")
        return redirect(url_for("bulletins.show", bulletin_id=bulletin_id), 303)
    with reading() as session:
        bulletin, version = opened(session, bulletin_id)
        shown = {"bulletin": bulletin, "version": version, "typed": typed}
        return render_template("bulletins/recording.html", **shown), 422


def _keep(bulletin_id: int, content: bytes, name: str) -> None:
    with reading() as session:
        opened(session, bulletin_id)
    kept = wired().studio.keep_recording(content, name)
    with writing() as session:
        _bulletin, version = opened(session, bulletin_id)
        keep_recording(session, version.id, kept, by=acting().user_id, now=now())
        noted(session, "upload_recording", f"bulletin:{bulletin_id}")


def _script(session: Session, version_id: int, township: str) -> Script:
    """What is spoken in a township (a code; the first by default) to this reader."""
    version = get_version(session, version_id)
    opened(session, version.bulletin_id)
    names = dict(townships(session))
    name = names.get(township) or next(iter(names.values()))
    pace = wired().settings.pace
    script = script_of(session, version, current_unit(session), name, pace=pace)
    return for_calls(script) if _calls() else script


def _calls() -> bool:
    """Whether it is asked for as a telephone plays it: plain samples, its last file."""
    return "calls" in request.args
