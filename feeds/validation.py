"""What every value has to be before a feed is made of it. Each function raises InvalidValue naming the field."""

import re
from collections.abc import Iterable
from datetime import datetime
from operator import ge

from feeds.errors import InvalidValue
from feeds.text import one_line, says_something

# Absolute, ASCII, nothing that would have to be escaped to stand in an attribute of HTML but "&": Apple's directory
# and several portal readers take no other form. Hosts in other scripts are given in punycode, paths percent-encoded.
_URL = re.compile(
    r"https?://[a-z0-9\[][a-z0-9.\-:\[\]]*(?:[/?#][!#$%&()*+,\-./0-9:;=?@A-Z\[\]_a-z~']*)?", re.IGNORECASE
)
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+\-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TREE_PATH = re.compile(r"[A-Za-z0-9_\-][A-Za-z0-9._\-]*(?:/[A-Za-z0-9_\-][A-Za-z0-9._\-]*)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def require_text(field: str, value: str) -> None:
    """Text that still says something when it has been cleaned."""
    if not isinstance(value, str):
        raise InvalidValue(field, "phải là chuỗi ký tự")
    if not says_something(value):
        raise InvalidValue(field, "không được để trống")


def require_url(field: str, value: str | None) -> None:
    """An absolute http(s) address in ASCII; None passes, for what is optional."""
    if value is not None and (not isinstance(value, str) or not _URL.fullmatch(value)):
        raise InvalidValue(field, "phải là địa chỉ đầy đủ bắt đầu bằng http:// hoặc https://, chỉ gồm ký tự ASCII")


def require_instant(field: str, value: datetime | None) -> None:
    """An instant with its offset from UTC, in whole minutes as RFC 5322 dates can say it; None passes."""
    if value is None:
        return
    if not isinstance(value, datetime):
        raise InvalidValue(field, "phải là thời điểm")
    offset = value.utcoffset()
    if offset is None:
        raise InvalidValue(field, "phải có múi giờ")
    if offset.seconds % 60 or offset.microseconds:
        raise InvalidValue(field, "múi giờ phải lệch UTC theo phút tròn")


def require_number(field: str, value: int | None, least: int = 0) -> None:
    """A whole number not below `least`; None passes. True is no number here, although Python thinks so."""
    if value is not None and (type(value) is not int or value < least):
        raise InvalidValue(field, f"phải là số nguyên không nhỏ hơn {least}")


def require_media_type(field: str, value: str) -> None:
    """A media type such as audio/mpeg."""
    if not isinstance(value, str) or not _MEDIA_TYPE.fullmatch(value):
        raise InvalidValue(field, "phải là kiểu nội dung như audio/mpeg")


def require_sha256(field: str, value: str) -> None:
    """The hexadecimal SHA-256 of a file, in lower case."""
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise InvalidValue(field, "phải là mã SHA-256 gồm 64 chữ số thập lục phân viết thường")


def require_tree_path(field: str, value: str) -> None:
    """A path inside the public tree: relative, ASCII, no part that starts with a dot."""
    if not isinstance(value, str) or not _TREE_PATH.fullmatch(value):
        raise InvalidValue(field, "phải là đường dẫn tương đối trong cây công khai")


def require_language(field: str, value: str) -> None:
    """A language tag (BCP 47) such as vi."""
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise InvalidValue(field, "phải là mã ngôn ngữ như vi")


def require_tuple(field: str, value: tuple[object, ...], kind: type) -> None:
    """A tuple, so that the value can't change under a cache, and nothing but that kind in it."""
    usual = type(value) is tuple and set(map(type, value)) <= {kind}
    if not usual and not (isinstance(value, tuple) and all(isinstance(entry, kind) for entry in value)):
        raise InvalidValue(field, f"phải là bộ (tuple) gồm {kind.__name__}")


def require_one_of(field: str, value: str, allowed: tuple[str, ...]) -> None:
    """One of the listed codes."""
    if value not in allowed:
        raise InvalidValue(field, f"phải là một trong: {', '.join(allowed)}")


def require_distinct(field: str, values: Iterable[str]) -> None:
    """No value twice."""
    given = list(values)
    if len(set(given)) < len(given):
        repeated = next(value for index, value in enumerate(given) if value in given[:index])
        raise InvalidValue(field, f"bị trùng: {one_line(repeated)}")


def require_newest_first(field: str, instants: Iterable[datetime]) -> None:
    """Instants that never rise."""
    given = list(instants)
    if not all(map(ge, given, given[1:])):
        raise InvalidValue(field, "phải xếp mới nhất trước")


def require_identifier(field: str, value: str) -> None:
    """An identifier that needs no cleaning: what is sent is exactly what was given, so it stays the same for ever."""
    require_text(field, value)
    if value.isascii() and value.isprintable() and " " not in value:
        return  # the usual case, without the cost of cleaning
    if one_line(value) != value:
        raise InvalidValue(field, "mã định danh không được có ký tự lạ hoặc khoảng trắng thừa")
