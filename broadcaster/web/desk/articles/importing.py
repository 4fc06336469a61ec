"""Files of many articles, all or nothing, with a report row by row; and the sheet to be filled in."""

from __future__ import annotations

import io
import json

import xlsxwriter
from flask import send_file
from sqlalchemy import select
from werkzeug.wrappers import Response

from broadcaster import defaults
from broadcaster.access import Act, acts_for_one_unit
from broadcaster.articles.entry import hand_in
from broadcaster.errors import Fault, ImportRefused
from broadcaster.intake.packed import LARGEST_PACKED_BYTES
from broadcaster.intake.sheets import ARTICLE_FIELDS, rows_of_xlsx
from broadcaster.intake.units import Imported
from broadcaster.language import gettext
from broadcaster.models import Column, Kind, Priority, Unit, Zone
from broadcaster.web.desk.articles.forms import ImportForm
from broadcaster.web.desk.articles.room import articles
from broadcaster.web.desk.articles.words import article_kind_words, field_words, priority_words
from broadcaster.web.desk.guard import allowed, user
from broadcaster.web.desk.house import books_reading, books_writing, moment, page, station_zone

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What only a program hands in, and what the house gives itself, is not asked of people.
_NOT_ASKED = frozenset({"approval.by", "approval.approved_on"})


@articles.get("/import")
@allowed(Act.ENTER_ARTICLES)
def importing() -> Response:
    """Where a file is chosen."""
    return page("desk/articles/import.html", form=ImportForm(), done=None, faults=())


@articles.post("/import")
@allowed(Act.ENTER_ARTICLES)
def imported() -> Response:
    """Takes the file in, or says what is wrong with which row."""
    form = ImportForm()
    done: Imported | None = None
    faults: tuple[Fault, ...] = ()
    if form.validate():
        try:
            done = _taken_in(form)
        except ImportRefused as refused:
            faults = refused.faults
    return page("desk/articles/import.html", status=200 if done else 422, form=form, done=done, faults=faults)


def _taken_in(form: ImportForm) -> Imported:
    name = form.file.data.filename or ""
    data = form.file.data.stream.read(LARGEST_PACKED_BYTES + 1)
    document = _document(name, data)
    with books_writing() as books:
        return hand_in(books, document, name, user(), now=moment(), tz=station_zone(), dry_run=bool(form.dry_run.data))


def _document(name: str, data: bytes) -> object:
    if name.lower().endswith(".xlsx"):
        return {"articles": rows_of_xlsx(data, name, ARTICLE_FIELDS)}
    if not name.lower().endswith(".json"):
        raise ImportRefused([Fault(name, gettext("chỉ nhận tệp .xlsx hoặc .json"))])
    if len(data) > LARGEST_PACKED_BYTES:
        raise ImportRefused([Fault(name, gettext("tệp quá lớn (trên {most} MB)", most=LARGEST_PACKED_BYTES // 2**20))])
    try:
        document: object = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ImportRefused([Fault(name, gettext("không phải JSON bằng UTF-8"))]) from None
    return document


@articles.get("/template.xlsx")
@allowed(Act.ENTER_ARTICLES)
def template() -> Response:
    """A sheet with the right heads, and beside it every code that may be used."""
    with books_reading() as books:
        units = select(Unit.code, Unit.name).order_by(Unit.name)
        if acts_for_one_unit(user()):
            units = units.where(Unit.id == user().unit_id)
        codes = [
            ("unit", list(books.execute(units).tuples())),
            ("field", [(code, field_words(code)) for code in defaults.FIELDS]),
            ("kind", [(kind.value, article_kind_words(kind)) for kind in Kind]),
            ("priority", [(priority.value, priority_words(priority)) for priority in Priority]),
            ("subject.subject_kind", [("individual", gettext("một người")), ("collective", gettext("một tập thể"))]),
            ("zones", list(books.execute(select(Zone.code, Zone.name).order_by(Zone.position)).tuples())),
            ("columns", list(books.execute(select(Column.code, Column.name).order_by(Column.position)).tuples())),
        ]
    return send_file(_workbook(codes), mimetype=_XLSX, as_attachment=True, download_name="bai-viet.xlsx")


def _workbook(codes: list[tuple[str, list[tuple[str, str]]]]) -> io.BytesIO:
    data = io.BytesIO()
    heads = [field for field in ARTICLE_FIELDS if field not in _NOT_ASKED]
    with xlsxwriter.Workbook(data, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True})
        as_text = book.add_format({"num_format": "@"})
        sheet, known = book.add_worksheet("articles"), book.add_worksheet("codes")
        sheet.freeze_panes(1, 0)
        for number, head in enumerate(heads):
            sheet.set_column(number, number, 20, as_text)  # days, phones and references stay as they are typed
            sheet.write_string(0, number, head, bold)
        for number, (head, pairs) in enumerate(codes):
            known.write_string(0, 2 * number, head, bold)
            known.set_column(2 * number, 2 * number + 1, 22)
            for row, (code, name) in enumerate(pairs, start=1):
                known.write_string(row, 2 * number, code)
                known.write_string(row, 2 * number + 1, name)
            if head in heads and head not in {"zones", "columns"} and pairs:
                letter = xlsxwriter.utility.xl_col_to_name(2 * number)
                source = f"=codes!${letter}$2:${letter}${len(pairs) + 1}"
                place = heads.index(head)
                sheet.data_validation(1, place, 2_000, place, {"validate": "list", "source": source})
    data.seek(0)
    return data
