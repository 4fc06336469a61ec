"""The checklist of a dossier: what the plan asks of an article, with hints found in the text. It refuses nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from broadcaster import audit
from broadcaster.folding import folded
from broadcaster.models import Article, DossierCheck, ScanKind

COPIES_WANTED = 2
#: The parts of a body, with folded words that often tell of them. They are hints for a reader and decide nothing.
SIGNS = {
    "motive": ("xuat phat", "mong muon", "tran tro", "dong co", "vi sao", "thay ba con", "nghi rang", "tam nguyen"),
    "results": ("ket qua", "da giup", "nho do", "nho vay", "thoat ngheo", "dat duoc", "khen thuong", "tu nay"),
    "spread": ("lan toa", "lam theo", "nhan rong", "hoc tap", "noi theo", "huong ung", "phong trao", "nhan ra"),
}
_FIGURE = re.compile(r"\d[\d.,]*(?:\s*(?:%|[^\W\d_]+))?")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
MOST_HINTS = 3


@dataclass(frozen=True, slots=True)
class Findings:
    """What a reviewer found."""

    motive: bool
    figures: bool
    results: bool
    spread: bool
    cover: bool
    sealed: bool
    copies: int


def hints(article: Article) -> dict[str, tuple[str, ...]]:
    """Sentences or figures that may show each part; nothing where none was found."""
    sentences = [found.strip() for found in _SENTENCE.findall(article.body) if found.strip()]
    found = {
        part: tuple(line for line in sentences if any(sign in folded(line) for sign in signs))[:MOST_HINTS]
        for part, signs in SIGNS.items()
    }
    found["figures"] = tuple(dict.fromkeys(match.strip() for match in _FIGURE.findall(article.body)))[: 2 * MOST_HINTS]
    return found


def missing_on_cover(article: Article) -> tuple[tuple[str, str], ...]:
    """What the cover sheet lacks, as role and field: name, phone, and position with workplace, or the address."""
    missing = []
    for person in article.people:
        missing += [(person.role, field) for field in ("name", "phone") if not getattr(person, field)]
        if not (person.address or (person.position and person.workplace)):
            missing.append((person.role, "address"))
    return tuple(missing)


def proposed(article: Article) -> Findings:
    """What the checklist shows before anybody has looked: what the hints say."""
    found = hints(article)
    sealed = any(scan.kind == ScanKind.SEALED and scan.removed_at is None for scan in article.scans)
    parts = {part: bool(found[part]) for part in ("motive", "figures", "results", "spread")}
    return Findings(**parts, cover=not missing_on_cover(article), sealed=sealed, copies=0)


def keep_findings(session: Session, article: Article, findings: Findings, *, by: str, now: datetime) -> None:
    """Writes down what the reviewer found, in place of what was found before."""
    row = article.dossier or DossierCheck()
    for name in Findings.__slots__:
        setattr(row, name, getattr(findings, name))
    row.by, row.at = by, now
    article.dossier = row
    lacking = [name for name in Findings.__slots__ if name != "copies" and not getattr(findings, name)]
    audit.record(session, "dossiers.check", article.ref, by=by, now=now, lacking=lacking, copies=findings.copies)
