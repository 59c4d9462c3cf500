"""The configs whose rows are tasks: sentences, attribution, linking, pairs, and what these refer to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sinorus_corpus
from sinorus_corpus import build as build_room
from sinorus_corpus.annotation.canonical import format_annotations
from sinorus_corpus.annotation.quotes import digest
from sinorus_corpus.build import Built, InvalidCorpusError, build
from sinorus_corpus.content import read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.hydrate import hydrate
from sinorus_corpus.labelling import fingerprint
from sinorus_corpus.records import Cluster, Member
from sinorus_corpus.schema import read_schema
from sinorus_corpus.tables.arrow import to_table
from sinorus_corpus.tables.leaks import check_splits
from sinorus_corpus.tables.pairs import pair_relation, pairs_of
from sinorus_corpus.tables.sentences import sentence_spans
from tests.conftest import TOY, TOY_COPIES

RELATIONS = [label.name for label in read_schema().labels["cluster_relation"].labels]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.fixture(scope="module")
def paired(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """The toy corpus with both of its open articles in train, so that they make a pair."""
    root = tmp_path_factory.mktemp("paired") / "toy"
    shutil.copytree(TOY, root)
    edit(root / "raw/timetable.toml", 'split = "test"', 'split = "train"')
    return Corpus(root)


@pytest.fixture(scope="module")
def paired_built(paired: Corpus) -> Built:
    return build(paired)


def rows(built: Built, cache: Path, config: str, split: str = "train") -> list[dict[str, Any]]:
    found = datasets.load_dataset(str(built.path), config, split=split, cache_dir=str(cache))
    labels = {n: f.names for n, f in found.features.items() if isinstance(f, datasets.ClassLabel)}
    return [{n: labels[n][v] if n in labels else v for n, v in row.items()} for row in found.to_list()]


def texts(built: Built, cache: Path, split: str = "train") -> dict[str, str]:
    return {row["doc_id"]: row["text"] for row in rows(built, cache, "documents", split)}


@given(st.text("ab. !?A\u00a0“”.", max_size=60))
def test_sentences_cover_all_but_white_space(line: str) -> None:
    spans = sentence_spans(line)
    assert "".join("".join(line[s:e] for s, e in spans).split()) == "".join(line.split())
    assert all(line[s:e] == line[s:e].strip() and s < e for s, e in spans)


def test_sentences_do_not_end_at_abbreviations() -> None:
    line = "Mr. Lavrov met Vladimir V. Putin in the U.S. capital. Trade was worth $244.8bn.  “It grew,” he said."
    found = [line[s:e] for s, e in sentence_spans(line)]
    assert found == [line[:53], "Trade was worth $244.8bn.", "“It grew,” he said."]


def test_a_sentence_says_which_parts_of_claims_stand_in_it(toy_built: Built, tmp_path: Path) -> None:
    text = texts(toy_built, tmp_path)["border-bridge"]
    found = rows(toy_built, tmp_path, "sentences")
    assert [row["text"] for row in found] == [text[row["start"] : row["end"]] for row in found]
    assert (found[0]["region"], found[0]["has_claim"]) == ("title", True)
    parts = {row["text"]: [text[c["start"] : c["end"]] for c in row["claims"]] for row in found}
    assert parts["The bridge has two lanes, the timetable says, and a toll."] == [
        "The bridge has two lanes",
        "and a toll",
    ]
    assert [c["id"] for row in found for c in row["claims"]] == ["c1", "c2", "c3", "c4", "c5", "c5"]


def test_attribution_finds_chains_in_a_context_chosen_without_them(toy_built: Built, tmp_path: Path) -> None:
    text = texts(toy_built, tmp_path, "test")["timetable"]
    found = rows(toy_built, tmp_path, "attribution", "test")
    row = next(row for row in found if row["depth"] == 2)
    assert [link["source"] for link in row["attribution"]] == ["The board", "the timetable"]
    assert all(link["in_context"] for link in row["attribution"])
    for link in row["attribution"]:
        start, end = (link[name] - row["context_start"] for name in ("source_start", "source_end"))
        assert row["context"][start:end] == link["source"]
    assert all(text[r["context_start"] :].startswith(r["context"]) for r in found)
    assert {row["depth"] for row in found} == {0, 2}


def test_linking_offers_candidates_by_name_and_alias(toy_built: Built, tmp_path: Path) -> None:
    found = {row["mention"]: row for row in rows(toy_built, tmp_path, "linking")}
    assert [c["entity"] for c in found["黑河"]["candidates"]] == ["SR0201"] == [found["黑河"]["entity"]]
    assert (found["Amur"]["label"], found["Amur"]["name"]) == ("LOC", "Amur")
    assert "10 June 2022" not in found
    for mention, row in found.items():
        assert row["context"][row["start"] - row["context_start"] :].startswith(mention)
    unknown = [(r["mention"], r["candidates"]) for r in rows(toy_built, tmp_path, "linking", "test") if not r["entity"]]
    assert unknown == [("Suifenhe", []), ("Suifenhe", [])]
    registry = {row["entity_id"]: row for row in rows(toy_built, tmp_path, "registry")}
    assert registry["SR0201"]["aliases"] == ["黑河"]


def test_lines_have_their_neighbours(toy_built: Built, tmp_path: Path) -> None:
    found = [row for row in rows(toy_built, tmp_path, "regions") if row["doc_id"] == "border-bridge"]
    assert [row["before"] for row in found] == ["", *(row["text"] for row in found[:-1])]
    assert [row["after"] for row in found] == [*(row["text"] for row in found[1:]), ""]


def test_a_pair_has_both_relations_and_that_between(paired_built: Built, tmp_path: Path) -> None:
    (row,) = rows(paired_built, tmp_path, "pairs")
    assert row["pair_id"] == "K1:border-bridge:c3:timetable:c3"
    assert (row["relation_a"], row["relation_b"], row["relation"]) == ("same", "broader", "broader")
    assert row["text_b"] == "A road bridge at Heihe opened in June 2022"
    assert (row["doc_id_a"], row["doc_id_b"]) == ("border-bridge", "timetable")
    (cluster,) = rows(paired_built, tmp_path, "clusters")
    assert [m["claim_id"] for m in cluster["members"]] == ["border-bridge:c3", "timetable:c3"]
    assert datasets.load_dataset(str(paired_built.path), "pairs", cache_dir=str(tmp_path))["train"].features[
        "relation"
    ].names == [*RELATIONS, "open"]


def test_a_cluster_across_splits_makes_no_pair(toy_built: Built, tmp_path: Path) -> None:
    assert "pairs" not in toy_built.rows
    members = {s: rows(toy_built, tmp_path, "clusters", s)[0]["members"] for s in ("train", "test")}
    assert {s: [m["claim_id"] for m in found] for s, found in members.items()} == {
        "train": ["border-bridge:c3"],
        "test": ["timetable:c3"],
    }


def leaks(paired: Corpus, second: dict[str, Any]) -> list[str]:
    """What is found where a pair of the toy corpus is in train, and a changed copy of it in test."""
    schema = read_schema()
    first = next(iter(pair_rows_of(paired)))
    table = schema.tables["pairs"]
    tables = {s: to_table(schema, table, [row]) for s, row in (("train", first), ("test", first | second))}
    split_of = {"border-bridge": "train", "timetable": "train", "x": "test", "y": "test"}
    return [issue.found for issue in check_splits({"pairs": tables}, split_of) if issue.code == "table-leak"]


def pair_rows_of(corpus: Corpus) -> Iterator[dict[str, Any]]:
    from sinorus_corpus.tables.pairs import pair_rows
    from sinorus_corpus.validate import validate

    report = validate(corpus)
    documents = [build_room._labelled(report, doc_id) for doc_id in sorted(report.content.texts)]
    yield from pair_rows(documents, [cluster for _, cluster in report.content.clusters])


# Words that share nothing with the toy corpus, so that each case shares only what it says.
OTHER: dict[str, Any] = {
    **{f"{name}_{side}": "" for name in ("text", "context", "gloss") for side in "ab"},
    "proposition": "", "cluster_id": "K2", "doc_id_a": "x", "doc_id_b": "y",
}  # fmt: skip


def test_words_of_other_splits_are_no_leak(paired: Corpus) -> None:
    assert leaks(paired, OTHER) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cluster_id": "K1"}, "K1 in train and test"),
        ({"doc_id_b": "timetable"}, "timetable in test"),
        (
            {
                "proposition": "Heihe (黑河) in China and Blagoveshchensk (Благовещенск) in Russia face each other over the "
                "Amur, it says"
            },
            "shares “",
        ),
        (
            {"context_a": "Heihe in China and Blagoveshchensk in Russia face each other over the Amur. The road bridge between "
             "them opened on the 10 June 2022, but a ferry still runs."},
            "shares “",
        ),
    ],
)  # fmt: skip
def test_a_pair_across_splits_is_found(paired: Corpus, change: dict[str, str], message: str) -> None:
    found = leaks(paired, OTHER | change)
    assert found
    assert all(message in one for one in found)


def test_a_pair_across_splits_is_not_published(toy: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """A maker that pairs over splits is stopped by the check, not by its own care."""

    def across(clusters: Any, articles: Any, splits: Any) -> dict[str, list[Cluster]]:
        return {split: list(clusters) for split in splits}

    def careless(documents: Any, clusters: Any) -> list[dict[str, Any]]:
        return [row for row in pair_rows_of(toy) if any(d.doc_id == row["doc_id_a"] for d in documents)]

    monkeypatch.setattr(build_room, "paired_clusters", across)
    monkeypatch.setattr(build_room, "pair_rows", careless)
    with pytest.raises(InvalidCorpusError) as refused:
        build(toy)
    assert {issue.code for issue in refused.value.report.errors} == {"table-leak"}
    assert "timetable in train" in refused.value.report.errors[0].found
    assert not toy.dist.exists()


def withhold(corpus: Corpus, doc_id: str, copies: Path) -> None:
    """Makes an article of the toy corpus one whose text does not ship, and keeps a reader's copy of it."""
    copies.mkdir()
    shutil.move(corpus.text(doc_id), copies / "my copy.txt")
    record = corpus.record(doc_id)
    edit(record, "redistribute = true", "redistribute = false")
    edit(record, 'license = "CC-BY-4.0"', 'license = "unknown"')
    edit(record, 'origin = "written"', 'origin = "published"')
    edit(record, 'split = "train"', 'split = "transfer"')
    record.write_text(record.read_text().partition("\n[[")[0])
    shutil.rmtree(corpus.annotations / "passes")
    schema = read_schema()
    gold = read_content(corpus, schema).gold[doc_id]
    entities = tuple(replace(e, quote="", digest=digest(e.quote)) for e in gold.entities)
    claims = tuple(
        replace(
            claim,
            quotes=(),
            digests=tuple(map(digest, claim.quotes)),
            gloss=f"In other words, claim {claim.id}.",
            attribution=tuple(replace(k, quotes=(), digests=tuple(map(digest, k.quotes))) for k in claim.attribution),
        )
        for claim in gold.claims
    )
    corpus.gold(doc_id).write_bytes(format_annotations(replace(gold, entities=entities, claims=claims), schema))


