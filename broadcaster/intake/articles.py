"""Takes in articles in the import format of other programs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster import audit, defaults
from broadcaster.errors import Fault, ImportRefused
from broadcaster.intake.files import articles_document
from broadcaster.intake.garbled import normalised
from broadcaster.intake.rows import Row, rows_of
from broadcaster.intake.units import Imported
from broadcaster.language import gettext as _
from broadcaster.mending import take_off_air, take_out_of_lost_places
from broadcaster.models import (
    Approval,
    Article,
    Column,
    CoverPerson,
    Endorsement,
    Kind,
    Priority,
    Unit,
    Zone,
)
from broadcaster.models.article import digest_of_text

ROLES = ("author", "subject")
SUBJECT_KINDS = ("individual", "collective")
LONGEST_TITLE = 300
LONGEST_BODY = 60_000


@dataclass(frozen=True, slots=True)
class Books:
    """What an article may refer to, by code."""

    units: dict[str, Unit]
    zones: dict[str, Zone]
    columns: dict[str, Column]


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody at the desk who hands in articles: for one unit only, or for all; with signed paper in hand, or without.

    Approval is never handed in: it is an act of its own.
    """

    unit: str | None
    holds_paper: bool


def import_articles(
    session: Session, path: Path, *, now: datetime, tz: ZoneInfo, by: str, dry_run: bool = False
) -> Imported:
    """Stores the articles of a file, new or changed; the same file again changes nothing.

    A changed text loses its approval and its places on the air.

    Raises:
        ImportRefused: with every fault of the file; nothing was stored.
    """
    document = articles_document(session, path)
    return take_in_articles(session, document, path.name, now=now, tz=tz, by=by, dry_run=dry_run)


def take_in_articles(
    session: Session,
    document: object,
    name: str,
    *,
    now: datetime,
    tz: ZoneInfo,
    by: str,
    dry_run: bool = False,
    sender: Sender | None = None,
    act: str = "articles.import",
) -> Imported:
    """Stores the articles of a document, as `import_articles` does; `name` says in messages where it came from.

    With a `sender` it is a person who hands them in, and no program that speaks for the house.

    Raises:
        ImportRefused: with every fault of the document; nothing was stored.
    """
    faults: list[Fault] = []
    rows = rows_of(document, name, "articles", faults)
    books = _books(session)
    seen: dict[str, str] = {}
    read = [_read_article(row, books, seen, now.astimezone(tz).date()) for row in rows]
    if sender is not None:
        read = [_as_sent(session, row, values, sender) for row, values in zip(rows, read, strict=True)]
    if faults:
        raise ImportRefused(faults)
    _name_columns(session, read, books, keep=not dry_run)
    added, changed, same, notes = [], [], [], []
    for values in read:
        article = session.scalars(select(Article).where(Article.ref == values.ref)).first()
        if article is None:
            added.append(values.ref)
            if not dry_run:
                _add(session, values, books, now=now, tz=tz, by=by)
        elif _differs(article, values, tz):
            changed.append(values.ref)
            if not dry_run:
                notes += _change(session, article, values, books, now=now, tz=tz, by=by)
        else:
            same.append(values.ref)
    if not dry_run:
        audit.record(session, act, name, by=by, now=now, added=len(added), changed=len(changed))
    return Imported(tuple(added), tuple(changed), tuple(same), tuple(notes))


@dataclass(frozen=True, slots=True)
class _Values:
    """An article as the file gives it, checked."""

    ref: str
    unit: str
    plain: dict[str, object]
    people: dict[str, dict[str, str | None]]
    endorsement: dict[str, object] | None
    approval: tuple[str, date] | None
    zones: tuple[str, ...]
    columns: tuple[str, ...]


def _books(session: Session) -> Books:
    return Books(
        units={unit.code: unit for unit in session.scalars(select(Unit))},
        zones={zone.code: zone for zone in session.scalars(select(Zone))},
        columns={column.code: column for column in session.scalars(select(Column))},
    )


def _read_article(row: Row, books: Books, seen: dict[str, str], today: date) -> _Values:
    ref = row.text("ref", required=True)
    if ref is not None:
        row.place += f" (ref {ref})"
        if ref in seen:
            row.fault("ref", _("«{ref}» trùng với {place}", ref=ref, place=seen[ref]))
        seen.setdefault(ref, row.place)
    unit = row.code("unit")
    if unit is not None and unit not in books.units:
        row.fault("unit", _("không có đơn vị «{code}»", code=unit))
    plain = _read_plain(row, today)
    people = {role: row.nested(role, required=True) for role in ROLES}
    subject = people["subject"]
    plain["subject_kind"] = subject.choice("subject_kind", SUBJECT_KINDS) if subject else None
    zones, columns = row.codes("zones"), row.codes("columns")
    for field, codes, known in (("zones", zones, books.zones), ("columns", columns, books.columns)):
        # No columns at all is not a wrong code: the first file names them.
        for code in codes if known or field == "zones" else []:
            if code not in known:
                row.fault(field, _("không có «{code}»", code=code))
    return _Values(
        ref=ref or "",
        unit=unit or "",
        plain=plain,
        people={role: _read_person(person) for role, person in people.items()},
        endorsement=_read_endorsement(row.nested("endorsement")),
        approval=_read_approval(row.nested("approval"), row),
        zones=tuple(sorted(zones)),
        columns=tuple(sorted(columns)),
    )


