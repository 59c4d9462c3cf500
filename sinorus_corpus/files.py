"""Reading and writing files that may be hostile: caps, encodings, links, atomic writes. No parsing may live here."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from sinorus_corpus.characters import code_points, escape
from sinorus_corpus.corpus import CLUSTERS, NAME_RULE, Corpus, is_name
from sinorus_corpus.records import Issue, SinorusError

MAX_FILE = 16 << 20
MAX_LINE = 1 << 20

_CONFLICT = re.compile(rb"^(<<<<<<<|>>>>>>>) ", re.M)
_LFS = b"version https://git-lfs"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_RAW_SUFFIXES = {".toml", ".txt", ".html"}
_BY_ANNOTATOR = ("passes", "audits")
_TOP_FILES = {"README.md", "GUIDELINES.md", CLUSTERS, "corrections.jsonl", "entities.tsv"}


def sha256(data: bytes) -> str:
    """The SHA-256 of `data` in hex."""
    return hashlib.sha256(data).hexdigest()


def write_atomic(path: Path, data: bytes) -> None:
    """Writes beside `path`, flushes to disk and renames, so that a broken write leaves the old file intact.

    Raises:
        SinorusError: the disk refuses; the old file is untouched.
    """
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as out:
            temporary = out.name
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise SinorusError(f"{path}: not written ({error.strerror}); what was there before is untouched") from None


def read_bytes(path: Path, name: str, cap: int = MAX_FILE) -> tuple[bytes, list[Issue]]:
    """Reads a regular file of at most `cap` bytes; a link, device or larger file is refused unread."""
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            return b"", [_not_regular(name, found.st_mode)]
        if found.st_size > cap:
            return b"", [Issue("file-too-large", name, 0, f"{found.st_size} bytes", f"at most {cap} bytes")]
        return path.read_bytes(), []
    except OSError as error:
        return b"", [Issue("unreadable-file", name, 0, error.strerror or "an error", "a file that can be read")]


def read_text(path: Path) -> tuple[bytes, str]:
    """The bytes and the text of a file that a person named.

    Raises:
        SinorusError: it is no regular file of UTF-8 text; the message says where and what.
    """
    data, issues = read_bytes(path, str(path))
    text = ""
    if not issues:
        text, issues = decode(data, str(path), final_newline=False)
    refuse(issues)
    return data, text


def refuse(issues: list[Issue]) -> None:
    """Raises the first finding, if there is one, as a refusal."""
    if issues:
        issue = issues[0]
        told = f"{issue.path}: {issue.code}: found {issue.found}; expected {issue.expected}"
        raise SinorusError(escape(told))


def decode(data: bytes, name: str, *, final_newline: bool) -> tuple[str, list[Issue]]:
    """Decodes UTF-8 strictly, without newline translation; the first thing that is wrong is named."""
    issue = _first_fault(data, name, final_newline)
    return ("", [issue]) if issue else (data.decode("utf-8"), [])


def _first_fault(data: bytes, name: str, final_newline: bool) -> Issue | None:
    if data.startswith(_LFS):
        return Issue("lfs-pointer", name, 1, "a Git LFS pointer", "the file itself")
    if data.startswith(_UTF16):
        return Issue("not-utf8", name, 1, "a UTF-16 byte order mark at byte 0", "UTF-8")
    if data.startswith(b"\xef\xbb\xbf"):
        return Issue("byte-order-mark", name, 1, "a byte order mark at byte 0", "UTF-8 without one")
    if (at := data.find(b"\0")) >= 0:
        return Issue("nul-byte", name, _line(data, at), f"a NUL at byte {at}", "text")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"byte 0x{data[error.start]:02x} at byte {error.start}"
        return Issue("not-utf8", name, _line(data, error.start), found, "UTF-8")
    if not text.strip():
        return Issue("empty-file", name, 0, f"{len(data)} bytes, all white space", "content")
    return _line_fault(data, name, final_newline)


def _line_fault(data: bytes, name: str, final_newline: bool) -> Issue | None:
    markers = [m.group(1) for m in _CONFLICT.finditer(data)]
    if b"<<<<<<<" in markers and b">>>>>>>" in markers:
        at = next(_CONFLICT.finditer(data)).start()
        return Issue("merge-conflict", name, _line(data, at), "merge conflict markers", "one version")
    if not final_newline:
        return None
    for number, line in enumerate(data.split(b"\n"), 1):
        if len(line) > MAX_LINE:
            return Issue("line-too-long", name, number, f"{len(line)} bytes", f"at most {MAX_LINE} bytes")
    if not data.endswith(b"\n"):
        return Issue("no-final-newline", name, data.count(b"\n") + 1, "no newline at the end", "one newline")
    return None


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def _not_regular(name: str, mode: int) -> Issue:
    kinds = {stat.S_IFLNK: "a symbolic link", stat.S_IFIFO: "a FIFO", stat.S_IFDIR: "a folder"}
    found = kinds.get(stat.S_IFMT(mode), "a device or socket")
    return Issue("not-a-regular-file", name, 0, found, "a regular file")


def check_tree(corpus: Corpus) -> Iterator[Issue]:
    """Checks every name under `raw/` and `annotations/`; nothing is opened and no link is followed."""
    for top in (corpus.raw, corpus.annotations):
        if top.is_symlink():
            yield _not_regular(corpus.relative(top), top.lstat().st_mode)
    names = list(_walk(corpus, corpus.raw)) + list(_walk(corpus, corpus.annotations))
    for path, mode in names:
        yield from _check_entry(corpus, path, mode)
    yield from _collisions(corpus, [path for path, _ in names])


def _walk(corpus: Corpus, folder: Path) -> Iterator[tuple[Path, int]]:
    if not folder.is_dir() or folder.is_symlink():
        return
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        mode = entry.stat(follow_symlinks=False).st_mode
        yield Path(entry.path), mode
        if stat.S_ISDIR(mode) and _is_expected_folder(corpus, Path(entry.path)):
            yield from _walk(corpus, Path(entry.path))


def _is_expected_folder(corpus: Corpus, path: Path) -> bool:
    parts = path.relative_to(corpus.root).parts
    folders = ("regions", "gold", "passes", "decisions", "fingerprints", "audits")
    return parts in {("annotations", name) for name in folders} or (
        len(parts) == 3 and parts[0] == "annotations" and parts[1] in _BY_ANNOTATOR
    )


def _check_entry(corpus: Corpus, path: Path, mode: int) -> Iterator[Issue]:
    name = corpus.relative(path)
    if stat.S_ISDIR(mode):
        if not _is_expected_folder(corpus, path):
            yield Issue("stray-file", name, 0, "a folder that the corpus does not use", _expected(path, corpus))
        elif path.parent.name in _BY_ANNOTATOR and not is_name(path.name):
            yield Issue("bad-name", name, 0, f"annotator {code_points(path.name)}", NAME_RULE)
    elif not stat.S_ISREG(mode):
        yield _not_regular(name, mode)
    elif path.name != "README.md":
        yield from _check_file_name(corpus, path, name)


def _check_file_name(corpus: Corpus, path: Path, name: str) -> Iterator[Issue]:
    if path == corpus.sources or (path.parent == corpus.annotations and path.name in _TOP_FILES):
        return
    if path.name == CLUSTERS and path.parent.parent == corpus.annotations / "passes":
        return
    if path.parent.parent == corpus.audits and path.name == "answers.jsonl":
        return
    suffixes = _RAW_SUFFIXES if path.parent == corpus.raw else {".jsonl"}
    if path.parent in (corpus.annotations, corpus.annotations / "passes", corpus.audits) or path.suffix not in suffixes:
        yield Issue("stray-file", name, 0, "a file that the corpus does not use", _expected(path, corpus))
    elif not is_name(path.stem):
        yield Issue("bad-name", name, 0, f"document id {code_points(path.stem)}", NAME_RULE)
    elif path.suffix != ".toml" and (path.stem == corpus.sources.stem or not corpus.record(path.stem).is_file()):
        yield Issue("unknown-document", name, 0, f"no record raw/{path.stem}.toml", "a record for each document")


def _expected(path: Path, corpus: Corpus) -> str:
    if path.parent == corpus.raw:
        return "<doc_id>.toml, .txt or .html, and sources.toml"
    folders = "regions/, gold/, decisions/, fingerprints/, passes/<annotator>/, audits/<annotator>/"
    return f"{folders} with <doc_id>.jsonl, {', '.join(sorted(_TOP_FILES - {'README.md'}))}"


def _collisions(corpus: Corpus, paths: list[Path]) -> Iterator[Issue]:
    folded = defaultdict(list)
    for path in paths:
        folded[path.parent, unicodedata.normalize("NFC", path.name).casefold()].append(path)
    for twins in folded.values():
        for path in twins[1:]:
            yield Issue("name-collision", corpus.relative(path), 0, f"also {twins[0].name!a}", "names that differ")
