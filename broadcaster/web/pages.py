"""What every page knows without being told: the words, the moment, the station, the way to the other language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, request

from broadcaster.config import Settings
from broadcaster.language import current_language, gettext
from broadcaster.web import moments, words
from broadcaster.web.languages import languages_at_hand

LANGUAGE_NAMES = {"vi": "Tiếng Việt", "en": "English"}


def install_page_words(app: Flask) -> None:
    """Gives the templates their functions and filters."""
    app.jinja_env.globals.update(
        _=gettext,
        stage_words=words.stage_words,
        day_words=moments.day_words,
        weekday_words=moments.weekday_words,
        short_day_words=moments.short_day_words,
        month_words=moments.month_words,
    )
    app.jinja_env.filters.update(minutes=moments.minutes_words, clock=moments.clock_words, figure=figure_words)
    app.jinja_env.filters["instant"] = _instant
    app.context_processor(_of_this_moment)


def _instant(at: datetime) -> str:
    settings: Settings = current_app.extensions["settings"]
    return moments.instant_words(at, settings.zone_info)


def figure_words(value: float) -> str:
    """A figure of a table, always with one digit behind the comma so that columns line up."""
    text = f"{value:.1f}"
    return text.replace(".", ",") if current_language() == "vi" else text


def _of_this_moment() -> dict[str, Any]:
    settings: Settings = current_app.extensions["settings"]
    clock: Callable[[], datetime] = current_app.extensions["clock"]
    now = clock().astimezone(settings.zone_info)
    return {
        "station": settings.station,
        "now": now,
        "zone_words": moments.zone_words(now, settings.zone_info),
        "language": current_language(),
        "other_languages": _other_languages(),
        # Pages may stand below a path of a larger site, and refusals at any depth.
        "root": request.script_root + "/",
        "static_version": current_app.config["STATIC_VERSION"],
    }


def _other_languages() -> list[tuple[str, str, str]]:
    """Code, name and address of the same page in every other language at hand."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    others = [language for language in languages_at_hand() if language != current_language()]
    return [(code, LANGUAGE_NAMES[code], "?" + urlencode([*kept, ("lang", code)])) for code in others]
