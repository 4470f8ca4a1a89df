"""English sentences from readable ``.po`` files, merged when a process needs them.

Nothing compiled lies in the tree, so that no build step can be forgotten.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from campaigns.errors import CampaignError
from campaigns.words import word
from outreach.settings import in_english


@cache
def translations(locale: str) -> NullTranslations:
    """The sentences of ``locale``; all but English are read as written."""
    if locale != "en":
        return NullTranslations()
    merged = Catalog(locale="en")
    for part in sorted(
        files("outreach").joinpath("translations", "en").iterdir(),
        key=lambda each: each.name,
    ):
        if part.name.endswith(".po"):
            for message in read_po(BytesIO(part.read_bytes()), locale="en"):
                if message.id and not message.fuzzy:
                    merged[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return Translations(compiled)


def told(sentence: str, values: dict[str, object] | None = None) -> str:
    """``sentence`` in the language of the shell, its values filled in."""
    text = translations("en" if in_english() else "zh").ugettext(sentence)
    return str(text % values) if values else str(text)


def told_error(error: CampaignError) -> str:
    """An error's sentences in the language of the shell."""
    parts = [told(part, error.values) for part in (error.sentence, error.mend) if part]
    return (" " if in_english() else "").join(parts)


def name_of(label: str) -> str:
    """A part's name in the language of the shell: a word's code, or a sentence."""
    return word(label, "en" if in_english() else "zh") if "." in label else told(label)
