"""Forms of the desk: guarded against forgery, in the reader's language, times in the station's zone.

Labels and messages are made with `later` (imported as `_`), since the classes are built before anyone reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, Field, IntegerField
from wtforms.validators import InputRequired, StopValidation

from broadcaster.language import LaterText, gettext
from broadcaster.language import later as _
from broadcaster.web.desk.house import station_zone

#: The form library's own words, in ours. What is missing here would be shown in English; a test looks for it.
LIBRARY_WORDS: Mapping[str, LaterText] = {
    "This field is required.": _("Cần điền ô này."),
    "This field cannot be edited.": _("Ô này không sửa được."),
    "This field is disabled and cannot have a value.": _("Ô này không sửa được."),
    "Not a valid choice.": _("Không có trong các lựa chọn."),
    "Choices cannot be None.": _("Không có trong các lựa chọn."),
    "'%(value)s' is not a valid choice for this field.": _("Không có trong các lựa chọn."),
    "Invalid Choice: could not coerce.": _("Không có trong các lựa chọn."),
    "Invalid choice(s): one or more data inputs could not be coerced.": _("Không có trong các lựa chọn."),
    "Invalid value, must be one of: %(values)s.": _("Không có trong các lựa chọn."),
    "Invalid value, can't be any of: %(values)s.": _("Giá trị này đã có hoặc không được dùng."),
    "Not a valid integer value.": _("Cần một số nguyên."),
    "Not a valid decimal value.": _("Cần một số."),
    "Not a valid float value.": _("Cần một số."),
    "Not a valid date value.": _("Cần một ngày, ví dụ 2026-04-28."),
    "Not a valid time value.": _("Cần một giờ, ví dụ 05:30."),
    "Not a valid datetime value.": _("Cần cả ngày và giờ."),
    "Not a valid week value.": _("Cần một tuần, ví dụ 2026-W48."),
    "Field cannot be longer than %(max)d character.": _("Dài nhất %(max)d ký tự."),
    "Field cannot be longer than %(max)d characters.": _("Dài nhất %(max)d ký tự."),
    "Field must be at least %(min)d character long.": _("Ít nhất %(min)d ký tự."),
    "Field must be at least %(min)d characters long.": _("Ít nhất %(min)d ký tự."),
    "Field must be exactly %(max)d character long.": _("Cần đúng %(max)d ký tự."),
    "Field must be exactly %(max)d characters long.": _("Cần đúng %(max)d ký tự."),
    "Field must be between %(min)d and %(max)d characters long.": _("Từ %(min)d đến %(max)d ký tự."),
    "Field must be equal to %(other_name)s.": _("Hai ô không giống nhau."),
    "Number must be between %(min)s and %(max)s.": _("Một số từ %(min)s đến %(max)s."),
    "Number must be at least %(min)s.": _("Ít nhất là %(min)s."),
    "Number must be at most %(max)s.": _("Nhiều nhất là %(max)s."),
    "Date must be between %(min)s and %(max)s.": _("Một ngày từ %(min)s đến %(max)s."),
    "Date must be at least %(min)s.": _("Sớm nhất là %(min)s."),
    "Date must be at most %(max)s.": _("Muộn nhất là %(max)s."),
    "Invalid input.": _("Không đúng dạng."),
    "Invalid email address.": _("Không phải địa chỉ thư điện tử."),
    "Invalid URL.": _("Không phải địa chỉ mạng."),
    "Invalid IP address.": _("Không phải địa chỉ IP."),
    "Invalid Mac address.": _("Không phải địa chỉ MAC."),
    "Invalid UUID.": _("Không phải mã UUID."),
    "Invalid field name '%s'.": _("Không đúng dạng."),
    "CSRF failed.": _("Biểu mẫu đã cũ, hãy tải lại trang."),
    "CSRF token expired.": _("Biểu mẫu đã cũ, hãy tải lại trang."),
    "CSRF token missing.": _("Biểu mẫu đã cũ, hãy tải lại trang."),
    "Invalid CSRF Token.": _("Biểu mẫu đã cũ, hãy tải lại trang."),
}


class HouseTranslations:
    """Puts the form library's words into ours."""

    def gettext(self, text: str) -> str:
        return str(LIBRARY_WORDS.get(text, text))

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.gettext(one if number == 1 else many)


class HouseForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is published without types
    """What every form of the desk is."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # flask_wtf is published without types
        """Where the form library asks for its words."""

        def get_translations(self, _form: Any) -> HouseTranslations:
            return HouseTranslations()

    def refuse(self, field: Field, words: object) -> None:
        """Adds what a use case had against a field's value."""
        field.errors = [*field.errors, words]


class Filled(InputRequired):  # type: ignore[misc]  # wtforms is published without types
    """Text that has more than blanks in it."""

    def __call__(self, form: Any, field: Field) -> None:
        super().__call__(form, field)
        if isinstance(field.data, str) and not field.data.strip():
            field.errors = []
            raise StopValidation(gettext("Cần điền ô này."))


class InstantField(DateTimeLocalField):  # type: ignore[misc]  # wtforms is published without types
    """An instant as people at the station write it: its data is aware, its text in the station's zone."""

    def process_data(self, value: datetime | None) -> None:
        self.data = value.astimezone(station_zone()).replace(tzinfo=None) if value is not None else None

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        super().process_formdata(valuelist)

    @property
    def instant(self) -> datetime | None:
        """The aware instant, in UTC."""
        return self.data.replace(tzinfo=station_zone()).astimezone(UTC) if self.data is not None else None


class LengthField(IntegerField):  # type: ignore[misc]  # wtforms is published without types
    """A length that people think of in whole units and the books keep in milliseconds (`length_ms`)."""

    unit_ms = 1_000

    def process_data(self, value: int | None) -> None:
        self.data = value // self.unit_ms if value is not None else None

    @property
    def length_ms(self) -> int | None:
        """The length in milliseconds."""
        return self.data * self.unit_ms if self.data is not None else None


class SecondsField(LengthField):
    """A length in seconds."""


class MinutesField(LengthField):
    """A length in minutes."""

    unit_ms = 60_000
