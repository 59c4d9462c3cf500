"""The rule baseline: proposes a type for each line of an article from its words alone. It reads no labels.

First the furniture that gives itself away by a pattern, then prose by length and punctuation, then the title as the first
short line before the first prose. A repeated line keeps the type of its first copy and names it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sinorus_corpus.cleaning.lines import line_spans
from sinorus_corpus.records import Region

_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"

# Order matters: the first pattern that is found in a line decides.
_PATTERNS: list[tuple[str, re.Pattern[str]]] = [
    (label, re.compile(pattern, re.I))
    for label, pattern in [
        ("html_leak", r"^\W*</?[a-z][^>]*>|^[\"“`'}>]*>$|\"\s*/?>$|^[\"“]?```|^“`|<a href|</[a-z]+>\s*$"),
        ("meta_leak", r"^\s*[{\[].*[\"']\s*:|\.(jpe?g|png|webp|svg)\b|^[\w-]+-[\w-]+-[\w-]+\"?>"),
        ("cookie_legal", r"\bcookies?\b|privacy (policy|notice|settings)|terms of (use|service)"),
        ("licence", r"creative commons|rights reserved|licen[cs]ed under|licen[cs]e detail|©|^view licen[cs]e"),
        ("popup", r"^(close|open( popup)?|x|×|welcome back\W?|dismiss|no,? thanks)$"),
        ("newsletter", r"newsletter|subscribe|sign up|inbox"),
        ("support", r"\bdonat(e|ion)|support (us|our|the)\b|become a member"),
        (
            "comment_form",
            r"leave a (comment|reply)|\d+ comments?$|comment form|filter against spam|reduce spam|post comment",
        ),
        ("ad", r"^(ads?|advertis(e)?ment|sponsored)\b|google ads"),
        ("share", r"^(share|follow us|print|save|copy link|tweet|e-?mail)( (this|on|it|link|article|page)\b.*)?$"),
        ("download_links", r"^download\b|\bas (a )?pdf|for print\?|\bpdf\)?$"),
        ("pager", r"^[«‹←]|[»›→]$|^(next|previous|back)\b.{0,6}$"),
        ("expert_box", r"^more from (our|this|the)"),
        ("related_links", r"^(more on|related|read (also|next|more)|see also|tags|topics)\b.{0,40}:?$"),
        ("teaser", r"^(top (stories|reading)|most read|recommended|latest)\b"),
        ("editorial_note", r"language model|editor.?s note|^correction\b|^about the author"),
        (
            "byline_time",
            rf"^(by|written by|published|updated|posted)\b|\d+ min(ute)?s? read|^{_MONTH} \d+, \d{{4}} \d+:\d\d",
        ),
        ("nav", r"^(home|menu|search|skip to|sections?|about)\b.{0,25}$|\w \| \w+ \| \w|\w (»|>|/|›) \w.* (»|>|/|›)"),
        ("caption", r"^(photo|image|map|chart|figure|credit|caption)\s*:|\b(pool|via) [A-Z]+$"),
    ]
]

_PROSE_WORDS = 12
_HEADING_WORDS = 14
_STOP = re.compile(r"[.!?…:][\"'”’)\]]*$")


def propose_regions(raw: str) -> tuple[Region, ...]:
    """A region with a proposed type for every line of `raw` that is not blank."""
    spans = line_spans(raw)
    texts = [raw[start:end] for start, end in spans]
    labels = _place_titles(texts, [_label(text) for text in texts])
    regions = [
        Region(f"r{i}", s.start, s.end, label) for i, (s, label) in enumerate(zip(spans, labels, strict=True), 1)
    ]
    return tuple(_mark_repeats(regions, texts))


def _label(text: str) -> str:
    """The type that the line's own words suggest; `heading` stands for any short line that nothing gives away."""
    words = len(text.split())
    for label, pattern in _PATTERNS:
        if pattern.search(text) and (words <= 60 or label in ("html_leak", "meta_leak")):
            return label
    if words >= _PROSE_WORDS and _STOP.search(text):
        return "list_item" if text[0] in "-*•–" else "body"
    return "heading" if words <= _HEADING_WORDS else "caption"


def _place_titles(texts: list[str], labels: list[str]) -> list[str]:
    """Names the longest short line before the first prose the title.

    What else is short there, and what is short after the last prose, is furniture.
    """
    prose = [i for i, label in enumerate(labels) if label in ("body", "list_item")]
    if not prose:
        return ["other" if label == "heading" else label for label in labels]
    short = [i for i in range(prose[0]) if labels[i] == "heading"]
    title = max(short, key=lambda i: len(texts[i]), default=-1)
    placed = dict.fromkeys(short, "nav") | {title: "title"}
    placed |= {i: "related_links" for i in range(prose[-1], len(labels)) if labels[i] == "heading"}
    return [placed.get(i, label) for i, label in enumerate(labels)]


def _mark_repeats(regions: list[Region], texts: list[str]) -> list[Region]:
    first: dict[str, Region] = {}
    marked = []
    for region, text in zip(regions, texts, strict=True):
        earlier = first.setdefault(text, region)
        marked.append(region if earlier is region else replace(region, label=earlier.label, dup_of=earlier.id))
    return marked
