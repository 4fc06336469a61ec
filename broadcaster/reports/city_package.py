"""The City's copy of a campaign: each approved article with its cover sheet and endorsement, and an index.

Each article exists twice, one copy for the town and one for the City. The package holds personal data for that purpose
alone: only those whose role allows it may make it, each making stands in the audit chain, and its owner alone reads it.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from audio.files import written_whole
from broadcaster import audit
from broadcaster.access import Act, require
from broadcaster.db import Database
from broadcaster.errors import NotFound
from broadcaster.language import current_language
from broadcaster.language import gettext as _
from broadcaster.models import Article, Campaign, User
from broadcaster.months import day_start
from broadcaster.reports.campaign import campaign_of, deadline_of
from broadcaster.reports.dossier import dossier_pdf, field_words
from broadcaster.reports.letterhead import letterhead, made_and_signed, recipients
from broadcaster.reports.paper import Column, Kind, Office, Paper, Table
from broadcaster.reports.printing import to_pdf
from broadcaster.reports.terms import kind_words
from broadcaster.reports.workbook import to_workbook

#: Who may read the package's file: its owner.
PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Packed:
    """What was packed."""

    campaign: str
    articles: int
    sha256: str


def write_city_package(
    database: Database, path: Path, code: str | None, office: Office, *, by: str, now: datetime, tz: ZoneInfo
) -> Packed:
    """Writes the package to a file of its owner alone, in the language of the moment, and notes who made it.

    Raises:
        NotFound: there is no such campaign or account.
        NotAllowed: the account may not make the package.
    """
    with database.reading() as session:
        _entitled(session, by)
    with written_whole(path, mode=PRIVATE) as file:
        with database.reading() as session:
            campaign, articles = _pack(session, file, code, office, now=now, tz=tz)
        packed = Packed(campaign, articles, _digest(file))
        # Noted before the file takes its name: a package that nobody noted must not come to be.
        with database.writing() as session:
            audit.record(
                session, "city.package", campaign, by=by, now=now, articles=packed.articles, sha256=packed.sha256
            )
    return packed


def _entitled(session: Session, by: str) -> None:
    user = session.scalars(select(User).where(User.name == by)).first()
    if user is None:
        raise NotFound(_("không có tài khoản «{name}»", name=by))
    require(user, Act.EXPORT_DOSSIERS)


def _pack(
    session: Session, file: BinaryIO, code: str | None, office: Office, *, now: datetime, tz: ZoneInfo
) -> tuple[str, int]:
    campaign = campaign_of(session, code, now=now, tz=tz)
    articles = _approved(session, campaign, now=now, tz=tz)
    full_names = {user.name: user.full_name for user in session.scalars(select(User))}
    dated = now.astimezone(tz).date()
    index = _index(campaign, articles, office, dated=dated, tz=tz)
    sums = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in (("muc-luc.pdf", to_pdf(index)), ("muc-luc.xlsx", to_workbook(index))):
            sums.append(_put(package, name, data, dated))
        for number, article in enumerate(articles, start=1):
            data = dossier_pdf(article, full_names, dated=dated)
            sums.append(_put(package, f"{_folder(number, article)}/bai-viet.pdf", data, dated))
        _put(package, "SHA256SUMS", "".join(sums).encode(), dated)
    return campaign.code, len(articles)


def _approved(session: Session, campaign: Campaign, *, now: datetime, tz: ZoneInfo) -> list[Article]:
    """The campaign's articles that are endorsed and approved as they stand, by unit and time of arrival."""
    begins = day_start(campaign.starts_on, tz)
    query = (
        select(Article)
        .where(Article.withdrawn_at.is_(None), Article.received_at >= begins, Article.received_at <= now)
        .options(
            selectinload(Article.unit),
            selectinload(Article.people),
            selectinload(Article.endorsement),
            selectinload(Article.approvals),
        )
    )
    fit = [one for one in session.scalars(query) if one.endorsement is not None and one.approval is not None]
    return sorted(fit, key=lambda article: (article.unit.name, article.received_at, article.ref))


def _put(package: zipfile.ZipFile, name: str, data: bytes, dated: date) -> str:
    """Adds a file that tells no moment but the package's day; answers its line of SHA256SUMS."""
    entry = zipfile.ZipInfo(name, date_time=(dated.year, dated.month, dated.day, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = PRIVATE << 16
    package.writestr(entry, data)
    return f"{hashlib.sha256(data).hexdigest()}  {name}\n"


def _folder(number: int, article: Article) -> str:
    """A folder's name that every system can unpack; the number keeps like references apart."""
    plain = re.sub(r"[^A-Za-z0-9-]+", "-", article.ref).strip("-")[:60]
    return f"{number:03}-{plain}"


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def _index(campaign: Campaign, articles: Sequence[Article], office: Office, *, dated: date, tz: ZoneInfo) -> Paper:
    ends = deadline_of(campaign, tz)
    rows = tuple(
        (
            number,
            article.ref,
            article.unit.name,
            article.title,
            kind_words(article.kind),
            field_words(article.field),
            _name_of(article, "subject"),
            _name_of(article, "author"),
            article.received_at.astimezone(tz).date(),
            _("đúng hạn") if article.received_at < ends else _("quá hạn"),
            _folder(number, article),
        )
        for number, article in enumerate(articles, start=1)
    )
    table = Table(
        columns=(
            Column("number", _("TT"), Kind.COUNT, 9),
            Column("ref", _("Mã bài"), Kind.CODE, 20),
            Column("unit", _("Đơn vị"), Kind.WORDS, 31),
            Column("title", _("Tên bài")),
            Column("kind", _("Loại"), Kind.WORDS, 23),
            Column("field", _("Lĩnh vực"), Kind.WORDS, 26),
            Column("subject", _("Người được nêu gương"), Kind.WORDS, 28),
            Column("author", _("Người viết"), Kind.WORDS, 28),
            Column("received", _("Ngày nhận"), Kind.DAY, 20),
            Column("in_time", _("Hạn"), Kind.WORDS, 14),
            Column("folder", _("Thư mục"), Kind.CODE, 25),
        ),
        rows=rows,
        size=10,
    )
    return Paper(
        name="muc-luc",
        title=_("MỤC LỤC HỒ SƠ BÀI VIẾT GỬI THÀNH PHỐ"),
        about=(campaign.name,),
        letterhead=letterhead(office, "MLHS", dated),
        dated=dated,
        language=current_language(),
        parts=(table,),
        remarks=(_("Hồ sơ có dữ liệu cá nhân, chỉ dùng cho việc xét biểu dương, khen thưởng."),),
        signatures=made_and_signed(office),
        recipients=recipients(_("Hội đồng Thi đua - Khen thưởng Thành phố")),
        landscape=True,
    )


def _name_of(article: Article, role: str) -> str:
    return next((person.name for person in article.people if person.role == role), "")
