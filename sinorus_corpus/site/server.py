"""Serves the files of the explorer on loopback, from memory and for reading alone. What is in them is made elsewhere."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence

from flask import Flask, Response, abort
from werkzeug.exceptions import HTTPException

from sinorus_corpus.page.server import check_host, harden, refusal


def make_app(files: Mapping[str, bytes], hosts: Sequence[str]) -> Flask:
    """The application.

    Args:
        files: what is served, by path.
        hosts: the values of `Host` that are answered.
    """
    app = Flask(__name__, static_folder=None)
    app.before_request(lambda: check_host(hosts))
    app.after_request(harden)
    app.register_error_handler(HTTPException, refusal)

    def file(name: str = "index.html") -> Response:
        if name not in files:
            abort(404, "no such page")
        return Response(files[name], mimetype=mimetypes.guess_type(name)[0] or "text/plain")

    app.add_url_rule("/", "first", file)
    app.add_url_rule("/<path:name>", "file", file)
    return app
