"""The page's server: who may ask for what, and that nothing is lost when a save goes wrong."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from sinorus_corpus.cli import main
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.page import MAX_BODY, require_loopback
from sinorus_corpus.page.server import make_app
from sinorus_corpus.records import SinorusError
from tests.page_fixtures import records, second_pass, served

HOST, ORIGIN, TOKEN = "127.0.0.1:4000", "http://127.0.0.1:4000", "right"
DOC = "border-bridge"
AMUR = {"id": "e1", "layer": "entity", "start": 216, "end": 220, "label": "LOC"}


@pytest.fixture
def client(toy: Corpus) -> FlaskClient:
    return make_app(toy, "ann", TOKEN, [HOST, "localhost:4000"]).test_client()


def ask(client: FlaskClient, method: str = "GET", path: str = f"/api/documents/{DOC}", **changes: Any) -> Any:
    """A call as the page makes it, but for `changes`; a header changed to None is left out."""
    headers = {"Host": HOST, "X-Sinorus-Token": TOKEN} | ({"Origin": ORIGIN} if method != "GET" else {})
    headers |= {"Content-Type": "application/json"} if method != "GET" else {}
    body = changes.pop("body", {"etag": "", "status": "draft", "entities": [AMUR], "claims": []})
    headers |= {name.replace("_", "-"): value for name, value in changes.items()}
    sent = {name: value for name, value in headers.items() if value is not None}
    data = body if isinstance(body, bytes) else json.dumps(body)
    return client.open(path, method=method, headers=sent, data=None if method == "GET" else data)


def test_the_page_itself_is_answered(client: FlaskClient) -> None:
    assert ask(client, path="/", X_Sinorus_Token=None).status_code == 200
    assert ask(client, path="/static/draw.js", X_Sinorus_Token=None).status_code == 200
    assert ask(client).json["doc"]["doc_id"] == DOC
    assert ask(client, "PUT").status_code == 200


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Host": "evil.example:4000"}, 421),
        ({"Host": "127.0.0.1:9"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": None}, 403),
        ({"Origin": "null"}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"X_Sinorus_Token": None}, 401),
        ({"X_Sinorus_Token": "wrong"}, 401),
        ({"body": b"[" * 100_000}, 400),
        ({"body": b"7"}, 400),
        ({"body": b" " * (MAX_BODY + 1)}, 413),
        ({"path": "/api/documents/..%2f..%2fetc"}, 404),
        ({"path": "/api/documents/CON"}, 404),
        ({"path": "/api/documents/no-such-document"}, 422),
    ],
)
def test_a_stranger_is_refused(toy: Corpus, client: FlaskClient, changes: dict[str, Any], status: int) -> None:
    assert ask(client, "PUT", **changes).status_code == status
    assert not (toy.annotations / "passes" / "ann").exists()


@pytest.mark.parametrize("path", ["/static/../server.py", "/static/..%2fserver.py", "/etc/passwd", "/static/none.js"])
def test_no_other_file_is_served(client: FlaskClient, path: str) -> None:
    assert ask(client, path=path).status_code == 404


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (AMUR | {"start": 3.0}, "bad-offset"),
        (AMUR | {"start": -1}, "bad-offset"),
        (AMUR | {"end": 2**70}, "bad-offset"),
        (AMUR | {"label": 7}, "wrong-type"),
        (AMUR | {"colour": "red"}, "unknown-key"),
        (AMUR | {"note": "a\u202eb"}, "hidden-character"),
        ({"id": "e1", "layer": "entity"}, "bad-offset"),
        ({"layer": "region"}, "wrong-layer"),
    ],
)
def test_a_label_that_cannot_be_written_is_refused(toy: Corpus, client: FlaskClient, record: Any, told: str) -> None:
    answer = ask(client, "PUT", body={"etag": "", "status": "draft", "entities": [record], "claims": []})
    assert (answer.status_code, told in answer.json["error"]) == (422, True), answer.json
    assert not toy.annotator_pass("ann", DOC).exists()


def test_a_stale_save_is_a_conflict_and_both_are_kept(toy: Corpus, client: FlaskClient) -> None:
    first = ask(client, "PUT").json
    there = toy.annotator_pass("ann", DOC).read_bytes()
    other = {"etag": "", "status": "draft", "entities": [AMUR | {"label": "FAC"}], "claims": []}
    answer = ask(client, "PUT", body=other)
    assert (answer.status_code, answer.json["etag"]) == (409, first["etag"])
    assert toy.annotator_pass("ann", DOC).read_bytes() == there
    (kept,) = (toy.root / "build" / "unsaved" / "ann").iterdir()
    assert records(kept)[0]["label"] == "FAC"


def test_a_full_disk_leaves_the_old_file_and_says_so(
    toy: Corpus, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    etag = ask(client, "PUT").json["etag"]
    there = toy.annotator_pass("ann", DOC).read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    answer = ask(client, "PUT", body={"etag": etag, "status": "draft", "entities": [], "claims": []})
    assert (answer.status_code, "No space left" in answer.json["error"]) in {(422, True), (507, True)}
    assert toy.annotator_pass("ann", DOC).read_bytes() == there
    assert [p.name for p in toy.annotator_pass("ann", DOC).parent.iterdir()] == [f"{DOC}.jsonl"]


def test_a_file_that_cannot_be_read_is_not_overwritten(toy: Corpus, client: FlaskClient) -> None:
    path = toy.annotator_pass("ann", DOC)
    path.parent.mkdir()
    path.write_text("{}\n")
    assert ask(client).status_code == 422
    assert ask(client, "PUT").status_code == 409
    assert path.read_text() == "{}\n"


def test_a_withheld_text_gets_digests(toy: Corpus) -> None:
    from sinorus_corpus.content import read_content
    from sinorus_corpus.hydrate import hydrate
    from sinorus_corpus.schema import read_schema
    from tests.conftest import TOY_COPIES

    content = read_content(toy, read_schema(toy.schemas))
    hydrate(toy, TOY_COPIES, content, read_schema())
    client = make_app(toy, "ann", TOKEN, [HOST]).test_client()
    line = next(x for x in ask(client, path="/api/documents/reader-copy").json["lines"] if x["kept"])
    start = line["pieces"][0][0]
    body = {"etag": "", "status": "draft", "claims": [], "entities": [AMUR | {"start": start, "end": start + 3}]}
    assert ask(client, "PUT", "/api/documents/reader-copy", body=body).status_code == 200
    (made,) = records(toy.annotator_pass("ann", "reader-copy"))
    assert "quote" not in made
    assert len(made["digest"]) == 16


def test_another_annotators_labels_are_not_shown(client: FlaskClient) -> None:
    assert ask(client).json["entities"] == []
    rows = {row["doc_id"]: row for row in ask(client, path="/api/overview").json["documents"]}
    assert rows[DOC]["passes"] == 1
    refused = ask(client, path=f"/api/documents/{DOC}/comparison?a=lm-toy&b=ann")
    assert refused.status_code == 422


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org", ""])
def test_only_loopback_is_bound(host: str) -> None:
    with pytest.raises(SinorusError, match="--expose-to-the-network"):
        require_loopback(host, expose=False)
    require_loopback(host, expose=True)


@pytest.fixture
def address(toy: Corpus) -> Iterator[str]:
    with served(toy, "ann") as found:
        yield found


def test_slow_and_many_connections_are_bounded(address: str) -> None:
    host = address.removeprefix("http://").partition("/")[0]
    slow = [http.client.HTTPConnection(host, timeout=20) for _ in range(24)]
    for connection in slow:
        connection.connect()
        connection.sock.sendall(b"PUT /api/documents/x HTTP/1.1\r\nContent-Length: 99\r\n")
    answered = http.client.HTTPConnection(host, timeout=20)
    answered.request("GET", "/", headers={"Host": host})
    assert answered.getresponse().status == 200
    for connection in slow:
        connection.close()


def test_the_command_serves_and_ends(toy: Corpus) -> None:
    command = [sys.executable, "-m", "sinorus_corpus", "--corpus", str(toy.root), "annotate", "--annotator", "ann"]
    environment = {**os.environ, "BROWSER": "true", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline().startswith("http://127.0.0.1:")
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0
        assert "Traceback" not in (server.stderr.read() if server.stderr else "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["annotate"], "--annotator NAME"),
        (["annotate", "--annotator", "../x"], "not allowed"),
        (["annotate", "border-brige", "--annotator", "ann"], "Did you mean border-bridge?"),
        (["annotate", "--file"], "which?"),
        (["annotate", "--file", "no-such"], "there is no document no-such"),
        (["annotate", "--annotator", "ann", "--host", "0.0.0.0"], "can be reached by other machines"),
    ],
)
def test_refusals_of_the_command(toy: Corpus, arguments: list[str], told: str) -> None:
    run = CliRunner().invoke(main, ["--corpus", str(toy.root), *arguments])
    assert run.exit_code != 0
    assert told in run.output


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "expected one JSON object"),
        ("{}", "lacks"),
        ('{"doc_id":"border-bridge","sha256":"0","entities":[],"claims":[]}', "made on another text"),
        ('{"doc_id":"../x","sha256":"0","entities":[],"claims":[]}', "lacks the name of a document"),
        ('{"doc_id":5,"sha256":"0","entities":[],"claims":[]}', "lacks the name of a document"),
        ('{"doc_id":1,"doc_id":2}', "duplicate"),
    ],
)
def test_a_file_that_was_not_handed_in_by_the_page(toy: Corpus, tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "handed.json"
    file.write_text(text)
    run = CliRunner().invoke(main, ["--corpus", str(toy.root), "receive", str(file), "--annotator", "far"])
    assert (run.exit_code, told in run.output) == (1, True), run.output
    assert not (toy.annotations / "passes" / "far").exists()


def test_handed_in_labels_with_errors_are_not_taken_in_but_kept(toy: Corpus, tmp_path: Path) -> None:
    sha = json.loads(toy.gold(DOC).read_text(encoding="utf-8").splitlines()[0])["sha256"]
    file = tmp_path / "handed.json"
    wrong = AMUR | {"label": "PLACE"}
    file.write_text(json.dumps({"doc_id": DOC, "sha256": sha, "entities": [wrong], "claims": []}))
    run = CliRunner().invoke(main, ["--corpus", str(toy.root), "receive", str(file), "--annotator", "far"])
    assert (run.exit_code, "unknown-label" in run.output) == (1, True), run.output
    assert not toy.annotator_pass("far", DOC).exists()
    assert not toy.annotator_pass("far", DOC).parent.exists()
    assert "move it to annotations/passes/far/border-bridge.jsonl" in run.output
    assert len(list((toy.root / "build" / "unsaved").glob("far-*.jsonl"))) == 1


def asked_by(toy: Corpus, annotator: str, method: str = "GET", path: str = f"/api/documents/{DOC}", **body: Any) -> Any:
    client = make_app(toy, annotator, TOKEN, [HOST]).test_client()
    return ask(client, method, path, **({"body": body} if method == "PUT" else {}))


SIDES = f"/api/documents/{DOC}/comparison?a=lm-toy&b=second"


def gold_body(toy: Corpus, annotator: str, choice: str = "a") -> dict[str, Any]:
    there = asked_by(toy, annotator, path=SIDES).json
    choices = {str(d["n"]): choice for d in there["differences"]}
    return {"a": "lm-toy", "b": "second", "choices": choices, "gold": there["gold"], "passes": there["passes"]}


def test_choices_made_on_other_passes_are_not_applied(toy: Corpus) -> None:
    path = second_pass(toy)
    body = gold_body(toy, "judge")
    gold = toy.gold(DOC).read_bytes()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"quote":"China","label":"GPE"', '"quote":"China","label":"ORG"'))
    answer = asked_by(toy, "judge", "PUT", f"/api/documents/{DOC}/gold", **body)
    assert (answer.status_code, "A pass has changed" in answer.json["error"]) == (409, True)
    del body["passes"]
    assert asked_by(toy, "judge", "PUT", f"/api/documents/{DOC}/gold", **body).status_code == 409
    assert toy.gold(DOC).read_bytes() == gold
    assert asked_by(toy, "judge", path=SIDES).json["passes"] != body.get("passes")


def test_what_was_decided_is_found_by_the_labels_it_is_about(toy: Corpus) -> None:
    path = second_pass(toy)
    body = gold_body(toy, "judge")
    assert list(body["choices"]) == ["1"]
    assert asked_by(toy, "judge", "PUT", f"/api/documents/{DOC}/gold", **body).status_code == 200
    text = path.read_text(encoding="utf-8")  # a difference before the one that was decided
    path.write_text(text.replace('"quote":"China","label":"GPE"', '"quote":"China","label":"ORG"'))
    there = asked_by(toy, "judge", path=SIDES).json
    assert len(there["differences"]) == 2
    assert there["choices"] == {"2": "a"}


def test_who_has_seen_the_passes_of_others_makes_no_blind_reading(toy: Corpus) -> None:
    second_pass(toy)
    assert asked_by(toy, "judge", path=SIDES).status_code == 200
    answer = asked_by(toy, "judge", "PUT", etag="", status="draft", entities=[AMUR], claims=[])
    assert (answer.status_code, "would not be blind" in answer.json["error"]) == (422, True)
    assert not toy.annotator_pass("judge", DOC).exists()
    assert asked_by(toy, "ann", "PUT", etag="", status="draft", entities=[AMUR], claims=[]).status_code == 200


def test_nobody_settles_what_they_read_or_are_reading(toy: Corpus) -> None:
    second_pass(toy)
    assert asked_by(toy, "second", path=SIDES).status_code == 422
    asked_by(toy, "ann", "PUT", etag="", status="draft", entities=[AMUR], claims=[])
    assert asked_by(toy, "ann", path=SIDES).status_code == 422
    rows = {r["doc_id"]: r for r in asked_by(toy, "judge", path="/api/overview").json["documents"]}
    assert rows[DOC]["settle"] == [["lm-toy", "second"]]


def test_settled_gold_is_seen_by_its_readers_and_changed_by_its_adjudicator(toy: Corpus) -> None:
    second_pass(toy)
    second_pass(toy, "third")
    assert asked_by(toy, "judge", "PUT", f"/api/documents/{DOC}/gold", **gold_body(toy, "judge")).status_code == 200
    gold = toy.gold(DOC).read_bytes()
    for reader in ("second", "third"):
        assert asked_by(toy, reader, path=SIDES).json["may_settle"] is False
        answer = asked_by(toy, reader, "PUT", f"/api/documents/{DOC}/gold", **gold_body(toy, reader, "b"))
        assert (answer.status_code, "by its adjudicator alone" in answer.json["error"]) == (422, True)
    assert asked_by(toy, "newcomer", path=SIDES).status_code == 422
    assert toy.gold(DOC).read_bytes() == gold
    rows = {r["doc_id"]: r for r in asked_by(toy, "third", path="/api/overview").json["documents"]}
    assert rows[DOC]["settle"] == [["lm-toy", "second"]]
    assert (
        asked_by(toy, "judge", "PUT", f"/api/documents/{DOC}/gold", **gold_body(toy, "judge", "b")).status_code == 200
    )
    assert toy.gold(DOC).read_bytes() != gold


def test_a_pass_that_gold_is_made_of_is_kept_as_made(toy: Corpus) -> None:
    there = asked_by(toy, "lm-toy").json
    assert there["in_gold"] is True
    body = {"etag": there["etag"], "status": "draft", "entities": [], "claims": []}
    answer = asked_by(toy, "lm-toy", "PUT", **body, taken_back=True)
    assert (answer.status_code, "gold of border-bridge is made of" in answer.json["error"]) == (422, True)


def test_a_handed_in_pass_changes_only_when_it_is_taken_back(toy: Corpus) -> None:
    labels: dict[str, Any] = {"entities": [AMUR], "claims": []}
    etag = asked_by(toy, "ann", "PUT", etag="", status="pass", **labels).json["etag"]
    answer = asked_by(toy, "ann", "PUT", etag=etag, status="draft", **labels)
    assert (answer.status_code, "take it back" in answer.json["error"]) == (422, True)
    assert asked_by(toy, "ann", "PUT", etag=etag, status="draft", taken_back=True, **labels).status_code == 200


def test_a_body_that_is_too_large_is_refused_in_json(address: str) -> None:
    host, _, token = address.removeprefix("http://").replace("/#", "#").partition("#")
    headers = {"Host": host, "Origin": f"http://{host}", "X-Sinorus-Token": token, "Content-Type": "application/json"}
    connection = http.client.HTTPConnection(host, timeout=20)
    connection.request("PUT", f"/api/documents/{DOC}", b" " * (MAX_BODY + 1), headers)
    answer = connection.getresponse()
    assert (answer.status, "error" in json.loads(answer.read())) == (413, True)
