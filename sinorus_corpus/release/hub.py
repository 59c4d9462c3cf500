"""The Hub: the only importer of huggingface_hub. What is published, and in which order, is for `publishing` to say.

Every refusal and every broken connection comes out of here as a `HubError` of one line that holds no token.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha1, sha256
from pathlib import Path
from typing import IO, Any, cast
from zlib import error as ZlibError  # noqa: N812  # its name says nothing

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, HfFileSystem, constants, get_session
from huggingface_hub.errors import (  # type: ignore[attr-defined]  # HTTPError: httpx's, imported there for use
    HfHubHTTPError,
    HTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.hf_api import RepoFile
from huggingface_hub.utils import disable_progress_bars  # type: ignore[attr-defined]  # its package imports it for use

from sinorus_corpus import __version__
from sinorus_corpus.characters import escape
from sinorus_corpus.records import SinorusError

REPO_PATTERN = r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*"
COMMIT_PATTERN = r"[0-9a-f]{40}"
TIMEOUT = 60.0

_TYPE = "dataset"
_BLOCK = 1 << 20


class HubError(SinorusError):
    """The Hub refused, or answered something that it should not."""


class HubUnreachableError(HubError):
    """The Hub does not answer, or only with failures of its own."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as the Hub lists it; `sha256` only where it is kept as an LFS object, else `blob` is the git id."""

    size: int
    blob: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Remote:
    """What the Hub says of a repository: the commit that `main` stands on, and the commit of each tag."""

    head: str
    private: bool
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file to publish with the hashes that it has now."""

    path: Path
    size: int
    blob: str
    sha256: str

    def is_in(self, remote: RemoteFile | None) -> bool:
        """Whether the Hub lists the same bytes."""
        if remote is None or remote.size != self.size:
            return False
        return remote.sha256 == self.sha256 if remote.sha256 else remote.blob == self.blob


def read_hashes(path: Path) -> LocalFile:
    """Hashes a file as git does (SHA-1 of `blob SIZE NUL` and the bytes) and as LFS does (SHA-256 of the bytes)."""
    size = path.stat().st_size
    blob, whole = sha1(b"blob %d\0" % size, usedforsecurity=False), sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            blob.update(block)
            whole.update(block)
    return LocalFile(path, size, blob.hexdigest(), whole.hexdigest())


def read_token() -> str:
    """The token that the environment holds in `HF_TOKEN`, or an empty string; no other place is looked at.

    Raises:
        HubError: what stands there can be no token; it is not shown.
    """
    token = os.environ.get("HF_TOKEN", "").strip()
    if not re.fullmatch(r"[!-~]*", token):
        raise HubError("HF_TOKEN holds characters that no token has (it is not shown); set it again")
    return token


class Hub:
    """One dataset repository on the Hub that `HF_ENDPOINT` names.

    Args:
        token: sent with each request; none is sent if it is empty, not even one that was stored earlier.
    """

    def __init__(self, repo: str, token: str = "") -> None:
        if not re.fullmatch(REPO_PATTERN, repo):
            raise HubError(f"found {repo!r}; expected a repository such as org/name")
        self.repo, self.token = repo, token
        self._api = HfApi(token=token or False, library_name="sinorus-corpus", library_version=__version__)
        # The client waits for ever unless told otherwise.
        get_session().timeout = float(os.environ.get("HF_HUB_DOWNLOAD_TIMEOUT") or TIMEOUT)
        disable_progress_bars()

    @property
    def endpoint(self) -> str:
        """The address of the Hub."""
        return str(constants.ENDPOINT)

    @contextmanager
    def _asking(self, what: str) -> Iterator[None]:
        try:
            yield
        except SinorusError:
            raise
        except (HTTPError, OSError, EOFError, ZlibError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise self._refusal(what, error) from None

    def _refusal(self, what: str, error: Exception) -> HubError:
        """The error in one line, without the token even where the Hub repeats it."""
        cause: BaseException = error
        while isinstance(cause, RuntimeError) and cause.__cause__:
            cause = cause.__cause__
        status = cause.response.status_code if isinstance(cause, HfHubHTTPError) else 0
        told = (cause.server_message if isinstance(cause, HfHubHTTPError) else "") or str(cause) or type(cause).__name__
        line = next((part.strip() for part in told.splitlines() if part.strip()), type(cause).__name__)
        line = escape(line.replace(self.token, "[token]") if self.token else line)[:200]
        unanswered = isinstance(cause, OfflineModeIsEnabled) or (isinstance(cause, HTTPError) and not status)
        kind = HubUnreachableError if unanswered or status >= 500 else HubError
        return kind(f"{what}: {_reason(cause, status, line, self.endpoint)}")

    def look(self) -> Remote | None:
        """The state of the repository, or `None` where there is none that the token may see."""
        with self._asking(f"looking at {self.repo}"):
            try:
                private = self._api.dataset_info(self.repo).private
                refs = self._api.list_repo_refs(self.repo, repo_type=_TYPE)
            except RepositoryNotFoundError:
                return None
            head = next((branch.target_commit for branch in refs.branches if branch.name == "main"), "")
            return Remote(head, bool(private), {tag.name: tag.target_commit for tag in refs.tags})

    def commit_of(self, revision: str) -> str:
        """The commit that a branch, a tag or a commit names, or an empty string where there is none."""
        with self._asking(f"looking for {revision} in {self.repo}"):
            try:
                return str(self._api.dataset_info(self.repo, revision=revision).sha)
            except RevisionNotFoundError:
                return ""

    def tree(self, revision: str) -> dict[str, RemoteFile]:
        """All files of a revision by path."""
        with self._asking(f"listing the files of {self.repo} at {revision[:12]}"):
            listed = self._api.list_repo_tree(self.repo, recursive=True, revision=revision, repo_type=_TYPE)
            files = [file for file in listed if isinstance(file, RepoFile)]
            return {f.path: RemoteFile(f.size, f.blob_id, f.lfs.sha256 if f.lfs else "") for f in files}

    def create(self, *, private: bool) -> None:
        """Makes the repository; one that is there already is left as it is."""
        with self._asking(f"making {self.repo}"):
            self._api.create_repo(self.repo, repo_type=_TYPE, private=private, exist_ok=True)

    def commit(self, adds: Mapping[str, LocalFile], deletes: Iterable[str], parent: str, message: str) -> str:
        """Sends all changes as one commit on `main`, which must still stand on `parent`; returns its id."""
        operations: list[Any] = [CommitOperationAdd(path, str(file.path)) for path, file in adds.items()]
        operations += [CommitOperationDelete(path) for path in deletes]
        with self._asking(f"committing to {self.repo}"):
            made = self._api.create_commit(
                self.repo, operations, commit_message=message, repo_type=_TYPE, parent_commit=parent or None
            )
            return str(made.oid)

    def tag(self, name: str, commit: str) -> None:
        """Puts a new tag on a commit; one that is there is left where it is, and `look` says where."""
        with self._asking(f"tagging {commit[:12]} as {name} in {self.repo}"):
            self._api.create_tag(self.repo, tag=name, revision=commit, repo_type=_TYPE, exist_ok=True)

    def download(self, commit: str) -> Path:
        """The folder in the local cache that holds all files of a commit; what is not there is fetched."""
        with self._asking(f"fetching {self.repo} at {commit[:12]}"):
            return Path(self._api.snapshot_download(self.repo, repo_type=_TYPE, revision=commit))

    @contextmanager
    def open(self, path: str, commit: str) -> Iterator[IO[bytes]]:
        """Opens a file of a commit for reading, piece by piece as it is asked for."""
        with self._asking(f"reading {path} in {self.repo} at {commit[:12]}"):
            files = HfFileSystem(token=self.token or False)
            with files.open(f"datasets/{self.repo}@{commit}/{path}", "rb") as file:
                yield cast("IO[bytes]", file)

    @cached_property
    def _cache(self) -> Path:
        return Path(constants.HF_HUB_CACHE) / f"datasets--{self.repo.replace('/', '--')}"

    def cached_snapshots(self) -> dict[str, Path]:
        """The folders of the local cache by commit, complete or not."""
        return {path.name: path for path in sorted((self._cache / "snapshots").glob("*")) if path.is_dir()}

    def cached_tables(self) -> list[tuple[str, str]]:
        """What `datasets` has prepared for loading: configs and the commits they were made from, each a pair."""
        home = Path(os.environ.get("HF_DATASETS_CACHE") or Path(constants.HF_HOME) / "datasets")
        folders = [f for f in home.glob("*___*") if _plain(f.name) == _plain(self.repo.replace("/", "___"))]
        prepared = [path for folder in folders for path in folder.glob("*/*/*/dataset_info.json")]
        return sorted({(path.parts[-4], path.parts[-2]) for path in prepared})


def _plain(name: str) -> str:
    """A name as far as `datasets` keeps it in the name of a folder: it writes `FooBar` as `foo_bar`."""
    return name.replace("_", "").casefold()


def _reason(cause: BaseException, status: int, line: str, endpoint: str) -> str:
    """What went wrong and how to mend it."""
    match status:
        case 401 | 403:
            return f"the Hub refuses ({status}: {line}); expected HF_TOKEN to hold a token that may do this"
        case 404:
            return "there is no such repository or revision, or the token may not see it"
        case 412:
            return "somebody else has committed since; nothing was changed. Run it again"
        case 0 if isinstance(cause, OfflineModeIsEnabled):
            return "HF_HUB_OFFLINE is set, so the Hub is not asked"
        case 0 if isinstance(cause, HTTPError):
            return f"no answer from {endpoint} ({type(cause).__name__}); run it again when it is reachable"
        case 0:
            return f"the Hub answered something else than expected ({line})"
    return f"the Hub answered {status} ({line})"
