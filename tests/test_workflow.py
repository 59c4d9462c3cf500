"""How contributions travel: clones, merges, hooks, the workflow of pull requests, rules that are newer than files."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from sinorus_corpus.cli import main
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.records import Issue, SinorusError
from sinorus_corpus.report import format_issues
from sinorus_corpus.schema import read_schema, schema_folder
from sinorus_corpus.validate import validate
from tests.conftest import ROOT

BRIDGE = "border-bridge"
SINORUS = Path(sys.executable).with_name("sinorus")
ATTRIBUTES = (ROOT / ".gitattributes").read_text()


def git(folder: Path, *args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    own = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "SINORUS": str(SINORUS)}
    who = ["-c", "user.name=tester", "-c", "user.email=tester@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", "-C", str(folder), *who, *args], check=check, capture_output=True, text=True, env=os.environ | own
    )


def commit(folder: Path, message: str = "change") -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD").stdout.strip()


def sinorus(corpus: Corpus, *args: str) -> Result:
    result = CliRunner().invoke(main, ["--corpus", str(corpus.root), *args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def codes(corpus: Corpus, **options: Any) -> set[str]:
    return {issue.code for issue in validate(corpus, **options).issues}


def edit(path: Path, old: str, new: str) -> None:
    data = path.read_bytes()
    assert old.encode() in data, f"{old} is not in {path}"
    path.write_bytes(data.replace(old.encode(), new.encode(), 1))


def add_pass(corpus: Corpus, annotator: str, doc_id: str = BRIDGE) -> None:
    draft = corpus.root / "build" / f"{annotator}.jsonl"
    draft.parent.mkdir(exist_ok=True)
    draft.write_text('{"layer":"entity","quote":"China","label":"GPE","entity":"China"}\n')
    result = sinorus(corpus, "anchor", str(draft), "--doc", doc_id, "--annotator", annotator)
    assert "wrote" in result.output


@pytest.fixture
def repo(toy: Corpus) -> Corpus:
    """The toy corpus as a git repository with one commit on main."""
    (toy.root / ".gitattributes").write_text(ATTRIBUTES)
    (toy.root / ".gitignore").write_text("/build/\n/.venv\n")
    git(toy.root, "init", "--quiet", "--initial-branch", "main")
    commit(toy.root, "begin")
    return toy


@pytest.fixture
def own_schemas(repo: Corpus) -> Corpus:
    """The same with its own schemas."""
    shutil.copytree(schema_folder(), repo.schemas)
    commit(repo.root, "schemas")
    return repo


def test_a_clone_with_crlf_line_ends_keeps_its_offsets(repo: Corpus, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "-c", "core.autocrlf=true", str(repo.root), "clone")
    clone = Corpus(tmp_path / "clone")
    assert validate(clone).issues == []
    assert clone.text(BRIDGE).read_bytes() == repo.text(BRIDGE).read_bytes()


def test_without_gitattributes_the_same_clone_is_broken(repo: Corpus, tmp_path: Path) -> None:
    (repo.root / ".gitattributes").unlink()
    commit(repo.root, "no attributes")
    git(tmp_path, "clone", "--quiet", "-c", "core.autocrlf=true", str(repo.root), "clone")
    assert "raw-changed" in codes(Corpus(tmp_path / "clone"))


def test_two_annotators_merge_without_conflict(repo: Corpus) -> None:
    for annotator in ("anna", "boris"):
        git(repo.root, "switch", "--quiet", "--create", annotator, "main")
        add_pass(repo, annotator)
        commit(repo.root, annotator)
        assert codes(repo, changed_from="main") == set()
    git(repo.root, "switch", "--quiet", "main")
    for annotator in ("anna", "boris"):
        git(repo.root, "merge", "--quiet", "--no-edit", annotator)
    assert validate(repo).issues == []
    assert {p.parent.name for p in repo.annotation_files()} >= {"anna", "boris"}


def test_a_change_touches_the_passes_of_one_annotator(repo: Corpus) -> None:
    add_pass(repo, "anna")
    assert codes(repo, changed_from="main") == set()
    add_pass(repo, "boris")
    assert {(i.code, i.path) for i in validate(repo, changed_from="main").issues} == {
        ("foreign-pass", f"annotations/passes/{name}/{BRIDGE}.jsonl") for name in ("anna", "boris")
    }
    commit(repo.root)
    assert codes(repo, changed_from="HEAD~1") == {"foreign-pass"}
    assert codes(repo, changed_from="HEAD") == set()


def test_a_finished_pass_is_kept_as_made(repo: Corpus) -> None:
    path = repo.annotator_pass("lm-toy", BRIDGE)
    before = path.read_bytes()
    edit(path, '"label":"LOC"', '"label":"GPE"')
    (found,) = validate(repo, changed_from="HEAD").issues
    assert (found.code, found.path) == ("pass-changed", f"annotations/passes/lm-toy/{BRIDGE}.jsonl")
    path.unlink()
    assert "pass-changed" in codes(repo, changed_from="HEAD")
    path.write_bytes(before)
    assert codes(repo, changed_from="HEAD") == set()


def test_a_draft_may_be_worked_on_and_what_fmt_does_is_no_edit(repo: Corpus) -> None:
    path = repo.annotator_pass("lm-toy", BRIDGE)
    edit(path, '"status":"pass"', '"status":"draft"')
    edit(repo.annotator_pass("lm-toy", "timetable"), '"layer":"entity",', '"layer": "entity",')
    commit(repo.root, "a draft, and a pass in another form")
    edit(path, '"status":"draft"', '"status":"pass"')
    sinorus(repo, "fmt")
    assert codes(repo, changed_from="HEAD") == set()


def test_a_corpus_may_be_a_folder_of_a_repository(toy: Corpus) -> None:
    git(toy.root.parent, "init", "--quiet", "--initial-branch", "main")
    commit(toy.root.parent)
    edit(toy.annotator_pass("lm-toy", BRIDGE), '"label":"LOC"', '"label":"GPE"')
    assert codes(toy, changed_from="main") == {"pass-changed"}


def test_names_of_changed_files_reach_no_log_raw(repo: Corpus) -> None:
    for annotator in ("anna", "boris\n::error::x"):
        (repo.annotations / "passes" / annotator).mkdir()
        (repo.annotations / "passes" / annotator / f"{BRIDGE}.jsonl").write_text("{}\n")
    out = sinorus(repo, "validate", "--changed-from", "HEAD", "--format", "github").stdout
    assert "foreign-pass" in out
    assert all(line.startswith("::error file=") and line.count("::") == 2 for line in out.splitlines())


@pytest.mark.parametrize("revision", ["no-such-branch", "--output=x"])
def test_a_revision_that_is_none_is_refused(repo: Corpus, revision: str) -> None:
    result = sinorus(repo, "validate", f"--changed-from={revision}")
    assert result.exit_code == 1
    assert "Error: " in result.output
    assert not (repo.root / "x").exists()


def test_a_corpus_outside_git_says_so(toy: Corpus) -> None:
    with pytest.raises(SinorusError, match="not a git repository"):
        validate(toy, changed_from="main")


def newer_rule(corpus: Corpus, code: str = "unknown-reference", debt: str = "") -> None:
    path = corpus.schemas / "issues.toml"
    text = path.read_text()
    at = text.index('since = "1.0"', text.index(f"[{code}]"))
    path.write_text(text[:at] + 'since = "1.1"' + text[at + len('since = "1.0"') :])
    (corpus.schemas / "debt.toml").write_text(f"# what is left\n{debt}")


def put_old_finding(corpus: Corpus) -> None:
    """Names an entity that the registry lacks, in a file whose header names schema 1.0."""
    edit(corpus.gold(BRIDGE), '"entity":"SR0203"', '"entity":"SR0999"')


def test_a_newer_rule_warns_on_an_older_file_and_its_debt_only_shrinks(own_schemas: Corpus) -> None:
    newer_rule(own_schemas, debt="unknown-reference = 2\n")
    severity = read_schema(own_schemas.schemas).rules["unknown-reference"].severity
    put_old_finding(own_schemas)
    report = validate(own_schemas)
    assert {(i.code, report.schema.severity(i)) for i in report.issues} == {
        ("unknown-reference", "warning"),
        ("debt-shrunk", "warning"),
    }
    assert severity == "error"
    assert sinorus(own_schemas, "validate", "--update-debt").exit_code == 0
    assert (own_schemas.schemas / "debt.toml").read_text() == "# what is left\nunknown-reference = 1\n"
    assert codes(own_schemas) == {"unknown-reference"}


def test_debt_never_grows(own_schemas: Corpus) -> None:
    newer_rule(own_schemas, debt="unknown-reference = 0\n")
    put_old_finding(own_schemas)
    before = (own_schemas.schemas / "debt.toml").read_bytes()
    result = sinorus(own_schemas, "validate", "--update-debt")
    assert result.exit_code == 1
    assert "debt-grown" in result.output
    assert (own_schemas.schemas / "debt.toml").read_bytes() == before


def test_a_newer_rule_of_the_first_level_does_not_hide_the_file(own_schemas: Corpus) -> None:
    newer_rule(own_schemas, "not-canonical", "not-canonical = 1\n")
    edit(own_schemas.gold(BRIDGE), '"layer":"entity",', '"layer": "entity",')
    report = validate(own_schemas)
    assert [(i.code, i.severity) for i in report.issues] == [("not-canonical", "warning")]
    assert BRIDGE in report.content.gold


def test_a_file_as_new_as_the_rule_gets_the_error(own_schemas: Corpus) -> None:
    put_old_finding(own_schemas)
    report = validate(own_schemas)
    assert [i.code for i in report.errors] == ["unknown-reference"]


@pytest.mark.parametrize(
    "text", ["unknown-refrence = 1\n", 'unknown-reference = "1"\n', "unknown-reference = -1\n", "x = [[[\n"]
)
def test_a_debt_file_that_is_none_is_refused(own_schemas: Corpus, text: str) -> None:
    (own_schemas.schemas / "debt.toml").write_text(text)
    result = sinorus(own_schemas, "validate")
    assert result.exit_code == 1
    assert "Error: " in result.output


NEW_LABEL = """name = "VESSEL"
definition = "A civil ship by name."
example = "The [Amur Star] docked."
counter_example = "a ship"
since = "1.1"
"""


def add_label(corpus: Corpus) -> None:
    with (corpus.schemas / "labels" / "entity.toml").open("a") as out:
        out.write(f"\n[[label]]\n{NEW_LABEL}")


def test_a_label_of_ones_own_is_one_edit(own_schemas: Corpus) -> None:
    add_label(own_schemas)
    guidelines = own_schemas.annotations / "GUIDELINES.md"
    guidelines.write_text("# Guidelines\n<!-- labels:entity -->\n<!-- /labels:entity -->\n")
    edit(own_schemas.gold(BRIDGE), '"label":"LOC"', '"label":"VESSEL"')
    assert validate(own_schemas).issues == []
    assert "wrote" in sinorus(own_schemas, "labels").output
    assert "| `VESSEL` | A civil ship by name. |" in guidelines.read_text()
    assert sinorus(own_schemas, "build").exit_code == 0
    assert "VESSEL" in (own_schemas.dist / "README.md").read_text()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "GPE"', 'name = ["GPE"]', "expected text"),
        ('name = "GPE"', 'name = "G PE"', "letters, digits"),
        ('name = "GPE"', 'name = "GPE"\nreplaced_by = "NOWHERE"', "not in the set"),
        ('name = "GPE"', 'name = "GPE"\nreplaced_by = "GPE"', "that it replaces"),
        ('name = "entity"', 'name = "entities"', "the name of the file"),
        ('definition = "Countries', 'definition = "\u202eCountries', "U+202E"),
        ('name = "GPE"', 'name = "GPE"\n"a\\n::error::x" = 1', "not a label set"),
    ],
)
def test_a_label_set_is_not_taken_on_trust(own_schemas: Corpus, old: str, new: str, message: str) -> None:
    edit(own_schemas.schemas / "labels" / "entity.toml", old, new)
    result = sinorus(own_schemas, "validate")
    assert result.exit_code == 1
    assert message in result.output
    assert "::error" not in result.output


def label_put_first(corpus: Corpus) -> None:
    edit(corpus.schemas / "labels" / "topic.toml", "[[label]]", f"[[label]]\n{NEW_LABEL}[[label]]")


def last_label_removed(corpus: Corpus) -> None:
    path = corpus.schemas / "labels" / "entity.toml"
    path.write_text(path.read_text().rpartition("[[label]]")[0])


@pytest.mark.parametrize(
    ("change", "expected"),
    [(add_label, set()), (label_put_first, {"label-order"}), (last_label_removed, {"label-order"})],
)
def test_labels_are_added_at_the_end_alone(
    own_schemas: Corpus, change: Callable[[Corpus], None], expected: set[str]
) -> None:
    change(own_schemas)
    assert codes(own_schemas, rules=schema_folder()) == expected


def test_a_label_set_that_is_gone_is_named(own_schemas: Corpus) -> None:
    (own_schemas.schemas / "labels" / "genre.toml").unlink()
    with pytest.raises(SinorusError, match=r"no label set .*genre"):
        validate(own_schemas, rules=schema_folder())


def test_the_hook_refuses_a_bad_commit_and_lets_a_good_one_pass(repo: Corpus, tmp_path: Path) -> None:
    shutil.copytree(ROOT / ".githooks", repo.root / ".githooks")
    commit(repo.root, "hooks")
    git(tmp_path, "clone", "--quiet", str(repo.root), "clone")
    clone = Corpus(tmp_path / "clone")
    git(clone.root, "config", "core.hooksPath", ".githooks")
    path = clone.gold(BRIDGE)
    edit(path, '"LOC"', '"LOK"')
    git(clone.root, "add", "--all")
    edit(path, '"LOK"', '"LOC"')  # the folder is sound again, what would be committed is not
    refused = git(clone.root, "commit", "--message", "bad", check=False)
    assert refused.returncode == 1
    assert "unknown-label" in refused.stdout + refused.stderr
    git(clone.root, "add", "--all")
    add_pass(clone, "anna")
    git(clone.root, "add", "--all")
    assert git(clone.root, "commit", "--message", "good", check=False).returncode == 0


WORKFLOW: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/validate.yml").read_text())
STEPS = {step.get("name", step.get("uses")): step for step in WORKFLOW["jobs"]["data"]["steps"]}


class PullRequest:
    """Plays the workflow's own shell steps against a repository with a contribution at `refs/pull/7/head`."""

    def __init__(self, origin: Corpus, folder: Path, change: Callable[[Corpus], object]) -> None:
        self.folder, self.summary = folder, folder / "summary.md"
        self.base = git(origin.root, "rev-parse", "HEAD").stdout.strip()
        git(folder, "clone", "--quiet", str(origin.root), "fork")
        git(folder, "clone", "--quiet", str(origin.root), "base")
        change(Corpus(folder / "fork"))
        self.head = commit(folder / "fork", "contribution")
        git(folder / "fork", "push", "--quiet", "origin", "HEAD:refs/pull/7/head")
        (folder / "base/.venv/bin").mkdir(parents=True)
        (folder / "base/.venv/bin/sinorus").symlink_to(SINORUS)

    def run(self) -> subprocess.CompletedProcess[str]:
        script = STEPS["The data, from the pull request"]["run"] + STEPS["Validate"]["run"]
        values = {"NUMBER": "7", "HEAD_SHA": self.head, "BASE_SHA": self.base, "GITHUB_STEP_SUMMARY": str(self.summary)}
        file = self.folder / "steps.sh"
        file.write_text(script)
        return subprocess.run(
            ["bash", "-e", str(file)], cwd=self.folder, env=os.environ | values, capture_output=True, text=True
        )


