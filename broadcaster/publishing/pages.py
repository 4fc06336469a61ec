"""Pages of the public tree that stay up when the application is down."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

import templates
from broadcaster import defaults
from broadcaster.config import Settings
from broadcaster.models import Article
from feeds.values import Audio


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("templates", "."), autoescape=True, undefined=StrictUndefined)


def article_page(article: Article, published_at: datetime, audio: Audio | None, settings: Settings) -> bytes:
    """An article as a page of its own. Nothing of the cover sheet but the title and the unit.

    Its links are relative: the page plays under whatever name of the station it was opened.
    """
    return public_page(
        "article.html",
        title=article.title,
        unit=article.unit.name,
        field=defaults.FIELDS[article.field],
        published_at=published_at,
        paragraphs=article.paragraphs,
        sound="../" + audio.url.removeprefix(settings.public_url + "/") if audio else None,
        synthetic=audio.synthetic if audio else False,
        station=settings.station,
        home="../",
    )


def public_page(name: str, **words: object) -> bytes:
    """A page of `templates/public`, filled in."""
    return _environment().get_template(f"public/{name}").render(words).encode()


def picture(name: str) -> bytes:
    """A picture of `templates/public`, or the sheet that gives the pages their look."""
    return files(templates).joinpath("public", name).read_bytes()
