"""The command line as people use it: what it prints, how it exits, what it escapes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sinorus_corpus.cli import main
from sinorus_corpus.corpus import Corpus
from tests.conftest import TOY, TOY_COPIES


def sinorus(corpus: Corpus, *args: str) -> Result:
    result = CliRunner().invoke(main, ["--corpus", str(corpus.root), *args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom sinorus_corpus.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print([m for m in ('pyarrow','polars','pandas','pandera','datasets','numpy','rich','regex') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_every_command_has_help() -> None:
    for name in main.commands:
        result = CliRunner().invoke(main, [name, "--help"])
        assert result.exit_code == 0
        assert len(result.output.splitlines()) > 4


def test_an_unknown_command_is_answered_with_the_nearest(toy: Corpus) -> None:
    result = sinorus(toy, "valdate")
    assert result.exit_code == 1
    assert "Did you mean validate?" in result.output


def test_a_sound_corpus_passes(toy: Corpus) -> None:
    result = sinorus(toy, "validate")
    assert result.exit_code == 0
    assert "3 articles, 9 annotation files: 0 errors, 0 warnings" in result.output


def broken(toy: Corpus) -> None:
    path = toy.gold("border-bridge")
    path.write_text(path.read_text().replace('"LOC"', '"LOK"'))


def test_findings_are_file_line_code_message(toy: Corpus) -> None:
    broken(toy)
    result = sinorus(toy, "validate")
    assert result.exit_code == 1
    line = result.stdout.splitlines()[0]
    place = "annotations/gold/border-bridge.jsonl:12"
    assert line.startswith(f"{place}: unknown-label: found label: 'LOK'; expected LOC.")
    assert "Mend:" in line


def test_paths_narrow_the_findings(toy: Corpus) -> None:
    broken(toy)
    assert sinorus(toy, "validate", str(toy.annotations / "passes")).exit_code == 0
    assert sinorus(toy, "validate", str(toy.annotations)).exit_code == 1


def test_json_and_sarif_are_parsed_by_machines(toy: Corpus) -> None:
    broken(toy)
    (found,) = json.loads(sinorus(toy, "validate", "--format", "json").stdout)
    assert (found["code"], found["line"], found["level"], found["severity"]) == ("unknown-label", 12, "scheme", "error")
    sarif = json.loads(sinorus(toy, "validate", "--format", "sarif").stdout)
    (result,) = sarif["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 12}
    assert [rule["id"] for rule in sarif["runs"][0]["tool"]["driver"]["rules"]] == ["unknown-label"]


def test_github_annotations_stand_on_the_line(toy: Corpus) -> None:
    broken(toy)
    line = sinorus(toy, "validate", "--format", "github").stdout.splitlines()[0]
    assert line.startswith("::error file=annotations/gold/border-bridge.jsonl,line=12,title=unknown-label::found label")


@pytest.mark.parametrize("form", ["text", "github"])
def test_hostile_values_do_not_reach_a_log_raw(toy: Corpus, form: str) -> None:
    path = toy.gold("border-bridge")
    evil = "::error::x %0A\\u001b[31m @all ##[error]y\\n::warning::z"
    path.write_text(path.read_text().replace('"label":"LOC"', f'"label":"{evil}"'))
    (toy.raw / "a\x1b[2J@b::c.docx").write_text("x")
    out = sinorus(toy, "validate", "--format", form).stdout
    assert "\x1b" not in out
    assert "@all" not in out
    assert "@b" not in out
    assert "##[" not in out
    starts = [line for line in out.splitlines() if "::" in line[2:] and form == "text"]
    assert starts == []
    if form == "github":
        assert all(line.count("::") == 2 for line in out.splitlines())
        assert "%0A" not in out.replace("%250A", "")


def test_explain_prints_rule_example_and_mend(toy: Corpus) -> None:
    result = sinorus(toy, "explain", "quote-mismatch")
    assert result.exit_code == 0
    assert "Bad:" in result.output
    assert "Mend:" in result.output
    assert "Did you mean quote-mismatch?" in sinorus(toy, "explain", "quote-mismtach").output


def test_build_shows_counts_withheld_and_how_to_load(toy: Corpus) -> None:
    result = sinorus(toy, "build")
    assert result.exit_code == 0
    for expected in ("lines dropped", "withheld", "reader-copy", "sinorus hydrate", str(toy.dist), "load_dataset("):
        assert expected in result.stdout.replace("\n", "") or expected in result.stdout


def test_the_lines_that_build_prints_work(toy: Corpus, tmp_path: Path) -> None:
    out = sinorus(toy, "build").stdout
    code = out[out.index("from datasets") :]
    env = os.environ | {"HF_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert done.stdout.strip() == "A road bridge joins Heihe and Blagoveshchensk state"


def test_build_with_errors_prints_them_and_exits_1(toy: Corpus) -> None:
    broken(toy)
    result = sinorus(toy, "build")
    assert result.exit_code == 1
    assert "unknown-label" in result.output
    assert "nothing was built" in result.output


def test_hydrate_lists_found_present_missing_and_near(toy: Corpus, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "c.txt").write_bytes((TOY_COPIES / "some name.txt").read_bytes().replace(b"\n", b"\r\n"))
    out = sinorus(toy, "hydrate", str(folder)).output
    assert "missing  reader-copy" in out
    assert "line ends are CRLF, not LF" in out
    assert "1 found, 0 missing, 0 near misses" in sinorus(toy, "hydrate", str(TOY_COPIES)).output
    assert "present  reader-copy" in sinorus(toy, "hydrate", str(folder)).output
    assert sinorus(toy, "hydrate", "/nowhere").exit_code == 1


def test_add_regions_anchor_gold_make_a_labelled_document(toy: Corpus, tmp_path: Path) -> None:
    file = tmp_path / "grain.txt"
    file.write_text(
        "Grain by rail\n\nThe line from Zabaikalsk to Manzhouli carries grain, and a terminal there loads it.\n"
    )
    done = sinorus(toy, "add", str(file), "--title", "Grain by rail", "--publisher", "p", "--date", "2024-06-02",
                   "--license", "CC0-1.0", "--origin", "written")  # fmt: skip
    assert "wrote raw/grain-by-rail.txt" in done.output
    toy.regions("grain-by-rail").write_text(sinorus(toy, "regions", "grain-by-rail").stdout)
    draft = tmp_path / "draft.jsonl"
    draft.write_text('{"layer":"entity","quote":"Manzhouli","label":"GPE","entity":"Manzhouli"}\n')
    anchored = sinorus(toy, "anchor", str(draft), "--doc", "grain-by-rail", "--annotator", "lm-toy")
    assert "left unlinked: Manzhouli" in anchored.output
    assert (
        "wrote annotations/gold/grain-by-rail.jsonl" in sinorus(toy, "gold", "grain-by-rail", "--from", "lm-toy").output
    )
    assert sinorus(toy, "validate").exit_code == 0


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["regions", "border-brige"], "Did you mean border-bridge?"),
        (["regions", "reader-copy"], "sinorus hydrate"),
        (["gold", "border-bridge", "--from", "lm-tyo"], "no sound pass"),
        (["gold", "border-bridge", "--from", "../x"], "is not allowed"),
        (
            [
                "add",
                str(TOY / "raw/timetable.txt"),
                "--title",
                "x",
                "--publisher",
                "p",
                "--date",
                "June",
                "--license",
                "CC0-1.0",
            ],
            "no day",
        ),
    ],
)
def test_refusals_are_messages(toy: Corpus, args: list[str], message: str) -> None:
    result = sinorus(toy, *args)
    assert result.exit_code != 0
    assert message in result.output


def test_outside_a_corpus_the_command_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["validate"])
    assert result.exit_code == 1
    assert "expected a folder that holds raw/" in result.output


def test_fmt_says_what_it_did(toy: Corpus) -> None:
    path = toy.gold("border-bridge")
    path.write_text(path.read_text().replace('"layer":', '"layer": '))
    assert sinorus(toy, "fmt").output == "formatted annotations/gold/border-bridge.jsonl\n"
    assert sinorus(toy, "fmt").output == ""
