"""How well types of lines are named: macro F1 and a confusion table. No model is known here."""

from __future__ import annotations

from collections import Counter

# Types that occur less often in the reviewed files have no F1 worth a mean.
LEAST = 5


def type_report(pairs: list[tuple[str, str]]) -> str:
    """Macro F1 over the types that occur often enough, and what was taken for what."""
    gold, found = (Counter(side) for side in zip(*pairs, strict=True))
    right = Counter(g for g, f in pairs if g == f)
    often = [name for name, count in sorted(gold.items()) if count >= LEAST]
    scores = {name: 2 * right[name] / (gold[name] + found[name]) for name in often}
    rows = [f"| {n} | {gold[n]} | {scores[n]:.2f} | {_confused(pairs, n)} |" for n in often]
    head = (
        f"Typing macro F1 over {len(often)} types with {LEAST} lines or more: {sum(scores.values()) / len(often):.3f}\n"
    )
    return "\n".join([head, "| type | lines | F1 | taken for |", "|---|---|---|---|", *rows])


def _confused(pairs: list[tuple[str, str]], name: str) -> str:
    wrong = Counter(f for g, f in pairs if g == name and f != name)
    return ", ".join(f"{other} {count}" for other, count in wrong.most_common())
