"""One small sprite of the icons in use, cut from the installed package at start."""

from __future__ import annotations

import re
from importlib.resources import files

# A sprite of all two thousand would weigh 1.1 MB.
_NAMES = """
house-door people funnel file-earmark-text send megaphone bar-chart-line search
person-gear hdd-network heart-pulse check-circle-fill send-check clock
hourglass-split x-circle-fill question-circle dash-circle slash-circle
pause-circle volume-up person-walking download upload pencil plus-lg
exclamation-triangle info-circle arrow-left arrow-right arrow-clockwise printer
box-arrow-right sliders translate list chevron-right lock unlock eye telephone
geo-alt file-earmark-spreadsheet file-earmark-zip play-circle stop-circle
archive link-45deg qr-code mic calendar-event flag shield-check person-plus
building currency-yen trash
"""
USED = tuple(_NAMES.split())
_SYMBOL = re.compile(r'<symbol class="[^"]*" viewBox="([^"]+)" id="([^"]+)">(.*?)</sy')


def sprite() -> bytes:
    """The SVG sprite of ``USED``. Raises KeyError for an icon that does not exist."""
    folder = files("flask_bootstrap") / "static" / "bootstrap5" / "icons"
    text = folder.joinpath("bootstrap-icons.svg").read_text("utf-8")
    known = {name: (box, body) for box, name, body in _SYMBOL.findall(text)}
    symbols = "".join(
        f'<symbol id="{name}" viewBox="{known[name][0]}">{known[name][1]}</symbol>'
        for name in USED
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>'.encode()
