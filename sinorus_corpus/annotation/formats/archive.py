"""Opens the archives that tools export, member by member in memory. Nothing is unpacked to disk, no other file is parsed here."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from pathlib import PurePosixPath

from sinorus_corpus.files import MAX_FILE
from sinorus_corpus.records import Issue

MAX_MEMBERS = 2000
MAX_TOTAL = 4 * MAX_FILE
MAX_RATIO = 200
_END = b"PK\x05\x06"  # end of central directory: its number of entries stands 10 bytes on


class _UnsafeError(ValueError):
    """What an archive holds that no tool writes."""


def open_archive(name: str, data: bytes) -> tuple[dict[str, bytes], list[Issue]]:
    """The files of a zip, tar or tar.gz as `archive/member`; any other file as it is.

    Refused are members outside the archive's own folder, links, devices, encrypted and doubled members, more than
    2,000 of them, and what would unfold beyond the cap of a file, of four files together, or to 200 times its size.
    """
    try:
        if data.startswith(b"PK\x03\x04"):
            return {f"{name}/{member}": held for member, held in _zip(data).items()}, []
        if data.startswith(b"\x1f\x8b") or data[257:262] == b"ustar":
            return {f"{name}/{member}": held for member, held in _tar(data).items()}, []
    except _UnsafeError as error:
        return {}, [Issue("bad-archive", name, 0, str(error), "files in folders, as the tool exports them")]
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        ValueError,
    ) as error:
        return {}, [Issue("bad-archive", name, 0, f"an archive that cannot be read: {error}", "a whole zip or tar")]
    return {name: data}, []


def _zip(data: bytes) -> dict[str, bytes]:
    at = data.rfind(_END)
    if 0 <= at <= len(data) - 12 and struct.unpack_from("<H", data, at + 10)[0] > MAX_MEMBERS:
        raise _UnsafeError(f"more than {MAX_MEMBERS} members")
    files: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        for info in infos:
            mode = info.external_attr >> 16
            if info.flag_bits & 1:
                raise _UnsafeError(f"{info.filename!a} is encrypted")
            if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                raise _UnsafeError(f"{info.filename!a} is a link or device")
            _check_member(info.filename, info.file_size, info.compress_size, files)
            with archive.open(info) as member:
                files[info.filename] = member.read(MAX_FILE + 1)
            _check_total(files)
    return files


def _tar(data: bytes) -> dict[str, bytes]:
    if data.startswith(b"\x1f\x8b"):
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as unfolded:
            held = unfolded.read(MAX_TOTAL + 1)
        _check_ratio("the archive", len(held), len(data))
        data = held
    if len(data) > MAX_TOTAL:
        raise _UnsafeError(f"more than {MAX_TOTAL} bytes unfolded")
    files: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for info in archive:
            if info.isdir():
                continue
            if not info.isreg():
                raise _UnsafeError(f"{info.name!a} is a link or device")
            _check_member(info.name, info.size, info.size, files)
            member = archive.extractfile(info)
            files[info.name] = member.read(MAX_FILE + 1) if member else b""
            _check_total(files)
    return files


def _check_member(name: str, size: int, packed: int, files: dict[str, bytes]) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name:
        raise _UnsafeError(f"{name!a} leads out of the archive")
    if name in files:
        raise _UnsafeError(f"{name!a} stands twice")
    if len(files) >= MAX_MEMBERS:
        raise _UnsafeError(f"more than {MAX_MEMBERS} members")
    if size > MAX_FILE:
        raise _UnsafeError(f"{name!a} has {size} bytes, more than {MAX_FILE}")
    _check_ratio(f"{name!a}", size, packed)


def _check_ratio(name: str, size: int, packed: int) -> None:
    if size > 1 << 20 and size > MAX_RATIO * max(packed, 1):
        raise _UnsafeError(f"{name} unfolds to more than {MAX_RATIO} times its size")


def _check_total(files: dict[str, bytes]) -> None:
    """What was really read decides, whatever the archive said of its sizes."""
    if max(map(len, files.values())) > MAX_FILE or sum(map(len, files.values())) > MAX_TOTAL:
        raise _UnsafeError(f"more than {MAX_TOTAL} bytes unfolded")
