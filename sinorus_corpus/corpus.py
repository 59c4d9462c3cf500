"""The only module that knows the folders and file names of a corpus. No parsing and no check of content may live here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sinorus_corpus.records import SinorusError

NAME_PATTERN = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")

# Readings of clusters are called so wherever they lie.
CLUSTERS = "clusters.jsonl"
NAME_RULE = "lower-case a-z, 0-9, '.', '_' and '-', at most 80, not ending in '.', and no name that Windows reserves"


def is_name(name: str) -> bool:
    """Whether `name` may be a document or annotator id, and so part of a path on every system."""
    return bool(NAME_PATTERN.fullmatch(name)) and not name.endswith(".") and not _RESERVED.fullmatch(name)


def require_name(name: str, what: str) -> str:
    """Returns `name`, or raises before it touches a path.

    Raises:
        SinorusError: the name is not one of the allowed form.
    """
    if not is_name(name):
        raise SinorusError(f"{what} {name[:100]!a} is not allowed; expected {NAME_RULE}")
    return name


@dataclass(frozen=True)
class Corpus:
    """A corpus folder. Paths of documents are made only from checked names."""

    root: Path

    @property
    def raw(self) -> Path:
        """Articles as received and their records."""
        return self.root / "raw"

    @property
    def sources(self) -> Path:
        """Openly licensed collections that articles can be taken from."""
        return self.raw / "sources.toml"

    @property
    def annotations(self) -> Path:
        """Regions, passes, gold, clusters and the entity registry."""
        return self.root / "annotations"

    @property
    def schemas(self) -> Path:
        """The contract, as data."""
        return self.root / "schemas"

    @property
    def sites(self) -> Path:
        """Rules for the lines of single sites."""
        return self.root / "sites.toml"

    @property
    def floors(self) -> Path:
        """Counts that a release may not fall below."""
        return self.schemas / "floors.toml"

    @property
    def changelog(self) -> Path:
        """What each version changed."""
        return self.root / "CHANGELOG.md"

    @property
    def citation(self) -> Path:
        """How to cite the corpus."""
        return self.root / "CITATION.cff"

    @property
    def baselines(self) -> Path:
        """Scores of the baselines, as `make baseline` last wrote them."""
        return self.root / "examples" / "baseline.json"

    @property
    def first_look(self) -> Path:
        """The explorer's first screen, as a picture."""
        return self.root / "docs" / "images" / "trade-2024.png"

    @property
    def version_file(self) -> Path:
        """The module that says the one version of corpus, tool and dataset."""
        return self.root / "sinorus_corpus" / "__init__.py"

    @property
    def likeness(self) -> Path:
        """How far written articles differ from published ones, as last measured."""
        return self.root / "benchmarks" / "written_or_published.json"

    @property
    def explorer(self) -> Path:
        """What the explorer shows first."""
        return self.root / "explorer.toml"

    @property
    def hydrated(self) -> Path:
        """Copies of withheld articles, which git ignores."""
        return self.root / "build" / "hydrated"

    @property
    def dist(self) -> Path:
        """The published dataset."""
        return self.root / "dist" / "sinorus-corpus"

    @property
    def clusters(self) -> Path:
        """Claims of several documents that answer one question."""
        return self.annotations / CLUSTERS

    @property
    def corrections(self) -> Path:
        """What was changed in gold after it had been settled."""
        return self.annotations / "corrections.jsonl"

    @property
    def registry(self) -> Path:
        """The entity registry."""
        return self.annotations / "entities.tsv"

    def record(self, doc_id: str) -> Path:
        """The record of an article."""
        return self.raw / f"{require_name(doc_id, 'document id')}.toml"

    def text(self, doc_id: str) -> Path:
        """The raw text of an article whose licence lets it ship."""
        return self.raw / f"{require_name(doc_id, 'document id')}.txt"

    def html(self, doc_id: str) -> Path:
        """The page that the raw text was rendered from."""
        return self.raw / f"{require_name(doc_id, 'document id')}.html"

    def hydrated_text(self, doc_id: str) -> Path:
        """A reader's copy of a withheld article."""
        return self.hydrated / f"{require_name(doc_id, 'document id')}.txt"

    def regions(self, doc_id: str) -> Path:
        """The reviewed regions of a document."""
        return self.annotations / "regions" / f"{require_name(doc_id, 'document id')}.jsonl"

    def gold(self, doc_id: str) -> Path:
        """The published labels of a document."""
        return self.annotations / "gold" / f"{require_name(doc_id, 'document id')}.jsonl"

    def decisions(self, doc_id: str) -> Path:
        """What adjudication decided over a document."""
        return self.annotations / "decisions" / f"{require_name(doc_id, 'document id')}.jsonl"

    def fingerprints(self, doc_id: str) -> Path:
        """What ships of a withheld text so that its labels can be found in other copies."""
        return self.annotations / "fingerprints" / f"{require_name(doc_id, 'document id')}.jsonl"

    def annotator_pass(self, annotator: str, doc_id: str) -> Path:
        """One annotator's reading of a document."""
        folder = self.annotations / "passes" / require_name(annotator, "annotator")
        return folder / f"{require_name(doc_id, 'document id')}.jsonl"

    @property
    def audits(self) -> Path:
        """Third readings of samples of gold, a folder for each annotator."""
        return self.annotations / "audits"

    def audit(self, annotator: str) -> Path:
        """One annotator's answers in an audit."""
        return self.audits / require_name(annotator, "annotator") / "answers.jsonl"

    def audit_reading(self, annotator: str, doc_id: str) -> Path:
        """What an auditor labelled from empty in the sampled paragraphs of a document."""
        return self.audit(annotator).parent / f"{require_name(doc_id, 'document id')}.jsonl"

    def audit_key(self, name: str) -> Path:
        """What was drawn for a task that is out, controls included; git ignores it."""
        return self.root / "build" / "audits" / f"{require_name(name, 'audit')}.jsonl"

    def audit_files(self) -> list[Path]:
        """The answers of all audits, sorted."""
        return [path for folder in _folders(self.audits) if _is_plain(path := folder / "answers.jsonl")]

    def audit_readings(self) -> list[Path]:
        """All labels made from empty in audits, sorted."""
        found = [path for folder in _folders(self.audits) for path in _plain_files(folder, ".jsonl")]
        return [path for path in found if is_name(path.stem) and path.name != "answers.jsonl"]

    def doc_ids(self) -> list[str]:
        """Ids of all articles that have a record, sorted."""
        return [p.stem for p in _plain_files(self.raw, ".toml") if is_name(p.stem) and p != self.sources]

    def annotation_files(self) -> list[Path]:
        """All regions, gold and pass files of documents, sorted."""
        folders = [self.annotations / "regions", self.annotations / "gold", *self.annotator_folders()]
        found = [p for folder in folders for p in _plain_files(folder, ".jsonl") if is_name(p.stem)]
        return [path for path in found if path not in self.cluster_files()]

    def cluster_pass(self, annotator: str) -> Path:
        """One annotator's reading of the clusters."""
        folder = self.annotations / "passes" / require_name(annotator, "annotator")
        return folder / CLUSTERS

    def cluster_files(self) -> list[Path]:
        """The clusters that are published and those of each annotator, as far as they are there."""
        readings = [folder / CLUSTERS for folder in self.annotator_folders()]
        return [path for path in (self.clusters, *readings) if _is_plain(path)]

    def decision_files(self) -> list[Path]:
        """All files of decisions, sorted."""
        return [p for p in _plain_files(self.annotations / "decisions", ".jsonl") if is_name(p.stem)]

    def annotator_folders(self) -> list[Path]:
        """One folder for each annotator with passes."""
        return _folders(self.annotations / "passes")

    def relative(self, path: Path) -> str:
        """The path as findings show it, with forward slashes."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and not path.parent.is_symlink()


def _folders(folder: Path) -> list[Path]:
    """The folders of annotators in a folder of `annotations/`."""
    if folder.parent.is_symlink() or folder.is_symlink() or not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if is_name(p.name) and p.is_dir() and not p.is_symlink())


def _plain_files(folder: Path, suffix: str) -> list[Path]:
    if folder.is_symlink() or folder.parent.is_symlink() or not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.suffix == suffix and _is_plain(p))


def find_corpus(start: Path) -> Corpus:
    """The corpus that `start` lies in: the nearest folder upwards that has `raw/`.

    Raises:
        SinorusError: there is none.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "raw").is_dir() and not (folder / "raw").is_symlink():
            return Corpus(folder)
    raise SinorusError(f"no corpus at {start} or above; expected a folder that holds raw/. Use --corpus DIR")
