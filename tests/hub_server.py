"""A Hub on loopback for tests: the real protocol, in memory, with faults on demand.

It keeps repositories with commits, branches and tags, and LFS objects, and answers as the real one does wherever the
clients look: `huggingface_hub`, `datasets`, `hf://` through fsspec, polars and duckdb, and the `hf` command.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

TOKEN = "hf_loopbackTokenOfTheTests"
_DATE = "2026-01-02T03:04:05.000Z"
_START = {".gitattributes": b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"}


def git_sha1(data: bytes) -> str:
    """The id that git gives to a blob."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


@dataclass
class Commit:
    """A state of a repository: all its files, whether they are LFS, and what they were committed as."""

    oid: str
    title: str
    files: dict[str, bytes]
    parent: str = ""


@dataclass
class Repo:
    """A repository: commits in order, branches and tags by name."""

    private: bool
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def commit(self, title: str, files: dict[str, bytes], branch: str = "main") -> str:
        """Adds a commit with exactly these files to a branch; returns its oid."""
        parent = self.branches.get(branch, "")
        told = json.dumps([title, parent, len(self.commits), sorted((p, git_sha1(d)) for p, d in files.items())])
        oid = hashlib.sha1(told.encode()).hexdigest()
        self.commits[oid] = Commit(oid, title, dict(files), parent)
        self.branches[branch] = oid
        return oid

    def find(self, revision: str) -> Commit | None:
        """The commit that a branch, a tag or an oid names."""
        name = revision.removeprefix("refs/heads/").removeprefix("refs/tags/")
        return self.commits.get(self.branches.get(name) or self.tags.get(name) or name)


@dataclass
class Fault:
    """What goes wrong with the next `times` requests that match: a status, silence, or a lost answer.

    Attributes:
        status: answer this instead of doing what was asked; 0 to do it.
        seconds: wait so long before anything else.
        drop: `before` or `after` it is done, close the connection without an answer.
        message: the body of the answer.
    """

    match: re.Pattern[str]
    status: int = 0
    seconds: float = 0
    drop: str = ""
    times: int = 1
    message: str = "the fault that the test asked for"


class Hub:
    """The state behind the server, which tests look into and change."""

    def __init__(self) -> None:
        self.endpoint = ""
        self.lock = threading.RLock()
        self.reset()

    def reset(self) -> None:
        """Forgets everything."""
        self.repos: dict[str, Repo] = {}
        self.objects: dict[str, bytes] = {}
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.faults: list[Fault] = []
        self.events: list[tuple[re.Pattern[str], Callable[[], object]]] = []
        self.asked: list[str] = []
        self.at_work = 0
        self.false_hashes: set[str] = set()
        self.false_bytes: dict[str, bytes] = {}
        self.page_size = 1000

    def fail(self, match: str, **what: Any) -> None:
        """Asks for a fault on requests whose `METHOD /path` matches."""
        self.faults.append(Fault(re.compile(match), **what))

    def on(self, match: str, happens: Callable[[], object]) -> None:
        """Lets something happen once, just before the next request that matches is answered."""
        self.events.append((re.compile(match), happens))

    def create(self, name: str, *, private: bool = False) -> Repo:
        """Makes a repository with the first commit that the real Hub makes."""
        self.repos[name] = Repo(private)
        self.repos[name].commit("initial commit", _START)
        return self.repos[name]

    def entry(self, path: str, data: bytes, commit: Commit | None = None) -> dict[str, Any]:
        """A file as `tree` and `paths-info` show it, with the commit where it was asked for."""
        found: dict[str, Any] = {"type": "file", "path": path, "size": len(data), "oid": git_sha1(data)}
        if commit:
            found["lastCommit"] = {"id": commit.oid, "title": commit.title, "date": _DATE}
        if is_lfs(path, data):
            sha = hashlib.sha256(data).hexdigest()
            pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha}\nsize {len(data)}\n".encode()
            found["oid"] = git_sha1(pointer)
            found["lfs"] = {"oid": sha, "size": len(data), "pointerSize": len(pointer)}
        if path in self.false_hashes:
            found["oid"] = "0" * 40
            if "lfs" in found:
                found["lfs"]["oid"] = "0" * 64
        return found


def is_lfs(path: str, data: bytes) -> bool:
    """Whether a file is kept as an LFS object."""
    return path.endswith(".parquet") or len(data) > 10 << 20


def _is_true(told: dict[str, list[str]], name: str) -> bool:
    return told.get(name, [""])[0].lower() in ("true", "1")


