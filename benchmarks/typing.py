"""How well the cleaner names the types of lines: macro F1 over the frequent types and what was taken for what.

Usage: python -m benchmarks.typing [FOLDER] (the texts of the published articles, for those whose text is not in the corpus)

The published articles taught the models nothing, the written ones did: `sinorus_corpus/cleaning/model/CARD.md` has the figures
of models that have not seen the article they type. Reviewed files are never used to propose.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from sinorus_corpus.cleaning.propose import propose
from sinorus_corpus.cleaning.sites import SiteRule, read_site_rules
from sinorus_corpus.content import Content, read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.schema import read_schema
from training.report import type_report

ROOT = Path(__file__).parent.parent


def typed(content: Content, texts: dict[str, str], rules: Sequence[SiteRule]) -> list[tuple[str, str]]:
    """Reviewed and proposed type of every line of these articles."""
    ids = list(texts)
    sites = [content.articles[doc_id].publisher for doc_id in ids]
    found = propose(list(texts.values()), read_schema(), sites, rules)
    return [
        (region.label, proposal.region.label)
        for doc_id, page in zip(ids, found, strict=True)
        for region, proposal in zip(content.regions[doc_id].regions, page, strict=True)
    ]


def main(folder: Path | None) -> None:
    corpus, schema = Corpus(ROOT), read_schema()
    content = read_content(corpus, schema)
    rules = read_site_rules(corpus.sites, schema.labels["region"])
    written = {d: content.texts[d] for d in content.regions if content.articles[d].origin == "written"}
    groups = {"written articles (the models were trained on them)": written}
    if folder:
        groups["published articles"] = {p.stem: p.read_bytes().decode() for p in sorted(folder.glob("*.txt"))}
    for name, texts in groups.items():
        for used, how in (((), "without rules of sites"), (rules, "with rules of sites")):
            print(f"\n{name}, {how}:\n{type_report(typed(content, texts, used))}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
