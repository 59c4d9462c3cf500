"""Whether a reading meets a difficulty of an article, planted or found later. Nothing is read from disk or counted here.

A claim is met where it covers at least half of the planted words: writers quoted what is difficult, not always the whole claim.
A claim in pieces, and what is no claim, are compared by IoU of at least one half, as everywhere; a mention is met where its span
is exact. Each kind asks for what makes it difficult: `schemas/labels/challenge.toml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sinorus_corpus.agreement.matching import overlaps
from sinorus_corpus.agreement.readings import SAME_CLAIM
from sinorus_corpus.records import AnnotationSet, Challenge, Claim, Entity, Span

OF_LINES = ("furniture-like-text", "text-like-furniture")


@dataclass(frozen=True)
class Read:
    """One reading of one document, and the text that its offsets count in."""

    text: str
    labels: AnnotationSet

    def place(self, words: str, context: str = "") -> Span | None:
        """Where words stand: in `context` if it is given, else their first copy."""
        at = self.text.find(context) if context else 0
        start = self.text.find(words, at) if at >= 0 and words else -1
        return Span(start, start + len(words)) if start >= 0 else None

    def claim(self, *pieces: Span | None) -> Claim | None:
        """The claim over these very words, if there is one."""
        wanted = tuple(piece for piece in pieces if piece)
        if not wanted:
            return None
        found = overlaps([wanted], [claim.segments for claim in self.labels.claims])
        best = max(zip(found.iou, found.b, strict=True), default=(0.0, 0))
        return self.labels.claims[best[1]] if best[0] >= SAME_CLAIM else None

    def claim_covering(self, words: Span | None) -> Claim | None:
        """The claim that covers most of these words, if it is half of them at least."""
        if words is None:
            return None
        shared = [(_shared(claim, words), -n) for n, claim in enumerate(self.labels.claims)]
        most, n = max(shared, default=(0, 0))
        return self.labels.claims[-n] if 2 * most >= words.end - words.start else None

    def mentions(self, span: Span | None) -> Iterator[Entity]:
        """The mentions with this very span."""
        yield from (e for e in self.labels.entities if e.span == span)


def _shared(claim: Claim, words: Span) -> int:
    return sum(max(0, min(end, words.end) - max(start, words.start)) for start, end in claim.segments)


def applies(challenge: Challenge, text: str) -> bool:
    """Whether a published text has the words of a challenge; those of lines are about what is published at all."""
    read = Read(text, AnnotationSet("", None))  # type: ignore[arg-type]  # no label is looked at
    words = challenge.segments or (challenge.quote,)
    return challenge.kind not in OF_LINES and all(read.place(w, challenge.context) for w in words)


def meets(challenge: Challenge, read: Read) -> bool:
    """Whether a reading finds what a right one finds.

    Args:
        challenge: one that applies to the text.
    """
    return _TESTS[challenge.kind](challenge, read)


def _claim(challenge: Challenge, read: Read) -> Claim | None:
    return read.claim_covering(read.place(challenge.quote, challenge.context))


def _has_source(challenge: Challenge, claim: Claim | None, read: Read) -> bool:
    """Whether the innermost source is, or shares words with, the one that was planted."""
    span = claim.attribution[-1].source if claim and claim.attribution else None
    found = read.text[span.start : span.end] if span else ""
    return bool(found) and (found in challenge.source or challenge.source in found)


def _chain(challenge: Challenge, read: Read) -> bool:
    claim = _claim(challenge, read)
    return _has_source(challenge, claim, read) and claim is not None and len(claim.attribution) == challenge.depth


def _sourced(challenge: Challenge, read: Read) -> bool:
    return _has_source(challenge, _claim(challenge, read), read)


def _hedged(challenge: Challenge, read: Read) -> bool:
    claim = _claim(challenge, read)
    return claim is not None and claim.cert == challenge.cert


def _negated(challenge: Challenge, read: Read) -> bool:
    claim = _claim(challenge, read)
    return claim is not None and claim.pol == challenge.pol


def _in_segments(challenge: Challenge, read: Read) -> bool:
    claim = read.claim(*(read.place(words) for words in challenge.segments))
    return claim is not None and len(claim.segments) == len(challenge.segments)


def _nested(challenge: Challenge, read: Read) -> bool:
    outer = read.place(challenge.quote, challenge.context)
    at = challenge.quote.find(challenge.inner)
    if outer is None or at < 0:
        return False
    inner = Span(outer.start + at, outer.start + at + len(challenge.inner))
    labels = {(outer, challenge.label), (inner, challenge.inner_label)}
    return labels <= {(e.span, e.label) for e in read.labels.entities}


def _metonym(challenge: Challenge, read: Read) -> bool:
    return any(e.metonym for e in read.mentions(read.place(challenge.quote, challenge.context)))


def _named(challenge: Challenge, read: Read) -> bool:
    return any(e.label == challenge.label for e in read.mentions(read.place(challenge.quote, challenge.context)))


def _apart(challenge: Challenge, read: Read) -> bool:
    whole = read.place(challenge.quote, challenge.context)
    if whole is None or any(read.mentions(whole)):
        return False
    inside = {read.text[e.start : e.end] for e in read.labels.entities if whole.start <= e.start and e.end <= whole.end}
    return set(challenge.parts) <= inside


def _rivals(challenge: Challenge, read: Read) -> bool:
    """Both figures are claims with a figure; how they relate is the business of clusters."""
    claims = (_claim(challenge, read), read.claim_covering(read.place(challenge.other)))
    return all(claim is not None and claim.quantities for claim in claims)


def _both(challenge: Challenge, read: Read) -> bool:
    return _claim(challenge, read) is not None and read.claim_covering(read.place(challenge.other)) is not None


def _unclaimed(challenge: Challenge, read: Read) -> bool:
    return read.claim(read.place(challenge.quote, challenge.context)) is None


_TESTS: dict[str, Callable[[Challenge, Read], bool]] = {
    "chain": _chain,
    "pronoun-source": _sourced,
    "source-outside-sentence": _sourced,
    "noun-report": _sourced,
    "hedge": _hedged,
    "counterfactual": _hedged,
    "negation": _negated,
    "segments": _in_segments,
    "nested-name": _nested,
    "metonym": _metonym,
    "misspelt-name": _named,
    "coordination": _apart,
    "figure-currency": _rivals,
    "figure-period": _rivals,
    "figure-basis": _rivals,
    "false-record": _both,
    "update": _both,
    "no-claim": _unclaimed,
}
