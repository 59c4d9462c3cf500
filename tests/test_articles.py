"""The five published articles, where SINORUS_ARTICLES names a folder that holds them: the same build, with text."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import sinorus_corpus
from sinorus_corpus.annotation.offsets import anchored_spans
from sinorus_corpus.annotation.quotes import digest
from sinorus_corpus.build import Built, build
from sinorus_corpus.content import read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.hydrate import Hydration, hydrate
from sinorus_corpus.schema import read_schema
from sinorus_corpus.validate import validate
from tests.conftest import ROOT
from tests.test_build import tree
from tests.test_load import check_spans

WITHHELD = [
    "000_98a3bc2b1f651c4d",
    "001_f09e5f6c25b632c4",
    "002_9bdebe1e404f3f7f",
    "003_6888eb3cc9c3d459",
    "004_0f028172e04f6af5",
]
RUN = 10


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A copy of this repository's corpus that may be hydrated."""
    root = tmp_path_factory.mktemp("own")
    for name in ("raw", "annotations", "schemas"):
        shutil.copytree(ROOT / name, root / name)
    return Corpus(root)


@pytest.fixture(scope="module")
def hydration(own: Corpus, articles_folder: Path) -> Hydration:
    return hydrate(own, articles_folder, read_content(own, read_schema()), read_schema())


@pytest.fixture(scope="module")
def public(own: Corpus, hydration: Hydration, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(own, tmp_path_factory.mktemp("public") / "dist")


def test_all_five_are_found_by_their_bytes(hydration: Hydration) -> None:
    assert (sorted(hydration.found), hydration.missing) == (WITHHELD, [])


def test_they_are_found_under_any_name(own: Corpus, articles_folder: Path, tmp_path: Path) -> None:
    for number, path in enumerate(sorted(articles_folder.glob("*.txt"))):
        (tmp_path / "deep").mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / "deep" / f"copy {number}.dat")
    found = hydrate(own, tmp_path, read_content(own, read_schema()), read_schema())
    assert sorted(found.found) == WITHHELD


def test_every_label_anchors_and_every_line_has_its_region(own: Corpus, hydration: Hydration) -> None:
    report = validate(own)
    assert [i for i in report.issues if "/0" in i.path] == []
    assert set(WITHHELD) <= set(report.documents)
    assert all(report.documents[doc_id].text for doc_id in WITHHELD)


def test_the_labels_of_002_are_digests_of_its_words(own: Corpus, hydration: Hydration) -> None:
    content = read_content(own, read_schema(), "hydrated")
    gold, raw = content.gold["002_9bdebe1e404f3f7f"], content.texts["002_9bdebe1e404f3f7f"]
    items = [item for _, record in gold.numbered_labels() for item in anchored_spans(record)]
    assert len(items) > 200
    for item in items:
        assert item.digest == digest(raw[item.span.start : item.span.end])
        assert not item.quote
    assert all(claim.gloss for claim in gold.claims)


def test_the_public_build_does_not_change_with_the_text_at_hand(public: Built, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    for name in ("raw", "annotations", "schemas"):
        shutil.copytree(ROOT / name, bare / name)
    assert tree(build(Corpus(bare)).path) == tree(public.path)


def test_load_with_articles_gives_full_rows(public: Built, articles_folder: Path, tmp_path: Path) -> None:
    rows = sinorus_corpus.load(public.path, "documents", "transfer", articles_folder, cache_dir=str(tmp_path))
    assert rows["doc_id"] == WITHHELD
    assert sum(check_spans(row) for row in rows) > 200
    claims = sinorus_corpus.load(public.path, "claims", "transfer", articles_folder, cache_dir=str(tmp_path))
    assert set(claims["origin"]) == {"published"}
    assert all(row["text"] and row["text"][:20] in row["context"] for row in claims if len(row["segments"]) == 1)


def test_load_with_articles_is_what_a_private_build_is(
    own: Corpus, public: Built, hydration: Hydration, articles_folder: Path, tmp_path: Path
) -> None:
    private = build(own, tmp_path / "private", private=True)
    for config in ("documents", "ner", "claims", "regions"):
        mine = sinorus_corpus.load(public.path, config, "transfer", articles_folder, cache_dir=str(tmp_path))
        theirs = sinorus_corpus.load(private.path, config, "transfer", cache_dir=str(tmp_path))
        assert mine.to_list() == theirs.to_list()


def word_runs(text: str) -> set[tuple[str, ...]]:
    words = [w.casefold() for w in re.findall(r"[^\W_]+", text)]
    return set(zip(*(words[i:] for i in range(RUN)), strict=False))


def test_no_sentence_of_theirs_stands_in_this_repository(articles_folder: Path, public: Built) -> None:
    theirs = set().union(*(word_runs(p.read_text()) for p in articles_folder.glob("*.txt")))
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        path = ROOT / name
        if path.is_file() and path.suffix in {".md", ".txt", ".toml", ".jsonl", ".html", ".py", ".tsv"}:
            text = re.sub(r"(?m)^title = .*$", "", path.read_text())
            assert not word_runs(text) & theirs, name
    card = (public.path / "README.md").read_text()
    assert not word_runs(card) & theirs