def test_a_readers_copies_give_pairs_and_links_as_a_private_build_does(toy: Corpus, tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    withhold(toy, "border-bridge", copies)
    shutil.copy(TOY_COPIES / "some name.txt", copies)
    edit(toy.clusters, '"timetable:c3"', '"reader-copy:c2"')
    hydrate(toy, copies, read_content(toy, read_schema()), read_schema())
    fingerprint(toy)
    built = build(toy)
    assert "pairs" not in built.rows
    private = build(toy, tmp_path / "private", private=True)
    assert private.rows["pairs"] == {"transfer": 1}
    for config in [*build_room.ROW_MAKERS, "pairs"]:
        own = sinorus_corpus.load(built.path, config, "transfer", copies, cache_dir=str(tmp_path / "cache"))
        there = datasets.load_dataset(str(private.path), config, split="transfer", cache_dir=str(tmp_path / "cache"))
        assert own.to_list() == there.to_list()
        assert own.features == there.features


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(1, 3), st.sampled_from(RELATIONS)),
        max_size=8,
        unique_by=lambda m: m[:2],
    )
)
def test_every_two_claims_of_different_documents_make_one_pair(members: list[tuple[str, int, str]]) -> None:
    cluster = Cluster("K1", "", "", tuple(Member(f"{doc}:c{n}", relation) for doc, n, relation in members))
    made = [frozenset((a.claim, b.claim)) for a, b in pairs_of(cluster)]
    wanted = {frozenset((a.claim, b.claim)) for a, b in combinations(cluster.members, 2) if a.document != b.document}
    assert len(made) == len(wanted) == len(set(made))
    assert set(made) == wanted


@pytest.mark.parametrize(
    ("a", "b", "between"),
    [
        *(("same", relation, relation) for relation in RELATIONS),
        ("restates", "restates", "restates"),
        ("restates", "contradicts", "open"),
        ("restates", "updates", "updates"),
        ("narrower", "broader", "broader"),
        ("narrower", "narrower", "open"),
        ("updates", "updates", "open"),
        ("contradicts", "contradicts", "open"),
        ("broader", "tension", "open"),
    ],
)
def test_the_relation_between_is_said_only_where_it_follows(a: str, b: str, between: str) -> None:
    assert pair_relation(a, b) == between
    assert between in read_schema().labels["pair_relation"].names


def test_withheld_words_are_in_no_config(toy_built: Built) -> None:
    import pyarrow.parquet as pq

    for path in (toy_built.path / "data").rglob("*.parquet"):
        table: pa.Table = pq.read_table(path)
        assert "Russia sells timber" not in str(table.to_pylist()), path
