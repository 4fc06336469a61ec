"""What is spoken: an article as its script, and the length it will take, learnt or estimated."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import lru_cache
from types import MappingProxyType

from audio.estimating import PACES, Pace, estimate_ms
from audio.speech import Entry, Lexicon, ReadingOptions, Script, read_aloud
from broadcaster.models import Article

WEEKDAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")


@dataclass(frozen=True, slots=True)
class Voice:
    """How the station reads: its lexicon, and the pace of the engine that speaks first when nobody has spoken yet."""

    lexicon: Lexicon
    pace: Pace
    options: ReadingOptions = field(default_factory=ReadingOptions)

    @classmethod
    def of_station(
        cls,
        engines: str,
        entries: Iterable[Entry] = (),
        options: ReadingOptions | None = None,
        learnt: Mapping[str, Pace] = MappingProxyType({}),
    ) -> Voice:
        """The shipped lexicon under the town's own entries.

        The pace is the slowest of the engines named, as `learnt` where it is: an estimate must not be too short.
        """
        names = [name.strip() for name in engines.split(",")]
        known = {**PACES, **learnt}
        paces = [known[name] for name in names if name in known] or list(PACES.values())
        own = tuple(entries)
        lexicon = Lexicon.shipped().with_entries(own) if own else Lexicon.shipped()
        return cls(lexicon, max(paces, key=lambda pace: pace.syllable_ms), options or ReadingOptions())


@lru_cache(maxsize=4096)
def _read(text: str, lexicon: Lexicon, options: ReadingOptions, unit: str | None) -> Script:
    """Reading is pure, and the same texts are asked for again and again."""
    return read_aloud(text, lexicon, options, unit=unit)


#: The digests of scripts by what they were read from. Every publication asks for those of all posted articles, years of
#: them: more than there is room for whole scripts, and reading one takes a hundred times as long as hashing its text.
_DIGESTS: dict[tuple[bytes, Lexicon, ReadingOptions, str], str] = {}
_MOST_DIGESTS = 100_000


def article_script(article: Article, voice: Voice) -> Script:
    """The article as it is read: its title, the unit it comes from, then the body. Nothing of the cover's people."""
    return _read(_text_of(article), voice.lexicon, voice.options, article.unit.code)


def article_script_digest(article: Article, voice: Voice) -> str:
    """The digest of an article's script, without reading it again where that has been done before."""
    text = _text_of(article)
    key = (
        hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest(),
        voice.lexicon,
        voice.options,
        article.unit.code,
    )
    known = _DIGESTS.get(key)
    if known is None:
        if len(_DIGESTS) >= _MOST_DIGESTS:
            _DIGESTS.clear()
        known = _DIGESTS[key] = article_script(article, voice).digest
    return known


def _text_of(article: Article) -> str:
    title = article.title.rstrip(" .…")
    return f"{title}.\n\nBài của {article.unit.name}.\n\n{article.body}"


def line_script(text: str, voice: Voice) -> Script:
    """One of the station's own lines."""
    return _read(text, voice.lexicon, voice.options, None)


def estimated_ms(script: Script, voice: Voice) -> int:
    """The length of a script before anybody has spoken it."""
    return sum(estimate_ms(sentence.spoken, sentence.pause_ms, voice.pace) for sentence in script.sentences)


def part_of_day(starts_at: time) -> str:
    """The words for a session's part of the day."""
    if starts_at.hour < 11:
        return "sáng"
    if starts_at.hour < 13:
        return "trưa"
    return "chiều" if starts_at.hour < 18 else "tối"


def ident_text(station: str, zone_name: str) -> str:
    """The words over the signature tune."""
    return f"Đây là {station}, phát thanh trên địa bàn {zone_name}."


def dateline_text(day: date, starts_at: time) -> str:
    """The line after the ident: which session this is."""
    weekday = WEEKDAYS[day.weekday()]
    return (
        f"Mời quý vị và các bạn nghe chương trình phát thanh buổi {part_of_day(starts_at)}, {weekday}, "
        f"ngày {day.day}/{day.month}/{day.year}: gương điển hình tiên tiến, người tốt, việc tốt."
    )


def interrupt_texts(station: str, zone_name: str, *, drill: bool) -> tuple[str, str, str]:
    """The lines of an interrupt: before it, the warning, and the end. A drill says so first, in between and last."""
    notice = "Chương trình có sử dụng giọng đọc do trí tuệ nhân tạo tạo ra. "
    if drill:
        return (
            f"Diễn tập. Đây là {station}, diễn tập phát tin khẩn trên địa bàn {zone_name}.",
            "Nội dung sau đây chỉ để diễn tập, không phải tin thật.",
            f"{notice}Cuộc diễn tập đến đây là hết. Xin cảm ơn quý vị và các bạn.",
        )
    return (
        f"Tin khẩn. Đây là {station}, phát trên địa bàn {zone_name}.",
        "Mời quý vị và các bạn chú ý nghe.",
        f"{notice}Tin khẩn của {station} đến đây là hết.",
    )


def sign_off_text(station: str, *, synthetic: bool) -> str:
    """The line that closes a session; it says so where a machine spoke (Law 134/2025/QH15, article 11)."""
    notice = "Chương trình có sử dụng giọng đọc do trí tuệ nhân tạo tạo ra. " if synthetic else ""
    return f"{notice}Chương trình của {station} đến đây là hết. Xin kính chào quý vị và các bạn."
