"""Claims by rules alone, as a lower bound: sentences split where a new clause with a finite verb seems to begin.

    python -m examples.claim_rules dist/sinorus-corpus build/claim_rules.jsonl

There is no parser behind it: a clause begins after `;`, `:`, a dash, or a comma or conjunction, where words follow that look like
a subject and a finite verb. Types and attributes are not guessed.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from examples.load_and_look import HELD_OUT, open_config

_SENTENCE = re.compile(r"[^.!?]+(?:[.!?](?!\s|$)[^.!?]*)*[.!?]*")
_VERB = (
    r"(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|does|did|do|said|says|[a-z]{3,}ed|[a-z]{3,}s|"
    r"rose|fell|grew|came|went|took|made|gave|put|met|held|sold|bought|left|stood|ran|began|became)"
)
_SPLIT = re.compile(
    rf"\s*[;:—–]\s+|,?\s+(?:but|yet|while|whereas|although|though)\s+(?=(?:\S+\s+){{1,6}}?{_VERB}\b)|,\s+(?:and\s+)?"
    rf"(?=(?:the|a|an|it|he|she|they|this|that|these|its|his|their|[A-Z]\S*)\s+(?:\S+\s+){{0,5}}?{_VERB}\b)|,\s+(?=which\s|who\s)"
)


def clauses(line: str) -> Iterator[tuple[int, int]]:
    """The clauses of a line, as offsets in code points, less outer marks."""
    for sentence in _SENTENCE.finditer(line):
        start = sentence.start()
        cuts = [(m.start(), m.end()) for m in _SPLIT.finditer(line, start, sentence.end())]
        for cut, after in [*cuts, (sentence.end(), sentence.end())]:
            words = line[start:cut]
            trimmed = words.strip(" .;:,—–\u00a0")
            if len(trimmed.split()) >= 3 and not words.rstrip().endswith("?"):
                first = start + words.find(trimmed)
                yield first, first + len(trimmed)
            start = after


def main(dataset: str, out: Path) -> None:
    """Splits the documents of test and transfer, and writes predictions."""
    rows = []
    for split, found in open_config(dataset, "documents").items():
        for row in found if split in HELD_OUT else []:
            at, claims = 0, []
            for line in row["text"].split("\n"):
                claims += [{"segments": [[at + s, at + e]]} for s, e in clauses(line)]
                at += len(line) + 1
            rows.append(json.dumps({"doc_id": row["doc_id"], "claims": claims}) + "\n")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("".join(rows))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
