"""Annotation files: what is written is read back, one form for each content, one bad line costs one line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinorus_corpus.annotation.canonical import format_annotations
from sinorus_corpus.annotation.standoff import parse_annotations
from sinorus_corpus.annotation.strict_json import BadJsonError, parse_object
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.labelling import fmt
from sinorus_corpus.records import AnnotationSet, Claim, Entity, Header, Link, Quantity, Span
from sinorus_corpus.schema import read_schema
from sinorus_corpus.validate import validate

SCHEMA = read_schema()
HEADER = Header("a", "0" * 64, "1.0", "1.0", "lm-a", "pass")

words = st.text(st.characters(categories=["L", "N", "P", "Zs", "So"]), max_size=12)
offsets = st.integers(0, 2**31 - 1)
spans = st.builds(Span, offsets, offsets)
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15).map(float)
entities = st.builds(
    Entity, id=st.just("e1"), start=offsets, end=offsets, label=words, quote=words, entity=words, metonym=st.booleans()
)
links = st.builds(
    Link, source=st.none() | spans, cue=st.none() | spans, quotes=st.tuples(words, words), who=st.tuples(words)
)
quantities = st.builds(Quantity, variable=words, value=numbers, unit=words, approx=st.booleans())
claims = st.builds(
    Claim,
    id=st.just("c1"),
    segments=st.lists(spans, min_size=1, max_size=3).map(tuple),
    ctype=words,
    cert=words,
    pol=words,
    check=st.integers(-5, 5),
    topic=words,
    quotes=st.lists(words, max_size=3).map(tuple),
    gloss=words,
    attribution=st.lists(links, max_size=3).map(tuple),
    quantities=st.lists(quantities, max_size=2).map(tuple),
)


@given(st.lists(entities, max_size=3), st.lists(claims, max_size=3))
def test_what_is_written_is_read_back_and_writing_again_changes_nothing(some: list[Entity], more: list[Claim]) -> None:
    file = AnnotationSet("x", HEADER, (), tuple(some), tuple(more))
    data = format_annotations(file, SCHEMA)
    read, issues = parse_annotations(data.decode(), "x", ("entity", "claim"), SCHEMA)
    assert read is not None
    assert (issues, read.header) == ([], HEADER)
    assert set(read.entities) == set(some)
    assert set(read.claims) == set(more)
    assert format_annotations(read, SCHEMA) == data


def test_fmt_mends_form_and_loses_nothing(toy: Corpus) -> None:
    path = toy.annotator_pass("lm-toy", "border-bridge")
    before = path.read_bytes()
    lines = before.decode().splitlines()
    loose = [json.dumps(dict(reversed(list(json.loads(line).items()))), indent=None) for line in lines]
    path.write_text("\n".join([loose[0], *reversed(loose[1:])]) + "\n")
    assert fmt(toy) == ([path], [])
    assert path.read_bytes() == before
    assert fmt(toy) == ([], [])


def test_fmt_leaves_a_file_with_findings_alone(toy: Corpus) -> None:
    path = toy.gold("border-bridge")
    path.write_bytes(path.read_bytes() + b'{"id": 7}\n')
    before = path.read_bytes()
    changed, issues = fmt(toy)
    assert changed == []
    assert {issue.code for issue in issues} == {"wrong-layer"}
    assert path.read_bytes() == before


@pytest.mark.parametrize("value", ["3.0", "true", '"3"', "1e3", str(2**70), "null", "-1", "[]", "{}"])
def test_an_offset_of_the_wrong_kind_names_the_value_and_the_range(toy: Corpus, value: str) -> None:
    path = toy.gold("border-bridge")
    path.write_text(path.read_text().replace('"start":216', f'"start":{value}'))
    report = validate(toy)
    (issue,) = report.issues
    assert (issue.code, issue.path, issue.line) == ("bad-offset", "annotations/gold/border-bridge.jsonl", 12)
    assert "2147483647" in issue.expected


def test_a_missing_offset_is_an_error_of_its_line(toy: Corpus) -> None:
    path = toy.gold("border-bridge")
    path.write_text(path.read_text().replace('"start":216,', ""))
    assert [(i.code, i.line) for i in validate(toy).issues] == [("bad-offset", 12)]


def test_every_other_line_is_still_checked(toy: Corpus) -> None:
    path = toy.gold("border-bridge")
    lines = path.read_text().splitlines()
    lines[2], lines[4], lines[6] = "not json", '{"id":"e1","id":"e2"}', lines[6].replace('"GPE"', "7")
    path.write_text("\n".join(lines) + "\n")
    found = [(issue.line, issue.code) for issue in validate(toy).issues]
    assert found == [(3, "bad-json"), (5, "duplicate-key"), (7, "wrong-type")]


def test_lines_end_at_newline_bytes_only(toy: Corpus) -> None:
    path = toy.gold("border-bridge")
    lines = path.read_text().split("\n")
    lines[3] = lines[3].replace('"SR0202"', '"SR0202","note":"one\u2028two\u0085three"')
    lines[11] = lines[11].replace("LOC", "LOK")
    path.write_text("\n".join(lines))
    assert [(issue.line, issue.code) for issue in validate(toy).issues] == [(4, "hidden-character")]
    path.write_text("\n".join(lines).replace(',"note":"one\u2028two\u0085three"', ""))
    assert [(issue.line, issue.code) for issue in validate(toy).issues] == [(12, "unknown-label")]


def test_a_number_beyond_every_field_is_no_crash() -> None:
    with pytest.raises(BadJsonError) as refused:
        parse_object('{"a":' + "9" * 4500 + "}")
    assert refused.value.code == "too-many-digits"


def test_nesting_inside_a_string_is_no_nesting() -> None:
    assert parse_object('{"a":"' + "[" * 99 + '\\""}') == {"a": "[" * 99 + '"'}
