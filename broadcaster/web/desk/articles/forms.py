"""The forms of articles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_wtf.file import FileField, FileRequired
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from broadcaster import defaults
from broadcaster.access import acts_for_one_unit
from broadcaster.articles.entry import PERSON_FIELDS
from broadcaster.errors import ImportRefused
from broadcaster.intake.articles import LONGEST_BODY, LONGEST_TITLE
from broadcaster.language import gettext
from broadcaster.language import later as _
from broadcaster.models import Column, Kind, Priority, ScanKind, Unit, User, Zone
from broadcaster.web.desk.articles.words import article_kind_words, field_words, priority_words, scan_words
from broadcaster.web.desk.forms import Filled, HouseForm, InstantField

_LONGEST_LINE = 300
_MOMENTS = ("not_before", "expires_at", "air_by")


class ChecksField(SelectMultipleField):  # type: ignore[misc]  # wtforms is published without types
    """Several of a few choices, each a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _pairs(books: Session, wanted: Select[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(code, name) for code, name in books.execute(wanted)]


def _line(label: object, *, required: bool = False) -> StringField:
    return StringField(label, [Filled() if required else Optional(), Length(max=_LONGEST_LINE)])


class ArticleForm(HouseForm):
    """Every field of the import format that a person fills in."""

    unit = SelectField(_("Đơn vị"))
    title = StringField(_("Tiêu đề"), [Filled(), Length(max=LONGEST_TITLE)])
    summary = TextAreaField(_("Tóm tắt"), [Optional(), Length(max=2_000)])
    body = TextAreaField(
        _("Nội dung"),
        [Filled(), Length(max=LONGEST_BODY)],
        description=_("Cách một dòng trống giữa các đoạn. Cần có: động cơ, số liệu, kết quả, sự lan tỏa."),
    )
    field = SelectField(_("Lĩnh vực"))
    kind = SelectField(_("Loại bài"))
    priority = SelectField(_("Mức ưu tiên"))
    written_on = DateField(_("Ngày viết"), [InputRequired()])
    author_name = _line(_("Họ và tên người viết"), required=True)
    author_position = _line(_("Chức vụ người viết"))
    author_workplace = _line(_("Nơi công tác của người viết"))
    author_address = _line(_("Địa chỉ người viết"))
    author_phone = _line(_("Điện thoại người viết"))
    subject_kind = SelectField(_("Nhân vật là"))
    subject_name = _line(_("Họ và tên nhân vật hoặc tên tập thể"), required=True)
    subject_position = _line(_("Chức vụ nhân vật"))
    subject_workplace = _line(_("Nơi công tác của nhân vật"))
    subject_address = _line(_("Địa chỉ nhân vật"))
    subject_phone = _line(_("Điện thoại nhân vật"))
    not_before = InstantField(_("Không phát trước"), [Optional()])
    expires_at = InstantField(_("Hết hạn phát lúc"), [Optional()])
    air_by = InstantField(_("Phải phát trước"), [Optional()])
    zones = ChecksField(_("Chỉ phát ở địa bàn"), description=_("Không chọn gì là mọi địa bàn."))
    columns = ChecksField(_("Chuyên mục trên cổng"))
    seen = HiddenField()

    def offer(self, books: Session, user: User) -> None:
        """Fills the choices; whoever acts for a unit has only that one."""
        units = select(Unit.code, Unit.name).order_by(Unit.name)
        if acts_for_one_unit(user):
            units = units.where(Unit.id == user.unit_id)
        self.unit.choices = _pairs(books, units)
        if not acts_for_one_unit(user):
            self.unit.choices.insert(0, ("", gettext("hãy chọn")))
        self.field.choices = [(code, field_words(code)) for code in defaults.FIELDS]
        self.kind.choices = [(kind.value, article_kind_words(kind)) for kind in Kind]
        self.priority.choices = [(priority.value, priority_words(priority)) for priority in Priority]
        self.subject_kind.choices = [("individual", gettext("một người")), ("collective", gettext("một tập thể"))]
        self.zones.choices = _pairs(books, select(Zone.code, Zone.name).order_by(Zone.position))
        self.columns.choices = _pairs(books, select(Column.code, Column.name).order_by(Column.position))

    def values(self) -> dict[str, object]:
        """The article in the import format."""
        moments = {name: getattr(self, name).instant for name in _MOMENTS}
        people = {
            role: {field: getattr(self, f"{role}_{field}").data or None for field in PERSON_FIELDS}
            for role in ("author", "subject")
        }
        return {
            **{name: getattr(self, name).data for name in ("title", "body", "field", "kind", "priority", "unit")},
            **{name: at.isoformat() if at is not None else None for name, at in moments.items()},
            "summary": self.summary.data or None,
            "written_on": self.written_on.data.isoformat(),
            "author": people["author"],
            "subject": {**people["subject"], "subject_kind": self.subject_kind.data},
            "zones": self.zones.data,
            "columns": self.columns.data,
        }

    def refuse_all(self, refused: ImportRefused) -> None:
        """Puts each fault at its field, and one that has no field here at the text."""
        for fault in refused.faults:
            name = fault.place.rsplit(").", 1)[-1].replace(".", "_").replace("subject_subject_", "subject_")
            self.refuse(getattr(self, name) if name in self._fields else self.body, fault.message)


def form_values(values: Mapping[str, Any]) -> dict[str, object]:
    """An article of the import format as the form's fields have it."""
    flat: dict[str, object] = {name: value for name, value in values.items() if name not in {"author", "subject"}}
    for role in ("author", "subject"):
        for name, value in (values.get(role) or {}).items():
            flat[name if name == "subject_kind" else f"{role}_{name}"] = value
    for name in _MOMENTS:
        flat[name] = datetime.fromisoformat(values[name]) if values.get(name) else None
    flat["written_on"] = date.fromisoformat(values["written_on"]) if values.get("written_on") else None
    return flat


class UploadForm(HouseForm):
    """A Word file, to be looked at."""

    file = FileField(_("Tệp Word (.docx)"), [FileRequired(message=_("Hãy chọn một tệp."))])


class ImportForm(HouseForm):
    """A file of many articles."""

    file = FileField(_("Tệp .xlsx hoặc .json"), [FileRequired(message=_("Hãy chọn một tệp."))])
    dry_run = BooleanField(_("Chỉ kiểm tra, chưa lưu"))


class EndorseForm(HouseForm):
    """The unit's head confirms."""

    digest = HiddenField()
    position = StringField(_("Chức vụ"), [Filled(), Length(max=_LONGEST_LINE)])


class PaperForm(EndorseForm):
    """Staff write down what the signed page says."""

    name = StringField(_("Người ký"), [Filled(), Length(max=_LONGEST_LINE)])
    endorsed_on = DateField(_("Ngày ký"), [InputRequired()])


class ApproveForm(HouseForm):
    """The reviewer approves what was read."""

    digest = HiddenField()


class DossierForm(HouseForm):
    """The checklist; a box that stays empty refuses nothing."""

    motive = BooleanField()
    figures = BooleanField()
    results = BooleanField()
    spread = BooleanField()
    cover = BooleanField()
    sealed = BooleanField()
    copies = IntegerField(_("Số bản đã nhận (cần hai)"), [InputRequired(), NumberRange(min=0, max=99)])


class ScanForm(HouseForm):
    """A scanned paper."""

    kind = SelectField(_("Bản quét là"))
    file = FileField(_("Tệp PDF, JPEG hoặc PNG"), [FileRequired(message=_("Hãy chọn một tệp."))])

    def offer(self) -> None:
        """Fills the choices."""
        self.kind.choices = [(kind.value, scan_words(kind)) for kind in ScanKind]


class WithdrawForm(HouseForm):
    """Why an article is taken off the air."""

    why = StringField(_("Lý do"), [Filled(), Length(max=_LONGEST_LINE)])
