"""The web application: puts the parts of `web` together and serves them, with the clock in the same process."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from flask import Flask, request
from jinja2 import StrictUndefined

import templates
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.hearing import Booth
from broadcaster.installation import secret_key
from broadcaster.web.api import api
from broadcaster.web.api.bearer import WrongTokens
from broadcaster.web.desk import rooms
from broadcaster.web.desk.guard import install_guard
from broadcaster.web.desk.navigation import install_navigation
from broadcaster.web.desk.single_sign_on import install_single_sign_on
from broadcaster.web.digests import Digests
from broadcaster.web.health import Pulse, health
from broadcaster.web.home import home
from broadcaster.web.kept import KeptAnswers
from broadcaster.web.languages import install_languages
from broadcaster.web.metrics import install_metrics, metrics
from broadcaster.web.pages import install_page_words
from broadcaster.web.protection import OWN_NAMES, install_protection
from broadcaster.web.public import PagesSessions, public
from broadcaster.web.refusals import install_refusals
from broadcaster.web.wire import bound_server
from scheduler.clockwork import Heartbeat

PAGES = Path(str(templates.__file__)).parent / "pages"
STATIC = Path(__file__).with_name("static")
BEAT_S = 60
#: The largest thing that is sent to us is a recording of half an hour; forms without files are far smaller.
LONGEST_BODY_BYTES = 300 * 1024 * 1024
LONGEST_FORM_BYTES = 4 * 1024 * 1024
_YEAR_S = 365 * 24 * 3600

log = structlog.get_logger()


class Application(Flask):
    """Flask that logs failures like the rest of the house. Addresses are named without what stands behind `?`."""

    def log_exception(self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
        failure = exc_info[1]
        log.error(
            "request failed",
            method=request.method,
            path=_unkeyed(request.path),
            exception=_told(failure) if failure is not None else "",
        )


def create_app(settings: Settings, database: Database, *, clock: Callable[[], datetime]) -> Flask:
    """The application over one database and one public tree; `clock` says what time it is, as an aware instant."""
    app = Application(__name__, template_folder=str(PAGES), static_folder=str(STATIC), static_url_path="/static")
    app.config.update(
        PUBLIC_FOLDER=settings.public_folder,
        STATION_LANGUAGE=settings.language,
        SECRET_KEY=secret_key(settings),
        MAX_CONTENT_LENGTH=LONGEST_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=LONGEST_FORM_BYTES,
        SEND_FILE_MAX_AGE_DEFAULT=_YEAR_S,
        STATIC_VERSION=_static_version(),
    )
    app.url_map.merge_slashes = False
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions.update(settings=settings, database=database, clock=clock, digests=Digests(), pulse=Pulse())
    app.extensions["wrong_tokens"] = WrongTokens()
    app.extensions["booth"] = Booth(settings)
    app.extensions["kept"] = KeptAnswers(settings.public_folder)
    app.session_interface = PagesSessions()
    install_protection(app, settings.public_url)
    install_languages(app)
    install_refusals(app)
    install_page_words(app)
    install_metrics(app)
    install_guard(app)
    install_navigation(app)
    install_single_sign_on(app, settings)
    for blueprint in (health, metrics, api, public, home, *rooms()):
        app.register_blueprint(blueprint)
    return app


def serve(
    settings: Settings,
    database: Database,
    *,
    port: int,
    clock: Callable[[], datetime],
    host: str = "127.0.0.1",
    tick: Callable[[datetime], None] | None = None,
) -> None:
    """Serves until the process is told to stop. With `tick`, the clock beats in here; its failures stop nothing.

    Raises:
        OSError: the port cannot be had.
    """
    app = create_app(settings, database, clock=clock)
    with listening(app, host=host, port=port, clock=clock, tick=tick) as server:
        server.run()


@contextmanager
def listening(
    app: Flask,
    *,
    host: str,
    port: int,
    clock: Callable[[], datetime],
    tick: Callable[[datetime], None] | None,
) -> Iterator[Any]:
    """A waitress server that is about to run, with the clock beating meanwhile. Port 0: any free one."""
    # Bound before the clock starts: where the port is taken, nothing has happened yet.
    server = bound_server(app, app.extensions["kept"], host=host, port=port, own_name=OWN_NAMES[0])
    heartbeat = _heartbeat(app, clock, tick) if tick is not None else None
    try:
        if heartbeat is not None:
            heartbeat.start()
        yield server
    finally:
        if heartbeat is not None:
            heartbeat.stop()
        server.close()
        app.extensions["booth"].close()


def _heartbeat(app: Flask, clock: Callable[[], datetime], tick: Callable[[datetime], None]) -> Heartbeat:
    pulse: Pulse = app.extensions["pulse"]
    return Heartbeat(pulse.watched(tick), BEAT_S, clock, on_error=_tick_failed)


def _tick_failed(failure: Exception) -> None:
    log.error("tick failed; the next one comes in time", exception=_told(failure))


def _told(failure: BaseException) -> str:
    """The traceback without the values of its variables: among them are phone numbers and keys."""
    return "".join(traceback.format_exception(failure)).rstrip()


def _static_version() -> str:
    """Changes with any of our static files, so that browsers may keep them for a year."""
    digest = hashlib.sha256()
    for file in sorted(STATIC.rglob("*")):
        if file.is_file():
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _unkeyed(path: str) -> str:
    """The path without a player's read key: logs are read by more people than keys are for."""
    return "/players/…" if path.startswith("/players/") else path
