"""Joins a session's bulletin from what lies on the shelf."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from audio import frames as mp3
from audio.assembly import Bulletin, BulletinTooLong, Part, assemble
from audio.digests import digest_of
from audio.errors import AudioError
from audio.shelf import Shelf
from audio.tags import Tags
from broadcaster.models import ItemKind

COMPOSITION_VERSION = 1
#: Silence after the station's own lines, and between an item and the chime after it.
BREATH_MS = 600
AI_NOTICE = "Chương trình có giọng đọc do trí tuệ nhân tạo tạo ra."


class FramesLost(AudioError):
    """The shelf no longer holds a piece; rendering makes it again."""

    can_retry = True


@dataclass(frozen=True, slots=True)
class Piece:
    """A sound in its place. `article_id` is None for what is the station's own."""

    kind: ItemKind
    title: str
    frames_key: str
    length_ms: int
    spoken_by: str = ""
    synthetic: bool = False
    article_id: int | None = None
    urgency: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that a session's bulletin is joined from."""

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

    @property
    def spoken(self) -> tuple[Piece, ...]:
        """Everything in which somebody speaks, in order."""
        return (self.ident, self.dateline, *self.items, self.sign_off)

    @property
    def digest(self) -> str:
        """Names the bulletin before it is joined: the same sheet gives the same bytes."""
        keys = [text for piece in self.spoken for text in (piece.frames_key, piece.title, piece.spoken_by)]
        sounds = (self.chime.frames_key, self.closing.frames_key, self.bed.frames_key if self.bed else "")
        head = (COMPOSITION_VERSION, self.title, self.zone_name, self.starts_at.isoformat(), self.length_ms)
        return digest_of("bulletin", *head, self.gap_ms, self.filler, *sounds, *keys)

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who speaks, each once, in order."""
        return tuple(dict.fromkeys(piece.spoken_by for piece in self.spoken))

    @property
    def synthetic(self) -> bool:
        """Whether a machine speaks anywhere in it."""
        return any(piece.synthetic for piece in self.spoken)


@dataclass(frozen=True, slots=True)
class Joined:
    """A joined bulletin: the sound, what is in it and when, and what had no room."""

    bulletin: Bulletin
    pieces: tuple[tuple[Piece, int], ...]
    dropped: tuple[Piece, ...]


def join(sheet: Sheet, shelf: Shelf) -> Joined:
    """Joins as many items as the session holds.

    What has no room goes: the least urgent, and of equals the last. A bulletin never exceeds its session.

    Raises:
        FramesLost: a piece is not on the shelf any more.
        BulletinTooLong: not even the station's own lines fit.
    """
    items, dropped = list(sheet.items), []
    while True:
        trial = replace(sheet, items=tuple(items))
        pieces, parts = _parts(trial, shelf)
        try:
            bulletin = _assembled(trial, parts, shelf)
        except BulletinTooLong:
            if not items:
                raise
            index = min(range(len(items)), key=lambda number: (items[number].urgency, -number))
            dropped.append(items.pop(index))
            continue
        starts_ms = [chapter.starts_ms for chapter in bulletin.chapters]
        return Joined(bulletin, tuple(zip(pieces, starts_ms, strict=False)), tuple(dropped))


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
        bulletin = assemble(parts, tags=tags)
        if bulletin.length_ms > sheet.length_ms:
            raise BulletinTooLong(bulletin.length_ms, sheet.length_ms)
        return bulletin
    filler = Part(_held(sheet.bed, shelf), "Nhạc nền", ItemKind.FILLER) if sheet.bed else None
    return assemble(parts, length_ms=sheet.length_ms, filler=filler, tags=tags)


def _parts(sheet: Sheet, shelf: Shelf) -> tuple[list[Piece], list[Part]]:
    """The parts in order. A chime sounds at the end of a part, so that an item's chapter starts with its words."""
    chime = _held(sheet.chime, shelf).read_bytes()
    bitrate_kbps = mp3.bitrate_of(chime[: mp3.HEADER_BYTES])
    breath = mp3.silent_frame(bitrate_kbps) * (BREATH_MS // mp3.FRAME_MS)
    chimed = breath + chime
    # The gap of the zone is what planning reckons with; breath and chime are within it.
    rest_ms = max(0, sheet.gap_ms - len(chimed) * mp3.FRAME_MS // mp3.frame_bytes(bitrate_kbps))
    pieces = [sheet.ident, sheet.dateline, *sheet.items, sheet.sign_off, sheet.closing]
    parts = []
    for number, piece in enumerate(pieces):
        frames = _held(piece, shelf)
        followed = piece.kind == ItemKind.ITEM and pieces[number + 1].kind == ItemKind.ITEM
        if followed or piece is sheet.dateline:
            parts.append(Part(frames.read_bytes() + chimed, piece.title, piece.kind, rest_ms))
        else:
            parts.append(Part(frames, piece.title, piece.kind, BREATH_MS if piece is not sheet.closing else 0))
    return pieces, parts


def _held(piece: Piece, shelf: Shelf) -> Path:
    path = shelf.get(piece.frames_key)
    if path is None:
        raise FramesLost(f"Thiếu âm thanh của «{piece.title}»; hãy chạy lệnh render.")
    return path