def good(fork: Corpus) -> None:
    add_pass(fork, "anna")
    add_label(fork)


def test_the_workflow_passes_a_good_contribution(own_schemas: Corpus, tmp_path: Path) -> None:
    done = PullRequest(own_schemas, tmp_path, good).run()
    assert (done.returncode, done.stdout) == (0, "")
    assert "### 0 errors, 0 warnings" in (tmp_path / "summary.md").read_text()


def hostile(fork: Corpus) -> None:
    edit(fork.gold(BRIDGE), '"label":"LOC"', '"label":"LOK"')
    edit(fork.schemas / "issues.toml", 'severity = "error"', 'severity = "warning"')
    (fork.schemas / "debt.toml").write_text("unknown-label = 99\n")
    (fork.root / ".gitattributes").write_text("*.jsonl text eol=crlf\n*.toml ident text eol=crlf\n")
    (fork.root / "sinorus_corpus").mkdir()
    (fork.root / "sinorus_corpus" / "__init__.py").write_text("raise SystemExit(0)\n")
    (fork.root / "sites.toml").write_text("not toml")


def test_the_workflow_runs_nothing_of_a_contribution_and_keeps_its_own_rules(
    own_schemas: Corpus, tmp_path: Path
) -> None:
    done = PullRequest(own_schemas, tmp_path, hostile).run()
    assert done.returncode == 1
    assert [line.partition("::found")[0] for line in done.stdout.splitlines()] == [
        f"::error file=annotations/gold/{BRIDGE}.jsonl,line=12,title=unknown-label"
    ]
    assert "unknown&#45;label" in (tmp_path / "summary.md").read_text()
    kept = {p.name for p in (tmp_path / "contribution").iterdir()}
    assert kept == {".git", "raw", "annotations", "schemas"}
    assert {p.name for p in (tmp_path / "contribution" / "schemas").iterdir()} == {"labels"}


