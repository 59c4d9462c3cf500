"""What git knows of a corpus. The one module that runs git; what a state means is for others to say."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from sinorus_corpus.corpus import Corpus
from sinorus_corpus.records import SinorusError

UNCOMMITTED = "uncommitted"
_QUIET = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=20",
}  # never waits for a password


def git(root: Path, *args: str) -> bytes:
    """What git says in `root`.

    Raises:
        SinorusError: git is not there, or refuses; the message is git's first line.
    """
    try:
        done = subprocess.run(["git", "-C", str(root), *args], capture_output=True, check=True, env=os.environ | _QUIET)  # noqa: S603, S607  # arguments are ours; git is where the user has it
    except FileNotFoundError:
        raise SinorusError("git is not installed; expected git on the path, to compare with an earlier state") from None
    except subprocess.CalledProcessError as error:
        told = error.stderr.decode("utf-8", "replace").strip().splitlines()
        raise SinorusError(f"git {args[0]}: {told[0] if told else 'failed'}") from None
    return done.stdout


def git_line(root: Path, *args: str) -> str:
    """What git says in `root`, as one stripped text."""
    return git(root, *args).decode("utf-8", "replace").strip()


def changed_files(corpus: Corpus) -> list[str]:
    """Files that differ from the last commit: tracked ones anywhere, and new ones where a build would read them."""
    status = ("status", "--porcelain", "-z", "--no-renames")
    told = (corpus.citation, corpus.baselines, corpus.first_look)
    data = [corpus.relative(p) for p in (corpus.raw, corpus.annotations, corpus.schemas, corpus.sites, *told)]
    listed = git(corpus.root, *status, "--untracked-files=no")
    listed += git(corpus.root, *status, "--untracked-files=all", "--ignored", "--", *data)
    return sorted({entry[3:].decode("utf-8", "replace") for entry in listed.split(b"\0") if entry})


def commit_of(corpus: Corpus) -> str:
    """The commit that the corpus stands on, `uncommitted` where files differ from it, empty outside git."""
    try:
        git(corpus.root, "rev-parse", "--is-inside-work-tree")
    except SinorusError:
        return ""
    try:
        head = git_line(corpus.root, "rev-parse", "--verify", "HEAD")
    except SinorusError:
        return UNCOMMITTED
    return UNCOMMITTED if changed_files(corpus) else head
