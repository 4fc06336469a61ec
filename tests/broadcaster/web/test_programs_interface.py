"""The interface for programs: each token sees and writes its own alone, and no token is ever repeated."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import BaseModel
from sqlalchemy import select

from broadcaster.integrations import make_token, revoke_token
from broadcaster.models import Airing, Article, AuditEntry, Bulletin, Scope
from broadcaster.players import player_of_code, revoke_player, rotate_keys
from broadcaster.publishing import publish
from broadcaster.web.api import reading, schemas
from broadcaster.web.api.bearer import WRONG_TOKENS_A_MINUTE
from broadcaster.web.api.openapi import OPERATIONS
from tests.broadcaster.conftest import Town, article
from tests.broadcaster.trees import private_texts

ADDRESSES = ("/api/v1/articles", "/api/v1/airtime", "/api/v1/schedule", "/api/v1/units")


@dataclass(frozen=True)
class Keys:
    """A token of each kind."""

    player: str
    other_player: str
    portal: str
    unit: str
    archive: str

    @property
    def all(self) -> tuple[str, ...]:
        return self.player, self.other_player, self.portal, self.unit, self.archive


@pytest.fixture
def keys(small_town: Town) -> Keys:
    with small_town.database.writing() as session:
        players = [
            rotate_keys(session, code, read_key=False, token=True, by="quan-tri", now=small_town.now).token or ""
            for code in ("loa-tt", "loa-vb")
        ]
        given: tuple[tuple[str, list[Scope], str | None], ...] = (
            ("cong", [Scope.READ], None),
            ("phuong-mot", [Scope.READ, Scope.WRITE_ARTICLES], "phuong-mot"),
            ("luu-tru", [Scope.WRITE_ARTICLES, Scope.APPROVE_ARTICLES], None),
        )
        programs = [
            make_token(session, name, scopes, unit_code=unit, by="quan-tri", now=small_town.now).text
            for name, scopes, unit in given
        ]
    return Keys(*players, *programs)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def standing(town: Town, zone: str) -> Bulletin:
    with town.database.reading() as session:
        query = select(Bulletin).where(
            Bulletin.code.startswith(f"{zone}-20261110-0530"), Bulletin.superseded_at.is_(None)
        )
        return session.scalars(query).one()


def play(bulletin: Bulletin, **changes: object) -> dict[str, object]:
    whole: dict[str, object] = {
        "event_id": "1",
        "item_id": bulletin.code,
        "started_at": "2026-11-10T05:30:01+07:00",
        "played_ms": bulletin.length_ms,
        "outcome": "played",
        "reason": None,
    }
    return {**whole, **changes}


def airings_of(town: Town) -> list[tuple[str, int | None]]:
    with town.database.reading() as session:
        rows = session.scalars(select(Airing).where(Airing.event_id != "loa-1:1").order_by(Airing.id))
        return [(airing.event_id, airing.player_id) for airing in rows]


def test_a_player_reports_its_plays_and_each_row_is_answered(
    small_town: Town, keys: Keys, town_client: FlaskClient
) -> None:
    bulletin = standing(small_town, "vb")
    rows = [play(bulletin), 7, play(bulletin, event_id="2", outcome="loud"), play(bulletin)]
    answer = town_client.post("/api/v1/airings", json={"airings": rows}, headers=bearer(keys.other_player))
    results = schemas.AiringsOut.model_validate(answer.get_json()).results
    assert [(result.event_id, result.status) for result in results] == [
        ("1", "recorded"),
        ("", "rejected"),
        ("2", "rejected"),
        ("1", "duplicate"),
    ]
    assert "outcome" in (results[2].reason or "")
    assert len(airings_of(small_town)) == 1


def test_the_device_clock_is_corrected_from_the_moment_of_sending(
    small_town: Town, keys: Keys, town_client: FlaskClient
) -> None:
    bulletin = standing(small_town, "vb")
    body = {
        "airings": [play(bulletin, started_at="2026-11-10T07:30:01+07:00")],
        "sent_at": "2026-11-10T10:00:00+07:00",
    }
    assert town_client.post("/api/v1/airings", json=body, headers=bearer(keys.other_player)).status_code == 200
    with small_town.database.reading() as session:
        (airing,) = session.scalars(select(Airing).where(Airing.event_id == "1"))
        assert (airing.started_at.isoformat(), airing.skew_ms) == ("2026-11-09T22:30:01+00:00", 7_200_000)
    beat = {"sent_at": "2026-11-10T07:59:00+07:00", "pulled": True, "holds": [bulletin.code], "free_bytes": 2**40}
    answer = town_client.post("/api/v1/heartbeat", json=beat, headers=bearer(keys.other_player))
    assert schemas.HeartbeatOut.model_validate(answer.get_json()).skew_ms == -60_000
    with small_town.database.reading() as session:
        status = player_of_code(session, "loa-vb").status
        assert status is not None
        assert (status.skew_ms, status.holds, status.free_bytes) == (-60_000, [bulletin.code], 2**40)
        assert player_of_code(session, "loa-tt").status is None


def test_a_programs_answers_are_as_they_are_described(keys: Keys, town_client: FlaskClient) -> None:
    described: dict[str, type[BaseModel]] = {
        f"/api/v1{one.path}": one.answers for one in OPERATIONS if one.method == "get" and one.answers is not None
    }
    for address, model in described.items():
        answer = town_client.get(address, headers=bearer(keys.portal))
        assert answer.status_code == 200, answer.text
        found = model.model_validate(answer.get_json(), strict=True)
        assert found.model_dump(mode="json") == answer.get_json()
        assert answer.headers["Cache-Control"] == "no-store"
    table = town_client.get("/api/v1/airtime?month=2026-11", headers=bearer(keys.portal)).get_json()
    assert {"month", "units", "totals"} <= set(table)
    week = town_client.get("/api/v1/schedule?from=2026-11-09&to=2026-11-15&zone=vb", headers=bearer(keys.portal))
    sessions = week.get_json()["sessions"]
    assert {one["zone"] for one in sessions} == {"vb"}
    assert any(one["items"] for one in sessions)
    assert [one["cancelled"] for one in sessions].count(True) in (0, 2)


def test_an_embargo_holds_for_programs_too(keys: Keys, small_town: Town, town_client: FlaskClient) -> None:
    whole = "/api/v1/schedule?from=2026-11-09&to=2026-11-30"
    before = town_client.get(whole, headers=bearer(keys.portal)).text
    assert "Bài giữ đến ngày hội" not in before
    assert "T-10" not in before


def test_articles_come_page_by_page_and_tell_nothing_of_their_people(
    small_town: Town, keys: Keys, town_client: FlaskClient
) -> None:
    refs: list[str] = []
    after: int | None = 0
    texts = ""
    while after is not None:
        answer = town_client.get(f"/api/v1/articles?limit=5&after={after}", headers=bearer(keys.portal))
        page = schemas.ArticleList.model_validate(answer.get_json())
        refs += [one.ref for one in page.articles]
        after, texts = page.next, texts + answer.text
    assert refs == [f"T-{number:02}" for number in range(1, 13)]
    assert [text for text in private_texts(small_town.database) if text in texts] == []
    own = town_client.get("/api/v1/articles", headers=bearer(keys.unit)).get_json()["articles"]
    assert {one["unit"] for one in own} == {"phuong-mot"}


def test_a_unit_sends_its_own_articles_and_never_anothers(
    small_town: Town, keys: Keys, town_client: FlaskClient
) -> None:
    def sent(token: str, *rows: dict[str, object], query: str = "") -> Any:
        return town_client.post(f"/api/v1/articles{query}", json={"articles": rows}, headers=bearer(token))

    new = article(90, "Bài gửi qua mạng", "phuong-mot", "y-duc", "Nội dung mới.", approved=False)
    assert sent(keys.unit, new, query="?dry_run=1").get_json()["added"] == ["T-90"]
    assert sent(keys.unit, new).get_json() == {"added": ["T-90"], "changed": [], "same": [], "notes": []}
    assert sent(keys.unit, new).get_json()["same"] == ["T-90"]
    foreign = [
        {**new, "ref": "T-91", "unit": "cong-an"},
        {**new, "ref": "T-05"},
        {**new, "ref": " T-05 "},
        {**new, "ref": "T-92", "approval": {"by": "Ai đó", "approved_on": "2026-11-09"}},
    ]
    for row in foreign:
        refused = sent(keys.unit, {**new, "ref": "T-99"}, row)
        assert refused.status_code == 422
        schemas.Refusal.model_validate(refused.get_json())
        assert "articles[1]" in refused.get_json()["error"]["faults"][0]["place"]
    assert sent(keys.archive, foreign[3]).get_json()["added"] == ["T-92"]
    with small_town.database.reading() as session:
        known = {row.ref: (row.unit.code, row.entered_by) for row in session.scalars(select(Article))}
    assert known["T-05"][0] == "cong-an"
    assert known["T-90"] == ("phuong-mot", "token:phuong-mot")
    assert "T-91" not in known
    assert "T-99" not in known


def test_every_door_is_closed_without_the_right_token(small_town: Town, keys: Keys, town_client: FlaskClient) -> None:
    bulletin = standing(small_town, "vb")
    doors: list[tuple[str, str, object]] = [("GET", address, None) for address in ADDRESSES]
    doors += [
        ("POST", "/api/v1/articles", {"articles": []}),
        ("POST", "/api/v1/airings", {"airings": [play(bulletin)]}),
        ("POST", "/api/v1/heartbeat", {}),
    ]
    right = {
        "/api/v1/airings": {keys.player, keys.other_player},
        "/api/v1/heartbeat": {keys.player, keys.other_player},
    }
    wrong = "bcw_" + "A" * 43
    for method, address, body in doors:
        for shown in ({}, {"Authorization": "Basic " + keys.portal}, {"Authorization": f"Bearer {wrong}"}):
            headers: dict[str, str] = {**shown, "X-Forwarded-For": f"10.0.0.{len(address)}"}
            answer = town_client.open(address, method=method, json=body, headers=headers)
            assert (answer.status_code, answer.get_json()["error"]["code"]) == (401, "wrong_token")
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert town_client.open(f"{address}?token={keys.portal}", method=method, json=body).status_code == 401
        readers = right.get(address, {keys.portal, keys.unit} if method == "GET" else {keys.unit, keys.archive})
        for token in set(keys.all) - readers:
            answer = town_client.open(address, method=method, json=body, headers=bearer(token))
            assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "wrong_scope"), (
                address,
                token[:5],
            )
    assert airings_of(small_town) == []


def test_a_revoked_or_rotated_token_sees_and_writes_nothing_from_that_moment(
    small_town: Town, keys: Keys, town_client: FlaskClient
) -> None:
    town = small_town
    assert town_client.get("/api/v1/units", headers=bearer(keys.portal)).status_code == 200
    with town.database.reading() as session:
        manifest = f"players/{player_of_code(session, 'loa-vb').read_key}/manifest.json"
    assert town_client.get(f"/{manifest}").status_code == 200
    with town.database.writing() as session:
        revoke_token(session, "cong", by="quan-tri", now=town.now)
        revoke_player(session, "loa-vb", by="quan-tri", now=town.now)
        rotate_keys(session, "loa-tt", read_key=False, token=True, by="quan-tri", now=town.now)
    publish(town.database, town.settings, town.voice, now=town.now)
    assert town_client.get("/api/v1/units", headers=bearer(keys.portal)).status_code == 401
    for token in (keys.player, keys.other_player):
        rows = {"airings": [play(standing(town, "vb"))]}
        assert town_client.post("/api/v1/airings", json=rows, headers=bearer(token)).status_code == 401
        assert town_client.post("/api/v1/heartbeat", json={}, headers=bearer(token)).status_code == 401
    assert airings_of(town) == []
    assert town_client.get(f"/{manifest}").status_code == 410


def test_a_foreign_players_plays_are_not_written_whatever_it_claims(
    small_town: Town, keys: Keys, town_client: FlaskClient
) -> None:
    rows = [play(standing(small_town, "vb")), play(standing(small_town, "tt"), event_id="2", player="loa-vb")]
    answer = town_client.post("/api/v1/airings", json={"airings": rows}, headers=bearer(keys.player))
    assert [result["status"] for result in answer.get_json()["results"]] == ["rejected", "rejected"]
    assert airings_of(small_town) == []


def test_wrong_tokens_are_soon_not_looked_at_any_more_and_right_ones_always_are(
    keys: Keys, town_client: FlaskClient
) -> None:
    statuses = [
        town_client.get("/api/v1/units", headers=bearer("bci_" + f"{number:043}")).status_code
        for number in range(WRONG_TOKENS_A_MINUTE + 2)
    ]
    assert statuses == [401] * WRONG_TOKENS_A_MINUTE + [429, 429]
    assert town_client.get("/api/v1/units").headers["Retry-After"] == "60"
    assert town_client.get("/api/v1/units", headers=bearer(keys.portal)).status_code == 200
    elsewhere = {"X-Forwarded-For": "203.0.113.9", **bearer("bci_" + "x" * 43)}
    assert town_client.get("/api/v1/units", headers=elsewhere).status_code == 401


@pytest.mark.parametrize(
    ("method", "address", "body", "status"),
    [
        ("POST", "/api/v1/airings", b"{", 400),
        ("POST", "/api/v1/airings", b"\xff", 400),
        ("POST", "/api/v1/airings", b"[" * 100_000, 400),
        ("POST", "/api/v1/airings", b"[]", 400),
        ("POST", "/api/v1/airings", b'{"airings": 1}', 400),
        ("POST", "/api/v1/airings", b'{"airings": [], "sent_at": "nay"}', 422),
        ("POST", "/api/v1/airings", b'{"airings": [' + b"1," * 500 + b"1]}", 413),
        ("POST", "/api/v1/airings", b'{"airings": ["' + b"x" * 4_200_000 + b'"]}', 413),
        ("POST", "/api/v1/heartbeat", b'{"free_bytes": -1}', 422),
        ("POST", "/api/v1/heartbeat", b'{"holds": [1]}', 422),
        ("GET", "/api/v1/airings", b"", 405),
        ("GET", "/api/v1/nowhere", b"", 404),
        ("GET", "/api/nowhere", b"", 404),
    ],
)
def test_what_cannot_be_read_is_refused_as_a_document(
    method: str, address: str, body: bytes, status: int, keys: Keys, town_client: FlaskClient
) -> None:
    answer = town_client.open(address, method=method, data=body, headers=bearer(keys.player))
    assert answer.status_code == status, answer.text
    schemas.Refusal.model_validate(answer.get_json())


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("airtime?month=2026-13", 422),
        ("schedule?from=2026-11-31", 400),
        ("schedule?from=2026-11-10&to=2026-11-09", 400),
        ("schedule?from=2026-01-01&to=2026-12-31", 400),
        ("schedule?zone=xx", 404),
        ("articles?limit=501", 400),
        ("articles?after=-1", 400),
        ("articles?after=٣", 400),
        ("articles?after=99999999999999999999", 400),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    query: str, status: int, keys: Keys, town_client: FlaskClient
) -> None:
    answer = town_client.get(f"/api/v1/{query}", headers=bearer(keys.portal))
    assert answer.status_code == status, answer.text
    schemas.Refusal.model_validate(answer.get_json())


def test_no_token_is_in_any_answer_page_feed_log_or_book(
    small_town: Town, keys: Keys, town_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with structlog.testing.capture_logs() as said:
        heard = everything_said(small_town, keys, town_app, monkeypatch)
    heard += [json.dumps(entry, default=str).encode() for entry in said]
    assert any(b"broken" in text for text in heard), "the log was not listened to"
    for token in keys.all:
        assert not any(token.encode() in text or token[10:].encode() in text for text in heard)


def everything_said(town: Town, keys: Keys, town_app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the program answers, publishes and writes down while tokens of all kinds are shown at all doors."""
    client = town_app.test_client()
    heard: list[bytes] = []
    bulletin = standing(town, "vb")
    for token in keys.all:
        for method, address in (
            *(("GET", address) for address in ADDRESSES),
            *(("POST", f"/api/v1/{name}") for name in ("articles", "airings", "heartbeat")),
            ("GET", "/api/v1/nowhere"),
            ("GET", "/"),
        ):
            for headers in (bearer(token), {"Authorization": token}, {"Authorization": f"Bearer {token}x"}):
                body = {"airings": [play(bulletin)], "articles": [7], "holds": [], "problem": "x"}
                answer = client.open(address, method=method, json=body, headers=headers)
                heard += [answer.data, str(answer.headers).encode()]

    def fail(*_given: object, **_named: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(reading, "month_airtime", fail)
    broken = client.get("/api/v1/airtime", headers=bearer(keys.portal))
    assert broken.status_code == 500
    heard += [broken.data, str(broken.headers).encode()]
    publish(town.database, town.settings, town.voice, now=town.now)
    heard += [path.read_bytes() for path in town.settings.public_folder.rglob("*") if path.is_file()]
    with town.database.reading() as session:
        heard += [f"{entry.what} {entry.detail}".encode() for entry in session.scalars(select(AuditEntry))]
    return heard + [path.read_bytes() for path in town.settings.data.glob("broadcaster.sqlite*")]


def test_the_description_is_whole_and_open_to_all(town_client: FlaskClient) -> None:
    document = town_client.get("/api/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    asked = {
        (method.upper(), rule.rule)
        for rule in town_client.application.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) & {"GET", "POST"}
    }
    told = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert told == asked

    def references(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            yield from (value for key, value in node.items() if key == "$ref")
            for value in node.values():
                yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= known


def test_a_monitor_gets_figures_and_no_secret(keys: Keys, small_town: Town, town_app: Flask) -> None:
    client = town_app.test_client()
    client.post("/api/v1/heartbeat", json={"airings_waiting": 3}, headers=bearer(keys.player))
    with small_town.database.reading() as session:
        read_key = player_of_code(session, "loa-tt").read_key
    client.get(f"/players/{read_key}/manifest.json")
    text = client.get("/metrics").text
    figures = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert figures["broadcaster_players",] == 2
    assert figures["broadcaster_players_silent",] == 1
    assert figures["broadcaster_airings_waiting",] == 3
    assert figures["broadcaster_database_up",] == 1
    assert figures["broadcaster_http_answers_total", "/api/v1/heartbeat", "200", "POST"] == 1
    assert read_key not in text
    assert not any(token in text for token in keys.all)
    small_town.database.close()
    for path in small_town.settings.data.glob("broadcaster.sqlite*"):
        path.unlink()
    assert "broadcaster_database_up 0.0" in client.get("/metrics").text
