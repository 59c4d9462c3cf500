"""Which question the explorer shows first: `explorer.toml` of the corpus, or a rule where there is none. No drawing here."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import Any

from sinorus_corpus.content import Content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.files import read_text
from sinorus_corpus.records import Cluster, SinorusError
from sinorus_corpus.schema import Schema, require

_KEYS = ("question", "clusters", "why", "links")
_LINKS = ("repository", "dataset", "documentation")


@dataclass(frozen=True)
class Featured:
    """What stands on the first screen.

    Attributes:
        clusters: ids of the clusters that answer the question, in the order to show.
        why: claims (`<doc_id>:<id>`) that say why the answers differ.
        links: addresses outside the site, by what is there.
    """

    question: str
    clusters: tuple[str, ...]
    why: tuple[str, ...] = ()
    links: dict[str, str] = field(default_factory=dict)


def read_featured(corpus: Corpus, content: Content, schema: Schema) -> Featured:
    """Reads `explorer.toml`; without one the first of the clusters with most rival answers is shown.

    Raises:
        SinorusError: the file is no such TOML, or names what is not in the corpus.
    """
    if not corpus.explorer.is_file():
        return _by_rule(content, schema)
    name = corpus.relative(corpus.explorer)
    try:
        found = tomllib.loads(read_text(corpus.explorer)[1])
    except tomllib.TOMLDecodeError as error:
        raise SinorusError(f"{name}: {error}; expected TOML with {', '.join(_KEYS)}") from None
    for key in found:
        require(key, _KEYS, f"key of {name}")
    made = Featured(_text(found, "question", name), _list(found, "clusters", name), _list(found, "why", name))
    _check(made, content)
    return Featured(made.question, made.clusters, made.why, _links(found.get("links", {}), name))


def _by_rule(content: Content, schema: Schema) -> Featured:
    clusters = [cluster for _, cluster in content.clusters]
    if not clusters:
        return Featured("", ())
    first = max(clusters, key=lambda cluster: rivals(cluster, schema))
    return Featured(first.proposition, (first.id,))


def rivals(cluster: Cluster, schema: Schema) -> int:
    """How many members of a cluster give a rival answer."""
    labels = schema.labels["cluster_relation"]
    return sum(labels[m.relation].group == "rival" for m in cluster.members)


def _text(found: dict[str, Any], key: str, name: str) -> str:
    if not isinstance(value := found.get(key), str) or not value.strip():
        raise SinorusError(f"{name}: {key} is {value!r:.80}; expected a text")
    return value


def _list(found: dict[str, Any], key: str, name: str) -> tuple[str, ...]:
    value = found.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SinorusError(f"{name}: {key} is {value!r:.80}; expected a list of ids")
    return tuple(value)


def _links(found: Any, name: str) -> dict[str, str]:
    if not isinstance(found, dict):
        raise SinorusError(f"{name}: links is {found!r:.80}; expected a table of addresses")
    for key, address in found.items():
        require(key, _LINKS, f"link of {name}")
        if not isinstance(address, str) or not address.startswith("https://"):
            raise SinorusError(f"{name}: links.{key} is {address!r:.80}; expected an address that begins with https://")
    return dict(found)


def _check(made: Featured, content: Content) -> None:
    known = {cluster.id for _, cluster in content.clusters}
    claims = {f"{doc_id}:{claim.id}" for doc_id, labels in content.gold.items() for claim in labels.claims}
    for cluster in made.clusters:
        require(cluster, sorted(known), "cluster")
    for claim in made.why:
        if claim not in claims:
            raise SinorusError(f"explorer.toml: why names {claim!r:.90}; expected a claim of gold as <doc_id>:<id>")
