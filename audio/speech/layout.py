"""Which lines of a document are for the ear: the cover, the recipients and the signatures are not."""

from __future__ import annotations

import re
import unicodedata

# "Nơi nhận:" opens the recipients; dashes, "Lưu:" and short lines belong to them.
_RECIPIENTS = re.compile(r"\W*(?:Nơi nhận|NƠI NHẬN|Như trên)\s*:?\W*$|\W*(?:Nơi nhận|NƠI NHẬN)\s*:")
_RECIPIENT = re.compile(r"\W*(?:[-–+*•]\s*\S|(?:Như (?:trên|kính gửi|Điều)|Lưu|Để b/c|Để báo cáo)\b)")
_FILED = re.compile(r"\W*Lưu\s*:\s*\W*[A-ZĐƯ]")
_SIGNED_FOR = re.compile(r"\W*(?:TM|T/M|KT|K/T|TL|TUQ|Q)\b\s?[./]?\s")
_OFFICES = (
    "CHỦ TỊCH|PHÓ CHỦ TỊCH|BÍ THƯ|PHÓ BÍ THƯ|TRƯỞNG|PHÓ TRƯỞNG|GIÁM ĐỐC|PHÓ GIÁM ĐỐC|HIỆU TRƯỞNG|PHÓ HIỆU TRƯỞNG|"
    "THỦ TRƯỞNG|CHÁNH|PHÓ|TỔ TRƯỞNG|CHỈ HUY|CHÍNH TRỊ|NGƯỜI VIẾT|NGƯỜI LẬP|XÁC NHẬN|BAN CHẤP HÀNH|THƯỜNG TRỰC"
)
_OFFICE = re.compile(rf"\W*(?:{_OFFICES})\b")
_SIGNED = re.compile(r"\s*\(?\s*(?:Đã ký|Ký tên|Ký)(?:, đóng dấu|(?: và|,) ghi rõ họ (?:và )?tên)?\s*\)?\s*$")
_LABEL = re.compile(
    r"\W*(?:(?:Họ và tên|Họ tên|Người viết|Tác giả|Người được nêu gương|Nhân vật|Chức vụ|Đơn vị công tác|Nơi công tác|"
    r"Địa chỉ|Số điện thoại|Điện thoại|ĐT|SĐT|Email|E-mail|Tên bài viết|Tên bài|Đơn vị|Bút danh)\b[^:.]{0,60}:)"
)
_TELLING_LABEL = re.compile(r"\W*(?:Họ và tên|Họ tên|Người viết|Tác giả|Người được nêu gương|Tên bài)\b[^:.]{0,60}:")
_COVER_LABELS = 3
_HEADER = re.compile(r"\W*(?:CỘNG (?:HÒA|HOÀ) XÃ HỘI CHỦ NGHĨA VIỆT NAM|Độc lập\s*[-–]\s*Tự do\s*[-–]\s*Hạnh phúc)\W*$")
_CONTINUES = re.compile(r"[^.!?:;…]\s*$")
_MOST_WORDS_OF_SIGNATURE = 8


def lines_to_read(lines: list[str]) -> list[bool]:
    """For each line, whether it is read aloud. Empty lines are not.

    Cases:
    - the cover: at the head of a text, at least three labelled lines ("Họ và tên: …"), personal data among them;
    - the national motto above a document;
    - "Nơi nhận:" and what is listed below it; "Lưu: VT" wherever it stands;
    - the signature block: "TM. …" in capitals with an office below it, and whatever short lines end the text after it.
    """
    read = [bool(line.strip()) and not _HEADER.match(line) and not _FILED.match(line) for line in lines]
    for index in _cover(lines):
        read[index] = False
    in_recipients = in_signature = False
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        if _RECIPIENTS.match(line):
            in_recipients, in_signature = True, False
        elif in_recipients and not _RECIPIENT.match(line):
            in_recipients = False
        if not in_recipients and not in_signature:
            in_signature = _signature_begins(lines, index, after_recipients=_after_recipients(lines, index))
        elif in_signature and len(line.split()) > _MOST_WORDS_OF_SIGNATURE:
            in_signature = False
        if in_recipients or in_signature:
            read[index] = False
    return read


def _after_recipients(lines: list[str], index: int) -> bool:
    """Whether the last full line before this one belongs to the recipients."""
    for line in reversed(lines[max(0, index - 6) : index]):
        if line.strip():
            return bool(_RECIPIENT.match(line) or _RECIPIENTS.match(line)) and _has_recipients(lines, index)
    return False


def _has_recipients(lines: list[str], index: int) -> bool:
    return any(_RECIPIENTS.match(line) for line in lines[max(0, index - 40) : index])


def _signature_begins(lines: list[str], index: int, *, after_recipients: bool) -> bool:
    line = lines[index]
    if _SIGNED.match(line):
        return True
    in_capitals = not any(character.islower() for character in line)
    signed_for = in_capitals and bool(_SIGNED_FOR.match(line))
    if not signed_for and not (in_capitals and _OFFICE.match(line)):
        return False
    if after_recipients:
        return True
    following = [later for later in lines[index + 1 : index + 8] if later.strip()]
    if not following or index == 0:
        return False
    short = all(len(later.split()) <= _MOST_WORDS_OF_SIGNATURE for later in following)
    return short and (signed_for and bool(_OFFICE.match(following[0]) or _SIGNED.match(following[0])))


def _cover(lines: list[str]) -> list[int]:
    """The labelled lines at the head of the text, if they are enough to be a cover."""
    labelled: list[int] = []
    telling = 0
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        if _LABEL.match(line):
            labelled.append(index)
            telling += bool(_TELLING_LABEL.match(line))
        elif len(line.split()) > _MOST_WORDS_OF_SIGNATURE * 3:
            break
    return labelled if len(labelled) >= _COVER_LABELS and telling else []


def join_wrapped_lines(text: str) -> list[str]:
    """The paragraphs of a text: a line that begins with a small letter goes on with one that had no stop."""
    paragraphs: list[list[str]] = []
    for raw in text.splitlines():
        line = unicodedata.normalize("NFC", raw).strip()
        if not line:
            continue
        if paragraphs and line[:1].islower() and line[1:2] != ")" and _CONTINUES.search(paragraphs[-1][-1][-3:]):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return [" ".join(lines) for lines in paragraphs]
