"""Publishes a built dataset: one commit, the tag on it, the remote tree checked by hash. Nothing is printed here.

Each step looks first at what is there, so that a publication which broke off anywhere is finished by running it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sinorus_corpus.characters import escape
from sinorus_corpus.provenance import PROVENANCE
from sinorus_corpus.records import Issue, SinorusError
from sinorus_corpus.release.gate import check_dist
from sinorus_corpus.release.holding import Provenance, compare_files, list_files, read_provenance
from sinorus_corpus.release.hub import Hub, HubError, LocalFile, Remote, RemoteFile, read_hashes, read_token
from sinorus_corpus.tables import WITHOUT_TEXT

# What a folder must pass before the Hub is asked anything.
CHECKS: tuple[Callable[[Path], Iterable[Issue]], ...] = (check_dist,)
# Made by the Hub with the repository; it says which files are LFS objects, and stays.
_KEPT = {".gitattributes"}
_SHOWN = 5


@dataclass(frozen=True)
class Plan:
    """What a publication will do.

    Attributes:
        remote: the repository as it is, `None` where it has to be made.
        private: what it will be, or is.
        files: every file of the dataset by path.
        tagged: the commit that has the tag already, with the same content; then nothing is to be done.
        adds, deletes: paths that the commit will change or remove; without any, `main` holds the content already.
    """

    folder: Path
    provenance: Provenance
    remote: Remote | None
    private: bool
    files: Mapping[str, LocalFile]
    tagged: str = ""
    adds: list[str] = field(default_factory=list)
    deletes: list[str] = field(default_factory=list)

    @property
    def tag(self) -> str:
        """The tag of the version."""
        return f"v{self.provenance.version}"


def require_token() -> str:
    """The token to publish with.

    Raises:
        SinorusError: the environment holds none.
    """
    if token := read_token():
        return token
    raise SinorusError("HF_TOKEN is not set; expected a token of the Hub there that may write to the repository")


def plan_publication(folder: Path, hub: Hub, *, public: bool = False) -> Plan:
    """Looks at the folder and at the Hub, and says what `publish` would do. Nothing is changed.

    Args:
        public: who may see a repository that has to be made; one that is there keeps its visibility.

    Raises:
        SinorusError: the folder may not be published, or its version is published already with other content.
    """
    provenance = _require_publishable(folder)
    files = {name: read_hashes(path) for name, path in list_files(folder).items()}
    remote = hub.look()
    if remote is None:
        return Plan(folder, provenance, None, not public, files, adds=list(files))
    plan = Plan(folder, provenance, remote, remote.private, files)
    if commit := remote.tags.get(plan.tag):
        _require_same(hub, plan, commit, remote.head)
        return Plan(folder, provenance, remote, remote.private, files, commit)
    there = hub.tree(remote.head) if remote.head else {}
    adds = [name for name, file in files.items() if not file.is_in(there.get(name))]
    deletes = sorted({*there} - {*files} - _KEPT)
    if deletes and PROVENANCE not in there:
        raise SinorusError(
            f"{hub.repo} holds {len(deletes)} files that no sinorus publish put there, and would lose them; "
            f"expected a new repository, or one that it made before\n{_list(deletes)}"
        )
    return Plan(folder, provenance, remote, remote.private, files, "", adds, deletes)


def _require_publishable(folder: Path) -> Provenance:
    """Refuses a folder that is not what its provenance says, or that holds text which may not be passed on."""
    provenance = read_provenance(folder)
    if provenance.commit == "uncommitted":
        raise SinorusError(f"{folder} was built from uncommitted files; commit them and build again")
    if differences := [str(difference) for difference in compare_files(folder, provenance)]:
        raise SinorusError(f"{folder} is not what its {PROVENANCE} says; build it again\n{_list(differences)}")
    bare = tuple(f"data/{config}/" for config in WITHOUT_TEXT)
    withheld = [name for name in provenance.files if "/transfer-" in name and not name.startswith(bare)]
    if withheld or (folder / ".gitignore").exists():
        raise SinorusError(f"{folder} is a private build: it holds text that may not be passed on; run sinorus build")
    issues = [issue for check in CHECKS for issue in check(folder)]
    if issues:
        told = [escape(f"{i.path}: {i.code}: found {i.found}; expected {i.expected}") for i in issues]
        raise SinorusError(f"{folder} does not pass the gate ({len(issues)} findings)\n{_list(told)}")
    return provenance


def _require_same(hub: Hub, plan: Plan, commit: str, head: str) -> None:
    if different := _differences(plan.files, hub.tree(commit)):
        raise SinorusError(
            f"{plan.tag} is on commit {commit} of {hub.repo}, with other content than {plan.folder}, built from "
            f"{plan.provenance.commit or 'no commit'} (main stands on {head}). A tag is never moved: raise the version\n"
            + _list(different)
        )


def publish(hub: Hub, plan: Plan) -> str:
    """Does what the plan says; returns the commit that has the tag.

    Raises:
        HubError: a step failed. What was done until then stays, and running it all again goes on from there.
    """
    if plan.tagged:
        return plan.tagged
    remote = plan.remote
    if remote is None:
        hub.create(private=plan.private)
        remote = hub.look()
        if remote is None:
            raise HubError(f"{hub.repo} was made, but the Hub does not show it; run it again")
        return publish(hub, plan_publication(plan.folder, hub))
    commit = remote.head
    if plan.adds or plan.deletes:
        adds = {name: plan.files[name] for name in plan.adds}
        commit = hub.commit(adds, plan.deletes, remote.head, f"Version {plan.provenance.version}")
    # Before the tag, since a tag on wrong content could never be moved; and after it, since readers ask by the tag.
    _require_arrived(hub, plan, commit, "nothing was tagged")
    hub.tag(plan.tag, commit)
    _require_tag(hub, plan, commit)
    _require_arrived(hub, plan, plan.tag, f"{plan.tag} stands on it")
    return commit


def _require_arrived(hub: Hub, plan: Plan, revision: str, state: str) -> None:
    if different := _differences(plan.files, hub.tree(revision)):
        raise HubError(f"{hub.repo} at {revision} is not what was sent; {state}\n{_list(different)}")


def _require_tag(hub: Hub, plan: Plan, commit: str) -> None:
    remote = hub.look()
    found = remote.tags.get(plan.tag, "no commit") if remote else "no commit"
    if found != commit:
        raise HubError(f"{plan.tag} of {hub.repo} is on {found}; expected {commit}")


def _differences(files: Mapping[str, LocalFile], there: Mapping[str, RemoteFile]) -> list[str]:
    """Each file that the Hub lists otherwise, with both hashes."""
    found = [f"extra    {name}" for name in sorted({*there} - {*files} - _KEPT)]
    for name, file in files.items():
        remote = there.get(name)
        if remote is None:
            found.append(f"missing  {name}")
        elif not file.is_in(remote):
            kind, lists, is_here = (
                ("sha256", remote.sha256, file.sha256) if remote.sha256 else ("git", remote.blob, file.blob)
            )
            found.append(f"changed  {name}  the Hub lists {kind} {lists[:16]}…, expected {is_here[:16]}…")
    return found


def _list(lines: Iterable[str]) -> str:
    told = list(lines)
    more = [f"  and {len(told) - _SHOWN} more"] if len(told) > _SHOWN else []
    return "\n".join([*(f"  {line}" for line in told[:_SHOWN]), *more])


def plan_lines(hub: Hub, plan: Plan) -> list[str]:
    """What a publication will do, for somebody to agree to."""
    total = sum(file.size for file in plan.files.values())
    seen = "private" if plan.private else "public"
    made = "is there" if plan.remote else "will be made"
    lines = [
        f"repository   {hub.repo} at {hub.endpoint} ({seen}, {made})",
        f"dataset      {plan.folder}: {len(plan.files)} files, {total:,} bytes",
        f"built from   {plan.provenance.commit or 'no commit: it was built outside git'}",
    ]
    if plan.tagged:
        return [*lines, f"tag          {plan.tag} is on {plan.tagged}, whose files are these: nothing to do"]
    change = f"{len(plan.adds)} files added or changed, {len(plan.deletes)} removed"
    if plan.adds or plan.deletes:
        lines += [f"commit       {change}", *(f"             removes {name}" for name in plan.deletes)]
    else:
        lines += [f"commit       none: main ({plan.remote.head if plan.remote else ''}) holds these files already"]
    return [*lines, f"tag          {plan.tag}, new; it can never be moved"]