def _as_sent(session: Session, row: Row, values: _Values, sender: Sender) -> _Values:
    """What a person may hand in; an endorsement that stands stays, unless the unit itself changes the text."""
    if values.approval is not None:
        row.fault("approval", _("duyệt là một việc riêng, làm ở trang của bài"))
    if values.endorsement is not None and not sender.holds_paper:
        row.fault("endorsement", _("thủ trưởng đơn vị tự xác nhận ở trang của bài"))
    standing = session.scalars(select(Article).where(Article.ref == values.ref)).first()
    if sender.unit is not None and (
        values.unit != sender.unit or (standing is not None and standing.unit.code != sender.unit)
    ):
        row.fault("unit", _("chỉ được nhập bài của đơn vị mình"))
    if standing is None or standing.endorsement is None or values.endorsement is not None or not values.plain["body"]:
        return values
    plain = values.plain
    same = standing.text_digest == digest_of_text(str(plain["title"]), _or_none(plain["summary"]), str(plain["body"]))
    if not (same or sender.holds_paper):
        return values
    kept = {key: getattr(standing.endorsement, key) for key in ("name", "position", "endorsed_on")}
    return replace(values, endorsement=kept)


def _or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _read_plain(row: Row, today: date) -> dict[str, object]:
    title, body = row.text("title", required=True), row.text("body", required=True)
    if title is not None and (len(title) > LONGEST_TITLE or "\n" in title):
        row.fault("title", _("phải là một dòng, tối đa {most} ký tự", most=LONGEST_TITLE))
    if body is not None and len(body) > LONGEST_BODY:
        row.fault("body", _("dài quá {most} ký tự", most=LONGEST_BODY))
    written_on = row.day("written_on", required=True)
    if written_on is not None and written_on > today:
        row.fault("written_on", _("ngày viết ở tương lai"))
    not_before, expires_at, air_by = (row.instant(field) for field in ("not_before", "expires_at", "air_by"))
    if not_before and expires_at and expires_at <= not_before:
        row.fault("expires_at", _("hết hạn trước khi được phát"))
    if not_before and air_by and air_by < not_before:
        row.fault("air_by", _("phải phát trước khi được phép phát"))
    return {
        "title": title,
        "body": body,
        "summary": row.text("summary"),
        "field": row.choice("field", defaults.FIELDS),
        "kind": row.choice("kind", Kind),
        "priority": row.choice("priority", Priority, default=Priority.NORMAL),
        "written_on": written_on,
        "not_before": not_before,
        "expires_at": expires_at,
        "air_by": air_by,
    }


def _read_person(row: Row | None) -> dict[str, str | None]:
    if row is None:
        return {}
    person = {field: row.text(field) for field in ("position", "workplace", "address", "phone")}
    return {"name": row.text("name", required=True), **person}


def _read_endorsement(row: Row | None) -> dict[str, object] | None:
    if row is None:
        return None
    return {
        "name": row.text("name", required=True),
        "position": row.text("position", required=True),
        "endorsed_on": row.day("endorsed_on", required=True),
    }


def _read_approval(row: Row | None, article: Row) -> tuple[str, date] | None:
    if row is None:
        return None
    by, approved_on = row.text("by", required=True), row.day("approved_on", required=True)
    if not article.has("endorsement"):
        article.fault("approval", _("duyệt khi chưa có xác nhận của thủ trưởng đơn vị"))
    author = article.values.get("author")
    writer = author.get("name") if isinstance(author, dict) else None
    if by is not None and isinstance(writer, str) and normalised(writer) == by:
        article.fault("approval.by", _("người viết bài không được tự duyệt"))
    return (by, approved_on) if by and approved_on else None


def _name_columns(session: Session, read: list[_Values], books: Books, *, keep: bool) -> None:
    """The first file may name the portal's columns; later an unknown one is a fault."""
    if books.columns:
        return
    for position, code in enumerate(dict.fromkeys(code for values in read for code in values.columns)):
        books.columns[code] = defaults.new_column(code, position)
        if keep:
            session.add(books.columns[code])


