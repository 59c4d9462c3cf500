"""Who may see and change whose reading, so that two readings stay independent until gold is made. No label is parsed here."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

from sinorus_corpus.content import Content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.files import write_atomic
from sinorus_corpus.records import Header, SinorusError

Pair = tuple[str, str]


def finished(content: Content, doc_id: str) -> list[str]:
    """Who has handed in a pass over a document, sorted."""
    headers = [s.header for s in content.passes.values() if s.header.doc_id == doc_id]
    return sorted(header.annotator for header in headers if header.status == "pass")


def adjudicated(content: Content, doc_id: str) -> Header | None:
    """The header of gold, if two passes were settled to make it."""
    gold = content.gold.get(doc_id)
    return gold.header if gold and gold.header.status == "adjudicated" else None


def may_open(corpus: Corpus, content: Content, doc_id: str, annotator: str) -> list[Pair]:
    """The pairs of passes that somebody may see side by side.

    Before gold they are the pairs that are not one's own, and only while one's own reading is not under way. After it
    they are those that gold was made of, for its adjudicator and for whoever has handed in a pass.
    """
    own = _status(corpus, content, doc_id, annotator)
    if gold := adjudicated(content, doc_id):
        first, second = gold.passes
        return [(first, second)] if own == "pass" or gold.annotator == annotator else []
    return [] if own == "draft" else [p for p in combinations(finished(content, doc_id), 2) if annotator not in p]


def require_open(corpus: Corpus, content: Content, doc_id: str, annotator: str, pair: Pair) -> None:
    """Refuses two passes that somebody may not see side by side.

    Raises:
        SinorusError: they are not among `may_open`.
    """
    if sorted(pair) not in map(sorted, may_open(corpus, content, doc_id, annotator)):
        raise SinorusError(
            f"{doc_id}: {annotator} may not see {pair[0]} beside {pair[1]}; two handed in passes are settled by somebody else, "
            "whose own reading is not under way, and seen by those who read the text once gold is made of them"
        )


def may_settle(content: Content, doc_id: str, annotator: str) -> bool:
    """Whether somebody who may open two passes may also decide over them: gold is changed by its adjudicator alone."""
    gold = adjudicated(content, doc_id)
    return gold is None or gold.annotator == annotator


def remember(corpus: Corpus, content: Content, doc_id: str, annotator: str) -> None:
    """Notes that somebody without a pass has seen those of others."""
    if not _status(corpus, content, doc_id, annotator):
        write_atomic(_seen(corpus, doc_id, annotator), b"")


def require_writable(corpus: Corpus, content: Content, doc_id: str, annotator: str, *, taken_back: bool) -> None:
    """Refuses a pass that may not be made or changed any more.

    Args:
        taken_back: the annotator asks for the handed in pass back.

    Raises:
        SinorusError: its maker has seen the passes of others, or it is handed in, or gold is made of it.
    """
    status = _status(corpus, content, doc_id, annotator)
    gold = adjudicated(content, doc_id)
    if not status and (_seen(corpus, doc_id, annotator).exists() or (gold and gold.annotator == annotator)):
        raise SinorusError(
            f"{annotator} has seen the passes of others over {doc_id} to settle them; a reading of it would not be blind"
        )
    if status == "pass" and in_gold(content, doc_id, annotator):
        raise SinorusError(f"gold of {doc_id} is made of the pass of {annotator}, which is kept as made")
    if status == "pass" and not taken_back:
        raise SinorusError(f"the pass of {annotator} over {doc_id} is handed in; take it back to change it")


def in_gold(content: Content, doc_id: str, annotator: str) -> bool:
    """Whether gold is made of this annotator's pass."""
    return doc_id in content.gold and annotator in content.gold[doc_id].header.passes


def _status(corpus: Corpus, content: Content, doc_id: str, annotator: str) -> str:
    own = content.passes.get(corpus.relative(corpus.annotator_pass(annotator, doc_id)))
    return own.header.status if own else ""


def _seen(corpus: Corpus, doc_id: str, annotator: str) -> Path:
    return corpus.root / "build" / "settled" / annotator / doc_id
