"""A county's list becomes members: check it, mend it, let it in."""

from campaigns.register.importing.inspection import begin, check_file
from campaigns.register.importing.storing import (
    confirm,
    discard,
    get_import,
    take_in,
)

__all__ = ["begin", "check_file", "confirm", "discard", "get_import", "take_in"]
