"""A county's list becomes members: check it, mend it, let it in."""

from campaigns.register.importing.correcting import blank_workbook, correction_workbook
from campaigns.register.importing.inspection import begin, check_file
from campaigns.register.importing.storing import (
    confirm,
    discard,
    get_import,
    take_in,
)

__all__ = [
    "begin",
    "blank_workbook",
    "check_file",
    "confirm",
    "correction_workbook",
    "discard",
    "get_import",
    "take_in",
]