def test_the_workflow_reads_what_is_committed_whatever_the_encoding_said(own_schemas: Corpus, tmp_path: Path) -> None:
    other = "\ntext of another article\n"

    def change(fork: Corpus) -> None:
        edit(fork.root / ".gitattributes", ATTRIBUTES, "raw/*.txt text working-tree-encoding=UTF-16BE\n")
        fork.text(BRIDGE).write_bytes(other.encode("utf-16-be"))

    done = PullRequest(own_schemas, tmp_path, change).run()
    assert "code raw-changed" in done.stdout.replace("title=", "code ")
    assert (tmp_path / "contribution" / "raw" / f"{BRIDGE}.txt").read_bytes() == other.encode()


def test_the_workflow_shows_a_refusal_where_findings_are_shown(own_schemas: Corpus, tmp_path: Path) -> None:
    def change(fork: Corpus) -> None:
        edit(fork.schemas / "labels" / "topic.toml", 'name = "other"', 'name = "::error::x"')

    done = PullRequest(own_schemas, tmp_path, change).run()
    assert done.returncode == 1
    (line,) = done.stdout.splitlines()
    assert line.startswith("::error::")
    assert "topic.toml: found a label called" in line
    assert f"\n\n    {line.removeprefix('::error::')}\n" in "\n" + (tmp_path / "summary.md").read_text()


