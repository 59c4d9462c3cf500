"""Loaded documents as flat frames, spaCy and CoNLL, from what the real `datasets` client gives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import datasets
import polars as pl
import pytest
import spacy
from spacy.vocab import Vocab

import sinorus_corpus
from sinorus_corpus.build import Built
from sinorus_corpus.records import SinorusError


@pytest.fixture(scope="module")
def loaded(toy_built: Built, tmp_path_factory: pytest.TempPathFactory) -> datasets.DatasetDict:
    found = datasets.load_dataset(str(toy_built.path), "documents", cache_dir=str(tmp_path_factory.mktemp("cache")))
    assert isinstance(found, datasets.DatasetDict)
    return found


def test_flat_frames_hold_every_entity_claim_link_and_figure(loaded: datasets.DatasetDict) -> None:
    for split in loaded.values():
        flat = sinorus_corpus.to_polars(split)
        rows = list(split)
        assert flat.entities["text"].to_list() == [e["text"] for r in rows for e in r["entities"]]
        assert flat.claims["claim_id"].to_list() == [c["id"] for r in rows for c in r["claims"]]
        assert flat.claims["depth"].to_list() == [len(c["attribution"]) for r in rows for c in r["claims"]]
        assert flat.segments.height == sum(len(c["segments"]) for r in rows for c in r["claims"])
        links = [(n, link["cue"]) for r in rows for c in r["claims"] for n, link in enumerate(c["attribution"])]
        assert flat.links.select("number", "cue").rows() == links
        assert flat.quantities["value"].to_list() == [
            q["value"] for r in rows for c in r["claims"] for q in c["quantities"]
        ]
        assert flat.unaligned.height == 0
        assert not any(isinstance(kind, pl.List) and kind.inner == pl.Struct for f in flat for kind in f.dtypes)


def test_a_claim_spans_its_segments(loaded: datasets.DatasetDict) -> None:
    flat, row = sinorus_corpus.to_polars(loaded["train"]), loaded["train"][0]
    (two,) = flat.claims.filter(pl.col("segments") == 2).rows(named=True)
    assert row["text"][two["start"] : two["end"]] == "The bridge has two lanes, the timetable says, and a toll"


def test_a_text_that_was_changed_is_said(loaded: datasets.DatasetDict) -> None:
    changed = loaded["train"].map(
        lambda row: {"text": row["text"].replace("Amur", "Amur River").replace("Russia", "XXXXXX")}
    )
    said = sinorus_corpus.to_polars(changed).unaligned.select("said", "stands").rows()
    assert ("Russia", "XXXXXX") in said
    assert len(said) > 1


def test_selected_rows_are_the_selected_ones(loaded: datasets.DatasetDict) -> None:
    both = datasets.concatenate_datasets([loaded["train"], loaded["test"]])
    flat = sinorus_corpus.to_polars(both.select([1]))
    assert set(flat.entities["doc_id"]) == {"timetable"}
    empty = sinorus_corpus.to_polars(both.select([]))
    assert [frame.height for frame in empty] == [0] * 6


def test_spacy_has_entities_and_groups(loaded: datasets.DatasetDict) -> None:
    made, lost = sinorus_corpus.to_spacy(loaded["train"])
    assert lost == []
    (doc,) = made.get_docs(Vocab())
    row = loaded["train"][0]
    assert doc.text == row["text"]
    assert [(s.text, s.label_, s.kb_id_) for s in doc.spans["entities"]] == [
        (e["text"], e["label"], e["entity"]) for e in row["entities"]
    ]
    assert [s.text for s in doc.spans["claims"]] == [
        row["text"][p["start"] : p["end"]] for c in row["claims"] for p in c["segments"]
    ]


def test_spacys_own_tokens_lose_what_they_cut_and_it_is_said(loaded: datasets.DatasetDict) -> None:
    nlp = spacy.blank("en")
    made, lost = sinorus_corpus.to_spacy(loaded["train"], nlp)
    (doc,) = made.get_docs(nlp.vocab)
    assert [t.text for t in doc] == [t.text for t in nlp.make_doc(loaded["train"][0]["text"])]
    assert (len(doc.spans["entities"]), len(doc.spans["claims"]), lost) == (10, 6, [])
    glued = loaded["train"].map(lambda row: {"text": row["text"].replace(" Amur", "xAmur")})
    _, told = sinorus_corpus.to_spacy(glued, nlp)
    assert {one.what.partition(" ")[0] for one in told} == {"LOC"}


def test_conll_has_a_line_a_token_and_says_what_is_left_out(loaded: datasets.DatasetDict) -> None:
    text, lost = sinorus_corpus.to_conll(loaded["train"])
    assert "Blagoveshchensk _ _ B-GPE\n" in text
    assert text.startswith("-DOCSTART- -X- -X- O\n\n")
    assert {one.item for one in lost if one.what == "claim"} == {"c1", "c2", "c3", "c4", "c5"}


@pytest.mark.parametrize("name", ["to_polars", "to_spacy", "to_conll"])
def test_what_is_no_split_of_documents_is_refused(
    loaded: datasets.DatasetDict, toy_built: Built, tmp_path: Path, name: str
) -> None:
    convert = getattr(sinorus_corpus, name)
    with pytest.raises(SinorusError, match=r"found all splits; expected one of them, such as documents\['train'\]"):
        convert(loaded)
    with pytest.raises(SinorusError, match="found list; expected a Dataset"):
        convert([{"text": "x"}])
    other: Any = datasets.load_dataset(str(toy_built.path), "ner", split="train", cache_dir=str(tmp_path))
    with pytest.raises(SinorusError, match="expected the config documents"):
        convert(other)


def test_the_package_stays_light() -> None:
    code = (
        "import sys, sinorus_corpus; from sinorus_corpus import load\n"
        "assert not {'numpy', 'polars', 'pyarrow', 'datasets', 'spacy'} & set(sys.modules), sys.modules.keys()\n"
        "sinorus_corpus.align_labels([(0, 1)], [])\n"
        "assert 'spacy' not in sys.modules\n"
        "try: sinorus_corpus.nothing\n"
        "except AttributeError as error: assert 'nothing' in str(error)\n"
        "else: raise SystemExit(1)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
