"""Rules about the tree itself that no linter knows."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path

import pytest
from babel.messages import pofile
from babel.messages.extract import extract_from_dir

ROOT = Path(__file__).parent.parent
PACKAGES = ("outreach", "campaigns", "audio")
SOURCES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py")
)
MODULES = [path for path in SOURCES if "versions" not in path.parts]
TEMPLATES = sorted((ROOT / "outreach").rglob("templates/**/*.html"))

LINES_AT_MOST = 250
NOT_NAMES = {
    "utils",
    "util",
    "helpers",
    "common",
    "misc",
    "manager",
    "service",
    "services",
    "handler",
    "handlers",
    "base",
    "core",
    "dao",
}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "lazy_gettext": None,
    "mark": None,
}
HAN = re.compile(r"[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"%\((\w+)\)")


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_a_module_is_short_and_begins_with_one_sentence(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= LINES_AT_MOST
    docstring = ast.get_docstring(ast.parse(text))
    assert docstring, "no docstring"
    first = " ".join(docstring.split("\n\n")[0].split())
    assert first.endswith("."), first
    assert ". " not in first, f"more than one sentence: {first}"


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_a_module_is_named_for_what_it_is(path: Path) -> None:
    assert not NOT_NAMES & {*path.relative_to(ROOT).parts[:-1], path.stem}


def test_tests_are_not_a_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_only_settings_read_the_environment(path: Path) -> None:
    if path == ROOT / "outreach" / "settings.py":
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = f"{node.value.id}.{node.attr}"
            assert name not in {"os.environ", "os.getenv", "os.environb"}


def test_no_third_party_file_lies_in_the_repository() -> None:
    for pattern in ("*.min.js", "*.min.css", "*.map", "*.woff", "*.woff2", "*.ttf"):
        assert not list((ROOT / "outreach").rglob(pattern))
    for path in (ROOT / "outreach").rglob("*"):
        if path.suffix in {".js", ".css"}:
            longest = max(map(len, path.read_text("utf-8").splitlines()), default=0)
            assert longest <= 200, f"{place(path)} looks minified"


def test_every_word_is_in_both_languages_and_there_once() -> None:
    with (ROOT / "campaigns" / "words.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    codes = [row["code_word"] for row in rows]
    assert len(codes) == len(set(codes)), "a word is defined twice"
    assert [row["code_word"] for row in rows if not row["zh"] or not row["en"]] == []


def english() -> dict[str, str]:
    """Every English sentence by its Chinese one; contradictions are a failure."""
    known: dict[str, str] = {}
    for path in sorted((ROOT / "outreach" / "translations" / "en").glob("*.po")):
        with path.open("rb") as file:
            catalog = pofile.read_po(file, abort_invalid=True)
        for message in catalog:
            if not message.id or message.fuzzy:
                continue
            plural = isinstance(message.id, tuple | list)
            chinese = message.id[0] if plural else message.id
            text = message.string if not plural else "".join(message.string)
            if text:
                known.setdefault(chinese, text)
                assert known[chinese] == text, f"{path.name}: two ways for {chinese}"
    return known


def marked() -> dict[str, str]:
    """Every sentence marked for translation, and where."""
    found: dict[str, str] = {}
    methods = [("**.py", "python"), ("**/templates/**.*", "jinja2")]
    for package in PACKAGES:
        for file, line, sentence, *_ in extract_from_dir(
            ROOT / package, method_map=methods, keywords=KEYWORDS
        ):
            text = sentence[0] if isinstance(sentence, tuple) else sentence
            if text:
                found.setdefault(text, f"{package}/{file}:{line}")
    return found


def test_every_sentence_has_its_english() -> None:
    known = english()
    missing = {text: where for text, where in marked().items() if text not in known}
    assert missing == {}


def test_every_translation_keeps_the_values_of_its_sentence() -> None:
    for chinese, text in english().items():
        values = set(PLACEHOLDER.findall(chinese))
        assert set(PLACEHOLDER.findall(text)) == values, chinese


@pytest.mark.parametrize("path", TEMPLATES, ids=place)
def test_a_template_says_nothing_that_cannot_be_translated(path: Path) -> None:
    markup = path.read_text("utf-8")
    markup = re.sub(r"{% trans.*?{% endtrans %}", "", markup, flags=re.DOTALL)
    markup = re.sub(r"{#.*?#}|{{.*?}}|{%.*?%}", "", markup, flags=re.DOTALL)
    bare = [
        f"{number}: {line.strip()}"
        for number, line in enumerate(markup.splitlines(), 1)
        if HAN.search(line) and "lang=" not in line
    ]
    assert bare == []
