"""The page's HTTP side: who may ask for what. Reading and writing labels is the business of `store`."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, abort, jsonify, request, send_from_directory
from werkzeug.exceptions import HTTPException

from sinorus_corpus.annotation.strict_json import BadJsonError, parse_object
from sinorus_corpus.corpus import Corpus, is_name
from sinorus_corpus.page import MAX_BODY, STATIC, STYLES
from sinorus_corpus.page import SCRIPTS as PAGE_SCRIPTS
from sinorus_corpus.page.auditing import AuditStore
from sinorus_corpus.page.store import StaleError, Store
from sinorus_corpus.records import SinorusError
from sinorus_corpus.view import SCRIPTS as VIEW_SCRIPTS
from sinorus_corpus.view import STYLES as VIEW_STYLES

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_WRITES = {"PUT", "POST", "DELETE", "PATCH"}


def make_app(
    corpus: Corpus, annotator: str, token: str, hosts: Sequence[str], audit: AuditStore | None = None
) -> Flask:
    """The application.

    Args:
        token: what every call of the interface must carry in `X-Sinorus-Token`.
        hosts: the values of `Host` that are answered.
        audit: what an audit reads and writes, where the page is for one.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    store = audit or Store(corpus, annotator)
    app.before_request(lambda: _guard(token, hosts))
    app.after_request(harden)
    app.register_error_handler(HTTPException, refusal)
    app.register_error_handler(SinorusError, lambda error: (jsonify(error=str(error)), 422))
    app.register_error_handler(StaleError, lambda error: (jsonify(error=str(error), etag=error.etag), 409))
    app.register_error_handler(OSError, lambda error: (jsonify(error=f"the disk refuses: {error.strerror}"), 507))
    _add_pages(app)
    _add_interface(app, store)
    if audit:
        _add_audit(app, audit)
    return app


def check_host(hosts: Sequence[str]) -> None:
    """Refuses a request to another name than the server's own, as after rebinding."""
    if request.host not in hosts:
        abort(421, "this server answers to its own address alone")


def _guard(token: str, hosts: Sequence[str]) -> None:
    """Refuses a rebound name, a foreign page, a form and a stranger, in this order."""
    check_host(hosts)
    if request.method in _WRITES and request.headers.get("Origin") not in [f"http://{host}" for host in hosts]:
        abort(403, "a write comes from the page itself")
    if request.method in _WRITES and request.mimetype != "application/json":
        abort(415, "expected application/json")
    if request.path.startswith("/api/"):
        given = request.headers.get("X-Sinorus-Token", "")
        if not hmac.compare_digest(given.encode("utf-8"), token.encode("utf-8")):
            abort(401, "the token of this server is in the address that it printed; open that")


def harden(response: Response) -> Response:
    """Lets a page run its own scripts alone, be framed by none and kept by no cache."""
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def refusal(error: HTTPException) -> tuple[Response, int]:
    """A refusal as JSON, with its reason."""
    return jsonify(error=error.description), error.code or 500


def _add_pages(app: Flask) -> None:
    files = {path.name: path.parent for path in (*VIEW_SCRIPTS, *VIEW_STYLES)}

    def page(doc_id: str = "") -> Response:
        return Response(_shell(), mimetype="text/html")

    def static(name: str) -> Response:
        return send_from_directory(files.get(name, STATIC), name)

    app.add_url_rule("/", "overview_page", page)
    app.add_url_rule("/documents/<doc_id>", "document_page", page)
    app.add_url_rule("/adjudicate/<doc_id>", "adjudication_page", page)
    app.add_url_rule("/static/<name>", "static", static)


def _shell() -> str:
    styles = "".join(f'<link rel="stylesheet" href="/static/{path.name}">' for path in (*VIEW_STYLES, *STYLES))
    names = [path.name for path in (*VIEW_SCRIPTS, *PAGE_SCRIPTS)] + [
        "audit.js",
        "overview.js",
        "adjudicate.js",
        "start.js",
    ]
    scripts = "".join(f'<script src="/static/{name}" defer></script>' for name in names)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>sinorus</title><link rel="icon" href="data:,">{styles}{scripts}</head><body></body></html>'
    )


def _body() -> dict[str, Any]:
    try:
        return parse_object(request.get_data().decode("utf-8"))
    except (BadJsonError, UnicodeDecodeError) as error:
        abort(400, f"expected one JSON object in UTF-8: {error}")


def _require(doc_id: str) -> str:
    if not is_name(doc_id):
        abort(404, "no such document")
    return doc_id


def _add_interface(app: Flask, store: Store) -> None:
    @app.get("/api/overview")
    def overview() -> Response:
        return jsonify(store.overview())

    @app.get("/api/documents/<doc_id>")
    def load(doc_id: str) -> Response:
        return jsonify(store.load(_require(doc_id)))

    @app.put("/api/documents/<doc_id>")
    def save(doc_id: str) -> Response:
        return jsonify(store.save(_require(doc_id), _body()))

    @app.get("/api/documents/<doc_id>/findings")
    def findings(doc_id: str) -> Response:
        return jsonify(findings=store.findings(_require(doc_id)))

    @app.get("/api/documents/<doc_id>/suggestions")
    def suggestions(doc_id: str) -> Response:
        return jsonify(entities=store.suggestions(_require(doc_id)))

    @app.get("/api/documents/<doc_id>/comparison")
    def comparison(doc_id: str) -> Response:
        first, second = request.args.get("a", ""), request.args.get("b", "")
        return jsonify(store.comparison(_require(doc_id), first, second))

    @app.put("/api/documents/<doc_id>/gold")
    def gold(doc_id: str) -> Response:
        return jsonify(store.adjudicate(_require(doc_id), _body()))


def _add_audit(app: Flask, store: AuditStore) -> None:
    @app.get("/api/audit/<item_id>")
    def item(item_id: str) -> Response:
        return jsonify(store.item(item_id))

    @app.put("/api/audit/<item_id>")
    def answer(item_id: str) -> Response:
        return jsonify(store.answer(item_id, _body()))

    @app.put("/api/audit")
    def finish() -> Response:
        return jsonify(store.finish())
