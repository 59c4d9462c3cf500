"""Checks what a user holds of the dataset: a folder, or a version on the Hub and its copy in the local cache.

With the Hub out of reach the client silently takes any cached version for the one that was asked for; this never does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sinorus_corpus.provenance import PROVENANCE
from sinorus_corpus.records import SinorusError
from sinorus_corpus.release.holding import (
    Difference,
    Provenance,
    compare_files,
    list_files,
    read_provenance,
)
from sinorus_corpus.release.hub import COMMIT_PATTERN, REPO_PATTERN, Hub, HubUnreachableError, RemoteFile, read_hashes
from sinorus_corpus.schema import nearest


@dataclass(frozen=True)
class Verified:
    """What was checked, the lines that tell of it, and the differences; all is well where there are none."""

    lines: list[str]
    differences: list[Difference]


def verify(target: str, token: str = "") -> Verified:
    """Checks a folder, or `ORG/NAME@VERSION` on the Hub.

    Args:
        target: a folder or a repository, each with `@VERSION` or `@COMMIT` where one is expected.

    Raises:
        SinorusError: there is nothing that could be checked; the message says what is there instead.
    """
    place, _, wanted = target.rpartition("@") if "@" in target and not Path(target).exists() else (target, "", "")
    if place and Path(place).is_dir():
        return verify_folder(Path(place), wanted)
    if not re.fullmatch(REPO_PATTERN, place):
        raise SinorusError(f"there is no folder {place!r}, and it is no repository such as org/name@1.0.0")
    hub = Hub(place, token)
    try:
        return _verify_online(hub, wanted)
    except HubUnreachableError as error:
        return _verify_cache(hub, wanted, str(error))


def verify_folder(folder: Path, wanted: str = "") -> Verified:
    """Checks every file of a folder against its provenance, and its version where one is expected."""
    provenance = read_provenance(folder)
    found = [*_version_differences(provenance, wanted), *compare_files(folder, provenance)]
    return Verified([_told(f"{folder}: ", provenance, len(found))], found)


def _told(place: str, provenance: Provenance, differences: int) -> str:
    state = "not as" if differences else "as"
    built = f", built from {provenance.commit}" if provenance.commit else ""
    return (
        f"{place}version {provenance.version}{built}: {len(provenance.files)} files {state} {PROVENANCE} says "
        f"(its own sha256 {provenance.sha256})"
    )


def _version_differences(provenance: Provenance, wanted: str) -> Iterator[Difference]:
    if wanted and wanted.removeprefix("v") != provenance.version:
        yield Difference(
            PROVENANCE, "changed", f"found version {provenance.version}, expected {wanted.removeprefix('v')}"
        )


def _verify_online(hub: Hub, wanted: str) -> Verified:
    remote = hub.look()
    if remote is None:
        raise SinorusError(
            f"there is no dataset {hub.repo} at {hub.endpoint}, or HF_TOKEN holds no token that may see it"
        )
    by_commit = re.fullmatch(COMMIT_PATTERN, wanted)
    commit = remote.head if not wanted else wanted if by_commit else _tagged(hub, remote.tags, wanted)
    listed = hub.tree(commit)
    if PROVENANCE not in listed:
        raise SinorusError(f"{hub.repo} at {commit} has no {PROVENANCE}; expected a version that sinorus publish made")
    folder = hub.download(commit)
    provenance = read_provenance(folder)
    found = [*_version_differences(provenance, "" if by_commit else wanted), *compare_files(folder, provenance)]
    known = {difference.path for difference in found}
    found += [d for d in _listed_differences(folder, listed) if d.path not in known]
    lines = [f"{hub.repo} at {wanted or 'main'} is commit {commit}", _told("", provenance, len(found))]
    if found:
        cache = folder.parent.parent  # the snapshot only links into it
        lines.append(f"either the cached copy is damaged or the Hub is: remove {cache} and run it again to see which")
    return Verified(lines, found)


def _tagged(hub: Hub, tags: Mapping[str, str], wanted: str) -> str:
    name = f"v{wanted.removeprefix('v')}"
    if name in tags:
        return tags[name]
    meant = nearest(name, tags)
    there = f"there are {', '.join(sorted(tags))}" if tags else "there is no version at all"
    raise SinorusError(f"{hub.repo} has no version {wanted}{f'; did you mean {meant}?' if meant else ''}; {there}")


def _listed_differences(folder: Path, listed: dict[str, RemoteFile]) -> Iterator[Difference]:
    """Files that are not those which the Hub lists, `provenance.json` among them."""
    for name, path in list_files(folder).items():
        if not read_hashes(path).is_in(listed.get(name)):
            yield Difference(name, "changed", "not the bytes that the Hub lists")


def _verify_cache(hub: Hub, wanted: str, why: str) -> Verified:
    """Says what the local cache holds, and checks the version that was asked for if it is among it."""
    told, matching = [], {}
    for commit, folder in hub.cached_snapshots().items():
        provenance = _provenance_or_none(folder)
        told.append(f"  commit {commit}: {provenance.version if provenance else f'version unknown, no {PROVENANCE}'}")
        if provenance and wanted and wanted.removeprefix("v") in (provenance.version, commit):
            matching[commit] = folder
    told += [f"  prepared for load_dataset: {config} of commit {commit}" for config, commit in hub.cached_tables()]
    held = "\n".join(["the local cache holds:", *told]) if told else "the local cache holds nothing of it"
    if len(matching) != 1:
        asked = f"version {wanted}" if wanted else "which version main has"
        raise SinorusError(
            f"{why}\n{held}\nso {asked} cannot be checked. load_dataset would take what is cached without a word, "
            "whatever revision it is asked for"
        )
    ((commit, folder),) = matching.items()
    checked = verify_folder(folder, "" if wanted == commit else wanted)
    notes = [why, held, f"commit {commit}, not compared with the Hub:"]
    return Verified([*notes, *checked.lines], checked.differences)


def _provenance_or_none(folder: Path) -> Provenance | None:
    try:
        return read_provenance(folder)
    except SinorusError:
        return None
