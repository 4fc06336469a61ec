"""The documents that are exchanged. Answers are made of these schemas, so that their description is true."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field
from pydantic.config import JsonDict

INSTANT: JsonDict = {"format": "date-time"}


class Airing(BaseModel):
    """One play of one item, as a player knows it. Durations are milliseconds."""

    event_id: str = Field(max_length=200, description="The player's own name of the play; the same one counts once.")
    item_id: str = Field(description="The id of the item or of the interrupt in the manifest.")
    started_at: str = Field(json_schema_extra=INSTANT, description="By the device's own clock, with its offset.")
    played_ms: int = Field(ge=0)
    outcome: Literal["played", "partial", "failed"]
    reason: str | None = Field(default=None, max_length=500)
    interrupted_by: str | None = Field(default=None, description="The interrupt that cut it short.")
    age_ms: int | None = Field(
        default=None, ge=0, description="From the start to the sending, by a clock that nobody sets."
    )


class AiringsIn(BaseModel):
    """Up to 500 plays. `sent_at` is the moment of sending by the device's clock: it tells how far that one is off."""

    airings: list[Airing] = Field(max_length=500)
    sent_at: str | None = Field(default=None, json_schema_extra=INSTANT)


class AiringResult(BaseModel):
    """The answer to one row. Whatever is rejected is rejected for good; its reason says why."""

    event_id: str
    status: Literal["recorded", "duplicate", "rejected"]
    reason: str | None = None


class AiringsOut(BaseModel):
    """One result a row, in the order of the rows."""

    results: list[AiringResult]


class HeartbeatIn(BaseModel):
    """What a player says of itself."""

    sent_at: str | None = Field(default=None, json_schema_extra=INSTANT)
    pulled: bool = Field(default=False, description="It has just brought its folder in line.")
    generation: str | None = None
    valid_until: str | None = Field(default=None, json_schema_extra=INSTANT)
    holds: list[str] = Field(default=[], max_length=500, description="Ids of the items that it holds whole.")
    free_bytes: int | None = Field(default=None, ge=0)
    airings_waiting: int = Field(default=0, ge=0)
    airings_rejected: int = Field(default=0, ge=0)
    agent: str | None = None
    problem: str | None = None


class HeartbeatOut(BaseModel):
    """The moment by our clock, and how far the player's runs ahead of it."""

    now: str = Field(json_schema_extra=INSTANT)
    skew_ms: int | None
    poll_s: int


class ArticlesIn(BaseModel):
    """Articles in the import format (docs/files.md). All are stored or none."""

    articles: list[dict[str, Any]]


class ArticlesOut(BaseModel):
    """The references of what was new, changed, or as before, and what staff should know."""

    added: list[str]
    changed: list[str]
    same: list[str]
    notes: list[str]


class Article(BaseModel):
    """An article as it stands. Nothing of its cover sheet's people is ever told."""

    ref: str
    title: str
    unit: str
    field: str
    kind: str
    priority: str
    received_at: str = Field(json_schema_extra=INSTANT)
    endorsed: bool
    approved: bool
    withdrawn: bool
    not_before: str | None = Field(json_schema_extra=INSTANT)
    expires_at: str | None = Field(json_schema_extra=INSTANT)
    zones: list[str]
    columns: list[str]


class ArticleList(BaseModel):
    """A page of articles; `next` goes into `after` to get the next page, null: there is none."""

    articles: list[Article]
    next: int | None


class Unit(BaseModel):
    """A unit, the days on which it exists, and whose line it takes up."""

    code: str
    name: str
    kind: str
    zone: str | None
    valid_from: str | None
    valid_to: str | None
    succeeds: list[str]


class UnitList(BaseModel):
    """All units, those that have ended too."""

    units: list[Unit]


class ScheduledItem(BaseModel):
    """An article in its place. `ref` and `title` are null while it is under embargo."""

    position: int
    ref: str | None
    title: str | None
    unit: str


class ScheduledSession(BaseModel):
    """A session with what was published for it."""

    zone: str
    starts_at: str = Field(json_schema_extra=INSTANT)
    length_ms: int
    cancelled: bool
    items: list[ScheduledItem]


class Schedule(BaseModel):
    """The sessions of the days asked for, in order."""

    sessions: list[ScheduledSession]


class Refusal(BaseModel):
    """Why a request was refused: a code to act on, words to read, and the faults of an import with their places."""

    class Error(BaseModel):
        """The refusal itself."""

        code: str
        message: str
        faults: list[dict[str, str]] | None = None

    error: Error
