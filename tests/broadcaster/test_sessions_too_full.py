"""What does not fit its session gives way in this order: pauses, the voice, the sound itself, and only then an item."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from audio.assembly import BulletinTooLong
from audio.engines.rates import options_at_rate
from audio.mastering import MasteringProfile
from audio.pcm import from_floats, write_wave
from audio.speech import read_aloud
from broadcaster.config import Settings
from broadcaster.models import BroadcastSession, Bulletin, BulletinItem, ItemKind, Rendition, RenditionFault, Zone
from broadcaster.recordings import take_in
from broadcaster.rendering import RenderReport, render
from broadcaster.rendering.composition import BREATH_MS, Piece, Sheet
from broadcaster.rendering.fitting import Fitted, Voiced, fit
from broadcaster.rendering.requests import Request
from tests.broadcaster.books import TZ, at
from tests.broadcaster.conftest import Town

EVENING = at("2026-11-10T17:00")


@dataclass(frozen=True)
class Imagined:
    """Renditions that come out as long as they were asked to be, or longer by `off_ms`; some cannot be made at all."""

    made: dict[str, Piece] = field(default_factory=dict)
    hopeless: bool = False
    off_ms: int = 0

    def piece_of(self, request: Request) -> Piece | None:
        return self.made.get(request.shaped_by)

    def has_failed(self, request: Request) -> bool:
        return self.hopeless

    def make(self, request: Request) -> None:
        assert request.hurry is not None
        length_ms = request.hurry.room_ms + self.off_ms
        self.made[request.shaped_by] = Piece(ItemKind.ITEM, request.title, request.shaped_by, length_ms)


def line(title: str, length_ms: int, kind: ItemKind = ItemKind.IDENT) -> Piece:
    return Piece(kind, title, title, length_ms)


def sheet(length_ms: int, filler: str = "none") -> Sheet:
    starts_at = datetime(2026, 11, 10, 17, tzinfo=TZ)
    lines = [line(title, 4_800) for title in ("ident", "dateline", "sign-off", "chime", "closing")]
    ident, dateline, sign_off, chime, closing = lines
    bed = line("bed", 40_000, ItemKind.FILLER)
    return Sheet("Bản tin", "Trung tâm", starts_at, length_ms, 6_000, filler, ident, dateline, (), sign_off, chime,
                 closing, bed)  # fmt: skip


SCRIPT = read_aloud(" ".join(f"Câu số {number} của bài." for number in range(11)))


def voiced(title: str, length_ms: int, engine: str | None = "espeak", urgency: int = 0) -> Voiced:
    request = Request(title, SCRIPT, MasteringProfile(), title, recording=None if engine else "ghi.wav")
    return Voiced(Piece(ItemKind.ITEM, title, title, length_ms, urgency=urgency), request, engine)


def settled(lines: Sheet, items: list[Voiced], renditions: Imagined) -> Fitted:
    """Fits, makes what is wanted, and fits again, as rendering does."""
    for _ in range(20):
        fitted = fit(lines, items, renditions)
        if not fitted.wanted:
            return fitted
        for request in fitted.wanted:
            renditions.make(request)
    raise AssertionError("it never ends")


#: Two items of 100 s, 7 s of each pauses; with the lines they need so much.
TWO = [voiced("một", 100_000), voiced("hai", 100_000)]
NEEDED_MS = sheet(0).with_items([one.piece for one in TWO]).needed_ms


@pytest.mark.parametrize(
    ("over_ms", "engine", "pauses", "rate", "stretch", "kept"),
    [
        (0, "espeak", 1.0, 1.0, 1.0, 2),
        (1_000, "espeak", 0.9, 1.0, 1.0, 2),
        (4_000, "espeak", 0.7, 1.0, 1.0, 2),
        (8_000, "espeak", 0.7, 1.03, 1.0, 2),
        (12_000, "espeak", 0.7, 1.05, 1.0, 2),
        (20_000, "espeak", 0.7, 1.05, 1.04, 2),
        (12_000, "gtts", 0.7, 1.0, 1.05, 2),
        (20_000, "gtts", 1.0, 1.0, 1.0, 1),
        (40_000, "espeak", 1.0, 1.0, 1.0, 1),
        (4_000, None, 1.0, 1.0, 1.0, 1),
    ],
)
def test_the_gentlest_means_come_first(
    over_ms: int, engine: str | None, pauses: float, rate: float, stretch: float, kept: int
) -> None:
    items = [voiced("một", 100_000, engine), voiced("hai", 100_000, engine)]
    fitted = settled(sheet(NEEDED_MS - over_ms), items, Imagined())
    assert len(fitted.items) == kept
    assert (fitted.pacing.pauses, fitted.pacing.rate) == (pauses, rate)
    assert fitted.pacing.stretch == pytest.approx(stretch, abs=0.01)
    assert [piece.title for piece in fitted.dropped] == ["hai"] * (2 - kept)


def test_a_person_keeps_their_pace_while_the_engine_hurries() -> None:
    items = [voiced("máy", 100_000), voiced("người", 100_000, engine=None)]
    fitted = settled(sheet(NEEDED_MS - 4_000), items, Imagined())
    assert [piece.length_ms == 100_000 for piece in fitted.items] == [False, True]


def test_what_cannot_be_spoken_quicker_gives_way_instead() -> None:
    fitted = settled(sheet(NEEDED_MS - 1_000), TWO, Imagined(hopeless=True))
    assert (len(fitted.items), fitted.pacing.changed) == (1, False)


def test_what_came_out_too_long_after_all_gives_way_and_the_rest_keeps_its_pace() -> None:
    fitted = settled(sheet(NEEDED_MS - 1_000), TWO, Imagined(off_ms=5_000))
    assert (len(fitted.items), fitted.pacing.changed) == (1, False)


def test_the_urgent_item_stays_whatever_its_place() -> None:
    items = [voiced("một", 100_000), voiced("hai", 100_000), voiced("khẩn", 100_000, urgency=2)]
    fitted = settled(sheet(NEEDED_MS - 60_000), items, Imagined())
    assert [piece.title for piece in fitted.items] == ["khẩn"]
    assert [piece.title for piece in fitted.dropped] == ["hai", "một"]


def test_where_the_zone_wants_it_items_are_said_again_the_urgent_first_each_once() -> None:
    items = [voiced("dài", 100_000), voiced("ngắn", 20_000), voiced("khẩn", 30_000, urgency=2)]
    alone_ms = sheet(0).with_items([one.piece for one in items]).needed_ms
    fitted = fit(sheet(alone_ms + 70_000, "repeat"), items, Imagined())
    assert [piece.title for piece in fitted.repeated] == ["khẩn", "ngắn"]
    assert fit(sheet(alone_ms + 70_000, "music"), items, Imagined()).repeated == ()


def test_lines_that_alone_exceed_the_session_are_a_failure_in_words() -> None:
    with pytest.raises(BulletinTooLong, match="giây"):
        fit(sheet(10_000), TWO, Imagined())


lengths = st.lists(st.integers(2_000, 200_000), min_size=1, max_size=6)


@settings(deadline=None)
@given(lengths, st.integers(40_000, 900_000), st.sampled_from(["espeak", "gtts", None]))
def test_whatever_was_planned_it_ends_within_its_session(items: list[int], length_ms: int, engine: str | None) -> None:
    lines = sheet(length_ms)
    chosen = [voiced(str(number), item_ms, engine) for number, item_ms in enumerate(items)]
    fitted = settled(lines, chosen, Imagined())
    assert lines.with_items(fitted.items).needed_ms <= length_ms
    assert len(fitted.items) + len(fitted.dropped) == len(items)
    fits = lines.with_items([one.piece for one in chosen]).needed_ms <= length_ms
    assert fits is not (fitted.pacing.changed or bool(fitted.dropped)), "nothing is changed without need"


def test_needed_time_counts_the_chime_once_between_two_items() -> None:
    lines = sheet(0)
    assert lines.with_items([line("a", 0, ItemKind.ITEM)]).needed_ms == 4 * 4_800 + 3 * BREATH_MS + 6_000
    both = lines.with_items([line("a", 0, ItemKind.ITEM), line("b", 0, ItemKind.ITEM)])
    assert both.needed_ms == 4 * 4_800 + 3 * BREATH_MS + 2 * 6_000


@pytest.mark.parametrize(
    ("engine", "options", "key", "value"),
    [
        ("espeak", {}, "espeak.rate_wpm.reader", "163"),
        ("espeak", {"espeak.rate_wpm.reader": "140", "espeak.rate_wpm": "90"}, "espeak.rate_wpm.reader", "147"),
        ("piper", {"piper.length_scale": "1.05"}, "piper.length_scale.reader", "1.000"),
        ("openai", {}, "openai.speed.reader", "0.997"),
        ("viettel", {"viettel.speed": "1"}, "viettel.speed.reader", "1.050"),
    ],
)
def test_an_engine_hurries_by_its_own_option(engine: str, options: dict[str, str], key: str, value: str) -> None:
    assert options_at_rate(engine, options, 1.05) == {**options, key: value}
    assert options_at_rate(engine, options, 1) == options


def evening(town: Town) -> Bulletin:
    with town.database.reading() as session:
        query = select(Bulletin).join(BroadcastSession).join(Zone).where(Zone.code == "tt")
        query = query.where(BroadcastSession.starts_at == EVENING, Bulletin.superseded_at.is_(None))
        found = session.scalars(query).one()
        assert [item.rendition for item in found.items]
        assert found.session.length_ms
        return found


def shortened(town: Town, by_ms: int, *, settings: Settings | None = None) -> tuple[Bulletin, RenderReport]:
    """The evening's session made shorter than its bulletin, and rendered again."""
    was = evening(town)
    with town.database.writing() as session:
        session.get_one(BroadcastSession, was.session_id).length_ms = was.length_ms - by_ms
    report = render(town.database, settings or town.settings, town.voice, now=town.now)
    return evening(town), report


