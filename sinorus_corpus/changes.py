"""Checks what a change does to a corpus, against the state it started from: whose passes it touches, which labels it moves.

The state before is read from git; what a file says now is for the other checks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sinorus_corpus.annotation.canonical import format_annotations
from sinorus_corpus.annotation.standoff import parse_annotations
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.files import read_bytes
from sinorus_corpus.history import git
from sinorus_corpus.migrate import rename_labels
from sinorus_corpus.records import Issue, SinorusError
from sinorus_corpus.schema import Schema

_PASSES = "annotations/passes/"


class Change(NamedTuple):
    """A file that differs: its bytes before and now, `None` where it was or is not there."""

    path: str
    before: bytes | None
    after: bytes | None


def read_changes(corpus: Corpus, revision: str) -> list[Change]:
    """What changed in the passes since `revision` and this state parted, files that git does not know yet included.

    Raises:
        SinorusError: the corpus is in no git repository, or there is no such revision.
    """
    if revision.startswith("-"):
        raise SinorusError(f"found revision {revision!r}; expected a branch, a tag or a commit such as origin/main")
    base = git(corpus.root, "merge-base", revision, "HEAD").decode("ascii").strip()
    options = ("--relative", "--name-only", "--no-renames", "--no-ext-diff", "-z")
    listed = git(corpus.root, "diff", *options, base, "--", _PASSES)
    listed += git(corpus.root, "ls-files", "--others", "--exclude-standard", "-z", "--", _PASSES)
    known = set(_names(git(corpus.root, "ls-tree", "-r", "-z", "--name-only", base, "--", _PASSES)))
    return [
        Change(name, git(corpus.root, "show", f"{base}:./{name}") if name in known else None, _now(corpus, name))
        for name in sorted(set(_names(listed)))
    ]


def _names(listed: bytes) -> list[str]:
    return [name.decode("utf-8", "surrogateescape") for name in listed.split(b"\0") if name]


def _now(corpus: Corpus, name: str) -> bytes | None:
    path = corpus.root / name
    return read_bytes(path, name)[0] if path.is_symlink() or path.exists() else None


def check_changes(changes: Iterable[Change], schema: Schema) -> Iterator[Issue]:
    """Checks that finished passes stay as made, and that one change touches the passes of one annotator.

    What `sinorus fmt` and `sinorus migrate` do to a pass is no edit.
    """
    first: dict[str, str] = {}
    for change in changes:
        if change.before is not None and _kept(change.before, change.path, schema) == change.after:
            continue
        if change.before is not None and _status(change.before, change.path, schema) == "pass":
            found = "a finished pass that is gone" if change.after is None else "a finished pass that is edited"
            yield Issue("pass-changed", change.path, 1, found, "the pass as its annotator made it")
        first.setdefault(change.path.removeprefix(_PASSES).partition("/")[0], change.path)
    if len(first) > 1:
        for annotator, path in first.items():
            others = ", ".join(sorted(first.keys() - {annotator}))
            yield Issue("foreign-pass", path, 1, f"passes of {annotator} and of {others}", "passes of one annotator")


def _status(data: bytes, path: str, schema: Schema) -> str:
    found, _ = parse_annotations(data.decode("utf-8", "replace"), path, ("entity", "claim"), schema)
    return found.header.status if found else ""


def _kept(data: bytes, path: str, schema: Schema) -> bytes:
    """A pass after `fmt` and `migrate`; as it is where it cannot be read."""
    found, issues = parse_annotations(data.decode("utf-8", "replace"), path, ("entity", "claim"), schema)
    return format_annotations(rename_labels(found, schema), schema) if found and not issues else data


def check_label_order(schema: Schema, before: Schema) -> Iterator[Issue]:
    """Checks that no label was removed, renamed or moved: published integers follow the order."""
    for name, labels in before.labels.items():
        path = f"schemas/labels/{name}.toml"
        now = schema.labels[name].names if name in schema.labels else []
        for at, label in enumerate(labels.names):
            if now[at : at + 1] != [label]:
                found = f"{now[at]} as number {at + 1}" if at < len(now) else f"nothing as number {at + 1}"
                yield Issue("label-order", path, 1, found, f"{label}, as before; new labels go to the end")
                break
