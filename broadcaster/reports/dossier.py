"""One article with its cover sheet, endorsement and approval, as the paper that is kept and sent on.

It holds personal data (Law 91/2025/QH15): it is made for the town's own copy and the City's, and for nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from broadcaster import defaults
from broadcaster.language import current_language
from broadcaster.language import gettext as _
from broadcaster.models import Article, CoverPerson
from broadcaster.reports.printing import compiled


def dossier_pdf(article: Article, full_names: Mapping[str, str], *, dated: date) -> bytes:
    """The article's dossier in the language of the moment; `full_names` are the names behind the accounts."""
    return compiled("dossier.typ", json.dumps(_document(article, full_names, dated), ensure_ascii=False), dated)


def _document(article: Article, full_names: Mapping[str, str], dated: date) -> dict[str, object]:
    people = {person.role: person for person in article.people}
    return {
        "language": current_language(),
        "dated": [dated.year, dated.month, dated.day],
        "title": article.title,
        "unit": article.unit.name,
        "kind": _kind_words(article.kind),
        "people": [
            {"role": words, "lines": _person_lines(people[role])}
            for role, words in (("author", _("NGƯỜI VIẾT")), ("subject", _("NGƯỜI ĐƯỢC NÊU GƯƠNG")))
            if role in people
        ],
        "marks": _("Mã bài: {ref}. Lĩnh vực: {field}.", ref=article.ref, field=field_words(article.field)),
        "paragraphs": list(article.paragraphs),
        "signatures": _signatures(article, people.get("author")),
        "approval": _approval_words(article, full_names),
    }


def field_words(field: str) -> str:
    """The field's name; the plan's own words, in every language."""
    return defaults.FIELDS.get(field, field)


def _kind_words(kind: str) -> str:
    if kind == "spontaneous":
        return _("Gương cá nhân có thành tích đột xuất")
    return _("Gương điển hình tiên tiến, người tốt, việc tốt")


def _person_lines(person: CoverPerson) -> list[list[str]]:
    named = (
        (_("Họ và tên:"), person.name),
        (_("Chức vụ:"), person.position),
        (_("Đơn vị công tác:"), person.workplace),
        (_("Địa chỉ:"), person.address),
        (_("Điện thoại:"), person.phone),
    )
    return [[words, value] for words, value in named if value]


def _signatures(article: Article, author: CoverPerson | None) -> list[dict[str, str]]:
    written = _("Ngày {day}", day=f"{article.written_on:%d/%m/%Y}")
    found = [
        {"day": written, "role": _("Người viết"), "hint": _("(Đã ký)"), "name": author.name if author else ""},
    ]
    if article.endorsement is not None:
        one = article.endorsement
        found.append(
            {
                "day": _("Ngày {day}", day=f"{one.endorsed_on:%d/%m/%Y}"),
                "role": one.position,
                "hint": _("(Đã thẩm định, xác nhận, ký và đóng dấu)"),
                "name": one.name,
            }
        )
    return found


def _approval_words(article: Article, full_names: Mapping[str, str]) -> str:
    approval = article.approval
    if approval is None:
        return ""
    return _(
        "Duyệt phát: {name}, ngày {day}. Mã kiểm tra của văn bản được duyệt: {digest}.",
        name=full_names.get(approval.by, approval.by),
        day=f"{approval.approved_at:%d/%m/%Y}",
        digest=approval.text_digest[:16],
    )
