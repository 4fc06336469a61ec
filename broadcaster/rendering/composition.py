"""Joins a session's bulletin from what lies on the shelf."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from audio import frames as mp3
from audio.assembly import Bulletin, BulletinTooLong, Part, assemble
from audio.digests import digest_of
from audio.errors import AudioError
from audio.measured import Measured, measured_key, parse_measured
from audio.shelf import Shelf
from audio.tags import Tags
from audio.waveform import STEP_MS, laid_out
from broadcaster.models import ItemKind

COMPOSITION_VERSION = 2
#: Silence after the station's own lines, and between an item and the chime after it: whole frames.
BREATH_MS = 600
AI_NOTICE = "Chương trình có giọng đọc do trí tuệ nhân tạo tạo ra."


class FramesLost(AudioError):
    """The shelf no longer holds a piece; rendering makes it again."""

    can_retry = True


class NotFitForAir(AudioError):
    """Inspection refuses a rendition or a bulletin; the message says what a person can do about it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A sound in its place. `article_id` is None for what is the station's own.

    `warnings` is what inspection said of it and a person should see.
    """

    kind: ItemKind
    title: str
    frames_key: str
    length_ms: int
    spoken_by: str = ""
    synthetic: bool = False
    article_id: int | None = None
    urgency: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that a session's bulletin is joined from, and what staff should know of it (`notes`).

    `filler` says what fills a session that is too short: `none`, `silence`, `music`, or `repeat` (items again, then
    music).
    """

    title: str
    zone_name: str
    starts_at: datetime
    length_ms: int
    gap_ms: int
    filler: str
    ident: Piece
    dateline: Piece
    items: tuple[Piece, ...]
    sign_off: Piece
    chime: Piece
    closing: Piece
    bed: Piece | None
    notes: tuple[str, ...] = ()

    def with_items(self, items: Iterable[Piece]) -> Sheet:
        """The same sheet with other items."""
        return replace(self, items=tuple(items))

    @property
    def spoken(self) -> tuple[Piece, ...]:
        """Everything in which somebody speaks, in order."""
        return (self.ident, self.dateline, *self.items, self.sign_off)

    @property
    def digest(self) -> str:
        """Names the bulletin before it is joined: the same sheet gives the same bytes and the same notes."""
        keys = [text for piece in self.spoken for text in (piece.frames_key, piece.title, piece.spoken_by)]
        sounds = (self.chime.frames_key, self.closing.frames_key, self.bed.frames_key if self.bed else "")
        head = (COMPOSITION_VERSION, self.title, self.zone_name, self.starts_at.isoformat(), self.length_ms)
        return digest_of("bulletin", *head, self.gap_ms, self.filler, *sounds, *keys, *self.notes)

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who speaks, each once, in order."""
        return tuple(dict.fromkeys(piece.spoken_by for piece in self.spoken))

    @property
    def synthetic(self) -> bool:
        """Whether a machine speaks anywhere in it."""
        return any(piece.synthetic for piece in self.spoken)

    @property
    def needed_ms(self) -> int:
        """How long everything takes with the silence between; joining comes out at the same number."""
        chimed_ms = BREATH_MS + self.chime.length_ms
        return sum(piece.length_ms + gap_ms + chimed_ms * chimed for piece, gap_ms, chimed in self.sequence())

    def sequence(self) -> Iterator[tuple[Piece, int, bool]]:
        """Every piece, the silence after it, and whether a breath and the chime sound before that silence."""
        pieces = [self.ident, self.dateline, *self.items, self.sign_off, self.closing]
        # The gap of the zone is what planning reckons with; breath and chime are within it.
        rest_ms = max(0, self.gap_ms - BREATH_MS - self.chime.length_ms)
        for number, piece in enumerate(pieces):
            followed = piece.kind == ItemKind.ITEM and pieces[number + 1].kind == ItemKind.ITEM
            if followed or piece is self.dateline:
                yield piece, rest_ms, True
            else:
                yield piece, 0 if piece is self.closing else BREATH_MS, False


@dataclass(frozen=True, slots=True)
class Joined:
    """A joined bulletin: the sound, what is in it and when, its loudness blocks and the peaks of its picture."""

    bulletin: Bulletin
    pieces: tuple[tuple[Piece, int], ...]
    loudness_blocks: tuple[float, ...]
    peaks: tuple[float, ...]


def join(sheet: Sheet, shelf: Shelf) -> Joined:
    """Joins what the sheet says.

    Raises:
        FramesLost: a piece is not on the shelf any more.
        BulletinTooLong: it does not fit; not even the station's own lines do, for items are fitted before.
    """
    if sheet.needed_ms > sheet.length_ms:
        raise BulletinTooLong(sheet.needed_ms, sheet.length_ms)
    parts = list(_parts(sheet, shelf))
    bulletin = _assembled(sheet, parts, shelf)
    sounding = [piece for piece, _gap_ms, _chimed in sheet.sequence()]
    if len(bulletin.chapters) > len(sounding) and sheet.bed is not None:
        sounding.append(replace(sheet.bed, length_ms=bulletin.chapters[-1].length_ms))
    pieces = tuple(zip(sounding, (chapter.starts_ms for chapter in bulletin.chapters), strict=True))
    blocks, places = _reckoned(sheet, pieces, shelf)
    return Joined(bulletin, pieces, tuple(blocks), laid_out(places, bulletin.length_ms))


def _reckoned(
    sheet: Sheet, pieces: Sequence[tuple[Piece, int]], shelf: Shelf
) -> tuple[list[float], list[tuple[int, Sequence[float]]]]:
    """The loudness blocks of everything that sounds, and its peaks with their places."""
    chime = measured_of(sheet.chime, shelf)
    chimed = [is_chimed for _piece, _gap_ms, is_chimed in sheet.sequence()]
    blocks: list[float] = []
    places: list[tuple[int, Sequence[float]]] = []
    for number, (piece, starts_ms) in enumerate(pieces):
        measured = measured_of(piece, shelf)
        # A bed is played as often as it takes, and no longer than there is room.
        times = math.ceil(piece.length_ms / max(1, measured.length_ms))
        steps = math.ceil(piece.length_ms / STEP_MS)
        blocks += (measured.loudness_blocks * times)[:steps]
        places.append((starts_ms, (measured.peaks * times)[:steps]))
        if number < len(chimed) and chimed[number]:
            blocks += chime.loudness_blocks
            places.append((starts_ms + piece.length_ms + BREATH_MS, chime.peaks))
    return blocks, places


def measured_of(piece: Piece, shelf: Shelf) -> Measured:
    """What was measured of a piece. Raises FramesLost, MeasurementsUnreadable."""
    path = shelf.get(measured_key(piece.frames_key))
    if path is None:
        raise FramesLost(f"Thiếu số đo âm thanh của «{piece.title}»; hãy chạy lệnh render.")
    return parse_measured(path.read_bytes())


def _assembled(sheet: Sheet, parts: list[Part], shelf: Shelf) -> Bulletin:
    tags = Tags(
        title=sheet.title,
        date=sheet.starts_at.isoformat(timespec="seconds"),
        zone=sheet.zone_name,
        speakers=sheet.speakers,
        synthetic=sheet.synthetic,
        notice=AI_NOTICE if sheet.synthetic else "",
    )
    if sheet.filler == "none":
        return assemble(parts, length_ms=sheet.needed_ms, tags=tags)
    filler = Part(_held(sheet.bed, shelf), sheet.bed.title, ItemKind.FILLER) if sheet.bed else None
    return assemble(parts, length_ms=sheet.length_ms, filler=filler, tags=tags)


def _parts(sheet: Sheet, shelf: Shelf) -> Iterator[Part]:
    """The parts in order. A chime sounds at the end of a part, so that an item's chapter starts with its words."""
    chime = _held(sheet.chime, shelf).read_bytes()
    bitrate_kbps = mp3.bitrate_of(chime[: mp3.HEADER_BYTES])
    chimed = mp3.silent_frame(bitrate_kbps) * (BREATH_MS // mp3.FRAME_MS) + chime
    for piece, gap_ms, is_chimed in sheet.sequence():
        frames = _held(piece, shelf)
        yield Part(frames.read_bytes() + chimed if is_chimed else frames, piece.title, piece.kind, gap_ms)


def _held(piece: Piece, shelf: Shelf) -> Path:
    path = shelf.get(piece.frames_key)
    if path is None:
        raise FramesLost(f"Thiếu âm thanh của «{piece.title}»; hãy chạy lệnh render.")
    return path
