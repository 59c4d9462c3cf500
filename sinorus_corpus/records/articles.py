"""What the record of an article says. No I/O and no third-party import may live here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact or a statement of a written article was made public.

    Attributes:
        what: the fact or statement, paraphrased.
        when: ISO day, month or year in which it was made public.
        where: where it was made public, precise enough to be found.
        checked: whether that source was opened and seen to say so.
        who: the person or institution that made a statement; empty for a figure.
        value: a figure with its unit; empty for a statement.
        url: the address that was opened, if any.
    """

    what: str
    when: str
    where: str
    checked: bool
    who: str = ""
    value: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A difficulty that the writer of an article planted, or that was found there later, and what a right reading finds.

    Attributes:
        kind: which difficulty.
        quote: the words it is about, as they stand in the article; empty where `segments` gives them.
        context: longer words around `quote` that stand once, where it stands more than once.
        source, who: the words of the innermost source, and whom a pronoun stands for.
        other, relation: the words of the rival figure and the relation to it.
        depth: how many sources the chain has.
        cert, pol, label: the value that a right reading gives.
        name: the right form of a name.
        inner, inner_label: the name inside a name.
        segments, parts: the pieces of a claim, the mentions that are joined.
    """

    kind: str
    quote: str = ""
    context: str = ""
    source: str = ""
    who: str = ""
    other: str = ""
    relation: str = ""
    depth: int = 0
    cert: str = ""
    pol: str = ""
    label: str = ""
    name: str = ""
    inner: str = ""
    inner_label: str = ""
    segments: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PinnedSource:
    """Where an article was taken from, so exactly that it can be taken again, and what was said there of its licence.

    Attributes:
        kind: `hub`, a row of a dataset on the Hub, or `web`, a page.
        sha256: of the bytes as they came: the column of the row as UTF-8, or the page.
        retrieved: the ISO day on which they came.
        license_statement, license_read: what is said of the licence, in its own words, and where that was read.
        repo, revision, file: the dataset, its commit and the file in it; for rows only.
        id_column, id, column: where the row is named and by what, and where its text stands; for rows only.
        url: the address of the page; for pages only.
    """

    kind: str
    sha256: str
    retrieved: str
    license_statement: str = ""
    license_read: str = ""
    repo: str = ""
    revision: str = ""
    file: str = ""
    id_column: str = ""
    id: str = ""
    column: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """What the record of an article says: `raw/<doc_id>.toml`.

    Attributes:
        challenges_found_later: whether its challenges were found in the finished text, and not planted before it was written.
    """

    doc_id: str
    title: str
    publisher: str
    date: date | None
    license: str
    redistribute: bool
    genre: str
    origin: str
    language: str
    split: str
    sha256: str
    url: str = ""
    html_sha256: str = ""
    renderer: str = ""
    challenges_found_later: bool = False
    source: PinnedSource | None = None
    statements: tuple[Source, ...] = ()
    figures: tuple[Source, ...] = ()
    challenges: tuple[Challenge, ...] = ()

    @property
    def planted(self) -> bool:
        """Whether difficulties were planted before it was written; the line model has not learned from such articles."""
        return bool(self.challenges) and not self.challenges_found_later
