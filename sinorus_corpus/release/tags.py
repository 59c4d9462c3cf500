"""The tags of released versions: which is the last, and whether any was moved from the commit it was made on.

A tag that the tool makes records its commit in its message; the changelog entry of the next version records it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sinorus_corpus.corpus import Corpus
from sinorus_corpus.history import git, git_line
from sinorus_corpus.records import SinorusError
from sinorus_corpus.release.versions import parse_version

_RECORD = re.compile(r"^commit ([0-9a-f]{40,64})$", re.M)
_SINCE = re.compile(r"^Since (v[0-9][0-9.]*), commit ([0-9a-f]{40,64})\.", re.M)


class Tag(NamedTuple):
    """A tag, the commit it stands on, and the commit that its message records, if any."""

    name: str
    commit: str
    recorded: str

    @property
    def version(self) -> str:
        """The version it names."""
        return self.name.removeprefix("v")


def read_tags(corpus: Corpus, *, merged: bool = False) -> list[Tag]:
    """The version tags, the oldest version first.

    Args:
        merged: only those that the current commit stands on.
    """
    only = ["--merged", "HEAD"] if merged else []
    names = git_line(corpus.root, "tag", "--list", "v[0-9]*", *only).split()
    found = [_tag(corpus, name) for name in names if _is_version(name)]
    return sorted(found, key=lambda tag: parse_version(tag.version))


def _is_version(name: str) -> bool:
    try:
        return bool(parse_version(name.removeprefix("v")))
    except SinorusError:
        return False


def _tag(corpus: Corpus, name: str) -> Tag:
    reference = f"refs/tags/{name}"
    commit = git_line(corpus.root, "rev-parse", f"{reference}^{{commit}}")
    message = git_line(corpus.root, "for-each-ref", "--format=%(contents)", reference)
    annotated = git_line(corpus.root, "cat-file", "-t", reference) == "tag"
    recorded = _RECORD.search(message) if annotated else None
    return Tag(name, commit, recorded.group(1) if recorded else "")


def make_tag(corpus: Corpus, version: str) -> None:
    """Tags the current commit, which the message records."""
    head = git_line(corpus.root, "rev-parse", "HEAD")
    git(
        corpus.root, "tag", "--annotate", f"v{version}", "--message", f"sinorus_corpus {version}\n\ncommit {head}", head
    )


def moved_tags(tags: list[Tag], changelog: str, remote: dict[str, str]) -> Iterator[str]:
    """What is wrong with tags: those that stand elsewhere than their message, the changelog or the remote says."""
    commits = {tag.name: tag.commit for tag in tags}
    for tag in tags:
        if not tag.recorded:
            yield f"tag {tag.name} records no commit; expected one that sinorus release made, since it shows whether it was moved"
        elif tag.recorded != tag.commit:
            yield f"tag {tag.name} was moved: it stands on {tag.commit[:12]}, and was made on {tag.recorded[:12]}"
    for name, commit in _SINCE.findall(changelog):
        if name not in commits:
            yield f"tag {name}, which the changelog names, is not here; git fetch --tags brings it"
        elif commits[name] != commit:
            yield f"tag {name} was moved: it stands on {commits[name][:12]}, and the changelog says {commit[:12]}"
    for name, commit in remote.items():
        if name in commits and commits[name] != commit:
            yield f"tag {name} stands on {commits[name][:12]} here and on {commit[:12]} at origin"


def remote_tags(corpus: Corpus) -> dict[str, str] | None:
    """The commit of each version tag at `origin`; nothing where there is no such remote, `None` where it cannot be reached."""
    if "origin" not in git_line(corpus.root, "remote").split():
        return {}
    try:
        listed = git_line(corpus.root, "ls-remote", "--tags", "origin", "v[0-9]*")
    except SinorusError:
        return None
    pairs = [line.split("\t") for line in listed.splitlines()]
    # An annotated tag is listed twice: as itself, and with ^{} for the commit it stands on, which comes second.
    return {name.removeprefix("refs/tags/").removesuffix("^{}"): commit for commit, name in pairs}
