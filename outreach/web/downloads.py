"""Files that a page hands out to keep."""

from __future__ import annotations

from io import BytesIO

from flask import Response, send_file

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(written: BytesIO, name: str) -> Response:
    """What was ``written`` as a workbook, from its beginning, under ``name``."""
    written.seek(0)
    return send_file(written, mimetype=_XLSX, as_attachment=True, download_name=name)
