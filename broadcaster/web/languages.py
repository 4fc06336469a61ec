"""Which language a request is answered in: what it asks for, else what its cookie remembers, else the station's."""

from __future__ import annotations

from contextlib import ExitStack

from flask import Flask, Response, current_app, g, request

from broadcaster.language import LANGUAGES, SOURCE_LANGUAGE, TRANSLATIONS, speaking

COOKIE = "lang"
_YEAR_S = 365 * 24 * 3600


def languages_at_hand() -> tuple[str, ...]:
    """Vietnamese, and every language whose catalogue is installed."""
    return tuple(
        language
        for language in LANGUAGES
        if language == SOURCE_LANGUAGE or (TRANSLATIONS / language / "LC_MESSAGES" / "messages.mo").is_file()
    )


def install_languages(app: Flask) -> None:
    """Answers each request in its language, from the first word to the last."""
    app.before_request(_begin)
    app.after_request(_remember)
    app.teardown_request(_end)


def _begin() -> None:
    at_hand = languages_at_hand()
    wishes = (request.args.get("lang"), request.cookies.get(COOKIE), current_app.config["STATION_LANGUAGE"])
    chosen = next((wish for wish in wishes if wish in at_hand), SOURCE_LANGUAGE)
    g.language_scope = ExitStack()
    g.language_scope.enter_context(speaking(chosen))


def _remember(response: Response) -> Response:
    asked = request.args.get("lang")
    if asked in languages_at_hand():
        response.set_cookie(
            COOKIE, str(asked), max_age=_YEAR_S, httponly=True, samesite="Lax", secure=request.is_secure
        )
    return response


def _end(_failure: BaseException | None) -> None:
    scope: ExitStack | None = g.pop("language_scope", None)
    if scope is not None:
        scope.close()
