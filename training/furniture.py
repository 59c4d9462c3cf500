"""Furniture that gives itself away by its words: what the type model learns from beside the reviewed lines."""

from __future__ import annotations

import re

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

_LONGEST = 60


def furniture_type(text: str) -> str:
    """The type of furniture that the line's own words show, or an empty string."""
    if len(text.split()) > _LONGEST:
        return ""
    return next((label for label, pattern in _PATTERNS if pattern.search(text)), "")
