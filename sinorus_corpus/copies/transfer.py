"""Moves the labels of a withheld article to a copy that differs: what is found there goes along, the rest is counted as lost."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sinorus_corpus.copies.mapping import map_spans
from sinorus_corpus.records import AnnotationSet, Article, Claim, Entity, Fingerprint, Link, Region, Span
from sinorus_corpus.schema import Schema

LAYERS = ("line", "entity", "claim", "source", "cue")


@dataclass
class Transferred:
    """A copy with what could be moved to it.

    Attributes:
        regions: every line of the copy; one in which anything was found keeps its reviewed type, any other is as proposed.
        gold: the labels at offsets of the copy, `None` where the article has none. A claim has moved if all its segments have; a
            source or cue that has not leaves its link without words.
        moved, lost: how many of each layer.
    """

    regions: tuple[Region, ...] = ()
    gold: AnnotationSet | None = None
    moved: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)

    def told(self) -> str:
        """What was moved, by layer, as `entity 40/41`."""
        return ", ".join(
            f"{layer} {self.moved[layer]}/{self.moved[layer] + self.lost[layer]}"
            for layer in LAYERS
            if self.moved[layer] + self.lost[layer]
        )


def transfer(
    article: Article,
    regions: Sequence[Region],
    gold: AnnotationSet | None,
    prints: Sequence[Fingerprint],
    copy: str,
    schema: Schema,
) -> Transferred:
    """Moves regions and labels of an article to a copy of it.

    Args:
        regions, gold, prints: what is known of the original.
        copy: the text of the copy.
    """
    places = map_spans(prints, copy)
    made = Transferred()
    made.regions = _regions(article, regions, places, copy, schema, made)
    kept = [r.span for r in made.regions if r.label in schema.text_types() and r.dup_of is None]
    if gold is not None:
        mover = _Mover(places, kept, copy, made)
        entities, claims = mover.entities(gold.entities), mover.claims(gold.claims)
        lines = {"region": [], "entity": list(range(len(entities))), "claim": list(range(len(claims)))}
        made.gold = replace(gold, entities=entities, claims=claims, lines=lines)
    return made


def _regions(
    article: Article,
    regions: Sequence[Region],
    places: Mapping[Span, Span],
    copy: str,
    schema: Schema,
    made: Transferred,
) -> tuple[Region, ...]:
    from sinorus_corpus.cleaning.propose import propose_regions

    whole = sum(region.span in places for region in regions)
    made.moved["line"], made.lost["line"] = whole, len(regions) - whole
    starts = [region.start for region in regions]
    found = [(place, regions[bisect_right(starts, span.start) - 1]) for span, place in places.items()]
    own: dict[str, str] = {}
    lines = []
    for line in propose_regions(copy, schema, article.publisher):
        overlaps = [(_overlap(line.span, place), region) for place, region in found]
        size, region = max(overlaps, key=lambda pair: pair[0], default=(0, line))
        if size > 0:
            own.setdefault(region.id, line.id)
            line = replace(line, label=region.label, dup_of=own.get(region.dup_of or "") if region.dup_of else None)
        lines.append(line)
    return tuple(lines)


def _overlap(a: Span, b: Span) -> int:
    return min(a.end, b.end) - max(a.start, b.start)


class _Mover:
    """Moves records one by one and counts what becomes of their spans."""

    def __init__(self, places: Mapping[Span, Span], kept: Sequence[Span], copy: str, made: Transferred) -> None:
        self.places, self.kept, self.copy, self.made = places, kept, copy, made

    def entities(self, entities: Iterable[Entity]) -> tuple[Entity, ...]:
        """The mentions that lie whole in one line of the copy's text."""
        moved = [(e, self._whole("entity", e.span)) for e in entities]
        return tuple(replace(e, start=s.start, end=s.end, digest="") for e, s in moved if s)

    def claims(self, claims: Iterable[Claim]) -> tuple[Claim, ...]:
        """The claims of which all segments are there, each cut where the copy has a line end."""
        moved = []
        for claim in claims:
            pieces = [self._pieces(s) for s in claim.segments]
            self._count("claim", all(pieces))
            if all(pieces):
                links = tuple(self._link(link) for link in claim.attribution)
                segments = tuple(piece for found in pieces for piece in found)
                moved.append(replace(claim, segments=segments, digests=(), attribution=links))
        return tuple(moved)

    def _link(self, link: Link) -> Link:
        source = self._whole("source", link.source) if link.source else None
        cue = self._whole("cue", link.cue) if link.cue else None
        return replace(link, source=source, cue=cue, digests=())

    def _whole(self, layer: str, span: Span) -> Span | None:
        pieces = self._pieces(span)
        self._count(layer, len(pieces) == 1)
        return pieces[0] if len(pieces) == 1 else None

    def _pieces(self, span: Span) -> list[Span]:
        """The parts of a span's place, one for each line; none where it was not found or lies partly outside the text."""
        place = self.places.get(span)
        if place is None:
            return []
        cut = [Span(max(place.start, k.start), min(place.end, k.end)) for k in self.kept if _overlap(place, k) > 0]
        return cut if self._words(cut) == self._words([place]) else []

    def _words(self, spans: Iterable[Span]) -> list[str]:
        return [word for s in spans for word in self.copy[s.start : s.end].split()]

    def _count(self, layer: str, is_moved: bool) -> None:
        (self.made.moved if is_moved else self.made.lost)[layer] += 1