class _RefusedError(Exception):
    def __init__(self, status: int, code: str, body: dict[str, Any] | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.body = status, code, body or {"error": code}


class _DroppedError(Exception):
    pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, *_: Any) -> None:
        """Says nothing."""

    def do_any(self) -> None:
        self.hub.at_work += 1
        try:
            self._do()
        finally:
            self.hub.at_work -= 1

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        asked = f"{self.command} {unquote(url.path)}"
        self.hub.asked.append(asked)
        fault = self._fault(asked)
        for event in [event for event in self.hub.events if event[0].search(asked)]:
            self.hub.events.remove(event)
            event[1]()
        try:
            if fault:
                time.sleep(fault.seconds)
                if fault.drop == "before":
                    raise _DroppedError
                if fault.status:
                    raise _RefusedError(fault.status, fault.message)
            with self.hub.lock:
                self._answer(url.path, parse_qs(url.query), body, "after" if fault and fault.drop == "after" else "")
        except _RefusedError as refused:
            self._send(refused.status, refused.body, {"X-Error-Code": refused.code, "X-Error-Message": refused.code})
        except _DroppedError:
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_any  # noqa: N815  # the names that http.server calls

    def _fault(self, asked: str) -> Fault | None:
        for fault in self.hub.faults:
            if fault.times > 0 and fault.match.search(asked):
                fault.times -= 1
                return fault
        return None

    def _send(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        told = {"Content-Type": "application/json", "Content-Length": str(len(data))} | (headers or {})
        for name, value in told.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _answer(self, path: str, query: dict[str, list[str]], body: bytes, drop: str) -> None:
        for pattern, method, needs_token in _ROUTES:
            verb, _, shape = pattern.partition(" ")
            found = re.fullmatch(shape, path)
            if found and self.command in verb.split("|"):
                if needs_token and not self._knows_token():
                    raise _RefusedError(401, "Unauthorized")
                told = {key: unquote(value) for key, value in found.groupdict("").items()}
                status, answer, headers = getattr(self, method)(told, query, body)
                if drop:
                    raise _DroppedError
                self._send(status, answer, headers)
                return
        raise _RefusedError(404, "NotFound")

    def _knows_token(self) -> bool:
        told = self.headers.get("Authorization", "")
        if told not in ("", f"Bearer {TOKEN}"):
            raise _RefusedError(401, "Invalid credentials in Authorization header")
        return bool(told)

    def _repo(self, told: dict[str, str]) -> Repo:
        repo = self.hub.repos.get(told["repo"])
        if repo is None or (repo.private and not self._knows_token()):
            raise _RefusedError(404 if self._knows_token() else 401, "RepoNotFound")
        return repo

    def _commit(self, told: dict[str, str]) -> Commit:
        commit = self._repo(told).find(told.get("rev") or "main")
        if commit is None:
            raise _RefusedError(404, "RevisionNotFound")
        return commit

    def create(self, told: dict[str, str], query: Any, body: bytes) -> Any:
        asked = json.loads(body)
        name = f"{asked['organization'] or 'someone'}/{asked['name']}"
        answer = {"url": f"{self.hub.endpoint}/datasets/{name}"}
        if name in self.hub.repos:
            return 409, answer | {"error": "You already created this dataset repo"}, {}
        self.hub.create(name, private=asked.get("visibility") == "private" or bool(asked.get("private")))
        return 200, answer, {}

    def whoami(self, told: dict[str, str], query: Any, body: bytes) -> Any:
        return 200, {"type": "user", "name": "someone", "orgs": []}, {}

    def validate_yaml(self, told: dict[str, str], query: Any, body: bytes) -> Any:
        return 200, {"errors": [], "warnings": []}, {}

    def preupload(self, told: dict[str, str], query: Any, body: bytes) -> Any:
        there = self._commit(told).files
        files = []
        for file in json.loads(body)["files"]:
            lfs = is_lfs(file["path"], b"") or file["size"] > 10 << 20
            entry = self.hub.entry(file["path"], there[file["path"]]) if file["path"] in there else {}
            oid = entry.get("lfs", entry).get("oid")
            mode = "lfs" if lfs else "regular"
            files.append({"path": file["path"], "uploadMode": mode, "shouldIgnore": False, "oid": oid})
        return 200, {"files": files}, {}

    def lfs_batch(self, told: dict[str, str], query: Any, body: bytes) -> Any:
        objects: list[dict[str, Any]] = []
        for wanted in json.loads(body)["objects"]:
            found = {"oid": wanted["oid"], "size": wanted["size"]}
            if wanted["oid"] not in self.hub.objects:
                href = f"{self.hub.endpoint}/lfs/{wanted['oid']}"
                found["actions"] = {"upload": {"href": href}, "verify": {"href": f"{href}/verify"}}
            objects.append(found)
        return 200, {"transfer": "basic", "objects": objects}, {"Content-Type": "application/vnd.git-lfs+json"}

    def lfs_put(self, told: dict[str, str], query: Any, body: bytes) -> Any:
        if hashlib.sha256(body).hexdigest() != told["oid"]:
            raise _RefusedError(400, "the bytes are not those of the oid")
        self.hub.objects[told["oid"]] = body
        return 200, b"", {}

    def lfs_verify(self, told: dict[str, str], query: Any, body: bytes) -> Any:
        there = self.hub.objects.get(told["oid"])
        if there is None or len(there) != json.loads(body)["size"]:
            raise _RefusedError(404, "EntryNotFound")
        return 200, {}, {}

    def commit(self, told: dict[str, str], query: Any, body: bytes) -> Any:
        repo, head = self._repo(told), self._commit(told)
        lines = [json.loads(line) for line in body.splitlines()]
        header = lines[0]["value"]
        if header.get("parentCommit") not in (None, head.oid):
            raise _RefusedError(412, "A commit has happened since. Please refresh and try again.")
        files = dict(head.files)
        for line in lines[1:]:
            value = line["value"]
            match line["key"]:
                case "file":
                    files[value["path"]] = base64.b64decode(value["content"])
                case "lfsFile":
                    if value["oid"] not in self.hub.objects:
                        raise _RefusedError(422, "an LFS object was never uploaded")
                    files[value["path"]] = self.hub.objects[value["oid"]]
                case "deletedFile":
                    del files[value["path"]]
                case "deletedFolder":
                    files = {p: d for p, d in files.items() if not p.startswith(value["path"].rstrip("/") + "/")}
        oid = repo.commit(header["summary"], files, told["rev"])
        return 200, {"commitOid": oid, "commitUrl": f"{self.hub.endpoint}/datasets/{told['repo']}/commit/{oid}"}, {}

    def tag(self, told: dict[str, str], query: Any, body: bytes) -> Any:
        repo = self._repo(told)
        if self.command == "DELETE":
            if repo.tags.pop(told["rev"], None) is None:
                raise _RefusedError(404, "RevisionNotFound")
            return 200, {}, {}
        name = json.loads(body)["tag"]
        if name in repo.tags:
            raise _RefusedError(409, "Tag already exists")
        repo.tags[name] = self._commit(told).oid
        return 200, {}, {}

    def branch(self, told: dict[str, str], query: Any, body: bytes) -> Any:
        repo = self._repo(told)
        if self.command == "DELETE":
            if repo.branches.pop(told["rev"], None) is None:
                raise _RefusedError(404, "RevisionNotFound")
            return 200, {}, {}
        if told["rev"] in repo.branches:
            raise _RefusedError(409, "Branch already exists")
        start = json.loads(body or b"{}").get("startingPoint") or "main"
        repo.branches[told["rev"]] = self._commit(told | {"rev": start}).oid
        return 200, {}, {}

    def refs(self, told: dict[str, str], query: Any, body: bytes) -> Any:
        repo = self._repo(told)
        branches = [{"name": n, "ref": f"refs/heads/{n}", "targetCommit": o} for n, o in repo.branches.items()]
        tags = [{"name": n, "ref": f"refs/tags/{n}", "targetCommit": o} for n, o in repo.tags.items()]
        return 200, {"branches": branches, "tags": tags, "converts": [], "pullRequests": []}, {}

    def info(self, told: dict[str, str], query: Any, body: bytes) -> Any:
        commit = self._commit(told)
        found: dict[str, Any] = {
            "_id": "0" * 24,
            "id": told["repo"],
            "author": told["repo"].split("/")[0],
            "sha": commit.oid,
        }
        found |= {"lastModified": _DATE, "createdAt": _DATE, "private": self._repo(told).private, "gated": False}
        found |= {"disabled": False, "downloads": 0, "likes": 0, "tags": [], "cardData": {}}
        return 200, found | {"siblings": [{"rfilename": path} for path in sorted(commit.files)]}, {}

    def tree(self, told: dict[str, str], query: dict[str, list[str]], body: bytes) -> Any:
        commit, folder = self._commit(told), told["path"].strip("/")
        entries = list(
            self._entries(commit, folder, recursive=_is_true(query, "recursive"), expand=_is_true(query, "expand"))
        )
        if folder and not entries:
            raise _RefusedError(404, "EntryNotFound")
        start = int(query.get("cursor", ["0"])[0])
        end = start + self.hub.page_size
        link = {}
        if end < len(entries):
            here = urlsplit(self.path)
            kept = "&".join(f"{k}={quote(v[0])}" for k, v in query.items() if k != "cursor")
            link = {"Link": f'<{self.hub.endpoint}{here.path}?{kept}&cursor={end}>; rel="next"'}
        return 200, entries[start:end], link

    def _entries(self, commit: Commit, folder: str, *, recursive: bool, expand: bool) -> Iterator[dict[str, Any]]:
        prefix, seen = f"{folder}/" if folder else "", set()
        for path, data in sorted(commit.files.items()):
            if not path.startswith(prefix):
                continue
            parts = path.removeprefix(prefix).split("/")
            for depth in range(1, len(parts) if recursive else min(2, len(parts))):
                above = prefix + "/".join(parts[:depth])
                if above not in seen:
                    seen.add(above)
                    yield {"type": "directory", "path": above, "size": 0, "oid": git_sha1(above.encode())}
            if recursive or len(parts) == 1:
                yield self.hub.entry(path, data, commit if expand else None)

    def paths_info(self, told: dict[str, str], query: Any, body: bytes) -> Any:
        commit, found, form = self._commit(told), [], parse_qs(body.decode())
        for path in form.get("paths", []):
            if path in commit.files:
                found.append(self.hub.entry(path, commit.files[path], commit if _is_true(form, "expand") else None))
            elif any(p.startswith(f"{path}/") for p in commit.files):
                found.append({"type": "directory", "path": path, "size": 0, "oid": git_sha1(path.encode())})
        return 200, found, {}

    def commits(self, told: dict[str, str], query: Any, body: bytes) -> Any:
        repo, commit, found = self._repo(told), self._commit(told), []
        while True:
            found.append({"id": commit.oid, "title": commit.title, "message": "", "date": _DATE, "authors": []})
            if not commit.parent:
                return 200, found, {}
            commit = repo.commits[commit.parent]

    def resolve(self, told: dict[str, str], query: Any, body: bytes) -> Any:
        commit = self._commit(told)
        path = told["path"]
        if path not in commit.files:
            raise _RefusedError(404, "EntryNotFound")
        data = self.hub.false_bytes.get(path, commit.files[path])
        entry = self.hub.entry(path, commit.files[path])
        etag = entry.get("lfs", entry)["oid"]
        headers = {"X-Repo-Commit": commit.oid, "ETag": f'"{etag}"', "Accept-Ranges": "bytes"}
        headers |= {"Content-Type": "application/octet-stream"}
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if not asked:
            return 200, data, headers
        if asked[1]:
            start, end = int(asked[1]), min(int(asked[2] or len(data)), len(data) - 1)
        else:
            start, end = max(0, len(data) - int(asked[2])), len(data) - 1
        if start >= len(data):
            return 416, b"", headers | {"Content-Range": f"bytes */{len(data)}"}
        return 206, data[start : end + 1], headers | {"Content-Range": f"bytes {start}-{end}/{len(data)}"}

    def page(self, told: dict[str, str], query: Any, body: bytes) -> Any:
        """A page of the web that is no part of the Hub, for articles that are taken from one."""
        if told["path"] not in self.hub.pages:
            raise _RefusedError(404, "no such page")
        kind, data = self.hub.pages[told["path"]]
        if kind == "redirect":
            return 302, b"", {"Location": data.decode()}
        return 200, data, {"Content-Type": kind}


_API = r"/api/datasets/(?P<repo>[^/]+/[^/]+)"
_REV = r"/(?P<rev>[^/]+)"
_ROUTES = [
    ("POST /api/repos/create", "create", True),
    ("GET /api/whoami-v2", "whoami", True),
    ("POST /api/validate-yaml", "validate_yaml", False),
    (rf"POST {_API}/preupload{_REV}", "preupload", True),
    (r"POST /datasets/(?P<repo>[^/]+/[^/]+)\.git/info/lfs/objects/batch", "lfs_batch", True),
    (r"PUT /lfs/(?P<oid>[0-9a-f]{64})", "lfs_put", False),
    (r"POST /lfs/(?P<oid>[0-9a-f]{64})/verify", "lfs_verify", True),
    (rf"POST {_API}/commit{_REV}", "commit", True),
    (rf"POST|DELETE {_API}/tag{_REV}", "tag", True),
    (rf"POST|DELETE {_API}/branch{_REV}", "branch", True),
    (rf"GET {_API}/refs", "refs", False),
    (rf"GET {_API}/tree{_REV}(?P<path>/.*)?", "tree", False),
    (rf"GET {_API}/commits{_REV}", "commits", False),
    (rf"POST {_API}/paths-info{_REV}", "paths_info", False),
    (rf"GET {_API}(?:/revision{_REV})?", "info", False),
    (rf"GET|HEAD /datasets/(?P<repo>[^/]+/[^/]+)/resolve{_REV}/(?P<path>.+)", "resolve", False),
    (r"GET /web/(?P<path>.+)", "page", False),
]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing of a client that went away before it had its answer, as tests want it to."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def running_hub() -> Iterator[Hub]:
    """A Hub that answers at `hub.endpoint` until the block ends."""
    hub = Hub()
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = _Server(("127.0.0.1", 0), handler)
    hub.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
