"""The measured parts of the card: consistency, audits, baselines, counts. Nothing is measured here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from sinorus_corpus.agreement.bootstrap import Figure
from sinorus_corpus.auditing.figures import AuditFigures
from sinorus_corpus.auditing.report import NO_HUMAN, cell, rows, title
from sinorus_corpus.card.dictionary import fold
from sinorus_corpus.card.findings import Baseline, Baselines, Findings
from sinorus_corpus.comparing import Comparison
from sinorus_corpus.stats import Count

_NO_HUMAN = f"{NO_HUMAN[0].upper()}{NO_HUMAN[1:]}."

_CONSISTENCY = """## Consistency

Two readings, `{a}` and `{b}`, were made blind of each other by language models of one kind, from the same guidelines, and
compared as they were made, before adjudication. Each is the work of several such readers, some articles each. **This measures
how consistent such readings are, not how well people agree.** In brackets: 95 % of bootstrap samples over documents. Real
(published) and written articles have figures of their own.

{table}

{relations}"""

_OWN_WORDS = """In that table each reader of clusters worded propositions of their own, by guidelines 1.1. {told}
"""

_RELATIONS = """Guidelines 1.2 part the work: clusters and propositions are settled
first, and `{a}` and `{b}` then read the relations of the same members to the same propositions, blind of each other. Cluster
relation kappa of these two: {figures}. The second figure is not the first one mended: its question is easier, and its rules were
written from where the first readings of articles in train had differed."""

_NO_RELATIONS = "Guidelines 1.2 part the work; no two readings by them are here yet."

_AUDIT = """### {reader}

{title}. In brackets: 95 % intervals, Wilson's for rates, of a bootstrap over documents for recall and F1.

{table}
"""

_BASELINES = """## Baselines

Small systems that saw train alone, scored against gold on {documents}. `{command}` wrote these
figures over version {version}; `examples/` in the repository has the systems. In brackets: 95 % of bootstrap samples over
documents; – where nothing can be compared.
"""

_OLDER = """
**These scores were made over version {version}, not over this one.**
"""


def checked(findings: Findings) -> str:
    """Whether a human has checked the labels."""
    humans = [a.audit.header.annotator for a in findings.audits if a.audit.header.kind == "human"]
    return f"A human has checked a sample of the labels ({', '.join(humans)}); see Audit." if humans else _NO_HUMAN


def consistency(compared: Comparison, relations: Comparison | None) -> str:
    """Two readings compared, and two readings of relations alone."""
    columns = [f"{name}, {int(chosen.sum())} articles" for name, chosen in compared.groups.items()]
    found = ((tally.name, compared.figures(tally)) for tally in compared.headline)
    table = markdown_table(["measure", *columns], ([n, *(figure(f[g]) for g in compared.groups)] for n, f in found))
    clusters = any(tally.section == "clusters" for tally in compared.headline)
    told = _OWN_WORDS.format(told=_relations(relations)) if clusters else ""
    return _CONSISTENCY.format(a=compared.a, b=compared.b, table=table, relations=told)


def _relations(compared: Comparison | None) -> str:
    if compared is None:
        return _NO_RELATIONS
    found = [f"{name} {figure(one)}" for name, one in compared.figures(compared.headline[0]).items()]
    return _RELATIONS.format(a=compared.a, b=compared.b, figures=", ".join(found))


def audits(found: list[AuditFigures]) -> str:
    """Third readings of samples, those by humans apart from those by models."""
    parts = ["## Audit\n"]
    if not any(one.audit.header.kind == "human" for one in found):
        parts.append(f"{_NO_HUMAN}\n")
    return "\n".join([*parts, *(_audit(one) for one in found)])


def _audit(found: AuditFigures) -> str:
    human = found.audit.header.kind == "human"
    reader = "By a human" if human else "A third reading by a language model, not by a human"
    shown = ([name, *(cell(by[group]) for group in found.groups)] for name, by in rows(found))
    return _AUDIT.format(reader=reader, title=title(found), table=markdown_table(["measure", *found.groups], shown))


def baselines(found: Baselines, version: str) -> str:
    """Scores of the baselines, as they were written down."""
    groups = sorted({group for system in found.systems for group in system.documents})
    most = {g: max(system.documents.get(g, 0) for system in found.systems) for g in groups}
    documents = " and ".join(f"{number} {group} articles" for group, number in most.items())
    parts = [_BASELINES.format(documents=documents, command=found.command, version=found.version)]
    if found.version != version:
        parts[0] += _OLDER.format(version=found.version)
    return "\n".join([*parts, *(_baseline(system, groups) for system in found.systems)])


def _baseline(system: Baseline, groups: Sequence[str]) -> str:
    none = (None, None, None)
    shown = ([score.name, *(_interval(*score.groups.get(g, none)) for g in groups)] for score in system.scores)
    return f"### {system.name}\n\n{system.about}\n\n{markdown_table(['measure', *groups], shown)}\n"


def labelled(counts: Iterable[Count]) -> str:
    """Every count that has any, each table to be unfolded."""
    parts = []
    for count in (c for c in counts if c.values):
        shown = ([v, *(str(count.numbers[v, o]) for o in count.origins)] for v in count.values)
        parts.append(fold(count.title, markdown_table([count.title, *count.origins], shown)))
    return "\n".join([*parts, ""])


def markdown_table(head: Sequence[str], found: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *found))


def figure(found: Figure) -> str:
    """A value with its interval."""
    return _interval(found.value, found.low, found.high)


def _interval(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return "–"
    return _cut(value) + ("" if low is None or high is None else f" [{_cut(low)}, {_cut(high)}]")


def _cut(value: float) -> str:
    """Three digits, cut and not rounded: no figure is told as better than it is."""
    return f"{math.floor(value * 1000) / 1000:.3f}"