def _differs(article: Article, values: _Values, tz: ZoneInfo) -> bool:
    plain = {field: getattr(article, field) for field in values.plain}
    people = {
        person.role: {field: getattr(person, field) for field in values.people[person.role]}
        for person in article.people
    }
    endorsement = article.endorsement
    return (
        plain != values.plain
        or article.unit.code != values.unit
        or people != values.people
        or tuple(sorted(zone.code for zone in article.zones)) != values.zones
        or tuple(sorted(column.code for column in article.columns)) != values.columns
        or (endorsement and {key: getattr(endorsement, key) for key in ("name", "position", "endorsed_on")})
        != values.endorsement
        or _is_new_approval(article, values, tz)
    )


def _is_new_approval(article: Article, values: _Values, tz: ZoneInfo) -> bool:
    """Whether the file brings an approval of this text.

    One that is on record already was given to the text it is bound to: sent along with another text, or again after it
    was dropped, it does not come back to life.
    """
    if values.approval is None:
        return False
    by, approved_on = values.approval
    on_record = [(known.by, known.approved_at.astimezone(tz).date()) for known in article.approvals]
    if (by, approved_on) in on_record:
        return False
    return all(approved_on >= day for _by, day in on_record)


def _add(session: Session, values: _Values, books: Books, *, now: datetime, tz: ZoneInfo, by: str) -> None:
    article = Article(ref=values.ref, entered_by=by, received_at=now, changed_at=now, text_digest="")
    _fill(session, article, values, books)
    article.keep_text(by, now)
    session.add(article)
    _approve(article, values, tz)


def _change(
    session: Session, article: Article, values: _Values, books: Books, *, now: datetime, tz: ZoneInfo, by: str
) -> list[str]:
    """Brings a stored article in line with the file; answers what staff should know."""
    notes = []
    before = article.text_digest
    newly_approved = _is_new_approval(article, values, tz)
    _fill(session, article, values, books)
    article.keep_text(by, now)
    article.changed_at = now
    if article.text_digest != before and article.drop_approvals(now):
        freed = take_off_air(session, article, now=now, why=_("văn bản đã đổi"))
        published = sum(place.published for place in freed)
        notes.append(
            _("{ref}: văn bản đã đổi, mất duyệt và {count} chỗ phát đã công bố", ref=article.ref, count=published)
        )
        audit.record(session, "articles.unapproved", article.ref, by=by, now=now, freed=len(freed))
    else:
        notes += _leave_lost_places(session, article, now=now, by=by)
    if newly_approved:
        _approve(article, values, tz)
    return notes


def _leave_lost_places(session: Session, article: Article, *, now: datetime, by: str) -> list[str]:
    """Other zones, columns or dates leave no place behind that the article may not have any more."""
    freed = take_out_of_lost_places(session, article, now=now, why=_("địa bàn, chuyên mục hoặc thời hạn đã đổi"))
    if not freed:
        return []
    audit.record(session, "articles.places", article.ref, by=by, now=now, freed=len(freed))
    published = sum(place.published for place in freed)
    return [
        _(
            "{ref}: địa bàn, chuyên mục hoặc thời hạn đã đổi, bỏ {count} chỗ phát đã công bố",
            ref=article.ref,
            count=published,
        )
    ]


def _fill(session: Session, article: Article, values: _Values, books: Books) -> None:
    for field, value in values.plain.items():
        setattr(article, field, value)
    article.unit = books.units[values.unit]
    article.zones = [books.zones[code] for code in values.zones]
    article.columns = [books.columns[code] for code in values.columns]
    article.text_digest = digest_of_text(article.title, article.summary, article.body)
    standing = {person.role: person for person in article.people}
    for role, fields in values.people.items():
        person = standing.get(role)
        if person is None:
            person = CoverPerson(role=role)
            article.people.append(person)
        for field, text in fields.items():
            setattr(person, field, text)
    if values.endorsement is None:
        article.endorsement = None
    else:
        standing_endorsement = article.endorsement or Endorsement()
        known = {field: getattr(standing_endorsement, field) for field in values.endorsement}
        if known != values.endorsement:
            # A signature that is new to us is one under the text that comes with it.
            standing_endorsement.text_digest, standing_endorsement.recorded_by = article.text_digest, None
        for field, value in values.endorsement.items():
            setattr(standing_endorsement, field, value)
        article.endorsement = standing_endorsement


def _approve(article: Article, values: _Values, tz: ZoneInfo) -> None:
    """Records the approval that came with the file, given at the start of its day at the latest known instant."""
    if values.approval is None:
        return
    by, approved_on = values.approval
    approved_at = datetime.combine(approved_on, time(0), tzinfo=tz)
    article.approvals.append(Approval(by=by, approved_at=approved_at, text_digest=article.text_digest))