def test_the_workflow_sees_a_link_as_a_link(own_schemas: Corpus, tmp_path: Path) -> None:
    done = PullRequest(own_schemas, tmp_path, lambda fork: (fork.raw / "a.txt").symlink_to("/etc/passwd")).run()
    assert done.returncode == 1
    assert "not-a-regular-file" in done.stdout
    assert "root:" not in done.stdout + done.stderr


def test_workflows_read_only_and_pin_what_they_use() -> None:
    for path in (ROOT / ".github/workflows").glob("*.yml"):
        text = path.read_text()
        workflow = yaml.safe_load(text)
        assert workflow["permissions"] == {"contents": "read"}, path.name
        assert "secrets." not in text
        assert "pull_request_target" not in text
        for uses in re.findall(r"uses: (.*)", text):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", uses), uses
        for job in workflow["jobs"].values():
            for step in job["steps"]:
                assert "${{" not in step.get("run", ""), "values reach a script through env alone"
                if "checkout" in step.get("uses", ""):
                    assert step["with"]["persist-credentials"] is False


def test_the_files_of_the_hook_and_the_templates_are_sound() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    (local,) = config["repos"]
    for hook in local["hooks"]:
        name = hook["entry"].removeprefix(".venv/bin/sinorus ")
        assert name in main.commands
        assert re.search(hook["files"], "annotations/passes/anna/border-bridge.jsonl")
    for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"):
        assert {"name", "description", "body"} <= yaml.safe_load(path.read_text()).keys()


