"""Document numbers: what is said of '06/KH-HĐTĐKT' after 'Kế hoạch số'."""

from __future__ import annotations

import re

from .letters import spell
from .numerals import roman_value
from .place import Place, Reading

_CODE = r"[A-ZĐƯÐ][A-Za-zĐđƯưÐị]{0,19}(?:&[A-ZĐƯ]{1,9})?\d{0,3}"
_NUMBER = re.compile(
    rf"(?P<number>\d{{1,6}})(?P<letter>[a-zA-Z](?=/))?(?:/(?P<year>(?:19|20)\d\d))?"
    rf"(?P<joint>\s?[-–/]\s?)(?P<codes>{_CODE}(?:[-–/.]{_CODE}){{0,6}})(?![\w])"
)
_NUMBER_AND_YEAR = re.compile(r"(\d{1,4})/((?:19|20)\d\d)(?![\w/]|-\w)")
_SPLIT = re.compile(r"[-–/.]")
_ASSEMBLY = re.compile(r"QH(\d{1,2})")
_OF = re.compile(r"[,\s]{1,3}của\s+")
_GOES_ON = re.compile(r"\s+(?:ngày|của|về)\s")
_JOINTS = re.compile(r"[\s,–-]+")

# The noun that the code repeats: after it the kind of the document is not said a second time.
_KINDS = (
    "kế hoạch", "quyết định", "nghị định", "nghị quyết", "thông tư", "thông tư liên tịch", "chỉ thị", "chương trình",
    "công văn", "công điện", "báo cáo", "thông báo", "tờ trình", "hướng dẫn", "quy chế", "quy định", "giấy mời",
    "giấy phép", "biên bản", "hợp đồng", "đề án", "dự án", "phương án", "kết luận", "luật", "pháp lệnh", "sắc lệnh",
    "văn bản", "chương trình hành động", "nghị quyết liên tịch", "hướng dẫn liên ngành", "lệnh", "quyết nghị",
    "thông tri", "quy chế phối hợp", "kh", "qđ", "nđ", "nq", "tt", "ct", "cv", "tb", "bc", "hd", "hđ", "ttr", "ctr",
    "ttlt", "gm", "kl", "qc", "bb", "đa", "vb",
)  # fmt: skip
_NAMED = re.compile(r"(?:^|\W)(?:" + "|".join(_KINDS) + r")(?:\s+(?:\S+\s+){0,3}?số)?\s*:?\s*$")
_NUMBERED = re.compile(r"(?:^|\W)số\s*:?\s*$")


def read_document_number(place: Place) -> Reading | None:
    """'06/KH-HĐTĐKT' after 'Kế hoạch số': 'không sáu, Hội đồng Thi đua, Khen thưởng'."""
    found = place.match(_NUMBER)
    if not found:
        return _number_and_year(place)
    codes = _codes(found["codes"])
    named, numbered = place.preceded_by(_NAMED), place.preceded_by(_NUMBERED)
    kind = place.lexicon.of_kind("document", codes[0])
    if not (named or numbered) and (kind is None or (len(codes) == 1 and not found["year"])):
        return None
    if " " in found["joint"] and not (named or numbered):
        return None
    if len(codes) == 1 and not found["year"] and kind is None and not _authority(place, codes[0]):
        return None
    return _said(place, found, codes, kind, named=named)


def _number_and_year(place: Place) -> Reading | None:
    """'Nghị định 123/2021': the year, but no code."""
    found = place.match(_NUMBER_AND_YEAR)
    if not found or not place.preceded_by(_NAMED):
        return None
    number, year = place.numerals.with_leading_zeros(found[1]), place.numerals.cardinal(int(found[2]))
    return Reading(f"{number}, năm {year}", found.end())


def _said(place: Place, found: re.Match[str], codes: list[str], kind: str | None, *, named: bool) -> Reading:
    unknown: list[str] = []
    number = place.numerals.with_leading_zeros(found["number"])
    if found["letter"]:
        number += f" {spell(found['letter'])}"
    parts = [number]
    if found["year"]:
        parts.append(f"năm {place.numerals.cardinal(int(found['year']))}")
    authorities = codes[1:] if kind else codes
    words: list[str] = []
    for code in authorities:
        said = _authority(place, code)
        if said is None:
            said = spell(code)
            unknown.append(code)
        words.append(said)
    issuer = ", ".join(words)
    if issuer and _repeated(place, found.end(), issuer):
        issuer = ""
    if kind and not named:
        parts.append(f"{kind} {issuer}".strip())
    elif issuer:
        parts.append(issuer)
    spoken = ", ".join(parts)
    if _GOES_ON.match(place.rest(found.end())):
        spoken += ","
    return Reading(spoken, found.end(), tuple(unknown))


def _codes(written: str) -> list[str]:
    return [code.replace("Ð", "Đ") for code in _SPLIT.split(written) if code]


def _authority(place: Place, code: str) -> str | None:
    assembly = _ASSEMBLY.fullmatch(code)
    if assembly:
        return f"Quốc hội khóa {place.numerals.digits_as_number(assembly[1])}"
    known = place.lexicon.of_kind("authority", code) or place.lexicon.plain(code)
    if known:
        return known
    shorter = re.fullmatch(r"(\D+?)(\d{1,3}|[IVX]+)", code)
    if shorter and (base := place.lexicon.of_kind("authority", shorter[1]) or place.lexicon.plain(shorter[1])):
        value = int(shorter[2]) if shorter[2].isdigit() else roman_value(shorter[2])
        term = "khóa " if shorter[1].endswith("QH") else ""
        return f"{base} {term}{place.numerals.cardinal(value)}" if value else None
    return None


def _repeated(place: Place, end: int, issuer: str) -> bool:
    """'… của Chính phủ' right after the number says the issuer already."""
    rest = place.rest(end)
    of = _OF.match(rest)
    following = _JOINTS.sub(" ", rest[of.end() if of else 0 :]).casefold()
    return of is not None and following.startswith(_JOINTS.sub(" ", issuer).casefold())
