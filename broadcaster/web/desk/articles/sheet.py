"""One article's page: text, cover, dossier, scans, endorsement, approval, and the acts that are open to the reader."""

from __future__ import annotations

from flask import current_app
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from broadcaster.access import Act, acts_for_one_unit, may
from broadcaster.articles.differences import differences, whole_text
from broadcaster.articles.dossier import COPIES_WANTED, hints, missing_on_cover, proposed
from broadcaster.articles.inbox import state_of
from broadcaster.lexicon import station_voice
from broadcaster.models import Article, ArticleVersion
from broadcaster.readings import doubts_of
from broadcaster.web.desk.articles import words
from broadcaster.web.desk.articles.forms import ApproveForm, DossierForm, EndorseForm, PaperForm, ScanForm
from broadcaster.web.desk.guard import user
from broadcaster.web.desk.house import database, moment, page, settings, station_zone

CHECKS = ("motive", "figures", "results", "spread", "cover", "sealed")


def sheet(books: Session, article: Article, *, status: int = 200, fault: str = "", **forms: object) -> Response:
    """The page. `forms` are those that came back with faults, by their names here."""
    now = moment()
    earlier = earlier_version(article)
    present = article.version
    found = proposed(article) if article.dossier is None else article.dossier
    scan_form = forms.get("scan_form") or ScanForm(formdata=None)
    if isinstance(scan_form, ScanForm):
        scan_form.offer()
    given: dict[str, object] = {
        "endorse_form": EndorseForm(formdata=None),
        "paper_form": PaperForm(formdata=None, endorsed_on=now.astimezone(station_zone()).date()),
        "approve_form": ApproveForm(formdata=None),
        "dossier_form": DossierForm(formdata=None, obj=found),
        **forms,
        "scan_form": scan_form,
    }
    return page(
        "desk/articles/article.html",
        status=status,
        fault=fault,
        article=article,
        state=state_of(books, article, now=now),
        doubts=doubts_of(books, article, station_voice(database(), settings())),
        hints=hints(article),
        missing=missing_on_cover(article),
        copies_wanted=COPIES_WANTED,
        checks=CHECKS,
        earlier=earlier,
        changes=differences(whole_text(earlier), whole_text(present)) if earlier and present else (),
        scans=[scan for scan in article.scans if scan.removed_at is None],
        may_change=may_change(article),
        may_endorse=may(user(), Act.ENDORSE_ARTICLES) and user().name not in article.writers,
        may_record=may(user(), Act.ENTER_ARTICLES) and not acts_for_one_unit(user()),
        why_not_approved=_why_not_approved(article),
        has_reading_page="reading.of_article" in current_app.view_functions,
        say=words,
        **given,
    )


def earlier_version(article: Article) -> ArticleVersion | None:
    """What the present text is compared with: the last approved one, else the endorsed one, else the one before."""
    kept = {version.text_digest: version for version in article.versions}
    approved = [approval.text_digest for approval in article.approvals]
    endorsed = [article.endorsement.text_digest] if article.endorsement and article.endorsement.text_digest else []
    before = [version.text_digest for version in article.versions if version.text_digest != article.text_digest]
    for digest in (*reversed(approved), *endorsed, *reversed(before)):
        if digest != article.text_digest and digest in kept:
            return kept[digest]
    return None


def may_change(article: Article) -> bool:
    """Whether whoever is signed in may change the article now."""
    if not may(user(), Act.ENTER_ARTICLES) or article.withdrawn_at is not None:
        return False
    return not (acts_for_one_unit(user()) and article.approval is not None)


def _why_not_approved(article: Article) -> str:
    """A code for what keeps the reader from approving; empty where nothing does."""
    if article.withdrawn_at is not None:
        return "withdrawn"
    if article.approval is not None:
        return "approved"
    if article.endorsement is None:
        return "unendorsed"
    if user().name in article.writers:
        return "own"
    return "endorsed" if article.endorsement.recorded_by == user().name else ""
