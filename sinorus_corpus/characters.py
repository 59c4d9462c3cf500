"""Which characters are invisible, how any string is shown safely, where graphemes end. No I/O may live here.

White space is what `str.isspace` says (Unicode `White_Space` and the separators U+001C to U+001F).
"""

from __future__ import annotations

import re

# C0 and C1 controls that are not white space, soft hyphen, bidi marks, embeddings, overrides and isolates, ZWSP, word
# joiner and invisible operators, BOM, interlinear annotation, tags. ZWJ and ZWNJ stay: emoji and scripts need them.
_HIDDEN_RANGES = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0001\U000e0020-\U000e007f"
)
HIDDEN = re.compile(f"[{_HIDDEN_RANGES}]")

_CONTROL = re.compile(f"[{_HIDDEN_RANGES}\x09-\x0d\x1c-\x1f\x85\u2028\u2029]")

# Scripts written without spaces: Thai, Lao, Burmese, Khmer, kana, Han.
UNSPACED_RANGES = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
UNSPACED = re.compile(f"[{UNSPACED_RANGES}]")

_UNSAFE = re.compile(f"[{_HIDDEN_RANGES}\x09-\x0d\x1c-\x1f\x85\u2028\u2029\u200c\u200d\ud800-\udfff]|@|::|##\\[")


def escape(text: str) -> str:
    r"""Shows untrusted text on one line of a terminal or CI log: controls, bidi marks, `@` and `::` as escapes."""
    return _UNSAFE.sub(_escaped, text)


def inert(text: str) -> str:
    """`text` with every mark that Markdown or HTML could read as a character reference."""
    return re.sub(r"[^\w\s]", lambda mark: f"&#{ord(mark.group())};", escape(text)).replace("_", "&#95;")


def _escaped(match: re.Match[str]) -> str:
    found = match.group()
    if found == "::":
        return ":\\x3a"
    if found == "##[":
        return "#\\x23["
    code = ord(found)
    return {9: "\\t", 10: "\\n", 13: "\\r"}.get(code) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def shorten(text: str, limit: int = 60) -> str:
    """`text` in quotation marks, its middle left out beyond `limit` code points."""
    half = limit // 2
    return f'"{text}"' if len(text) <= limit else f'"{text[:half]}…{text[-half:]}"'


def first_hidden(text: str) -> str:
    """The first invisible or control character of `text` as `U+XXXX`, or an empty string."""
    found = _CONTROL.search(text)
    return f"U+{ord(found.group()):04X}" if found else ""


def cuts_word(text: str, at: int) -> bool:
    """Whether offset `at` lies inside a word of a script that is written with spaces."""
    if not 0 < at < len(text):
        return False
    pair = text[at - 1 : at + 1]
    return all(char.isalnum() for char in pair) and not UNSPACED.search(pair)


def grapheme_bounds(text: str) -> set[int]:
    """Offsets at which extended grapheme clusters of `text` begin or end (Unicode Annex 29)."""
    import regex

    return {0, *(match.end() for match in regex.finditer(r"\X", text))}


def code_points(text: str) -> str:
    """`text` for a message; where it is not plain ASCII, with the code points of what is not."""
    odd = " ".join(f"U+{ord(c):04X}" for c in text if not " " <= c <= "~")
    return f"'{text}'" + (f" ({odd})" if odd else "")
