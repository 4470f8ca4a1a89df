"""What a voice is: something that turns clauses, or a whole script, into sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from audio.script import Clause

    Sound = npt.NDArray[np.int16]


class Voice(Protocol):
    """Speaks Mandarin, clause by clause.

    name is what a script asks for, identity changes whenever the sound of the same
    clause would (model and style hashes), longest is the most characters a clause may
    have, rate the samples a second it returns, pauses whether the silence between
    clauses is ours to add. foreign says that the text leaves
    the country, last_resort that few will understand it, packed that each call costs so
    much that sentences go together up to `longest`.
    """

    name: str
    identity: str
    longest: int
    rate: int
    foreign: bool
    last_resort: bool
    packed: bool

    def speak(self, clause: Clause, pace: float) -> Sound:
        """Mono 16-bit samples without silence at the ends; pace 0.6 to 1.4.

        Raises VoiceFailed when it cannot: another voice may then read the whole text.
        """
        ...
