"""What commands show when they have finished: tables and lines. Nothing is computed or printed here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from rich.table import Table

from sinorus_corpus.build import Built
from sinorus_corpus.characters import escape
from sinorus_corpus.hydrate import Hydration
from sinorus_corpus.pinned import Taken
from sinorus_corpus.rival_figures import Rival
from sinorus_corpus.stats import Count


def built_tables(built: Built) -> list[Table]:
    """What went into a dataset, and how many rows came out by config and split."""
    inside = Table(title="what was built", title_justify="left")
    inside.add_column("")
    inside.add_column("number", justify="right")
    lines = built.lines.values()
    numbers = {
        "articles": len(built.lines) + sum(doc_id not in built.lines for doc_id in built.withheld),
        "of them without text": len(built.withheld),
        "lines kept": sum(counts["kept"] for counts in lines),
        "lines dropped": sum(counts["dropped"] for counts in lines),
        "entities": built.entities,
        "claims": built.claims,
        "statements and figures listed": built.sources[0],
        "of them with the source opened": built.sources[1],
    }
    for name, number in numbers.items():
        inside.add_row(name, f"{number:,}")
    return [inside, _row_table(built)]


def _row_table(built: Built) -> Table:
    splits = [
        s for s in ("train", "validation", "test", "transfer") if any(s in found for found in built.rows.values())
    ]
    table = Table(title="rows", title_justify="left")
    table.add_column("config")
    for split in splits:
        table.add_column(split, justify="right")
    for name, found in built.rows.items():
        table.add_row(name, *(f"{found[split]:,}" if split in found else "" for split in splits))
    return table


def usage_lines(built: Built) -> str:
    """Which articles lack text and how to hydrate them, where the result is, and the lines that load it."""
    lines = []
    if built.withheld:
        lines += ["withheld: text that may not be redistributed; labels ship at raw offsets"]
        lines += [f"  {doc_id}{' (hydrated)' if here else ''}" for doc_id, here in sorted(built.withheld.items())]
        lines += ["  to read them with their labels: sinorus hydrate FOLDER_WITH_YOUR_COPIES", ""]
    lines += [f"result: {built.path}", "", "from datasets import load_dataset"]
    lines += [f'ds = load_dataset("{built.path}", "claims", split="train")']
    lines += ['print(ds[0]["text"], ds.features["ctype"].int2str(ds[0]["ctype"]))']
    return "\n".join(lines)


def hydration_lines(result: Hydration) -> str:
    """What a folder held of the withheld articles: found, missing, and near misses with the reason."""
    lines = [f"found    {doc_id}  {escape(str(path))}" for doc_id, path in sorted(result.found.items())]
    lines += [f"present  {doc_id}  hydrated earlier" for doc_id in result.present]
    lines += [f"missing  {doc_id}" for doc_id in result.missing]
    lines += [f"near     {miss.doc_id}  {escape(str(miss.path))}: {miss.reason}" for miss in result.near]
    lines += [
        f"moved    {doc_id}  {escape(str(c.path))}: {c.moved.told()}" for doc_id, c in sorted(result.others.items())
    ]
    if result.others:
        lines.append(
            '         sinorus_corpus.load(…, articles="FOLDER") gives these copies with the labels that were moved to them'
        )
    return "\n".join(
        [*lines, f"{len(result.found)} found, {len(result.missing)} missing, {len(result.near)} near misses"]
    )


def taken_lines(result: Taken) -> str:
    """What became of the withheld articles that have a pinned source."""
    lines = [f"taken    {doc_id}" for doc_id in sorted(result.taken)]
    lines += [f"present  {doc_id}  hydrated earlier" for doc_id in sorted(result.present)]
    lines += [f"failed   {doc_id}  {why}" for doc_id, why in sorted(result.failed.items())]
    return "\n".join([*lines, f"{len(result.taken)} taken from their sources, {len(result.failed)} failed"])


def count_tables(counts: Iterable[Count]) -> list[Table]:
    """A table for each count."""
    return [_count_table(count) for count in counts if count.values]


def _count_table(count: Count) -> Table:
    table = Table(title=count.title, title_justify="left")
    table.add_column("")
    for origin in count.origins:
        table.add_column(origin, justify="right")
    for value in count.values:
        table.add_row(escape(value), *(f"{count.numbers[value, origin]:,}" for origin in count.origins))
    return table


def counts_json(counts: Iterable[Count]) -> str:
    """The counts as JSON: title, then value, then origin."""
    told = {c.title: {v: {o: c.numbers[v, o] for o in c.origins} for v in c.values} for c in counts}
    return json.dumps(told, ensure_ascii=False, indent=1)


def rival_lines(rivals: Iterable[Rival]) -> Iterator[str]:
    """How alike two figures are, and under it both with their claims."""
    for rival in rivals:
        yield f"{rival.alike:.2f}"
        for one in (rival.first, rival.second):
            of = f" of {one.period}" if one.period else ""
            yield escape(f"  {one.claim}: {one.variable} = {one.value:,g} {one.unit}{of} – {one.gloss}")