def refs(bulletin: Bulletin) -> list[int | None]:
    return [item.article_id for item in bulletin.items if item.kind == ItemKind.ITEM]


def test_a_session_a_little_too_full_loses_silence_and_no_item_and_says_so(small_town: Town) -> None:
    was = evening(small_town)
    bulletin, report = shortened(small_town, 2_000)
    assert report.failures == []
    assert refs(bulletin) == refs(was)
    assert bulletin.length_ms <= was.length_ms - 2_000
    (note,) = bulletin.notes
    assert note.startswith("đổi nhịp để vừa buổi phát: khoảng lặng còn")
    assert report.notes == [f"{bulletin.code}: {note}"]
    paced = [item.rendition for item in bulletin.items if item.kind == ItemKind.ITEM]
    assert all(one is not None and one.pacing["pauses"] < 1 for one in paced)
    assert all(one is not None and abs(one.loudness_lufs + 16) <= 0.5 for one in paced)


def test_a_fuller_one_is_stretched_within_what_nobody_hears(small_town: Town) -> None:
    was = evening(small_town)
    spoken_ms = sum(item.length_ms for item in was.items if item.kind == ItemKind.ITEM)
    bulletin, report = shortened(small_town, round(0.1 * spoken_ms))
    assert report.failures == []
    assert refs(bulletin) == refs(was)
    assert "co thời gian" in bulletin.notes[0]
    rows = [item.rendition for item in bulletin.items if item.kind == ItemKind.ITEM and item.rendition is not None]
    assert 1 < max(row.pacing["stretch"] for row in rows) <= 1.05
    assert all(row.sentences[-1]["ends_ms"] <= row.length_ms for row in rows)


