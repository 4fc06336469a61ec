"""Reads what a request brings, and refuses in words what cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import request
from werkzeug.exceptions import BadRequest

from broadcaster.errors import Fault, ImportRefused
from broadcaster.intake.rows import Row
from broadcaster.language import gettext as _
from broadcaster.web.api.refusals import ApiRefusal

#: The place of a body in messages.
BODY = "body"


def body_row() -> tuple[Row, list[Fault]]:
    """The body as an object, with the list on which its faults gather.

    Raises:
        ApiRefusal: it is no JSON object.
    """
    try:
        document = request.get_json(force=True)
    except (BadRequest, RecursionError):
        document = None
    if not isinstance(document, Mapping):
        raise ApiRefusal(400, "bad_request", _("nội dung phải là một đối tượng JSON (UTF-8)"))
    faults: list[Fault] = []
    return Row(document, BODY, faults), faults


def raise_faults(faults: list[Fault]) -> None:
    """Refuses the request where it has faults.

    Raises:
        ImportRefused: with all of them.
    """
    if faults:
        raise ImportRefused(faults)


def listed(row: Row, field: str, *, most: int) -> list[object]:
    """A list of at most so many values.

    Raises:
        ApiRefusal: it is no list, or too long a one.
    """
    values = row.values.get(field)
    if not isinstance(values, list):
        raise ApiRefusal(400, "bad_request", _("thiếu danh sách «{key}»", key=field))
    if len(values) > most:
        raise ApiRefusal(413, "too_large", _("«{key}» có quá {most} dòng, hãy chia nhỏ", key=field, most=most))
    return values


def asked_day(name: str, default: date) -> date:
    """A day of the query.

    Raises:
        ApiRefusal: it is no day.
    """
    faults: list[Fault] = []
    day = Row(request.args, "query", faults).day(name)
    if faults:
        raise ApiRefusal(400, "bad_request", str(faults[0]))
    return day or default


def asked_number(name: str, default: int, *, most: int) -> int:
    """A whole number of the query, from 0.

    Raises:
        ApiRefusal: it is none, or too large.
    """
    text = request.args.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) <= most):
        raise ApiRefusal(400, "bad_request", _("«{name}» phải là số nguyên từ 0 đến {most}", name=name, most=most))
    return int(text)
