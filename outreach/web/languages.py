"""Chinese as it is written in the source, English from catalogs held in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from babel.support import NullTranslations
from flask import Flask, request, session
from flask_babel import Babel, Domain, get_locale
from flask_login import current_user
from jinja2 import pass_context
from jinja2.runtime import Context

from campaigns.errors import CampaignError
from campaigns.words import word
from outreach.catalogs import translations

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
API = "/api/"
_TAGS = {"zh": "zh-CN", "en": "en"}


def register(app: Flask) -> None:
    """Give every template ``_``, ``|word``, ``|sentence`` and the language in force."""
    _InMemory().init_app(
        app,
        default_locale=LANGUAGES["zh"],
        default_timezone="Asia/Shanghai",
        locale_selector=_locale,
    )
    spoken: dict[str, Callable[..., str]] = {
        "word": shown_word,
        "sentence": sentence,
        "told": translated,
    }
    app.jinja_env.filters.update(
        {name: by_reader(answer) for name, answer in spoken.items()}
    )
    app.jinja_env.filters["capital"] = capital
    app.jinja_env.globals.update(language=language, language_tag=language_tag)
    app.jinja_env.policies["ext.i18n.trimmed"] = True


def by_reader(answer: Callable[..., str]) -> Callable[..., str]:
    """``answer`` as a filter that Jinja asks for every reader.

    Without the context Jinja would answer a constant when it compiles the template:
    everybody would read the language of whoever came first.
    """

    @pass_context
    def ask(_: Context, *given: object) -> str:
        return answer(*given)

    return ask


def language() -> str:
    """``zh`` or ``en``: the person's choice, this visit's choice, or the browser's."""
    if request.path.startswith(API):
        return request.accept_languages.best_match(list(LANGUAGES)) or "zh"
    person = current_user._get_current_object()  # noqa: SLF001 - the proxy's own way
    chosen = person.acting.language if person.is_authenticated else None
    chosen = session.get("language") or chosen
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES)) or "zh"


def language_tag() -> str:
    """The tag for ``lang`` attributes."""
    return _TAGS[language()]


def shown_word(code: str) -> str:
    """The word for ``code`` in the reader's language."""
    return word(str(code), "en" if str(get_locale()) == "en" else "zh")


def sentence(error: CampaignError) -> str:
    """An error's sentence in the reader's language, its values filled in."""
    mend = translated(error.mend, error.values) if error.mend else ""
    gap = " " if mend and language() == "en" else ""
    return translated(error.sentence, error.values) + gap + mend


def translated(msgid: str, values: Mapping[str, object] | None = None) -> str:
    """``msgid`` in the reader's language with ``values`` filled in."""
    text = translations(str(get_locale())).ugettext(msgid)
    return str(text % values) if values else str(text)


def capital(text: str) -> str:
    """A word as it stands at the head of a column or a line."""
    return text[:1].upper() + text[1:]


def _locale() -> str:
    return LANGUAGES[language()]


class _Domain(Domain):
    """Looks sentences up in the merged catalogs instead of compiled files."""

    def get_translations(self) -> NullTranslations:
        return translations(str(get_locale()))


class _InMemory(Babel):
    """Flask-Babel over the merged catalogs."""

    @property
    def domain_instance(self) -> Domain:
        return _Domain()


def clock(minute: int) -> str:
    """A minute of the day, 0 to 1440, as it is written in both languages: 07:30."""
    return f"{minute // 60:02}:{minute % 60:02}"
