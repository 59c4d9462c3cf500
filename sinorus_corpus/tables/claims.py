"""Rows of the config `claims`: one a claim, with the lines it stands in and its innermost source."""

from __future__ import annotations

from sinorus_corpus.records import Span
from sinorus_corpus.tables import Labelled
from sinorus_corpus.tables.documents import Row, claims


def claim_rows(labelled: Labelled) -> list[Row]:
    """One row for each claim of a document."""
    lines = [span for _, span in labelled.line_starts()]
    return [_row(labelled, claim, lines) for claim in claims(labelled)]


def _row(labelled: Labelled, claim: Row, lines: list[Span]) -> Row:
    segments = [{"start": s["start"], "end": s["end"]} for s in claim["segments"]]
    begin = max(line.start for line in lines if line.start <= segments[0]["start"])
    finish = min(line.end for line in lines if line.end >= segments[-1]["end"])
    innermost = claim["attribution"][-1] if claim["attribution"] else {"source": "", "cue": "", "who": []}
    names = [labelled.known[w].name for w in innermost["who"] if w in labelled.known]
    return {
        **{key: value for key, value in claim.items() if key != "id"},
        "claim_id": f"{labelled.doc_id}:{claim['id']}",
        "doc_id": labelled.doc_id,
        "origin": labelled.document.article.origin,
        "segments": segments,
        "context": labelled.document.text[begin:finish],
        "context_start": begin,
        "source": innermost["source"],
        "source_entities": innermost["who"],
        "source_names": names,
        "depth": len(claim["attribution"]),
        "cue": innermost["cue"],
    }
