"""Files of every format with something changed at random: findings or a refusal, never anything else."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sinorus_corpus.corpus import Corpus
from sinorus_corpus.exchange import import_labels
from sinorus_corpus.records import SinorusError
from tests.conftest import TOY
from tests.test_formats import READ, exported

_ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 2.5, 2**70, "", "x", "\u202e", "c1", [], {}, [[]], [None], {"id": 1}, "urn:sinorus:a"]
)
_QUIET = settings(max_examples=8, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("fuzz")
    shutil.copytree(TOY, folder / "toy")
    return Corpus(folder / "toy")


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    folder = tmp_path_factory.mktemp("originals")
    return {name: exported(Corpus(TOY), name, folder / name) for name in READ}


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a JSON value, as the container and the key."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    return [pair for key in keys for pair in [(value, key), *places(value[key])]]


def survives(corpus: Corpus, name: str, file: str, data: bytes, beside: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file
        path.write_bytes(data)
        for other in (beside.with_name("TypeSystem.xml"), beside.with_suffix(".txt")):
            if other.is_file():
                (Path(folder) / other.name).write_bytes(other.read_bytes())
        with contextlib.suppress(SinorusError):
            import_labels(corpus, name, [path], "reader", unit="code-point", overwrite=True)


@pytest.mark.parametrize("name", ["label-studio", "doccano", "prodigy", "web-annotation", "inception-json"])
@given(data=st.data())
@_QUIET
def test_a_changed_value_never_breaks_the_reader(
    corpus: Corpus, originals: dict[str, list[Path]], name: str, data: st.DataObject
) -> None:
    file = originals[name][0]
    text = file.read_text(encoding="utf-8")
    lines = file.suffix == ".jsonl"
    held = json.loads(text.partition("\n")[0] if lines else text)
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(places(held)))
        container[key] = data.draw(_ODD)
        held = json.loads(json.dumps(held))
        if not places(held):
            break
    survives(
        corpus, name, file.name, (json.dumps(held, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass"), file
    )


@pytest.mark.parametrize("name", READ)
@given(data=st.data())
@_QUIET
def test_changed_bytes_never_break_the_reader(
    corpus: Corpus, originals: dict[str, list[Path]], name: str, data: st.DataObject
) -> None:
    file = originals[name][0]
    held = file.read_bytes()
    at = data.draw(st.integers(0, len(held)))
    new = data.draw(
        st.one_of(st.binary(max_size=3), st.sampled_from([b"\t", b"\n", b" 9", b"<", b'"', b"-", b"T1\t", b"&#0;"]))
    )
    survives(corpus, name, file.name, held[:at] + new + held[at + data.draw(st.integers(0, 4)) :], file)