def test_espeak_itself_speaks_quicker_where_shorter_pauses_are_not_enough(small_town: Town) -> None:
    spoken = replace(small_town, settings=small_town.settings.model_copy(update={"tts": "espeak"}))
    with small_town.database.writing() as session:
        for row in session.scalars(select(Rendition).where(Rendition.article_id.is_not(None))):
            session.delete(row)
    assert render(spoken.database, spoken.settings, spoken.voice, now=spoken.now).failures == []
    was = evening(spoken)
    items_ms = sum(item.length_ms for item in was.items if item.kind == ItemKind.ITEM)
    bulletin, report = shortened(spoken, round(items_ms * 0.1))
    assert report.failures == []
    assert refs(bulletin) == refs(was)
    assert "giọng nhanh hơn" in bulletin.notes[0]
    rates = {item.rendition.pacing["rate"] for item in bulletin.items if item.article_id and item.rendition}
    assert all(1 < rate <= 1.05 for rate in rates)


def test_rendering_once_more_changes_nothing(small_town: Town) -> None:
    bulletin, _report = shortened(small_town, 2_000)
    again = render(small_town.database, small_town.settings, small_town.voice, now=small_town.now)
    assert (again.renditions, again.bulletins, again.failures, again.notes) == ([], [], [], [])
    assert evening(small_town).code == bulletin.code


def test_as_soon_as_there_is_room_again_the_pace_is_as_written(small_town: Town) -> None:
    was = evening(small_town)
    shortened(small_town, 2_000)
    with small_town.database.writing() as session:
        session.get_one(BroadcastSession, was.session_id).length_ms = was.length_ms
    render(small_town.database, small_town.settings, small_town.voice, now=small_town.now)
    assert (evening(small_town).code, evening(small_town).notes) == (was.code, [])


