"""Reads what a tool wrote as if it were hostile: strict JSON, typed fields, a finding for each item that does not fit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeVar

from sinorus_corpus.annotation.standoff import MAX_OFFSET
from sinorus_corpus.annotation.strict_json import BadJsonError, parse_json, parse_object
from sinorus_corpus.characters import shorten
from sinorus_corpus.files import decode
from sinorus_corpus.records import Issue, Span

T = TypeVar("T")
_KINDS: dict[type, str] = {str: "text", dict: "an object", list: "a list", int: "a whole number"}


class BadItemError(ValueError):
    """Why an item of a file cannot be used: an issue code, what was found, what was expected."""

    def __init__(self, code: str, found: str, expected: str) -> None:
        super().__init__(found)
        self.code, self.found, self.expected = code, found, expected

    def issue(self, path: str, line: int, item: str) -> Issue:
        """The finding for an item."""
        return Issue(self.code, path, line, f"{item}: {self.found}", self.expected)


def take(data: Any, key: str, kind: type[T], default: T | None = None) -> T:
    """The value of a key, which has this type.

    Raises:
        BadItemError: it has another type, or is missing and there is no default.
    """
    if not isinstance(data, dict):
        raise BadItemError("wrong-type", shorten(repr(data)), "an object")
    value = data.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
        raise BadItemError("wrong-type", f"{key}: {shorten(repr(value))}", _KINDS[kind])
    return value


def take_span(data: Any, start: str = "start", end: str = "end") -> Span:
    """A pair of offsets, whole numbers that no text exceeds."""
    if not isinstance(data, dict):
        raise BadItemError("wrong-type", shorten(repr(data)), "an object")
    return Span(*(to_offset(key, data.get(key)) for key in (start, end)))


def to_offset(name: str, value: Any) -> int:
    """A whole number from 0."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_OFFSET:
        return value
    raise BadItemError("bad-offset", f"{name}: {shorten(repr(value))}", f"a whole number from 0 to {MAX_OFFSET}")


def take_strings(data: Any, key: str) -> tuple[str, ...]:
    """A list of strings."""
    values = take(data, key, list)
    if not all(isinstance(value, str) for value in values):
        raise BadItemError("wrong-type", f"{key}: {shorten(repr(values))}", "a list of text")
    return tuple(values)


def read_json(name: str, data: bytes) -> tuple[Any, list[Issue]]:
    """A whole file of JSON; `None` with a finding where it is none."""
    text, issues = decode(data, name, final_newline=False)
    if issues:
        return None, issues
    try:
        return parse_json(text), []
    except BadJsonError as error:
        return None, [
            Issue(error.code, name, 0, error.found, "a file of JSON" if error.code == "bad-json" else error.expected)
        ]


def read_jsonl(name: str, data: bytes) -> Iterator[tuple[int, dict[str, Any] | Issue]]:
    """The objects of a file of JSON lines with their lines, or what is wrong with them; blank lines are left out."""
    text, issues = decode(data, name, final_newline=False)
    yield from ((issue.line, issue) for issue in issues)
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, parse_object(line)
            except BadJsonError as error:
                yield number, Issue(error.code, name, number, error.found, error.expected)


def check_xml(name: str, data: bytes) -> list[Issue]:
    """Refuses XML with a document type, entities or an encoding that could hide them, before any parser sees it."""
    text, issues = decode(data, name, final_newline=False)
    if not issues and re.search(r"<!\s*(DOCTYPE|ENTITY)", text, re.I):
        return [Issue("unsafe-markup", name, 0, "a document type or entity", "XML without either")]
    encoding = re.match(r"""\s*<\?xml[^>]*encoding\s*=\s*["']([^"']*)""", text)
    if not issues and encoding and encoding[1].lower() not in ("utf-8", "ascii", "us-ascii"):
        return [Issue("unsafe-markup", name, 0, f"encoding {shorten(encoding[1])}", "UTF-8")]
    return issues
