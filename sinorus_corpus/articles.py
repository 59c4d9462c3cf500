"""Records of articles, `raw/<doc_id>.toml`: parsed, checked by themselves, written. No annotation may live here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any

from sinorus_corpus.characters import first_hidden
from sinorus_corpus.records import Article, Challenge, Issue, PinnedSource, Source
from sinorus_corpus.schema import Schema, nearest

UNKNOWN = "unknown"
OPEN_LICENSES = {
    "CC0-1.0",
    "CC-BY-2.5",
    "CC-BY-3.0",
    "CC-BY-4.0",
    "CC-BY-SA-3.0",
    "CC-BY-SA-4.0",
    "PDDL-1.0",
    "ODC-By-1.0",
}

_FLAGS = ["redistribute", "challenges_found_later"]
_TABLES = ["source", "statements", "figures", "challenges"]
_KEYS = [f.name for f in fields(Article) if f.name not in ("doc_id", *_TABLES)]
_REQUIRED = ["title", "publisher", "date", "license", "redistribute", "genre", "origin", "language", "split", "sha256"]
_SOURCE_KEYS = ["who", "what", "value", "when", "where", "checked", "url"]
_PIN_KEYS = [f.name for f in fields(PinnedSource)]
# What a [source] must say and may say, by its kind; every value is text of this form.
_PIN_NEEDS = {"hub": ["repo", "revision", "file", "id_column", "id", "column"], "web": ["url"]}
_PIN_FORMS = {
    "sha256": (r"[0-9a-f]{64}", "64 hex digits"),
    "revision": (r"[0-9a-f]{40}", "the 40 hex digits of a commit: a branch or tag can move"),
    "repo": (r"[\w.-]+/[\w.-]+", "org/name"),
    "url": (r"https://[^\s@]+|http://(127\.0\.0\.1|localhost)(:\d+)?/\S*", "an https address without a password"),
    "retrieved": (r"\d{4}-\d\d-\d\d", "a day such as 2024-05-01"),
}
_CHALLENGE_KEYS = {f.name: f.type for f in fields(Challenge)}
_CHALLENGE_TYPES: dict[Any, tuple[type, str]] = {"str": (str, "text"), "int": (int, "a number")}
CHALLENGE_LABELS = {"kind": "challenge", "relation": "cluster_relation", "cert": "certainty", "pol": "polarity"}
CHALLENGE_LABELS |= {"label": "entity", "inner_label": "entity"}
LABEL_KEYS = {"genre": "genre", "origin": "origin", "split": "split"}


def parse_record(doc_id: str, text: str, path: str) -> tuple[Article | None, list[Issue]]:
    """Parses a record; what cannot be used is named by line, and then there is no article."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        return None, [Issue("bad-toml", path, error_line(str(error)), str(error), "TOML")]
    issues = [*_check_keys(data, text, path), *_check_types(data, text, path)]
    if issues:
        return None, issues
    known = data["date"] if isinstance(data["date"], date) else None
    told: dict[str, Any] = {key: value for key, value in data.items() if key in _KEYS} | {"date": known}
    for key in ("statements", "figures"):
        told[key] = tuple(Source(**entry) for entry in data.get(key, []))
    told["source"] = PinnedSource(**data["source"]) if "source" in data else None
    told["challenges"] = tuple(_challenge(entry) for entry in data.get("challenges", []))
    return Article(doc_id=doc_id, **told), []


def _challenge(entry: dict[str, Any]) -> Challenge:
    told: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in entry.items()}
    return Challenge(**told)


def error_line(message: str) -> int:
    """The line that a message of the TOML parser names, or 1."""
    digits = message.rpartition("line ")[2].partition(",")[0]
    return int(digits) if digits.isdigit() else 1


