"""Words in, a clip ready for the village loudspeaker out."""

from audio.clip import Clip, SoundFile
from audio.errors import AudioError
from audio.script import Script
from audio.studio import Studio

__all__ = ["AudioError", "Clip", "Script", "SoundFile", "Studio"]
