"""The description of the interface (OpenAPI 3.1), made of the very schemas that answers are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from broadcaster.web.api import schemas

_REFERENCE = "#/components/schemas/{model}"
_DAY = {"type": "string", "format": "date"}
_MONTH = {"type": "string", "pattern": r"^\d{4}-\d{2}$"}


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked for: with whose token, what it takes, what it answers."""

    method: str
    path: str
    summary: str
    token: str
    takes: type[BaseModel] | None = None
    answers: type[BaseModel] | None = None
    query: tuple[tuple[str, dict[str, Any]], ...] = ()


OPERATIONS = (
    Operation(
        "post",
        "/articles",
        "Send articles in, all or none",
        "articles:write",
        schemas.ArticlesIn,
        schemas.ArticlesOut,
        (("dry_run", {"type": "string", "enum": ["1", "true"]}),),
    ),
    Operation("post", "/airings", "Report plays, one result a row", "player", schemas.AiringsIn, schemas.AiringsOut),
    Operation("post", "/heartbeat", "Say how a player is", "player", schemas.HeartbeatIn, schemas.HeartbeatOut),
    Operation("get", "/airtime", "The airtime of every unit in a month", "read", query=(("month", _MONTH),)),
    Operation(
        "get",
        "/schedule",
        "Sessions with what was published for them",
        "read",
        None,
        schemas.Schedule,
        (("from", _DAY), ("to", _DAY), ("zone", {"type": "string"})),
    ),
    Operation(
        "get",
        "/articles",
        "Articles as they stand",
        "read",
        None,
        schemas.ArticleList,
        (("after", {"type": "integer"}), ("limit", {"type": "integer", "maximum": 500})),
    ),
    Operation("get", "/units", "Units and whose line they take up", "read", None, schemas.UnitList),
)  # fmt: skip - a table


@cache
def openapi_document() -> dict[str, Any]:
    """The whole description. It depends on the program alone."""
    models = [model for one in OPERATIONS for model in (one.takes, one.answers) if model is not None]
    wanted = [(model, "serialization") for model in dict.fromkeys([*models, schemas.Refusal])]
    _names, definitions = models_json_schema(wanted, ref_template=_REFERENCE)  # type: ignore[arg-type]  # the mode is a literal
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(f"/api/v1{one.path}", {})[one.method] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "town-broadcaster", "version": _version()},
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _operation(one: Operation) -> dict[str, Any]:
    answered = _content(one.answers) if one.answers else {"application/json": {"schema": {"type": "object"}}}
    described: dict[str, Any] = {
        "operationId": f"{one.method}_{one.path.strip('/')}",
        "summary": one.summary,
        "description": _whose(one.token),
        "responses": {
            "200": {"description": "Done", "content": answered},
            "default": {"description": "Refused", "content": _content(schemas.Refusal)},
        },
    }
    if one.takes is not None:
        described["requestBody"] = {"required": True, "content": _content(one.takes)}
    if one.query:
        described["parameters"] = [{"name": name, "in": "query", "schema": schema} for name, schema in one.query]
    return described


def _whose(token: str) -> str:
    return "Needs a player's write token." if token == "player" else f"Needs a token of scope {token}."  # noqa: S105 - a kind of token


def _content(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REFERENCE.format(model=model.__name__)}}}


def _version() -> str:
    try:
        return version("town-broadcaster")
    except PackageNotFoundError:
        return "0"
