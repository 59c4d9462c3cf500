"""The annotation page: a server on loopback that edits the very files of a pull request, and a page that needs no server.

Nothing is written here that `annotation/` does not write; nothing is drawn here that `view/` does not draw.
"""

from __future__ import annotations

import ipaddress
import secrets
import socket
from collections.abc import Callable
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
    server, address = make_server(corpus, annotator, path, host=host, port=port, expose=expose, audit=audit)
    told = f"{annotator} {'audits' if audit else 'annotates'} {corpus.root}"
    run(server, address, f"{told}; Ctrl-C ends, every change is saved as you make it")


def run(server: Any, address: str, told: str, *, browser: bool = True) -> None:
    """Runs a bound server until Ctrl-C, says where it is, and opens it in the browser."""
    import webbrowser

    import click

    try:
        click.echo(f"{address}\n{told}")
        if browser:
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
    from sinorus_corpus.page.server import make_app

    require_name(annotator, "annotator")
    token = secrets.token_urlsafe(24)
    server, shown = bind(lambda hosts: make_app(corpus, annotator, token, hosts, audit), host, port, expose=expose)
    return server, f"http://{shown}/{path}#{token}"


def bind(make: Callable[[list[str]], Any], host: str, port: int, *, expose: bool) -> tuple[Any, str]:
    """A server, bound but not yet running, and its host and port as an address shows them.

    Args:
        make: makes the application for the values of `Host` that it may answer.
    """
    import logging

    from waitress.server import create_server

    require_loopback(host, expose=expose)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a page asks for a dozen files at once
    listener = _listen(host, port)
    shown = f"{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
    # waitress refuses in plain text: the application, whose limit is lower, does so in JSON
    app = make([shown, f"localhost:{listener.getsockname()[1]}"])
    server = create_server(
        app, sockets=[listener], threads=4, connection_limit=_MAX_CONNECTIONS, channel_timeout=_SLOW_SECONDS,
        max_request_body_size=4 * MAX_BODY, ident=None, clear_untrusted_proxy_headers=True,
    )  # fmt: skip
    return server, shown


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