def key_line(text: str, key: str) -> int:
    """The line on which a top-level key of a record stands, or 1."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.partition("=")[0].strip() == key:
            return number
    return 1


def _check_keys(data: dict[str, Any], text: str, path: str) -> Iterator[Issue]:
    known = [*_KEYS, *_TABLES]
    for key in data:
        if key not in known:
            meant = nearest(key, known)
            yield Issue("unknown-key", path, key_line(text, key), key, meant if meant else ", ".join(known))
    for key in _REQUIRED:
        if key not in data:
            yield Issue("missing-key", path, 1, f"no {key}", f"{key} = … in the record")


def _check_types(data: dict[str, Any], text: str, path: str) -> Iterator[Issue]:
    for key in _KEYS:
        if key in data and not _is_typed(key, data[key]):
            expected = {"date": 'a day such as 2024-05-01 or "unknown"'} | dict.fromkeys(_FLAGS, "true or false")
            found = f"{key} = {data[key]!r}"
            yield Issue("wrong-type", path, key_line(text, key), found, expected.get(key, "text"))
    for key in ("statements", "figures"):
        yield from _check_sources(data.get(key, []), key, path, key_line(text, f"[[{key}]]"))
    if "source" in data:
        yield from _check_pin(data["source"], data.get("redistribute") is True, path, key_line(text, "[source]"))
    yield from _check_challenges(data.get("challenges", []), path, key_line(text, "[[challenges]]"))


def _is_typed(key: str, value: object) -> bool:
    if key == "date":
        return value == UNKNOWN or (isinstance(value, date) and type(value) is date)
    return isinstance(value, bool if key in _FLAGS else str)


def _check_sources(entries: object, key: str, path: str, line: int) -> Iterator[Issue]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        yield Issue("wrong-type", path, line, key, f"tables headed [[{key}]]")
        return
    needed = {"what", "when", "where", "checked"} | ({"who"} if key == "statements" else {"value"})
    for number, entry in enumerate(entries, 1):
        where = f"[[{key}]] number {number}"
        for name in sorted(needed - entry.keys()):
            yield Issue("missing-key", path, line, f"{where} has no {name}", ", ".join(sorted(needed)))
        for name in entry.keys() - set(_SOURCE_KEYS):
            yield Issue("unknown-key", path, line, f"{where} has {name}", ", ".join(_SOURCE_KEYS))
        for name, value in entry.items():
            if not isinstance(value, bool if name == "checked" else str):
                yield Issue("wrong-type", path, line, f"{where}: {name} = {value!r}", "text (checked: true or false)")


def _check_pin(pin: object, is_open: bool, path: str, line: int) -> Iterator[Issue]:
    if not isinstance(pin, dict):
        yield Issue("wrong-type", path, line, "source", "one table headed [source]")
        return
    kind = pin.get("kind")
    if kind not in _PIN_NEEDS:
        yield Issue("bad-value", path, line, f"[source] kind = {kind!r}", "hub or web")
        return
    evidence = ["license_statement", "license_read"]
    needed = ["kind", "sha256", "retrieved", *_PIN_NEEDS[kind], *(evidence if is_open else ())]
    allowed = {*needed, *evidence}
    for name in (name for name in needed if not pin.get(name)):
        yield Issue("missing-key", path, line, f"[source] has no {name}", ", ".join(needed))
    for name, value in pin.items():
        if name not in allowed:
            yield Issue("unknown-key", path, line, f"[source] has {name}", ", ".join(sorted(allowed)))
        elif not isinstance(value, str):
            yield Issue("wrong-type", path, line, f"[source]: {name} = {value!r}", "text")
        elif value and name in _PIN_FORMS and not re.fullmatch(_PIN_FORMS[name][0], value):
            yield Issue("bad-value", path, line, f"[source] {name} = {value}", _PIN_FORMS[name][1])


def _check_challenges(entries: object, path: str, line: int) -> Iterator[Issue]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        yield Issue("wrong-type", path, line, "challenges", "tables headed [[challenges]]")
        return
    for number, entry in enumerate(entries, 1):
        where = f"[[challenges]] number {number}"
        if "kind" not in entry or not {"quote", "segments"} & entry.keys():
            yield Issue("missing-key", path, line, f"{where} lacks one", "kind, and quote or segments")
        for name, value in entry.items():
            if name not in _CHALLENGE_KEYS:
                yield Issue("unknown-key", path, line, f"{where} has {name}", ", ".join(_CHALLENGE_KEYS))
            elif not _is_challenge_value(name, value):
                yield Issue("wrong-type", path, line, f"{where}: {name} = {value!r}", _expected_challenge_value(name))


def _is_challenge_value(name: str, value: object) -> bool:
    kind = _CHALLENGE_TYPES.get(_CHALLENGE_KEYS[name])
    if kind is None:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, kind[0]) and not isinstance(value, bool)


def _expected_challenge_value(name: str) -> str:
    kind = _CHALLENGE_TYPES.get(_CHALLENGE_KEYS[name])
    return kind[1] if kind else "a list of texts"


def check_record(article: Article, text: str, path: str, schema: Schema) -> Iterator[Issue]:
    """Checks the values of a parsed record: labels, licence, rights, hidden characters."""
    yield from _check_hidden(article, text, path)
    yield from _check_when(article, text, path)
    for key, label_set in LABEL_KEYS.items():
        value = getattr(article, key)
        if value not in schema.labels[label_set]:
            meant = nearest(value, schema.labels[label_set].names)
            names = ", ".join(schema.labels[label_set].names)
            yield Issue("unknown-label", path, key_line(text, key), f"{key} {value}", meant if meant else names)
        elif instead := schema.labels[label_set][value].replaced_by:
            yield Issue("retired-label", path, key_line(text, key), f"{key} {value}", instead)
    yield from _check_challenge_labels(article, text, path, schema)
    if problem := license_problem(article.license):
        yield Issue("bad-license", path, key_line(text, "license"), problem, "an SPDX expression, or unknown")
    if article.redistribute and article.license not in OPEN_LICENSES:
        expected = f"one of {', '.join(sorted(OPEN_LICENSES))}, or redistribute = false"
        yield Issue("closed-license", path, key_line(text, "redistribute"), article.license, expected)
    if (article.split == "transfer") == article.redistribute:
        expected = "transfer where the text is withheld, and only there"
        yield Issue("split-rights", path, key_line(text, "split"), f"{article.split}", expected)


def _check_challenge_labels(article: Article, text: str, path: str, schema: Schema) -> Iterator[Issue]:
    for number, challenge in enumerate(article.challenges, 1):
        for key, label_set in CHALLENGE_LABELS.items():
            value, known = getattr(challenge, key), schema.labels[label_set]
            if value and value not in known:
                found = f"[[challenges]] number {number}: {key} {value}"
                expected = nearest(value, known.names) or ", ".join(known.names)
                yield Issue("unknown-label", path, key_line(text, "[[challenges]]"), found, expected)


def _check_when(article: Article, text: str, path: str) -> Iterator[Issue]:
    for key in ("statements", "figures"):
        for number, source in enumerate(getattr(article, key), 1):
            if not re.fullmatch(rf"\d{{4}}(-\d\d(-\d\d)?)?|{UNKNOWN}", source.when):
                found = f"[[{key}]] number {number}: when = {source.when}"
                expected = f"a year, month or day such as 2024-05, or {UNKNOWN}"
                yield Issue("bad-value", path, key_line(text, f"[[{key}]]"), found, expected)


def _check_hidden(article: Article, text: str, path: str) -> Iterator[Issue]:
    told = [(key, getattr(article, key)) for key in _KEYS]
    told += [(key, getattr(s, key)) for s in (*article.statements, *article.figures) for key in _SOURCE_KEYS]
    told += [(f"[source] {key}", getattr(article.source, key)) for key in _PIN_KEYS if article.source]
    for key, value in told:
        if isinstance(value, str) and (hidden := first_hidden(value)):
            yield Issue(
                "hidden-character",
                path,
                key_line(text, key.partition(" ")[0]),
                f"{key} holds {hidden}",
                "visible characters only",
            )


@cache
def license_problem(license_id: str) -> str:
    """What is wrong with a licence as an SPDX expression (ISO/IEC 5962), or an empty string."""
    if license_id == UNKNOWN:
        return ""
    from license_expression import get_spdx_licensing

    info = get_spdx_licensing().validate(license_id)
    return "; ".join(info.errors) if info.errors else ""


def format_record(article: Article) -> bytes:
    """The record as TOML, keys in their canonical order, empty ones left out."""
    import tomli_w

    known = {key: getattr(article, key) for key in _KEYS}
    data: dict[str, Any] = {key: value for key, value in known.items() if value not in ("", None)}
    if not article.challenges_found_later:
        del data["challenges_found_later"]
    data = {"title": article.title, "publisher": article.publisher, "date": article.date or UNKNOWN} | data
    if article.source:
        data["source"] = {key: value for key in _PIN_KEYS if (value := getattr(article.source, key))}
    for key in ("statements", "figures"):
        entries = [{k: getattr(s, k) for k in _SOURCE_KEYS if getattr(s, k) != ""} for s in getattr(article, key)]
        if entries:
            data[key] = entries
    if article.challenges:
        data["challenges"] = [_challenge_data(challenge) for challenge in article.challenges]
    return tomli_w.dumps(data).encode("utf-8")


def _challenge_data(challenge: Challenge) -> dict[str, Any]:
    told = {name: getattr(challenge, name) for name in _CHALLENGE_KEYS}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in told.items() if v}
