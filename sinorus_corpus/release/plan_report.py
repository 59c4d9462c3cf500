"""What a person sees of a planned release: what changed, the version, what stands against it, what is done next. No checks."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from sinorus_corpus.characters import escape
from sinorus_corpus.release.diff_report import counts_table
from sinorus_corpus.release.releasing import Plan
from sinorus_corpus.release.versions import demanded

_SHOWN = 20


def plan_parts(plan: Plan) -> Iterator[Table | str]:
    """Tables and lines, in the order to show."""
    if plan.difference and not plan.difference.is_empty:
        yield counts_table(plan.difference)
    yield from _demand_lines(plan)
    yield from (f"note: {note}" for note in plan.notes)
    if plan.entry:
        yield f"CHANGELOG.md would say; write it there beforehand to have it in other words:\n\n{_lines(plan.entry)}"
    if plan.issues:
        yield f"refused: {len(plan.issues)} errors stand"
    yield from (f"refused: {escape(refusal)}" for refusal in plan.refusals)


def _demand_lines(plan: Plan) -> Iterator[str]:
    last = plan.last.name if plan.last else ""
    if plan.finished:
        yield f"{last} is tagged on this commit; what may be missing is its dataset"
    elif plan.version and not last:
        yield f"version {plan.version}: the first release, as it is written down"
    elif plan.version:
        part = demanded(plan.reasons) or "no"
        yield (
            f"version {plan.version}: a {part} change since {last}"
            if plan.reasons
            else (
                f"version {plan.version}: the data is that of {last}, and the version was raised by hand for the tool"
            )
        )
        yield from (f"  {reason.part}: {escape(reason.text)}" for reason in plan.reasons[:_SHOWN])
        if (left := len(plan.reasons) - _SHOWN) > 0:
            yield f"  and {left} more"
    elif not plan.issues:
        yield f"nothing to release: the data is that of {last}. To release the tool alone, raise the version by hand"


def _lines(text: str) -> str:
    """`text` with every line safe for a terminal."""
    return "\n".join(escape(line) for line in text.split("\n"))


def next_lines(plan: Plan) -> list[str]:
    """What is done, and what a person does next."""
    name = f"v{plan.version}"
    return [
        f"{name} is tagged and its dataset built and checked",
        f"git push origin HEAD {name}",
        f"sinorus publish ORG/NAME   # {name}, as it was built",
    ]
