"""What can go wrong between a text and a clip, as sentences a person can act on.

AudioError
├── Unreadable      the text, the lexicon or an uploaded file cannot be read
├── Refused         it can be read, but must not or cannot be recorded as asked
├── VoiceFailed     a voice could not speak; another one may
└── NotKept         the disk did not take the result
"""

from __future__ import annotations


def mark(sentence: str) -> str:
    """Mark a Chinese sentence for translation and return it unchanged."""
    return sentence


class AudioError(Exception):
    """A sentence with named values, in Chinese until somebody translates it."""

    def __init__(self, sentence: str, /, **values: object) -> None:
        self.sentence = sentence
        self.values = values
        super().__init__(sentence % values if values else sentence)

    def __reduce__(self) -> tuple[object, ...]:
        """Cross a process border with the values, not only with the sentence."""
        return _remade, (type(self), self.sentence, self.values)


def _remade(
    kind: type[AudioError], sentence: str, values: dict[str, object]
) -> AudioError:
    return kind(sentence, **values)


class Unreadable(AudioError):
    """The text, the lexicon or an uploaded file cannot be read."""


class Refused(AudioError):
    """It can be read, but must not or cannot be recorded as asked."""


class VoiceFailed(AudioError):
    """A voice could not speak; another one may."""


class NotKept(AudioError):
    """The disk did not take the result."""
