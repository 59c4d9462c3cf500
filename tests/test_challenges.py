"""Recall by difficulty: what counts as met, kind by kind, and the command on the toy corpus."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from sinorus_corpus.agreement.challenges import Read, applies, meets
from sinorus_corpus.articles import format_record, parse_record
from sinorus_corpus.cli import main
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.records import AnnotationSet, Challenge, Claim, Entity, Header, Link, Quantity, Span
from sinorus_corpus.schema import read_schema
from sinorus_corpus.validate import validate

TEXT = "The Courier wrote that the Bank of Lin had said fees may fall. It added that 9 tons, or 8, came. Who pays?"
HEADER = Header("d", "0" * 64, "1.0", "1.1", "a", "pass")


def at(words: str, start: int = 0) -> Span:
    found = TEXT.index(words, start)
    return Span(found, found + len(words))


def claim(words: str, *sources: str, cert: str = "certain", pol: str = "pos", figures: int = 0) -> Claim:
    chain = tuple(Link(at(source)) for source in sources)
    quantities = tuple(Quantity("x", 1.0) for _ in range(figures))
    return Claim("c1", (at(words),), "state", cert, pol, 1, "trade", attribution=chain, quantities=quantities)


def read(*records: Entity | Claim) -> Read:
    entities = tuple(r for r in records if isinstance(r, Entity))
    return Read(TEXT, AnnotationSet("", HEADER, (), entities, tuple(r for r in records if isinstance(r, Claim))))


def mention(words: str, label: str, *, metonym: bool = False) -> Entity:
    return Entity("e1", *at(words), label, metonym=metonym)


FEES = claim("fees may fall", "The Courier", "the Bank of Lin", cert="possible")
TONS = claim("9 tons, or 8, came", "It", figures=1)
CASES = [
    (Challenge("chain", "fees may fall", depth=2, source="the Bank of Lin"), [FEES]),
    (Challenge("pronoun-source", "9 tons, or 8, came", source="It"), [TONS]),
    (Challenge("source-outside-sentence", "9 tons, or 8, came", source="It"), [TONS]),
    (Challenge("noun-report", "fees may fall", source="Bank of Lin"), [FEES]),
    (Challenge("hedge", "fees may fall", cert="possible"), [FEES]),
    (Challenge("negation", "fees may fall", pol="pos"), [FEES]),
    (Challenge("nested-name", "Bank of Lin", label="ORG", inner="Lin", inner_label="GPE"),
     [mention("Bank of Lin", "ORG"), mention("Lin", "GPE")]),
    (Challenge("metonym", "Lin", context="Bank of Lin"), [mention("Lin", "GPE", metonym=True)]),
    (Challenge("misspelt-name", "Courier", label="MEDIA"), [mention("Courier", "MEDIA")]),
    (Challenge("coordination", "9 tons, or 8", parts=("9 tons", "8")),
     [mention("9 tons", "QUANTITY"), mention("8", "QUANTITY")]),
    (Challenge("figure-period", "fees may fall", other="9 tons, or 8, came"),
     [claim("fees may fall", figures=1), TONS]),
    (Challenge("update", "fees may fall", other="9 tons, or 8, came"), [FEES, TONS]),
]  # fmt: skip


@pytest.mark.parametrize(("challenge", "records"), CASES, ids=lambda x: getattr(x, "kind", ""))
def test_a_right_reading_meets_it_and_an_empty_one_does_not(
    challenge: Challenge, records: list[Entity | Claim]
) -> None:
    assert applies(challenge, TEXT)
    assert meets(challenge, read(*records))
    assert not meets(challenge, read())
    assert not meets(challenge, read(*records[:-1]))


def test_a_claim_in_pieces_has_as_many() -> None:
    whole = Claim("c1", (at("fees"), at("fall")), "state", "certain", "pos", 1, "trade")
    assert meets(Challenge("segments", segments=("fees", "fall")), read(whole))
    assert not meets(Challenge("segments", segments=("fees", "fall")), read(claim("fees may fall")))


def test_what_is_no_claim_must_not_be_one() -> None:
    assert meets(Challenge("no-claim", "Who pays?"), read())
    assert not meets(Challenge("no-claim", "Who pays?"), read(claim("Who pays?")))


def test_words_that_cleaning_dropped_are_not_asked_for() -> None:
    assert not applies(Challenge("hedge", "not in the text"), TEXT)
    assert not applies(Challenge("furniture-like-text", "Who pays?"), TEXT)


def plant(toy: Corpus, *challenges: Challenge, later: bool = False) -> None:
    path = toy.record("border-bridge")
    article, issues = parse_record("border-bridge", path.read_text(encoding="utf-8"), "x")
    assert article is not None
    assert not issues
    from dataclasses import replace

    path.write_bytes(format_record(replace(article, challenges=challenges, challenges_found_later=later)))


def test_the_command_reports_by_kind_and_reader(toy: Corpus) -> None:
    plant(
        toy,
        Challenge("segments", segments=("The bridge has two lanes", "and a toll")),
        Challenge("hedge", "a ferry still runs", cert="possible"),
        Challenge("text-like-furniture", "Note: a language model wrote this page for the tests of this corpus."),
    )
    assert validate(toy).issues == []
    run = CliRunner().invoke(main, ["--corpus", str(toy.root), "challenges", "gold", "lm-toy"])
    assert run.exit_code == 0, run.output
    lines = {line.split()[0]: line.split()[1:] for line in run.output.splitlines() if line.strip()}
    assert lines["segments"] == ["1.00", "1/1", "1.00", "1/1", "–"]
    assert lines["hedge"] == ["0.00", "0/1", "0.00", "0/1", "–"]
    assert lines["text-like-furniture"][:2] == ["–", "–"]


def test_difficulties_found_later_are_also_told_apart(toy: Corpus) -> None:
    plant(toy, Challenge("hedge", "a ferry still runs", cert="certain"), later=True)
    assert validate(toy).issues == []
    assert "challenges_found_later = true" in toy.record("border-bridge").read_text(encoding="utf-8")
    run = CliRunner().invoke(main, ["--corpus", str(toy.root), "challenges", "gold"])
    assert run.exit_code == 0, run.output
    assert "gold, found later" in run.output
    hedge = next(line.split() for line in run.output.splitlines() if line.split()[:1] == ["hedge"])
    assert hedge[1:5] == ["1.00", "1/1", "1.00", "1/1"]


def test_whether_they_were_found_later_is_true_or_false(toy: Corpus) -> None:
    path = toy.record("border-bridge")
    path.write_text('challenges_found_later = "yes"\n' + path.read_text(encoding="utf-8"), encoding="utf-8")
    (issue,) = validate(toy, [path]).issues
    assert (issue.code, issue.line, issue.expected) == ("wrong-type", 1, "true or false")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('kind = "hedge"\n', "missing-key"),
        ('kind = "hegde"\nquote = "x"\n', "unknown-label"),
        ('kind = "hedge"\nquote = "x"\ncert = "surely"\n', "unknown-label"),
        ('kind = "hedge"\nquote = 3\n', "wrong-type"),
        ('kind = "chain"\nquote = "x"\ndepth = "two"\n', "wrong-type"),
        ('kind = "segments"\nsegments = "x"\n', "wrong-type"),
        ('kind = "hedge"\nquote = "x"\nsurce = "y"\n', "unknown-key"),
    ],
)
def test_a_wrong_challenge_is_named(toy: Corpus, text: str, code: str) -> None:
    path = toy.record("border-bridge")
    path.write_text(path.read_text(encoding="utf-8") + "\n[[challenges]]\n" + text, encoding="utf-8")
    assert code in {issue.code for issue in validate(toy, [path]).issues}


def test_every_kind_has_a_test_of_its_own() -> None:
    from sinorus_corpus.agreement.challenges import _TESTS, OF_LINES

    assert set(_TESTS) | set(OF_LINES) == set(read_schema().labels["challenge"].names)


def test_planted_words_stand_in_their_articles(corpus: Corpus) -> None:
    from sinorus_corpus.content import read_content

    content = read_content(corpus, read_schema(corpus.schemas))
    missing = []
    for doc_id, article in content.articles.items():
        for challenge in article.challenges:
            words = [challenge.quote, challenge.context, challenge.other, *challenge.segments]
            missing += [(doc_id, w) for w in words if w and w not in content.texts[doc_id]]
    assert missing == []
