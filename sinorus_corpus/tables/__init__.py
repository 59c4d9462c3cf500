"""Records to the published tables. No printing, and no reading of files but `schemas/`, may live here.

`documents.py`, `lines.py` (ner and regions), `claims.py` (claims and attribution), `sentences.py`, `linking.py` (linking and
registry), `pairs.py` (pairs and clusters) and `withheld.py` make the rows of each config; `arrow.py` makes Arrow tables of them
and checks those, `leaks.py` checks them across splits; `near_duplicates.py` is the one place that says which texts are alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from sinorus_corpus.cleaning.alignment import Alignment
from sinorus_corpus.records import AnnotationSet, Document, KnownEntity, Span

# Configs that hold no words of an article, and so may have rows of withheld ones.
WITHOUT_TEXT = ("withheld", "clusters", "registry")


@dataclass(frozen=True)
class Labelled:
    """A document with its labels: what every row is made from.

    Attributes:
        gold: the labels, or `None` where there are none yet.
        known: the entity registry by id.
        reviewed: whether the regions were reviewed by a reader.
        raw: the raw text.
    """

    document: Document
    raw: str
    gold: AnnotationSet | None
    known: dict[str, KnownEntity] = field(default_factory=dict)
    reviewed: bool = True
    schema_version: str = ""

    @cached_property
    def alignment(self) -> Alignment:
        """The alignment as columns."""
        return Alignment(self.document.alignment)

    @property
    def doc_id(self) -> str:
        """Id of the article."""
        return self.document.article.doc_id

    def text_spans(self, spans: list[Span]) -> list[Span]:
        """Text spans of raw spans that are known to lie in the text."""
        found = self.alignment.to_text(spans)
        missing = [raw for raw, span in zip(spans, found, strict=True) if span is None]
        if missing:
            raise ValueError(f"{self.doc_id}: raw {missing[0]} is not in the text; validation should have refused it")
        return [span for span in found if span is not None]

    def line_starts(self) -> list[tuple[str, Span]]:
        """Region id and text span of each kept line, in order."""
        lines, at = [], 0
        kept = [r.id for r in self.document.regions if r.id in self.document.kept]
        texts = self.document.text.split("\n") if kept else []
        for region_id, line in zip(kept, texts, strict=True):
            lines.append((region_id, Span(at, at + len(line))))
            at += len(line) + 1
        return lines
