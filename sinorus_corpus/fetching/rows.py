"""Takes one row of a dataset on the Hub as an article, and lists rows on the subject. A commit pins what is read."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from itertools import islice
from typing import IO, Any, cast

from sinorus_corpus.characters import escape
from sinorus_corpus.fetching import Fetched
from sinorus_corpus.fetching.evidence import card_statement, spdx_of
from sinorus_corpus.files import MAX_FILE, sha256
from sinorus_corpus.records import PinnedSource, SinorusError
from sinorus_corpus.release.hub import REPO_PATTERN, Hub, read_token
from sinorus_corpus.sources import Collection

_ADDRESS = re.compile(rf"hf://datasets/(?P<repo>{REPO_PATTERN})@(?P<revision>[^:@\s]+):(?P<id>.+)")
_ROWS = (".parquet", ".jsonl", ".json", ".jsonl.gz", ".json.gz")
_BATCH = 256

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row on the subject, with the address that takes it."""

    address: str
    title: str
    date: str
    license: str


def fetch_row(address: str, collections: dict[str, Collection], day: str) -> Fetched:
    """Takes the row that `hf://datasets/ORG/NAME@REVISION:ID` names.

    Args:
        collections: says which columns hold what; a dataset that is not among them has `id` and `text`.
        day: today as an ISO day, for the record.

    Raises:
        SinorusError: there is no such row, or its text is none.
    """
    found = _ADDRESS.fullmatch(address)
    if not found:
        raise SinorusError(f"found {escape(address)}; expected hf://datasets/ORG/NAME@REVISION:ID")
    known = [c for c in collections.values() if c.repo == found["repo"]]
    collection = known[0] if known else Collection(found["repo"], found["repo"])
    hub = Hub(collection.repo, read_token())
    commit = _require_commit(hub, found["revision"])
    file, row = _find(hub, commit, collection, collection.files, found["id"])
    data = _text(row, collection.text, file).encode("utf-8")
    said, read = _statement(hub, commit, collection, row, file)
    pin = PinnedSource(
        "hub", sha256(data), day, said, read, collection.repo, commit, file, collection.id, found["id"], collection.text
    )
    return Fetched(data, pin, False, _told(row, collection) | {"license": spdx_of(said)})


def refetch_row(pin: PinnedSource) -> bytes:
    """The bytes of a pinned row, as the Hub has them now."""
    hub = Hub(pin.repo, read_token())
    collection = Collection(pin.repo, pin.repo, id=pin.id_column, text=pin.column)
    file, row = _find(hub, pin.revision, collection, pin.file, pin.id)
    return _text(row, pin.column, file).encode("utf-8")


def list_rows(collection: Collection, limit: int) -> Iterator[Candidate]:
    """The first rows of a collection that its keywords find, at the commit that `main` stands on."""
    hub = Hub(collection.repo, read_token())
    commit = _require_commit(hub, "main")
    fitting = (
        row
        for _, row in _read_rows(hub, commit, collection.files)
        if isinstance(text := _value(row, collection.text), str) and collection.is_on_subject(text)
    )
    for row in islice(fitting, limit):
        told = _told(row, collection)
        title = told.get("title") or str(_value(row, collection.text)).strip().split("\n")[0]
        address = f"hf://datasets/{collection.repo}@{commit}:{_value(row, collection.id)}"
        stated = str(_value(row, collection.license) or "") if collection.license else ""
        yield Candidate(address, title[:100], str(_value(row, collection.date) or ""), spdx_of(stated) or stated)


def _require_commit(hub: Hub, revision: str) -> str:
    if commit := hub.commit_of(revision):
        return commit
    raise SinorusError(f"{hub.repo} has no revision {escape(revision)}; expected a commit, a tag or a branch")


def _find(hub: Hub, commit: str, collection: Collection, files: str, row_id: str) -> tuple[str, Row]:
    """The first row whose id column says `row_id`, and the file it stands in."""
    seen: Row = {}
    for file, row in _read_rows(hub, commit, files):
        seen = seen or row
        if str(_value(row, collection.id)) == row_id:
            return file, row
    columns = f"; its columns are {', '.join(map(escape, seen))}" if seen else ""
    raise SinorusError(
        f"{hub.repo} at {commit} has no row whose {collection.id} is {escape(row_id)}{columns}. Which columns hold what is "
        "said in raw/sources.toml"
    )


def _read_rows(hub: Hub, commit: str, files: str) -> Iterator[tuple[str, Row]]:
    names = [name for name in sorted(hub.tree(commit)) if fnmatchcase(name, files) and name.endswith(_ROWS)]
    if not names:
        raise SinorusError(f"{hub.repo} at {commit} has no file {files} of rows; expected one of {', '.join(_ROWS)}")
    for name in names:
        with hub.open(name, commit) as file:
            for row in _parquet_rows(file) if name.endswith(".parquet") else _json_rows(file, name):
                yield name, row


def _parquet_rows(file: IO[bytes]) -> Iterator[Row]:
    import pyarrow.parquet as pq

    for batch in pq.ParquetFile(file).iter_batches(_BATCH, use_threads=False):
        yield from batch.to_pylist()


def _json_rows(file: IO[bytes], name: str) -> Iterator[Row]:
    lines = cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if name.endswith(".gz") else file
    while line := lines.readline(MAX_FILE + 1):
        if len(line) > MAX_FILE:
            raise SinorusError(f"{name}: a row has more than {MAX_FILE} bytes; expected articles")
        row = json.loads(line)
        if not isinstance(row, dict):
            raise SinorusError(f"{name}: found a row that is no object; expected JSON by line")
        yield row


def _value(row: Row, column: str) -> Any:
    """The value of a column, `metadata.url` being `url` inside `metadata`; `None` where there is none."""
    found: Any = row
    for part in column.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _text(row: Row, column: str, file: str) -> str:
    text = _value(row, column)
    if not isinstance(text, str):
        there = ", ".join(map(escape, row))
        raise SinorusError(f"{file}: column {column} of the row holds no text; its columns are {there}")
    return text


def _told(row: Row, collection: Collection) -> dict[str, Any]:
    """What a row says of its article; a date only where it is an ISO day."""
    told = {
        key: _value(row, getattr(collection, key)) for key in ("title", "publisher", "url") if getattr(collection, key)
    }
    said = str(_value(row, collection.date) or "")[:10] if collection.date else ""
    with suppress(ValueError):
        told["date"] = date.fromisoformat(said)
    return {key: value for key, value in told.items() if value}


def _statement(hub: Hub, commit: str, collection: Collection, row: Row, file: str) -> tuple[str, str]:
    """What the row says of its licence, else what the dataset's card does, and where that stands."""
    place = f"{hub.repo} at {commit}"
    if collection.license:
        said = _value(row, collection.license)
        return (str(said), f"column {collection.license} of the row in {file}, {place}") if said else ("", "")
    if "README.md" not in hub.tree(commit):
        return "", ""
    with hub.open("README.md", commit) as card:
        said = card_statement(card.read(MAX_FILE).decode("utf-8", "replace"))
    return (said, f"head of README.md, {place}") if said else ("", "")