def test_markdown_shows_everything_and_runs_nothing() -> None:
    schema = read_schema()
    evil = "<img src=x onerror=alert(1)> [a](http://x) `b` | c @all _d_ ::error::\n# e https://e.example"
    made = format_issues([Issue("bad-json", "raw/a|b.toml", 3, evil, "x")] * 12, schema, "markdown")
    rows = [line for line in made.splitlines() if line.startswith("| raw")]
    assert len(rows) == 12
    for row in rows:
        assert row.count("|") == 4
        assert not re.search(r"[<>`\[\]@*_]|https?:", row)
    assert "### 12 errors, 0 warnings" in made
    many = format_issues([Issue("bad-json", "raw/a.toml", 3, "x" * 2000, "x")] * 1000, schema, "markdown")
    assert len(many.encode()) < 1 << 20
    assert "more: the summary is full" in many


def test_findings_of_a_weakened_rule_are_warnings_in_every_format() -> None:
    schema = read_schema()
    issue = Issue("unknown-reference", "annotations/gold/a.jsonl", 2, "x", "y", severity="warning")
    assert format_issues([issue], schema, "github").startswith("::warning ")
    assert "warning: unknown-reference" in format_issues([issue], schema)
    assert json.loads(format_issues([issue], schema, "json"))[0]["severity"] == "warning"
