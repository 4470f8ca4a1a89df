"""What spreadsheet programs demand of a workbook before they open it unrepaired."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from xml.etree import ElementTree as ET

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
ORDER = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetProtection",
    "autoFilter",
    "mergeCells",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "drawing",
    "legacyDrawing",
]
"""The order that the schema prescribes for a sheet's parts."""


def faults(content: bytes) -> list[str]:
    """Everything that would make a program offer a repair; empty when sound."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        names = file.namelist()
        found = [f"damaged {file.testzip()}"] if file.testzip() else []
        if len(names) != len(set(names)):
            found.append("a part twice")
        parts = {
            name: ET.fromstring(file.read(name))
            for name in names
            if name.endswith((".xml", ".rels"))
        }
    found += _types(parts, names) + _relations(parts, names)
    strings = parts.get("xl/sharedStrings.xml")
    shared = 0 if strings is None else len(strings.findall(f"{MAIN}si"))
    formats = len(parts["xl/styles.xml"].find(f"{MAIN}cellXfs"))
    found += _names(parts["xl/workbook.xml"])
    for name, sheet in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            found += [f"{name}: {it}" for it in _sheet(sheet, shared, formats)]
    return found


def _types(parts, names) -> list[str]:
    root = parts["[Content_Types].xml"]
    known = {node.get("PartName", "").lstrip("/") for node in root}
    endings = {node.get("Extension") for node in root.iter(f"{TYPES}Default")}
    return [
        f"no type for {name}"
        for name in names
        if name not in known
        and name.rsplit(".", 1)[-1] not in endings
        and name != "[Content_Types].xml"
    ]


def _relations(parts, names) -> list[str]:
    found = []
    for name, root in parts.items():
        if not name.endswith(".rels"):
            continue
        base = posixpath.dirname(posixpath.dirname(name))
        for node in root:
            target = posixpath.normpath(posixpath.join(base, node.get("Target")))
            if target.lstrip("/") not in names:
                found.append(f"{name} points at {target}")
    return found


def _names(workbook) -> list[str]:
    titles = [node.get("name") for node in workbook.iter(f"{MAIN}sheet")]
    found = [it for it in titles if len(it) > 31 or re.search(r"[\[\]:*?/\\]", it)]
    folded = [title.casefold() for title in titles]
    return [f"bad sheet name {it}" for it in found] + (
        ["sheet name twice"] if len(folded) != len(set(folded)) else []
    )


def _sheet(sheet, shared: int, formats: int) -> list[str]:
    found = []
    tags = [node.tag.removeprefix(MAIN) for node in sheet]
    if tags != sorted(tags, key=ORDER.index):
        found.append("parts out of order")
    last = (0, 0)
    for cell in sheet.iter(f"{MAIN}c"):
        place = _place(cell.get("r"))
        if place <= last:
            found.append(f"cell {cell.get('r')} out of order")
        last = place
        value = cell.find(f"{MAIN}v")
        if cell.find(f"{MAIN}f") is not None:
            found.append(f"formula in {cell.get('r')}")
        if cell.get("t") == "s" and not 0 <= int(value.text) < shared:
            found.append(f"no string for {cell.get('r')}")
        if not 0 <= int(cell.get("s", "0")) < formats:
            found.append(f"no format for {cell.get('r')}")
    return found + _merged(sheet) + _print(sheet)


def _merged(sheet) -> list[str]:
    taken: set[tuple[int, int]] = set()
    for node in sheet.iter(f"{MAIN}mergeCell"):
        (top, left), (bottom, right) = map(_place, node.get("ref").split(":"))
        cells = {
            (row, column)
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        }
        if cells & taken:
            return [f"merged cells overlap at {node.get('ref')}"]
        taken |= cells
    return []


def _print(sheet) -> list[str]:
    setup = sheet.find(f"{MAIN}pageSetup")
    if setup is None:
        return ["no page set-up"]
    wanted = {"paperSize": "9", "orientation": "landscape"}
    # A list is as many pages high as it needs; what is signed and stamped is one page.
    if setup.get("fitToHeight", "1") not in {"0", "1"}:
        return ["print fitToHeight"]
    return [f"print {key}" for key, it in wanted.items() if setup.get(key) != it]


def _place(address: str) -> tuple[int, int]:
    letters, row = re.fullmatch(r"([A-Z]+)(\d+)", address).groups()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(row), column
