"""The room itself, and what all of its views begin with."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy.orm import Session

from broadcaster.approvals import article_seen_by
from broadcaster.models import Article
from broadcaster.web.desk.guard import DESK, user

articles = Blueprint("articles", __name__, url_prefix=DESK + "/articles")


def seen(books: Session, ref: str) -> Article:
    """The article, if whoever is signed in may see it.

    Raises:
        NotFound: there is none, or it is another unit's.
    """
    return article_seen_by(books, ref, user())
