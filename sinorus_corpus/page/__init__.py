"""The annotation page: a server on loopback that edits the very files of a pull request, and a page that needs no server.

Nothing is written here that `annotation/` does not write; nothing is drawn here that `view/` does not draw.
"""

from __future__ import annotations

import ipaddress
import secrets
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sinorus_corpus.corpus import Corpus, require_name
from sinorus_corpus.records import SinorusError

if TYPE_CHECKING:
    from sinorus_corpus.page.auditing import AuditStore

STATIC = Path(__file__).parent / "static"
SCRIPTS = tuple(
    STATIC / f"{name}.js"
    for name in ("state", "selecting", "palette", "fields", "inspector", "questions", "checks", "saving", "annotate")
)
STYLES = (STATIC / "page.css",)

MAX_BODY = 4 << 20
_MAX_CONNECTIONS = 32
_SLOW_SECONDS = 15


def serve(
    corpus: Corpus,
    annotator: str,
    path: str = "",
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    expose: bool = False,
    audit: AuditStore | None = None,
) -> None:
    """Serves the page until Ctrl-C, and opens it in the browser.

    Args:
        path: what to open, such as `documents/<doc_id>`; the overview if empty.
        port: any free one if 0.
        expose: allow a host that other machines can reach.
        audit: what an audit reads and writes, where the page is for one.

    Raises:
        SinorusError: the host is not loopback, or the port is taken.
    """
    import webbrowser

    import click

    server, address = make_server(corpus, annotator, path, host=host, port=port, expose=expose, audit=audit)
    try:
        told = f"{annotator} {'audits' if audit else 'annotates'} {corpus.root}"
        click.echo(f"{address}\n{told}; Ctrl-C ends, every change is saved as you make it")
        webbrowser.open(address)
        server.run()
    except KeyboardInterrupt:
        click.echo("ended")


def make_server(
    corpus: Corpus,
    annotator: str,
    path: str = "",
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    expose: bool = False,
    audit: AuditStore | None = None,
) -> tuple[Any, str]:
    """The server, bound but not yet running, and the address to open, which carries its token."""
    import logging

    from waitress.server import create_server

    from sinorus_corpus.page.server import make_app

    require_name(annotator, "annotator")
    require_loopback(host, expose=expose)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a page asks for a dozen files at once
    listener = _listen(host, port)
    shown = f"{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
    token = secrets.token_urlsafe(24)
    # waitress refuses in plain text: the application, whose limit is lower, does so in JSON
    app = make_app(corpus, annotator, token, [shown, f"localhost:{listener.getsockname()[1]}"], audit)
    server = create_server(
        app, sockets=[listener], threads=4, connection_limit=_MAX_CONNECTIONS, channel_timeout=_SLOW_SECONDS,
        max_request_body_size=4 * MAX_BODY, ident=None, clear_untrusted_proxy_headers=True,
    )  # fmt: skip
    return server, f"http://{shown}/{path}#{token}"


def require_loopback(host: str, *, expose: bool) -> None:
    """Refuses a host that other machines can reach, unless that is asked for.

    Raises:
        SinorusError: it is not loopback and `expose` is false.
    """
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local and not expose:
        raise SinorusError(
            f"host {host!a} can be reached by other machines; expected loopback such as 127.0.0.1. Whoever reaches the page can "
            "change your labels; --expose-to-the-network serves it all the same"
        )


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SinorusError(f"{host}:{port}: {error.strerror}; another --port, or none, finds a free one") from None
    return listener
