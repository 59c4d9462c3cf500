"""spaCy: a DocBin for training, written only. Nothing about other formats may live here.

`doc.ents` are the outermost entities, `doc.spans["entities"]` all of them with registry id (`kb_id`) and record id (`span_id`),
`doc.spans["claims"]` the segments of claims, those of one claim under one `span_id`. Tokens are cut where a span begins or
ends, because spaCy has no span that is not whole tokens. Format: https://spacy.io/api/docbin
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sinorus_corpus.annotation.formats.markup import CLAIM, Files, Format, Lost, Markup
from sinorus_corpus.annotation.tokens import cut_tokens
from sinorus_corpus.records import SinorusError
from sinorus_corpus.schema import Schema


def format_docbin(markups: Sequence[Markup], schema: Schema) -> Files:
    """`documents.spacy`.

    Raises:
        SinorusError: spaCy is not installed.
    """
    return {"documents.spacy": make_docbin(markups)[0].to_bytes()}


def make_docbin(markups: Sequence[Markup], nlp: Any = None) -> tuple[Any, list[Lost]]:
    """A DocBin of these documents, and the spans that are not whole tokens.

    Args:
        nlp: a pipeline whose tokenizer makes the tokens; where there is none, they are cut at the edges of spans.

    Raises:
        SinorusError: spaCy is not installed.
    """
    try:
        from spacy.tokens import DocBin
        from spacy.vocab import Vocab
    except ImportError:
        raise SinorusError("spaCy is not installed; in a clone: pip install -e '.[spacy]'") from None
    vocab = nlp.vocab if nlp else Vocab()
    made, lost = DocBin(), []
    for markup in markups:
        doc = nlp.make_doc(markup.text or "") if nlp else _doc(markup, vocab)
        lost += _mark(doc, markup)
        made.add(doc)
    return made, lost


def _doc(markup: Markup, vocab: Any) -> Any:
    from spacy.tokens import Doc

    text = markup.text or ""
    words: list[str] = []
    spaces: list[bool] = []
    at = 0
    for token in cut_tokens(text, [span for mark in markup.marks for span in mark.spans]):
        gap = text[at : token.start]
        if gap[:1] == " " and words:
            spaces[-1], gap = True, gap[1:]
        if gap:  # spaCy knows one space after a token; any other white space is a token of its own
            words, spaces = [*words, gap], [*spaces, False]
        words.append(text[token.start : token.end])
        spaces.append(False)
        at = token.end
    return Doc(vocab, words=words, spaces=spaces)


def _mark(doc: Any, markup: Markup) -> list[Lost]:
    """Puts the marks on a document; returns those that are not whole tokens."""
    from spacy.util import filter_spans

    groups: dict[str, list[Any]] = {"entities": [], "claims": []}
    lost = []
    for mark in markup.marks:
        linked = "".join(mark.attributes.get("entity", ()))
        for span in mark.spans:
            made = doc.char_span(span.start, span.end, label=mark.label, kb_id=linked, span_id=mark.id)
            if made is None:
                lost.append(Lost(markup.doc_id, mark.id, f"{mark.label} [{span.start}, {span.end}): not whole tokens"))
            else:
                groups["claims" if mark.label == CLAIM else "entities"].append(made)
    for name, spans in groups.items():
        doc.spans[name] = spans
    doc.ents = filter_spans(groups["entities"])
    return lost


FORMAT = Format(format_docbin, discontinuous=True, relations=False, attributes=frozenset({"entity"}))
