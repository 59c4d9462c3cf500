"""What a page or a row says of its licence, and the SPDX id that its words stand for. Nothing is fetched here."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_CC = re.compile(r"creativecommons\.org/(?:licenses/([a-z-]+)/(\d\.\d)|publicdomain/zero/(1\.0))", re.I)
_TAG = re.compile(r"cc0-1\.0|cc-by(-nc)?(-sa|-nd)?-\d\.\d", re.I)


def spdx_of(statement: str) -> str:
    """The SPDX id of the one Creative Commons licence that a statement names, or an empty string.

    The addresses of licences are those of https://creativecommons.org/licenses/list/.
    """
    found = {f"CC0-{m[3]}" if m[3] else f"CC-{m[1]}-{m[2]}".upper() for m in _CC.finditer(statement)}
    found |= {m.group().upper() for m in _TAG.finditer(statement)}
    return found.pop() if len(found) == 1 else ""


class _Links(HTMLParser):
    """Collects the addresses that a page calls its licence, and all that are Creative Commons licences."""

    def __init__(self) -> None:
        super().__init__()
        self.called: list[str] = []
        self.linked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Looks at one tag."""
        told = {name: value or "" for name, value in attrs}
        address = told.get("href") or told.get("content", "")
        name = told.get("name", told.get("property", "")).casefold()
        if "license" in told.get("rel", "").casefold().split() or name in ("dcterms.license", "dc.rights", "license"):
            self.called.append(address)
        elif _CC.search(address):
            self.linked.append(address)


def page_statement(page: str) -> tuple[str, str]:
    """What a page says of its licence, and where on the page: what it calls its licence, else any that it links to."""
    links = _Links()
    links.feed(page)
    called, linked = (sorted({a.strip() for a in found if a.strip()}) for found in (links.called, links.linked))
    if called:
        return " ".join(called), "what the page calls its licence (rel=license)"
    return " ".join(linked), "licences that the page links to" if linked else ""


def card_statement(card: str) -> str:
    """The line of a dataset card's head that says its licence, or an empty string."""
    head = card.split("\n---", 1)[0] if card.startswith("---") else ""
    found = re.search(r"^license:[ \t]*([\w.-]+)[ \t]*$", head, re.M)
    return found.group().strip() if found else ""
