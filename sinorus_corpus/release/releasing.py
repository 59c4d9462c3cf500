"""A release: what stands against it, which version it must be, and the steps to a tagged, rebuilt dataset.

Each step looks whether it is done already, so a release that broke off goes on where it stopped. Nothing is printed here.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sinorus_corpus.build import Built, InvalidCorpusError, write_dataset
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.files import read_text, write_atomic
from sinorus_corpus.history import changed_files, git, git_line
from sinorus_corpus.records import Issue, SinorusError
from sinorus_corpus.release.changelog import has_entry, render_entry, with_entry
from sinorus_corpus.release.diff import Difference, compare
from sinorus_corpus.release.floors import below_floors, count_content, read_floors
from sinorus_corpus.release.gate import check_dist
from sinorus_corpus.release.states import report_state, revision_state
from sinorus_corpus.release.tags import Tag, make_tag, moved_tags, read_tags, remote_tags
from sinorus_corpus.release.versions import Reason, demanded, parse_version, raised, reasons
from sinorus_corpus.validate import Report, validate

_VERSION_LINES = {"__init__.py": re.compile(r'^(__version__ = ")([^"]*)(")$', re.M)}
_VERSION_LINES["CITATION.cff"] = re.compile(r"^(version: )(\S+)()$", re.M)


@dataclass
class Plan:
    """What a release would do.

    Attributes:
        last: the tag of the version before.
        difference: what changed since then; `None` for the first release.
        version: the version to release; empty where nothing changed.
        refusals: what stands against it; findings of the gate and of validation are in `issues`.
        entry: what the changelog gets; empty where it has an entry of this version already.
        finished: whether the tag is made, and only the dataset may be missing.
    """

    report: Report
    last: Tag | None = None
    difference: Difference | None = None
    reasons: list[Reason] = field(default_factory=list)
    version: str = ""
    entry: str = ""
    finished: bool = False
    refusals: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        """Whether anything stands against the release."""
        return bool(self.refusals or self.issues)


def plan_release(corpus: Corpus) -> Plan:
    """Finds out everything about the next release, and writes nothing.

    Raises:
        SinorusError: the corpus is in no git repository, its version cannot be read, or the last version cannot be built.
    """
    git(corpus.root, "rev-parse", "--verify", "HEAD")
    plan = Plan(validate(corpus, copies="committed"))
    plan.issues = plan.report.errors
    current = read_version(corpus.version_file)
    tags, changelog = read_tags(corpus), _changelog(corpus)
    remote = remote_tags(corpus)
    plan.refusals += moved_tags(tags, changelog, remote or {})
    if remote is None:
        plan.notes.append("origin cannot be reached, so its tags were not compared")
    plan.last = next(reversed(read_tags(corpus, merged=True)), None)
    plan.finished = plan.last is not None and plan.last.version == current and _is_head(corpus, plan.last.commit)
    if plan.finished:
        plan.version = current
    elif not plan.issues:
        _demand(corpus, plan, current)
    plan.refusals += _against(corpus, plan, current, {tag.name for tag in tags} | (remote or {}).keys())
    if plan.version and not plan.issues:
        plan.issues = _gate(plan)
        _draft(corpus, plan, changelog)
    return plan


def _is_head(corpus: Corpus, commit: str) -> bool:
    return git_line(corpus.root, "rev-parse", "HEAD") == commit


def _demand(corpus: Corpus, plan: Plan, current: str) -> None:
    """The version that the changes since the last one demand; the first release takes the version that is written down."""
    if plan.last is None:
        plan.version = current
        return
    plan.difference = compare(revision_state(corpus, plan.last.name), report_state("now", plan.report))
    plan.reasons = reasons(plan.difference)
    part = demanded(plan.reasons)
    if part:
        plan.version = raised(plan.last.version, part)
    elif parse_version(current) > parse_version(plan.last.version):
        plan.version = current  # the data is the same, and somebody wants the tool released


def _against(corpus: Corpus, plan: Plan, current: str, tags: set[str]) -> Iterator[str]:
    if dirty := [name for name in changed_files(corpus) if not _is_own(corpus, name, plan.version)]:
        shown = ", ".join(dirty[:5]) + (f" and {len(dirty) - 5} more" if len(dirty) > 5 else "")
        yield f"found files that are not committed: {shown}; expected a clean tree. Commit or stash them"
    counts = count_content(plan.report.content)
    yield from (f"found {told}, as schemas/floors.toml says" for told in below_floors(counts, read_floors(corpus)))
    if not plan.version or plan.finished:
        return
    if f"v{plan.version}" in tags:
        yield f"tag v{plan.version} exists, on another commit or at origin; a version is released once. git fetch --tags shows it"
    allowed = {plan.version} | ({plan.last.version} if plan.last else set())
    if current not in allowed:
        yield f"found version {current} in {corpus.relative(corpus.version_file)}; expected {' or '.join(sorted(allowed))}"


def _is_own(corpus: Corpus, name: str, version: str) -> bool:
    """Whether a file differs only by what a release that broke off, or an editor of the changelog, writes into it."""
    path = Path(git_line(corpus.root, "rev-parse", "--show-toplevel")) / name
    if path == corpus.changelog.resolve():
        return True
    if path not in (p.resolve() for p in _version_files(corpus)) or not version:
        return False
    before = git(path.parent, "show", f"HEAD:./{path.name}").decode("utf-8", "replace")
    return with_version(path, before, version) == read_text(path)[1]


def _version_files(corpus: Corpus) -> list[Path]:
    return [corpus.version_file, corpus.citation]


def read_version(path: Path) -> str:
    """The version that a file says.

    Raises:
        SinorusError: it says none, or none of three numbers.
    """
    found = _VERSION_LINES[path.name].search(read_text(path)[1])
    if not found:
        line = "version: 1.2.0" if path.suffix == ".cff" else '__version__ = "1.2.0"'
        raise SinorusError(f"{path} says no version; expected a line such as {line}")
    parse_version(found.group(2))
    return found.group(2)


def with_version(path: Path, text: str, version: str) -> str:
    """The text of a file that says the version, with another one."""
    return _VERSION_LINES[path.name].sub(rf"\g<1>{version}\g<3>", text, count=1)


def _changelog(corpus: Corpus) -> str:
    return read_text(corpus.changelog)[1] if corpus.changelog.is_file() else ""


def _gate(plan: Plan) -> list[Issue]:
    """The findings on a dataset built for this alone."""
    with tempfile.TemporaryDirectory(prefix="sinorus-") as folder:
        try:
            return check_dist(write_dataset(plan.report, Path(folder) / "dist", plan.version).path)
        except InvalidCorpusError as error:
            return error.report.errors


def _draft(corpus: Corpus, plan: Plan, changelog: str) -> None:
    if plan.finished or has_entry(changelog, plan.version):
        return
    day = git_line(corpus.root, "log", "-1", "--format=%cs")
    plan.entry = render_entry(plan.version, day, plan.last, plan.reasons, _subjects(corpus, plan))


def _subjects(corpus: Corpus, plan: Plan) -> list[str]:
    """What commits say that they did to anything but articles and labels since the last version."""
    if plan.last is None:
        return ["The first release of the tool."]
    others = [f":(exclude){corpus.relative(path)}" for path in (corpus.raw, corpus.annotations)]
    span = f"{plan.last.name}..HEAD"
    told = git_line(corpus.root, "log", "--no-merges", "--reverse", "--format=%s", span, "--", ".", *others)
    return [line for line in told.splitlines() if line != _subject(plan.version)]


def _subject(version: str) -> str:
    return f"Release {version}"


def release(corpus: Corpus, plan: Plan) -> Built:
    """Makes the release: changelog and version, commit, tag, dataset. Steps that are done already are passed over.

    Raises:
        SinorusError: something stands against it, git refuses, or the dataset built from the tag does not pass the gate.
    """
    if plan.is_refused or not plan.version:
        raise SinorusError("nothing was released: see what stands against it with sinorus release --dry-run")
    if not plan.finished:
        _write(corpus, plan)
        _commit(corpus, plan.version)
        make_tag(corpus, plan.version)
    built = write_dataset(plan.report, corpus.dist, plan.version)
    if issues := check_dist(built.path):
        raise SinorusError(f"{built.path} does not pass the gate, as sinorus check-dist shows: {issues[0].code}")
    return built


def _write(corpus: Corpus, plan: Plan) -> None:
    if plan.entry:
        write_atomic(corpus.changelog, with_entry(_changelog(corpus), plan.entry).encode("utf-8"))
    for path in _version_files(corpus):
        text = read_text(path)[1]
        if (new := with_version(path, text, plan.version)) != text:
            write_atomic(path, new.encode("utf-8"))


def _commit(corpus: Corpus, version: str) -> None:
    """Commits what a release writes, and nothing else that somebody may have staged; no commit where nothing differs."""
    names = [str(path) for path in (corpus.changelog, *_version_files(corpus))]
    git(corpus.root, "add", "--", *names)
    if git(corpus.root, "status", "--porcelain", "--", *names):
        git(corpus.root, "commit", "--quiet", "--message", _subject(version), "--only", "--", *names)
