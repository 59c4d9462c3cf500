"""Rows of the configs `claims` and `attribution`: one a claim, with the lines it stands in and who vouches for it."""

from __future__ import annotations

from sinorus_corpus.records import Span
from sinorus_corpus.tables import Labelled
from sinorus_corpus.tables.documents import Row, claims

# Of the 594 claims in open articles that somebody in the text vouches for, 592 had the whole chain this near.
LINES_BEFORE = 3


def claim_rows(labelled: Labelled) -> list[Row]:
    """One row for each claim of a document."""
    lines = [span for _, span in labelled.line_starts()]
    return [_row(labelled, claim, lines) for claim in claims(labelled)]


def _row(labelled: Labelled, claim: Row, lines: list[Span]) -> Row:
    context = _context(claim, lines, 0)
    innermost = claim["attribution"][-1] if claim["attribution"] else {"source": "", "cue": "", "who": []}
    names = [labelled.known[w].name for w in innermost["who"] if w in labelled.known]
    return {
        **{key: value for key, value in claim.items() if key != "id"},
        **_place(labelled, claim, context),
        "source": innermost["source"],
        "source_entities": innermost["who"],
        "source_names": names,
        "depth": len(claim["attribution"]),
        "cue": innermost["cue"],
    }


def _context(claim: Row, lines: list[Span], before: int) -> Span:
    """From `before` lines before the claim to the end of its last line."""
    first = max(n for n, line in enumerate(lines) if line.start <= claim["segments"][0]["start"])
    last = min(n for n, line in enumerate(lines) if line.end >= claim["segments"][-1]["end"])
    return Span(lines[max(0, first - before)].start, lines[last].end)


def _place(labelled: Labelled, claim: Row, context: Span) -> Row:
    return {
        "claim_id": f"{labelled.doc_id}:{claim['id']}",
        "doc_id": labelled.doc_id,
        "origin": labelled.document.article.origin,
        "segments": [{"start": s["start"], "end": s["end"]} for s in claim["segments"]],
        "context": labelled.document.text[context.start : context.end],
        "context_start": context.start,
    }


def attribution_rows(labelled: Labelled) -> list[Row]:
    """One row for each claim of a document, with a context that is chosen without looking at its source."""
    lines = [span for _, span in labelled.line_starts()]
    rows = []
    for claim in claims(labelled):
        context = _context(claim, lines, LINES_BEFORE)
        chain = [{**link, "in_context": _inside(link, context)} for link in claim["attribution"]]
        own = {"text": claim["text"], "depth": len(chain), "attribution": chain, "cert": claim["cert"]}
        rows.append(_place(labelled, claim, context) | own)
    return rows


def _inside(link: Row, context: Span) -> bool:
    spans = [(link[f"{name}_start"], link[f"{name}_end"]) for name in ("source", "cue")]
    return all(start < 0 or (context.start <= start and end <= context.end) for start, end in spans)
