"""How far written articles differ from published ones: a classifier's AUC, shared n-grams, plain measures of text and gold.

Usage: python -m benchmarks.written_or_published FOLDER [--write]

FOLDER holds copies of the published articles, under any names. `--write` keeps the figures, and no word of the articles, in
`benchmarks/written_or_published.json`, from which the dataset card tells them. Each pair of a published and a written document
is judged by a model that has seen neither: published documents are held out one by one, written ones in as many groups.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import permutations, product
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from sinorus_corpus.agreement.bootstrap import LEVEL, RESAMPLES, SEED, Floats, Statistic, Tally, figure, ratio
from sinorus_corpus.cleaning import clean_document
from sinorus_corpus.cleaning.alignment import Alignment
from sinorus_corpus.comparing.comparison import at_text
from sinorus_corpus.content import Content, read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.files import sha256, write_atomic
from sinorus_corpus.likeness import ORIGINS, Interval, Likeness, input_digests, likeness_section
from sinorus_corpus.records import AnnotationSet, Document, Entity, SinorusError
from sinorus_corpus.schema import Schema, read_schema
from sinorus_corpus.tables.sentences import sentence_spans

ROOT = Path(__file__).parent.parent
COMMAND = "python -m benchmarks.written_or_published FOLDER --write"
# Shorter paragraphs say too little of their making, and headings would be told by their form alone.
PARAGRAPH_WORDS = 20
PROSE = ("body", "block_quote", "list_item")
LONGEST = 5
DRAWS = 5
WORDS = {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"}
CHARACTERS = {"analyzer": "char_wb", "ngram_range": (2, 4)}
_WORD = re.compile(r"\w+(?:[’'-]\w+)*")


@dataclass(frozen=True)
class Text:
    """One document as it is measured.

    Attributes:
        paragraphs, masked: its paragraphs, and the same with each mention given by its type and each other digit as 0.
        words: all words of its prose, in order, in lower case.
        sentences: how many sentences its prose has.
        depths: of each claim the number of sources.
        entities, length: mentions and words of the whole text.
    """

    published: bool
    paragraphs: tuple[str, ...]
    masked: tuple[str, ...]
    words: tuple[str, ...]
    sentences: int
    depths: tuple[int, ...]
    entities: int
    length: int


def measured_text(document: Document, gold: AnnotationSet) -> Text:
    """A document as it is measured.

    Args:
        gold: at offsets of the published text.
    """
    kept = [region for region in document.regions if region.id in document.kept]
    masked = mask(document.text, gold.entities).split("\n")
    lines = zip(kept, document.text.split("\n"), masked, strict=True)
    prose = [(line, hidden) for region, line, hidden in lines if region.label in PROSE]
    long = [pair for pair in prose if len(words(pair[0])) >= PARAGRAPH_WORDS]
    return Text(
        published=document.article.origin == "published",
        paragraphs=tuple(line for line, _ in long),
        masked=tuple(hidden for _, hidden in long),
        words=tuple(word for line, _ in prose for word in words(line)),
        sentences=sum(len(sentence_spans(line)) for line, _ in prose),
        depths=tuple(len(claim.attribution) for claim in gold.claims),
        entities=len(gold.entities),
        length=len(words(document.text)),
    )


def words(text: str) -> list[str]:
    """The words of a text in lower case, figures among them."""
    return _WORD.findall(text.casefold())


def mask(text: str, entities: Sequence[Entity]) -> str:
    """The text with each outermost mention given by its type, and each other digit as 0; lines stay lines."""
    parts, at = [], 0
    for entity in sorted(entities, key=lambda e: (e.start, -e.end)):
        if entity.start >= at:
            parts += [re.sub(r"\d", "0", text[at : entity.start]), entity.label]
            at = entity.end
    return "".join([*parts, re.sub(r"\d", "0", text[at:])])


def told_apart(
    positive: Sequence[Sequence[str]], negative: Sequence[Sequence[str]], features: Mapping[str, object]
) -> Interval:
    """AUC of positive over negative paragraphs, each document held out with its pair, and its interval.

    That is the Mann-Whitney statistic over pairs of paragraphs that one model has scored (Hanley and McNeil 1982), so that
    scores of different models are never compared. The bootstrap draws documents of each side.

    Args:
        positive, negative: paragraphs by document.
    """
    won, pairs = (np.zeros((len(positive), len(negative))) for _ in range(2))
    order = np.random.default_rng(SEED).permutation(len(negative))
    groups = np.array_split(order, len(positive))
    for out, group in product(range(len(positive)), groups):
        held = set(group.tolist())
        model = make_pipeline(
            TfidfVectorizer(sublinear_tf=True, **features), LogisticRegression(class_weight="balanced", max_iter=1000)
        )
        seen = [p for n, doc in enumerate(positive) if n != out for p in doc]
        others = [p for n, doc in enumerate(negative) if n not in held for p in doc]
        model.fit(seen + others, [1] * len(seen) + [0] * len(others))
        own = model.decision_function(positive[out])
        for n in group:
            theirs = model.decision_function(negative[n])
            won[out, n] = _won(own, theirs)
            pairs[out, n] = len(own) * len(theirs)
    return _resampled(won, pairs)


def _won(own: Floats, theirs: Floats) -> float:
    return float((own[:, None] > theirs).sum() + (own[:, None] == theirs).sum() / 2)


def _resampled(won: Floats, pairs: Floats) -> Interval:
    random = np.random.default_rng(SEED)
    rows, columns = (random.multinomial(n, [1 / n] * n, size=RESAMPLES).astype(np.float64) for n in won.shape)
    drawn = np.einsum("rp,pw,rw->r", rows, won, columns) / np.einsum("rp,pw,rw->r", rows, pairs, columns)
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(won.sum() / pairs.sum()), float(low), float(high))


def control(texts: Sequence[Sequence[str]], size: int, features: Mapping[str, object]) -> Interval:
    """Mean, least and greatest AUC of `size` of these documents over the others, in several draws at random."""
    random = np.random.default_rng(SEED)
    found = []
    for _ in range(DRAWS):
        order = random.permutation(len(texts)).tolist()
        found.append(told_apart([texts[n] for n in order[:size]], [texts[n] for n in order[size:]], features).value)
    return Interval(sum(found) / len(found), min(found), max(found))


def shared_ngrams(texts: Sequence[Text], length: int) -> dict[str, tuple[float, float, float]]:
    """For each n the mean share of a document's distinct n-grams that stand in another: written, published, between.

    Args:
        length: to how many words each document is cut.
    """
    found = {}
    for n in range(1, LONGEST + 1):
        grams = [set(zip(*(t.words[i:length] for i in range(n)), strict=False)) for t in texts]
        shares = {
            (a, b): len(grams[a] & grams[b]) / len(grams[a]) for a, b in permutations(range(len(texts)), 2) if grams[a]
        }
        kinds: dict[tuple[bool, bool], list[float]] = {}
        for (a, b), share in shares.items():
            kinds.setdefault((texts[a].published, texts[b].published), []).append(share)
        between = [*kinds.get((True, False), []), *kinds.get((False, True), [])]
        sides = (kinds.get((False, False), []), kinds.get((True, True), []), between)
        written, published, both = (float(np.mean(side)) if side else 0.0 for side in sides)
        found[str(n)] = (written, published, both)
    return found


def plain_measures(texts: Sequence[Text], length: int) -> dict[str, tuple[Interval, Interval]]:
    """For each measure the value of the written and of the published documents, a ratio of sums over documents."""
    counted: dict[str, Callable[[Text], tuple[float, float]]] = {
        "words a sentence": lambda t: (len(t.words), t.sentences),
        "claims in 100 words": lambda t: (100 * len(t.depths), t.length),
        "sources of a claim (depth of the chain)": lambda t: (sum(t.depths), len(t.depths)),
        "share of claims with two sources or more": lambda t: (sum(d > 1 for d in t.depths), len(t.depths)),
        "mentions in 100 words": lambda t: (100 * t.entities, t.length),
        f"type-token ratio of the first {length} words": lambda t: (len(set(t.words[:length])), length),
    }
    published = np.array([t.published for t in texts])
    return {name: _both(np.array([of(t) for t in texts], dtype=np.float64), published) for name, of in counted.items()}


def _both(counts: Floats, published: npt.NDArray[np.bool_]) -> tuple[Interval, Interval]:
    tally = Tally("", "", counts, Statistic("ratio", lambda c: ratio(c[..., 0], c[..., 1]), ()))
    written, other = (figure(tally, chosen) for chosen in (~published, published))
    return _known(written.value, written.low, written.high), _known(other.value, other.low, other.high)


def _known(*found: float | None) -> Interval:
    return Interval(*(0.0 if value is None else value for value in found))


def measure(texts: Sequence[Text], inputs: dict[str, str], date: str) -> Likeness:
    """All figures; takes some three minutes of one core over 35 documents."""
    length = min(len(t.words) for t in texts)
    sides = {origin: [t for t in texts if t.published == (origin == "published")] for origin in ORIGINS}
    plain, masked = ([[getattr(t, name) for t in sides[o]] for o in ORIGINS] for name in ("paragraphs", "masked"))
    drawn = len(sides["published"])
    auc = {
        "words, one or two in a row": told_apart(plain[1], plain[0], WORDS),
        "characters, two to four in a row": told_apart(plain[1], plain[0], CHARACTERS),
        "words, with mentions and digits masked": told_apart(masked[1], masked[0], WORDS),
        f"control: written from written, words ({DRAWS} draws: mean, least and greatest)": control(
            plain[0], drawn, WORDS
        ),
    }
    return Likeness(
        command=COMMAND,
        date=date,
        inputs=inputs,
        documents={origin: len(found) for origin, found in sides.items()},
        paragraphs={origin: sum(len(t.paragraphs) for t in found) for origin, found in sides.items()},
        paragraph_words=PARAGRAPH_WORDS,
        words=length,
        drawn=drawn,
        auc=auc,
        ngrams=shared_ngrams(texts, length),
        measures=plain_measures(texts, length),
    )


def read_texts(content: Content, schema: Schema, folder: Path) -> Iterator[Text]:
    """Every labelled document, those that do not ship from the copies in a folder.

    Raises:
        SinorusError: a copy is missing.
    """
    copies = {sha256(data): data for data in (path.read_bytes() for path in sorted(folder.glob("*.txt")))}
    for doc_id, gold in sorted(content.gold.items()):
        article = content.articles[doc_id]
        if doc_id not in content.texts and article.sha256 not in copies:
            raise SinorusError(
                f"{folder} has no copy of {doc_id} (sha256 {article.sha256}); expected it as a .txt file"
            )
        raw = content.texts[doc_id] if doc_id in content.texts else copies[article.sha256].decode("utf-8")
        document = clean_document(article, raw, content.regions[doc_id].regions, schema.text_types())
        moved = at_text(gold, Alignment(document.alignment))
        if moved is None:
            raise SinorusError(f"gold of {doc_id} has labels outside its text; sinorus validate names them")
        yield measured_text(document, moved)


def main(folder: Path, *, write: bool) -> None:
    corpus = Corpus(ROOT)
    schema = read_schema(corpus.schemas)
    content = read_content(corpus, schema)
    inputs = input_digests(corpus, content)
    found = measure(list(read_texts(content, schema, folder)), inputs, datetime.now(UTC).date().isoformat())
    print(likeness_section(found, inputs))
    if write:
        write_atomic(corpus.likeness, format_likeness(found))


def format_likeness(found: Likeness) -> bytes:
    """The file that the card reads: JSON, an interval a line, four digits behind the point."""
    rounded = json.loads(json.dumps(vars(found)), parse_float=lambda digits: round(float(digits), 4))
    lines = json.dumps(rounded, indent=1, ensure_ascii=False)
    return (re.sub(r"\s+(?=-?[\d\]])", " ", lines) + "\n").encode()


if __name__ == "__main__":
    if not sys.argv[1:] or sys.argv[1].startswith("-"):
        sys.exit(f"FOLDER is missing: the published articles are not in the repository; {COMMAND}")
    try:
        main(Path(sys.argv[1]), write="--write" in sys.argv[2:])
    except SinorusError as error:
        sys.exit(str(error))
