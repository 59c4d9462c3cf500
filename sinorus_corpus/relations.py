"""Step 2 of a reading of clusters: hands out settled clusters without relations, takes readings, settles their differences.

A reading of relations is `passes/<annotator>/clusters.jsonl` like any other reading of clusters; it holds the propositions and
members that its reader was given, so that two readings of one base are known by them. No measure may live here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sinorus_corpus.agreement.clusters import given_before
from sinorus_corpus.annotation.canonical import format_clusters, record_json
from sinorus_corpus.annotation.standoff import parse_clusters
from sinorus_corpus.annotation.strict_json import BadJsonError, parse_object
from sinorus_corpus.content import Content, read_content
from sinorus_corpus.corpus import Corpus, require_name
from sinorus_corpus.files import read_text, write_atomic
from sinorus_corpus.records import Claim, Cluster, Link, Member, SinorusError
from sinorus_corpus.schema import Schema, read_schema, require

Place = tuple[str, str]  # cluster, claim


def relation_task(corpus: Corpus, annotator: str = "") -> Iterator[str]:
    """The settled clusters as lines of JSON for a reader of relations, who must not see the relations there are.

    Members stand in the order of their names, since that of the file may tell. Words of withheld articles are inside where a
    copy is hydrated, so keep the lines to yourself.

    Args:
        annotator: leaves out what this reader has read already.
    """
    schema = read_schema(corpus.schemas)
    content = read_content(corpus, schema, "hydrated")
    done = _read_clusters(corpus.cluster_pass(annotator), schema) if annotator else []
    claims = {f"{doc_id}:{claim.id}": claim for doc_id, file in content.gold.items() for claim in file.claims}
    for cluster in _unread([c for _, c in content.clusters], done):
        members = [_shown(m.claim, claims[m.claim], content, schema) for m in sorted(cluster.members, key=_by_name)]
        yield json.dumps({"id": cluster.id, "proposition": cluster.proposition, "members": members}, ensure_ascii=False)


def _by_name(member: Member) -> tuple[str, int]:
    doc_id, _, number = member.claim.partition(":c")
    return doc_id, int(number)


def _unread(base: Sequence[Cluster], done: Sequence[Cluster]) -> list[Cluster]:
    read = {cluster.id for cluster in done}
    return [cluster for cluster in base if cluster.id not in read]


def _shown(name: str, claim: Claim, content: Content, schema: Schema) -> dict[str, Any]:
    doc_id = name.partition(":")[0]
    article, raw = content.articles[doc_id], content.texts.get(doc_id, "")
    record = record_json(claim, schema)
    return {
        "claim": name,
        "article_date": str(article.date),
        "gloss": claim.gloss,
        "words": " … ".join(raw[start:end] for start, end in claim.segments),
        "said_by": " > ".join(_told(link, raw) for link in claim.attribution) or "the author",
        **{key: record[key] for key in ("reported_date", "cert", "pol", "quantities") if key in record},
    }


def _told(link: Link, raw: str) -> str:
    source, cue = (raw[span[0] : span[1]] if span else "" for span in (link.source, link.cue))
    return f"{source or 'somebody'} ({cue or 'no cue'})"


def store_relations(corpus: Corpus, answers: Path, annotator: str) -> tuple[Path, int]:
    """Checks a reading of relations and puts it in its place, added to what the reader has read before.

    Args:
        answers: lines `{"id": "K1", "relations": {"<doc_id>:c7": "same", ...}}`, one for each cluster not read yet.

    Returns:
        The file, and how many clusters were added.

    Raises:
        SinorusError: a cluster, a member or its relation is missing, unknown or told twice; nothing is written then.
    """
    schema = read_schema(corpus.schemas)
    path = corpus.cluster_pass(require_name(annotator, "annotator"))
    base, done = (_read_clusters(p, schema) for p in (corpus.clusters, path))
    if done and not given_before(base, done):
        raise SinorusError(
            f"{corpus.relative(path)} holds another reading of clusters; expected an annotator of one's own"
        )
    wanted = {cluster.id: cluster for cluster in _unread(base, done)}
    told = _read_answers(answers, wanted, schema)
    if missing := [name for name in wanted if name not in told]:
        raise SinorusError(f"{answers}: no line for {', '.join(missing[:9])}; expected all {len(wanted)} clusters")
    made = [replace(c, members=tuple(Member(m.claim, told[c.id][m.claim]) for m in c.members)) for c in wanted.values()]
    write_atomic(path, format_clusters([*done, *made], schema))
    return path, len(made)


def _read_answers(path: Path, wanted: Mapping[str, Cluster], schema: Schema) -> dict[str, dict[str, str]]:
    told: dict[str, dict[str, str]] = {}
    for place, data in _objects(path, {"id", "relations"}):
        name, relations = data["id"], data["relations"]
        require(str(name), wanted, f"cluster at {place}")
        if name in told or not isinstance(relations, dict):
            raise SinorusError(
                f"{place}: {name} twice or without relations; expected one line with a relation for each claim"
            )
        members = {member.claim for member in wanted[name].members}
        if wrong := sorted(members ^ relations.keys()):
            raise SinorusError(
                f"{place}: {name} lacks or adds {', '.join(wrong[:9])}; expected its {len(members)} claims"
            )
        for relation in relations.values():
            require(str(relation), schema.labels["cluster_relation"].active, f"relation at {place}")
        told[name] = relations
    return told


def _objects(path: Path, keys: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each line as an object with these keys, and where it stands."""
    for number, line in enumerate(read_text(path)[1].removesuffix("\n").split("\n"), 1):
        try:
            data = parse_object(line)
        except BadJsonError as error:
            raise SinorusError(
                f"{path}:{number}: {error.code}: found {error.found}; expected {error.expected}"
            ) from None
        if data.keys() != keys:
            raise SinorusError(
                f"{path}:{number}: found keys {', '.join(data) or 'none'}; expected {', '.join(sorted(keys))}"
            )
        yield f"{path}:{number}", data


