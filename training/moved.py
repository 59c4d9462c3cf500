"""Pages whose furniture stands between their paragraphs, made from labelled pages: what pop-ups and boxes do to an article.

The public pages hold little of it, and a model trained on them alone drops the paragraphs beside a pop-up. Only lines of the
page itself are used, so that nothing is seen of a held-out site.
"""

from __future__ import annotations

import random
from typing import Any

Record = dict[str, Any]

_MOST_BLOCKS = 4
_LONGEST = 5
# A page needs so many kept lines, and so many dropped ones outside them.
_LEAST_KEPT = 4
_LEAST_DROPPED = 2


def with_moved_furniture(record: Record, rng: random.Random) -> Record | None:
    """A copy of a page with blocks of its furniture between its kept lines; half of the blocks leave their old place.

    Returns:
        The copy, of the kind `moved`, or nothing where the page has too few lines for one.
    """
    keep = [line["keep"] for line in record["lines"]]
    kept = [i for i, k in enumerate(keep) if k]
    furniture = {i for i, k in enumerate(keep) if not k and not kept[:1] <= [i] <= kept[-1:]}
    if len(kept) < _LEAST_KEPT or len(furniture) < _LEAST_DROPPED:
        return None
    inserted: dict[int, list[int]] = {}
    gone: set[int] = set()
    for _ in range(rng.randint(1, _MOST_BLOCKS)):
        first = rng.choice(sorted(furniture))
        block = [i for i in range(first, first + rng.randint(1, _LONGEST)) if i in furniture]
        inserted.setdefault(rng.choice(kept[1:]), []).extend(block)
        if rng.random() < 0.5:
            gone.update(block)
    order = [j for i in range(len(keep)) for j in [*inserted.get(i, []), *([] if i in gone else [i])]]
    return record | {"kind": "moved", **_laid_out(record, order)}


def _laid_out(record: Record, order: list[int]) -> Record:
    """Text and lines of a record with its lines in another order."""
    texts, lines, at = [], [], 0
    for i in order:
        line = record["lines"][i]
        texts.append(record["text"][line["start"] : line["end"]])
        lines.append({"start": at, "end": at + len(texts[-1]), "keep": line["keep"]})
        at += len(texts[-1]) + 1
    return {"text": "\n".join(texts), "lines": lines}
