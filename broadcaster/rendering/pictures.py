"""Sound for the eye: the waveform of an article or a bulletin, and its sentences with their places."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from audio import frames as mp3
from audio import waveform
from audio.digests import digest_of
from audio.errors import AudioError
from audio.mastering import MasteringProfile, measure
from audio.measured import Measured, MeasurementsUnreadable, measured_key, parse_measured
from audio.shelf import Shelf
from audio.transcoding import decode
from broadcaster.config import Settings
from broadcaster.models import Article, Bulletin, BulletinItem, Rendition, Zone
from broadcaster.profiles import article_shaped_by, profile_of
from broadcaster.scripts import Voice

POINTS = 800


class SoundLost(AudioError):
    """The shelf does not hold the sound at the moment; rendering brings it back."""

    can_retry = True


@dataclass(frozen=True, slots=True)
class Cue:
    """A sentence as it is written, and where it sounds."""

    starts_ms: int
    ends_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What a page draws: at most as many peaks (0 … 1) as asked for, evenly over `length_ms`, and the sentences.

    Where the sentences' own places are not known (a recording), paragraphs follow the letters.
    """

    length_ms: int
    peaks: tuple[float, ...]
    cues: tuple[Cue, ...]


def article_picture(
    session: Session,
    settings: Settings,
    article: Article,
    voice: Voice,
    *,
    zone: Zone | None = None,
    points: int = POINTS,
) -> Picture | None:
    """The sound of an article's present text, as `zone` (the first one) hears it; None while there is none.

    Raises:
        SoundLost: it was rendered, and the shelf has lost it.
    """
    heard_in = zone or session.scalars(select(Zone).order_by(Zone.position, Zone.code)).first()
    if heard_in is None:
        return None
    wanted = article_shaped_by(article, profile_of(heard_in), voice)
    rendition = session.scalars(select(Rendition).where(Rendition.shaped_by == wanted)).first()
    return rendition_picture(settings, rendition, points=points) if rendition is not None else None


def rendition_picture(settings: Settings, rendition: Rendition, *, points: int = POINTS) -> Picture:
    """The sound of a rendition. Raises SoundLost."""
    measured = _measured(Shelf(settings.shelf_folder), rendition.frames_key)
    cues = tuple(_placed(rendition, 0))
    if not cues and rendition.article is not None:
        texts = (rendition.article.title, *rendition.article.paragraphs)
        cues = tuple(by_letters(texts, 0, rendition.length_ms))
    return Picture(rendition.length_ms, waveform.drawn(measured.peaks, points), cues)


def bulletin_picture(settings: Settings, bulletin: Bulletin, *, points: int = POINTS) -> Picture:
    """The sound of a bulletin, all its lines and items. Raises SoundLost."""
    steps = _steps(Shelf(settings.shelf_folder), bulletin.sha256)
    return Picture(bulletin.length_ms, waveform.drawn(steps, points), tuple(bulletin_cues(bulletin)))


def bulletin_cues(bulletin: Bulletin) -> Iterator[Cue]:
    """Everything that is said in a bulletin, sentence by sentence, in order."""
    for item in bulletin.items:
        yield from item_cues(item)


def item_cues(item: BulletinItem) -> Iterator[Cue]:
    """The sentences of an item; of a recording, whose sentences nobody has timed, its paragraphs by their letters."""
    if item.rendition is not None and item.rendition.sentences:
        yield from _placed(item.rendition, item.starts_ms)
        return
    texts = (item.title, *(item.article.paragraphs if item.article is not None else ()))
    yield from by_letters(texts, item.starts_ms, item.length_ms)


def by_letters(texts: Sequence[str], starts_ms: int, length_ms: int) -> Iterator[Cue]:
    """Texts one after the other over a length, each as long as it has letters."""
    letters = sum(map(len, texts))
    said, begins_ms = 0, starts_ms
    for text in texts:
        said += len(text)
        ends_ms = starts_ms + length_ms * said // max(1, letters)
        if ends_ms > begins_ms:
            yield Cue(begins_ms, ends_ms, text)
        begins_ms = ends_ms


def keep_picture(shelf: Shelf, sha256: str, steps: Sequence[float]) -> None:
    """Keeps the peaks of a bulletin beside it."""
    shelf.put(picture_key(sha256), ".json", json.dumps(steps, separators=(",", ":")).encode())


def picture_key(sha256: str) -> str:
    """The key on the shelf of a bulletin's peaks."""
    return digest_of("picture", sha256)


def _placed(rendition: Rendition, starts_ms: int) -> Iterator[Cue]:
    for one in rendition.sentences:
        if one["ends_ms"] > one["starts_ms"]:
            yield Cue(starts_ms + one["starts_ms"], starts_ms + one["ends_ms"], one["text"])


def _measured(shelf: Shelf, frames_key: str) -> Measured:
    """What was measured of frames; measured again where that is lost and the frames are not."""
    path = shelf.get(measured_key(frames_key))
    if path is not None:
        try:
            return parse_measured(path.read_bytes())
        except MeasurementsUnreadable:
            pass  # measured again
    frames = shelf.get(frames_key)
    if frames is None:
        raise SoundLost("Âm thanh không còn trong kho; hãy chạy lệnh render.")
    content = frames.read_bytes()
    measured = Measured.of(measure(content, MasteringProfile(bitrate_kbps=mp3.bitrate_of(content))))
    shelf.replace(measured_key(frames_key), ".json", measured.as_bytes())
    return measured


def _steps(shelf: Shelf, sha256: str) -> Sequence[float]:
    """The peaks of a bulletin; drawn again from the file where they are lost."""
    path = shelf.get(picture_key(sha256))
    if path is not None:
        return [float(value) for value in json.loads(path.read_bytes())]
    sound = shelf.get(sha256)
    if sound is None:
        raise SoundLost("Bản tin không còn trong kho; hãy chạy lệnh render.")
    heard = decode(sound)
    steps = waveform.step_peaks(heard.samples / 32768, heard.rate_hz)
    keep_picture(shelf, sha256, steps)
    return steps
