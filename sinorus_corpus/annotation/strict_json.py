"""Decodes one line of JSON and refuses what `json` lets through: duplicate keys, NaN, surrogates, deep nesting."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

MAX_DEPTH = 16
MAX_DIGITS = 18


_SURROGATE = re.compile("[\ud800-\udfff]")


class BadJsonError(ValueError):
    """Why a line was refused: an issue code, what was found, what was expected."""

    def __init__(self, code: str, found: str, expected: str) -> None:
        super().__init__(found)
        self.code, self.found, self.expected = code, found, expected


def parse_object(line: str) -> dict[str, Any]:
    """Decodes one JSON object.

    Raises:
        BadJsonError: the line is anything else, or holds what no annotation may hold.
    """
    data = parse_json(line)
    if not isinstance(data, dict):
        raise BadJsonError("not-an-object", f"a {type(data).__name__}", "one JSON object on the line")
    return data


def parse_json(text: str) -> Any:
    """Decodes any JSON value as strictly.

    Raises:
        BadJsonError: it is not JSON, or holds what no annotation may hold.
    """
    _check_depth(text)
    try:
        data = json.loads(text, object_pairs_hook=_pairs, parse_constant=_constant, parse_float=_float, parse_int=_int)
    except json.JSONDecodeError as error:
        raise BadJsonError("bad-json", f"{error.msg} at column {error.colno}", "one JSON object on the line") from None
    if _has_surrogate(data):
        raise BadJsonError("lone-surrogate", "half of a surrogate pair", "whole characters")
    return data


def _check_depth(line: str) -> None:
    depth = 0
    for char in re.sub(r'"(?:[^"\\]|\\.)*"', "", line):
        depth += (char in "[{") - (char in "]}")
        if depth > MAX_DEPTH:
            raise BadJsonError("too-deep", f"more than {MAX_DEPTH} levels of nesting", f"at most {MAX_DEPTH}")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise BadJsonError("duplicate-key", f"{key} twice", "each key once")
    return dict(pairs)


def _constant(name: str) -> NoReturn:
    raise BadJsonError("not-finite", name, "a finite number")


def _float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise BadJsonError("not-finite", digits, "a finite number")
    return value


def _int(digits: str) -> int:
    if len(digits) > 4 * MAX_DIGITS:
        raise BadJsonError("too-many-digits", f"an integer of {len(digits)} digits", f"at most {MAX_DIGITS} digits")
    return int(digits)


def _has_surrogate(value: object) -> bool:
    if isinstance(value, str):
        return bool(_SURROGATE.search(value))
    if isinstance(value, dict):
        return any(_has_surrogate(v) for pair in value.items() for v in pair)
    return isinstance(value, list) and any(_has_surrogate(v) for v in value)
