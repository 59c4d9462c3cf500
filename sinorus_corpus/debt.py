"""Newer rules and older files: a finding by a rule younger than the file is a warning, counted as debt that may only shrink.

`schemas/debt.toml` holds, for each code, how many such findings are allowed. Nothing about single rules may live here.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from sinorus_corpus.files import read_text, write_atomic
from sinorus_corpus.records import Issue, SinorusError
from sinorus_corpus.schema import Schema, is_older, require

_PLACE = "schemas/debt.toml"


def weaken(issues: Iterable[Issue], versions: Mapping[str, str], schema: Schema) -> list[Issue]:
    """The findings, as warnings where their file is older than their rule.

    Args:
        versions: the schema version of each annotation file by its path.
    """
    known = {path: version for path, version in versions.items() if version in schema.versions}
    return [
        replace(issue, severity="warning")
        if is_older(known.get(issue.path, ""), schema.rules[issue.code].since)
        else issue
        for issue in issues
    ]


def read_debt(folder: Path, schema: Schema) -> dict[str, int]:
    """The debt by code that `folder/debt.toml` allows; none where there is no such file.

    Raises:
        SinorusError: it is not a list of issue codes with whole numbers.
    """
    path = folder / "debt.toml"
    if not path.is_file():
        return {}
    try:
        data = tomllib.loads(read_text(path)[1])
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SinorusError(f"{path}: cannot be read as TOML: {error}") from None
    for code, count in data.items():
        require(code, schema.rules, "issue code")
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise SinorusError(
                f"{path}: found {code} = {count!r}; expected how many findings are allowed, as {code} = 3"
            )
    return data


def count_debt(issues: Iterable[Issue]) -> Counter[str]:
    """How many findings were weakened, by code."""
    return Counter(issue.code for issue in issues if issue.severity)


def check_debt(found: Counter[str], allowed: Mapping[str, int]) -> Iterator[Issue]:
    """Checks that no debt has grown, and asks to write down where it has shrunk."""
    for code in sorted({*found, *allowed}):
        there, most = found[code], allowed.get(code, 0)
        told = f"{there} findings of {code} in files older than the rule"
        if there > most:
            yield Issue("debt-grown", _PLACE, 0, told, f"at most {most}")
        elif there < most:
            yield Issue("debt-shrunk", _PLACE, 0, told, f"{code} = {there}, not {most}")


def lower_debt(folder: Path, found: Counter[str], allowed: Mapping[str, int]) -> bool:
    """Writes down what debt is left where it has shrunk, comments kept; returns whether it has. It never rises."""
    path = folder / "debt.toml"
    lower = {code: found[code] for code, most in allowed.items() if found[code] < most}
    if lower:
        text = read_text(path)[1]
        for code, count in lower.items():
            text = re.sub(rf"(?m)^({re.escape(code)}\s*=\s*)\d+", rf"\g<1>{count}", text)
        write_atomic(path, text.encode("utf-8"))
    return bool(lower)
