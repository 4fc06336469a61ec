"""Every address of the desk, made from the application's own map, tried by every role and by strangers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from broadcaster.access import ACTS_OF_ROLE
from broadcaster.models import Role
from broadcaster.web.desk.guard import DESK, acts_of

#: A value for each parameter of an address, such as is there in the staffed town.
SAMPLES: dict[str, Any] = {
    "zone_code": "tt",
    "column_code": "nong-thon-moi",
    "rule_code": "tt-sang",
    "exception_id": 1,
    "day": "2026-11-20",
    "unit_code": "xa-bai",
    "player_code": "loa-tt",
    "voice": "monotone",
    "zone": "tt",
    "start": "20261110-0530",
    "airing_id": 1,
    "unit": "phuong-mot",
    "month": "2026-11",
    "paper": "airtime",
    "form": "json",
    "ref": "T-01",
    "digest": "0" * 64,
    "scan_id": 1,
    "number": 0,
    "rendition_id": 1,
    "name": "thu-ky",
    "sign_in_id": 1,
    "session_id": 1,
    "code": "tt-20261110-080000-00000000",
}


def desk_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.rule == DESK or rule.rule.startswith(DESK + "/")]


def requests_of(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and address of everything that can be asked of the desk."""
    with app.test_request_context():
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
        for rule in desk_rules(app):
            address = adapter.build(rule.endpoint, {name: SAMPLES[name] for name in rule.arguments})
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule.endpoint, method, address.split("localhost", 1)[-1]


def test_every_view_of_the_desk_says_who_it_is_for(town_app: Flask) -> None:
    unmarked = {
        rule.endpoint for rule in desk_rules(town_app) if acts_of(town_app.view_functions[rule.endpoint]) is None
    }
    assert unmarked == set()
    assert desk_rules(town_app)


@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role or "stranger")
def test_each_role_reaches_what_it_may_and_nothing_else(
    town_app: Flask, desk: Callable[..., Any], role: Role | None
) -> None:
    wrong = []
    for endpoint, method, address in requests_of(town_app):
        somebody = desk(role)
        acts = acts_of(town_app.view_functions[endpoint]) or frozenset()
        is_for_role = role is not None and (not acts or bool(acts & ACTS_OF_ROLE[role]))
        answer = somebody.client.open(address, method=method)
        if method == "POST":
            # Without the page's guard no form is taken, whoever sends it; the guard is asked before the role.
            expected = {400}
        elif role is None:
            expected = {302}
        else:
            expected = {200, 302, 404} if is_for_role else {403}
        if answer.status_code not in expected:
            wrong.append((method, address, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role or "stranger")
def test_a_guarded_form_is_still_refused_where_the_role_does_not_allow_it(
    town_app: Flask, desk: Callable[..., Any], role: Role | None
) -> None:
    town_app.config["WTF_CSRF_ENABLED"] = False  # as if the guard had been passed: what is left is the role
    wrong = []
    for endpoint, method, address in requests_of(town_app):
        acts = acts_of(town_app.view_functions[endpoint]) or frozenset()
        is_for_role = role is not None and (not acts or bool(acts & ACTS_OF_ROLE[role]))
        if method == "POST" and not is_for_role:
            answer = desk(role).client.post(address)
            if answer.status_code != (401 if role is None else 403):
                wrong.append((address, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.ENDORSER])
@pytest.mark.parametrize("is_well_filled", [False, True], ids=["empty form", "filled form"])
def test_another_units_article_is_not_there_at_any_address(
    town_app: Flask, desk: Callable[..., Any], role: Role, is_well_filled: bool
) -> None:
    """T-02 is of another unit: whoever acts for one unit is not even told that it exists."""
    town_app.config["WTF_CSRF_ENABLED"] = False
    filled = {"position": "Chủ tịch", "digest": "0" * 64, "why": "thử", "kind": "sealed", "title": "thử"}
    fields = filled if is_well_filled else {}
    wrong, asked = [], 0
    somebody = desk(role)
    for endpoint, method, address in requests_of(town_app):
        acts = acts_of(town_app.view_functions[endpoint]) or frozenset()
        if "/T-01" not in address or (acts and not acts & ACTS_OF_ROLE[role]):
            continue
        asked += 1
        sent = {"data": fields} if method == "POST" else {}
        answer = somebody.client.open(address.replace("/T-01", "/T-02"), method=method, **sent)
        if answer.status_code != 404:
            wrong.append((method, address, answer.status_code))
    assert wrong == []
    assert asked > 5