def recorded(town: Town, folder: Path, ref: str) -> Path:
    """A person's recording of an article, taken in; answers where the house keeps it."""
    moments = np.arange(8 * 24_000) / 24_000
    tone = 0.3 * np.abs(np.sin(2 * np.pi * 2 * moments)) * np.sin(2 * np.pi * 300 * moments)
    path = folder / "doc.wav"
    write_wave(from_floats(tone * np.clip((8 - moments) * 5, 0, 1), 24_000), path)
    with town.database.writing() as session:
        row = take_in(session, town.settings, ref, path, by="bien-tap", now=town.now)
        return town.settings.recordings_folder / (row.sha256 + row.suffix)


def ref_in_the_evening(town: Town) -> str:
    bulletin = evening(town)
    with town.database.reading() as session:
        row = session.scalars(select(BulletinItem).where(BulletinItem.bulletin_id == bulletin.id)).all()
        refs = [item.article.ref for item in row if item.article is not None]
    return refs[0]


def test_what_inspection_refuses_is_left_out_and_told_and_the_session_gets_the_rest(
    small_town: Town, tmp_path: Path
) -> None:
    was = evening(small_town)
    ref = ref_in_the_evening(small_town)
    kept = recorded(small_town, tmp_path, ref)
    whole = kept.read_bytes()
    kept.write_bytes(whole[:20_000])
    report = render(small_town.database, small_town.settings, small_town.voice, now=small_town.now)
    assert len(report.failures) == 1
    bulletin = evening(small_town)
    assert refs(bulletin) == refs(was)[1:]
    (note,) = bulletin.notes
    assert note.startswith("bỏ bài ")
    assert "cắt cụt" in note
    with small_town.database.reading() as session:
        fault = session.scalars(select(RenditionFault)).one()
        assert (fault.can_retry, fault.article is not None and fault.article.ref) == (False, ref)

    again = render(small_town.database, small_town.settings, small_town.voice, now=small_town.now)
    assert again.failures == [], "it is not tried over and over"
    assert any("cắt cụt" in told for told in again.notes), "but it is told"

    kept.write_bytes(whole)
    asked = render(small_town.database, small_town.settings, small_town.voice, now=small_town.now, refs=[ref])
    assert asked.failures == []
    render(small_town.database, small_town.settings, small_town.voice, now=small_town.now)
    assert refs(evening(small_town)) == refs(was)
    assert evening(small_town).notes == []
    with small_town.database.reading() as session:
        assert session.scalars(select(RenditionFault)).all() == []


def test_a_warning_about_a_recording_that_airs_is_noted_on_its_bulletin(small_town: Town, tmp_path: Path) -> None:
    rate_hz = 8_000
    moments = np.arange(8 * rate_hz) / rate_hz
    tone = 0.3 * np.abs(np.sin(2 * np.pi * 2 * moments)) * np.sin(2 * np.pi * 300 * moments)
    path = tmp_path / "hep.wav"
    write_wave(from_floats(tone * np.clip((8 - moments) * 5, 0, 1), rate_hz), path)
    ref = ref_in_the_evening(small_town)
    with small_town.database.writing() as session:
        take_in(session, small_town.settings, ref, path, by="bien-tap", now=small_town.now)
    assert render(small_town.database, small_town.settings, small_town.voice, now=small_town.now).failures == []
    assert any("8 kHz" in note for note in evening(small_town).notes)


@pytest.mark.parametrize("filler", ["silence", "music", "repeat"])
def test_an_underfilled_session_is_filled_to_its_last_sample_as_its_zone_wants(small_town: Town, filler: str) -> None:
    with small_town.database.writing() as session:
        for zone in session.scalars(select(Zone)):
            zone.filler = filler
    report = render(small_town.database, small_town.settings, small_town.voice, now=small_town.now)
    assert report.failures == []
    bulletin = evening(small_town)
    assert bulletin.length_ms == bulletin.session.length_ms
    kinds = [item.kind for item in bulletin.items]
    assert (kinds[-1] == ItemKind.FILLER) is (filler != "silence")
    said = [item.article_id for item in bulletin.items if item.kind == ItemKind.ITEM]
    assert (len(said) > len(set(said))) is (filler == "repeat")
    assert not any("Im lặng" in note for note in bulletin.notes)