def relation_differences(corpus: Corpus, first: str, second: str) -> dict[Place, tuple[str, str]]:
    """Where two readings of the settled clusters give a member different relations.

    Raises:
        SinorusError: one of them has not read all settled clusters as they stand.
    """
    schema = read_schema(corpus.schemas)
    base = _read_clusters(corpus.clusters, schema)
    a, b = (_complete(corpus, base, name, schema) for name in (first, second))
    return {place: (a[place], b[place]) for place in a if a[place] != b[place]}


def settle_relations(corpus: Corpus, first: str, second: str, choices: Path) -> int:
    """Writes into the settled clusters what two readings agree on, and what was decided where they differ, with the reason.

    Args:
        choices: lines `{"id": "K1", "claim": "<doc_id>:c7", "relation": "same", "note": "why"}`, one for each difference.

    Returns:
        How many relations changed.

    Raises:
        SinorusError: a difference is undecided, or a choice is for none.
    """
    schema = read_schema(corpus.schemas)
    base = _read_clusters(corpus.clusters, schema)
    differences = relation_differences(corpus, first, second)
    agreed = {place: (r, "") for place, r in _complete(corpus, base, first, schema).items() if place not in differences}
    decided = _read_choices(choices, differences, schema)
    if missing := [f"{cluster} {claim}" for cluster, claim in differences if (cluster, claim) not in decided]:
        raise SinorusError(
            f"{choices}: {len(missing)} undecided, such as {missing[0]}; expected one line for each difference"
        )
    settled = [_with_relations(cluster, agreed | decided) for cluster in base]
    write_atomic(corpus.clusters, format_clusters(settled, schema))
    pairs = zip((m for c in base for m in c.members), (m for c in settled for m in c.members), strict=True)
    return sum(old.relation != new.relation for old, new in pairs)


def _with_relations(cluster: Cluster, settled: Mapping[Place, tuple[str, str]]) -> Cluster:
    found = [(m, *settled.get((cluster.id, m.claim), (m.relation, m.note))) for m in cluster.members]
    return replace(cluster, members=tuple(replace(m, relation=relation, note=note) for m, relation, note in found))


def _read_choices(path: Path, open_: Mapping[Place, Any], schema: Schema) -> dict[Place, tuple[str, str]]:
    decided: dict[Place, tuple[str, str]] = {}
    for place, data in _objects(path, {"id", "claim", "relation", "note"}):
        if not all(isinstance(value, str) for value in data.values()):
            raise SinorusError(f"{place}: expected words as values")
        key = data["id"], data["claim"]
        if key in decided or key not in open_:
            raise SinorusError(f"{place}: {' '.join(key)} is no difference of the two, or decided twice")
        require(data["relation"], schema.labels["cluster_relation"].active, f"relation at {place}")
        decided[key] = data["relation"], data["note"]
    return decided


def _complete(corpus: Corpus, base: Sequence[Cluster], annotator: str, schema: Schema) -> dict[Place, str]:
    """The relations of a reader who has read all settled clusters; members that were added since have none."""
    read = _read_clusters(corpus.cluster_pass(require_name(annotator, "annotator")), schema)
    same = given_before(base, read)
    if len(same) < len(base):
        raise SinorusError(
            f"{annotator} has read {len(same)} of {len(base)} settled clusters as they stand, or as they stood before "
            "members were added; expected all"
        )
    return {(cluster.id, m.claim): m.relation for _, cluster in same for m in cluster.members}


def _read_clusters(path: Path, schema: Schema) -> list[Cluster]:
    if not path.is_file():
        return []
    clusters, issues = parse_clusters(read_text(path)[1], str(path), schema)
    if issues:
        raise SinorusError(f"{path}:{issues[0].line}: {issues[0].code}: {issues[0].found}; see sinorus validate")
    return [cluster for _, cluster in clusters]
