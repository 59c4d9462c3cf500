"""Finds the shards of an input, on disk or behind any address that fsspec opens, and tells their content. No parsing."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import fsspec
import pyarrow as pa
from fsspec.core import url_to_fs

from sinorus_corpus.records import SinorusError
from sinorus_corpus.schema import nearest

_FORMATS = (".parquet", ".jsonl", ".ndjson")
_COMPRESSED = {".gz": "gzip", ".zst": "zstd"}


class Shard(NamedTuple):
    """One file of the input: its number among all, from 0, its address, and its name in messages."""

    number: int
    path: str
    name: str


def find_shards(source: str) -> list[Shard]:
    """The shards of a file, a folder, a pattern or an address, in order of name.

    Args:
        source: with `*`, `?` or `[…]` it is a pattern, unless a file is called so; with `hf://`, `s3://` and the like an address.

    Raises:
        SinorusError: there is nothing there that could be read.
    """
    try:
        fs, root = url_to_fs(source)
        paths = _list(fs, root)
    except (OSError, ValueError, ImportError) as error:
        raise SinorusError(f"{source}: cannot be listed: {error}") from None
    if not paths:
        raise SinorusError(
            f"{source}: found no shard; expected files ending in {', '.join(_FORMATS)}, or these and .gz or .zst"
        )
    local = not isinstance(fs.protocol, str) and "file" in fs.protocol
    common = root.rpartition("/")[0] if paths == [root] or _is_pattern(root) else root
    names = [path.removeprefix(common).lstrip("/") or path for path in paths]
    return [
        Shard(i, path if local else fs.unstrip_protocol(path), name)
        for i, (path, name) in enumerate(zip(paths, names, strict=True))
    ]


def _list(fs: Any, root: str) -> list[str]:
    if fs.isfile(root):
        if shard_format(root)[0]:
            return [root]
        suffix = "." + root.rpartition(".")[2]
        meant = nearest(suffix, [*_FORMATS, *_COMPRESSED])
        guess = f" Did you mean {meant}?" if meant else ""
        raise SinorusError(f"{root}: found a file ending in {suffix}; expected one of {', '.join(_FORMATS)}.{guess}")
    if _is_pattern(root):
        return sorted(path for path in fs.glob(root) if shard_format(path)[0])
    if not fs.exists(root):
        raise SinorusError(f"{root}: there is no such file or folder")
    return sorted(path for path in fs.find(root) if shard_format(path)[0] and "/." not in path.removeprefix(root))


def _is_pattern(path: str) -> bool:
    return any(char in path for char in "*?[")


def shard_format(path: str) -> tuple[str, str | None]:
    """`parquet`, `jsonl` or an empty string by a file's name, and its compression."""
    name = path.rpartition("/")[2].lower()
    compression = next((c for end, c in _COMPRESSED.items() if name.endswith(end)), None)
    stem = name.rpartition(".")[0] if compression else name
    found = next((end for end in _FORMATS if stem.endswith(end)), "")
    return (
        "" if compression and found == ".parquet" else {".ndjson": ".jsonl"}.get(found, found).lstrip(".")
    ), compression


@contextmanager
def opened(path: str) -> Iterator[Any]:
    """The bytes of a shard as a seekable stream.

    Raises:
        SinorusError: it is no regular file.
    """
    if "://" not in path:
        mode = os.stat(path).st_mode
        if not stat.S_ISREG(mode):
            raise SinorusError("found something other than a regular file; expected one")
        with pa.OSFile(path) as stream:
            yield stream
        return
    with fsspec.open(path, "rb") as stream:
        yield stream


def content_digest(path: str) -> str:
    """SHA-256 of a shard's bytes."""
    found = hashlib.sha256()
    with opened(path) as stream:
        while data := stream.read(1 << 20):
            found.update(data)
    return found.hexdigest()
