"""Takes one page of the web: https only (or loopback), one host, HTML or plain text, of limited size and time."""

from __future__ import annotations

import http.client
import time
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urldefrag, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from sinorus_corpus import __version__
from sinorus_corpus.characters import escape
from sinorus_corpus.fetching import Fetched
from sinorus_corpus.fetching.evidence import page_statement, spdx_of
from sinorus_corpus.files import MAX_FILE, decode, refuse, sha256
from sinorus_corpus.records import PinnedSource, SinorusError

TIMEOUT = 30.0

_LOOPBACK = {"127.0.0.1", "localhost"}
_KINDS = {"text/html": True, "application/xhtml+xml": True, "text/plain": False}
_BLOCK = 1 << 16


class _OneHost(HTTPRedirectHandler):
    """Follows redirects within a host; another one is named, for somebody to decide."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: http.client.HTTPMessage, newurl: str
    ) -> Request | None:
        """The next request, or a refusal."""
        if urlsplit(newurl)[:2] != urlsplit(req.full_url)[:2]:
            raise SinorusError(f"{req.full_url} leads to {escape(newurl)}; add it from there if that is what you mean")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch_page(url: str, day: str, timeout: float = TIMEOUT) -> Fetched:
    """Takes a page as it is now.

    Args:
        day: today as an ISO day, for the record.
        timeout: seconds for the whole page.

    Raises:
        SinorusError: the address, the server or what it sends is refused.
    """
    url = _require_address(url)
    data, kind = _read(url, timeout)
    if kind not in _KINDS:
        raise SinorusError(f"{url} is {escape(kind) or 'of no named type'}; expected text/html or text/plain")
    text, issues = decode(data, url, final_newline=False)
    refuse(issues)
    said, where = page_statement(text) if _KINDS[kind] else ("", "")
    read = f"{url} on {day}: {where}" if said else ""
    pin = PinnedSource("web", sha256(data), day, said, read, url=url)
    return Fetched(data, pin, _KINDS[kind], {"url": url, "license": spdx_of(said)})


def _require_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, is_loopback = parts.hostname or "", parts.hostname in _LOOPBACK
    except ValueError:
        host, is_loopback = "", False
    if not host or "@" in parts.netloc or not url.isascii() or any(c <= " " for c in url):
        raise SinorusError(
            f"found {escape(url)!r}; expected an address such as https://example.org/article, without a password"
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback):
        raise SinorusError(
            f"{url} is not read over https; expected an https address, so that nobody changes it on the way"
        )
    return urldefrag(url).url


def _read(url: str, timeout: float) -> tuple[bytes, str]:
    request = Request(url, headers={"User-Agent": f"sinorus-corpus/{__version__}", "Accept": ", ".join(_KINDS)})  # noqa: S310  # the scheme was checked
    try:
        with build_opener(_OneHost).open(request, timeout=timeout) as answer:
            if answer.headers.get("Content-Encoding", "identity") != "identity":
                raise SinorusError(f"{url} comes compressed though that was not asked for; expected plain bytes")
            return _read_all(answer, url, time.monotonic() + timeout), answer.headers.get_content_type()
    except HTTPError as error:
        raise SinorusError(f"{url}: the server answered {error.code}; nothing was added") from None
    except (URLError, OSError, http.client.HTTPException) as error:
        why = getattr(error, "reason", None) or error
        raise SinorusError(f"{url}: cannot be read ({escape(str(why))}); nothing was added") from None


def _read_all(answer: Any, url: str, deadline: float) -> bytes:
    """Reads to the end, but not beyond the cap and the deadline, however slowly the bytes come."""
    data = bytearray()
    while block := answer.read1(_BLOCK):
        data += block
        if len(data) > MAX_FILE:
            raise SinorusError(f"{url} has more than {MAX_FILE} bytes; expected an article")
        if time.monotonic() > deadline:
            raise SinorusError(f"{url} comes too slowly; nothing was added")
    return bytes(data)
