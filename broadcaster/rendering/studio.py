"""The studio: speaks, masters and shelves one rendition at a time, with no database in sight."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from audio import frames as mp3
from audio import music
from audio.assembly import Part, assemble
from audio.digests import digest_of
from audio.engines import EngineChain, Spoken, engines_from_setting
from audio.engines.rates import options_at_rate
from audio.engines.remembering import Remembering
from audio.engines.roles import Role, has_own_voice
from audio.fitting import squeezed, with_pauses
from audio.inspection import Finding, Severity, inspect_mastered, inspect_pcm
from audio.mastering import Mastered, MasteringProfile, master
from audio.measured import Measured, measured_key
from audio.mixing import Ducking, spoken_over
from audio.pcm import Pcm
from audio.recordings import read_recording
from audio.shelf import Shelf
from audio.tags import Tags
from broadcaster.config import Settings
from broadcaster.models import ItemKind
from broadcaster.rendering.composition import AI_NOTICE, NotFitForAir, Piece
from broadcaster.rendering.requests import Hurry, Request

#: Engines of this machine, which need no budget of time.
QUICK = frozenset({"espeak", "monotone"})
#: Of an article's own file; loudspeakers are fed 64 kb/s.
PORTAL_KBPS = 96
#: In the place of an engine's name: a person read it in.
RECORDED = "recorded"
#: Raised when a sound is composed anew, so that shelves make it again.
SOUNDS_VERSION = 1
#: The station's own sounds, by name: what a chapter calls them, and how they are made.
SOUNDS: Mapping[str, tuple[str, Callable[[], Pcm]]] = {
    "chime": ("Chuông", music.chime),
    "closing": ("Nhạc kết", music.closing_tune),
    "bed": ("Nhạc nền", music.filler_bed),
}


@dataclass(frozen=True, slots=True)
class Made:
    """A rendition as it lies on the shelf."""

    request: Request
    frames_key: str
    media_sha256: str
    media_bytes: int
    engine: str
    voice: str
    synthetic: bool
    length_ms: int
    loudness_lufs: float
    true_peak_dbtp: float
    degraded: tuple[dict[str, str], ...]
    warnings: tuple[str, ...]
    sentences: tuple[dict[str, object], ...]
    pacing: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Take:
    """What was spoken, what inspection says of it, and what was changed in its pace."""

    spoken: Spoken
    findings: tuple[Finding, ...]
    pacing: Mapping[str, float] = field(default_factory=dict)


class Studio:
    """Safe to share between threads. Engines are opened once and closed with the studio."""

    def __init__(self, settings: Settings) -> None:
        self.shelf = Shelf(settings.shelf_folder)
        self._station = settings.station
        self._recordings = settings.recordings_folder
        # What a voice has said once is not asked for again: a changed sentence costs that sentence only.
        self._memory = Shelf(settings.speech_folder)
        self._memory_bytes = settings.speech_memory_mb * 1_000_000
        self._settings = settings
        self._reader = self._chain(settings.tts, settings.engines, "reader")
        own_announcer = has_own_voice("announcer", settings.engines)
        self._announcer = self._chain(settings.tts, settings.engines, "announcer") if own_announcer else self._reader
        self._quicker: dict[tuple[str, float], EngineChain] = {}
        self._lock = Lock()

    def _chain(self, names: str, options: Mapping[str, str], role: Role) -> EngineChain:
        engines = engines_from_setting(names, options, role=role)
        budget_s = float(self._settings.slow_engine_budget_s)
        slow = {engine.name: budget_s for engine in engines if engine.name not in QUICK}
        voices = [Remembering(engine, self._memory) for engine in engines]
        return EngineChain(voices, budget_s=slow)

    def close(self) -> None:
        """Lets go of the engines, and of remembered speech beyond the limit."""
        self._reader.close()
        self._announcer.close()
        for chain in self._quicker.values():
            chain.close()
        self._memory.evict(limit_bytes=self._memory_bytes, keep=())

    def make(self, request: Request) -> Made:
        """Speaks and masters a request and puts its frames, its measurements and its own file on the shelf.

        Raises:
            AudioError: no engine spoke, or the result is not fit for the air; `can_retry` says whether to try again.
        """
        take = self._take(request)
        spoken = take.spoken
        mastered = self._master(spoken.pcm, request)
        findings = (*take.findings, *inspect_mastered(mastered, request.profile))
        own = self._for_headphones(spoken.pcm, request)
        if own is not None:
            findings += inspect_mastered(own, request.profile)
        refusals = [finding.words for finding in findings if finding.severity is Severity.REFUSAL]
        if refusals:
            raise NotFitForAir(" ".join(refusals))
        frames_key = digest_of("frames", request.shaped_by, spoken.engine, spoken.voice)
        # A rendition that was lost and is made again may differ in its bytes; the newest one counts. The frames come
        # last: where they are, the rest is.
        media_sha256, media_bytes = self._own_file(request, spoken, own) if own is not None else ("", 0)
        self.shelf.replace(measured_key(frames_key), ".json", Measured.of(mastered).as_bytes())
        self.shelf.replace(frames_key, ".frames", mastered.frames)
        return Made(
            request=request,
            frames_key=frames_key,
            media_sha256=media_sha256,
            media_bytes=media_bytes,
            engine=spoken.engine,
            voice=spoken.voice,
            synthetic=spoken.synthetic,
            length_ms=mastered.length_ms,
            loudness_lufs=mastered.loudness_lufs,
            true_peak_dbtp=mastered.true_peak_dbtp,
            degraded=tuple({"engine": one.engine, "why": one.why} for one in spoken.degraded),
            # What is to be said of both masterings is said once.
            warnings=tuple(
                dict.fromkeys(finding.words for finding in findings if finding.severity is not Severity.REFUSAL)
            ),
            sentences=_placed(request, spoken, mastered),
            pacing=take.pacing,
        )

    def _take(self, request: Request) -> _Take:
        """The sound before mastering, and what inspection says of it."""
        if request.recording is not None:
            verdict = read_recording(self._recordings / request.recording)
            if verdict.pcm is None:
                raise NotFitForAir(" ".join(finding.words for finding in verdict.findings))
            return _Take(Spoken(verdict.pcm, RECORDED, "", False, ()), verdict.findings)
        sentences = [(sentence.spoken, sentence.pause_ms) for sentence in request.script.sentences]
        if request.hurry is not None:
            return self._hurried(sentences, request.hurry)
        chain = self._announcer if request.article_id is None else self._reader
        spoken = chain.speak(sentences)
        return _Take(spoken, inspect_pcm(spoken.pcm))

    def _hurried(self, sentences: Sequence[tuple[str, int]], hurry: Hurry) -> _Take:
        """Spoken at another pace, by the engine that spoke it at its own: a change of voice would be heard."""
        spoken = self._quicker_reader(hurry.engine, hurry.rate).speak(with_pauses(sentences, hurry.pauses))
        done = squeezed(spoken.pcm, hurry.room_ms, rate=hurry.rate)
        spans = tuple((done.moved(start), done.moved(end)) for start, end in spoken.sentence_spans_ms)
        pacing = {"pauses": hurry.pauses, "rate": hurry.rate, "stretch": round(done.factor, 4)}
        return _Take(replace(spoken, pcm=done.pcm, sentence_spans_ms=spans), inspect_pcm(done.pcm), pacing)

    def _quicker_reader(self, engine: str, rate: float) -> EngineChain:
        with self._lock:
            if (engine, rate) not in self._quicker:
                options = options_at_rate(engine, self._settings.engines, rate)
                self._quicker[engine, rate] = self._chain(engine, options, "reader")
            return self._quicker[engine, rate]

    def _master(self, pcm: Pcm, request: Request) -> Mastered:
        if not request.over_tune:
            return master(pcm, request.profile)
        return master(spoken_over(pcm, music.signature_tune()), replace(request.profile, compress=False))

    def _for_headphones(self, pcm: Pcm, request: Request) -> Mastered | None:
        """An article as the portal and podcasts have it: at a higher bit rate, without the filters for horns."""
        if request.article_id is None or request.hurry is not None:
            return None
        return master(pcm, replace(request.profile, horn=False, bitrate_kbps=PORTAL_KBPS))

    def _own_file(self, request: Request, spoken: Spoken, mastered: Mastered) -> tuple[str, int]:
        tags = Tags(
            title=request.title,
            date="",
            zone=self._station,
            speakers=(speaker(spoken.engine, spoken.voice),),
            synthetic=spoken.synthetic,
            notice=AI_NOTICE if spoken.synthetic else "",
        )
        made = assemble([Part(mastered.frames, request.title)], tags=tags)
        self.shelf.put(made.sha256, ".mp3", made.data)
        return made.sha256, made.bytes

    def sound(self, name: str, profile: MasteringProfile) -> Piece:
        """One of the station's own sounds (`chime`, `closing`, `bed`), mastered once for the profile."""
        title, _compose = SOUNDS[name]
        key = sound_key(name, profile)
        path = self.shelf.get(key)
        if path is None or self.shelf.get(measured_key(key)) is None:
            path = self._compose(name, profile, key)
        frames = path.stat().st_size // mp3.frame_bytes(profile.bitrate_kbps)
        kind = ItemKind.FILLER if name == "bed" else ItemKind.TUNE
        return Piece(kind, title, key, frames * mp3.FRAME_MS)

    def _compose(self, name: str, profile: MasteringProfile, key: str) -> Path:
        _title, compose = SOUNDS[name]
        with self.shelf.alone(key):
            path = self.shelf.get(key)
            if path is not None and self.shelf.get(measured_key(key)) is not None:
                return path
            mastered = master(compose(), replace(profile, compress=False))
            self.shelf.replace(measured_key(key), ".json", Measured.of(mastered).as_bytes())
            return self.shelf.replace(key, ".frames", mastered.frames)


def sound_key(name: str, profile: MasteringProfile) -> str:
    """Names the frames of one of the station's own sounds on the shelf."""
    return digest_of("sound", name, SOUNDS_VERSION, replace(profile, compress=False).digest)


def _placed(request: Request, spoken: Spoken, mastered: Mastered) -> tuple[dict[str, object], ...]:
    """The sentences as they are written, each with its place in the frames; a recording's are not known."""
    lead_ms = Ducking().voice_after_ms if request.over_tune else 0
    shift_ms = lead_ms - mastered.trimmed_start_ms
    return tuple(
        {
            "text": " ".join(sentence.raw.split()),
            "spoken": sentence.spoken,
            "starts_ms": max(0, start + shift_ms),
            "ends_ms": min(mastered.length_ms, end + shift_ms),
        }
        for sentence, (start, end) in zip(request.script.sentences, spoken.sentence_spans_ms, strict=False)
        if end > start
    )


def speaker(engine: str, voice: str) -> str:
    """Who spoke, in words for people."""
    if engine == RECORDED:
        return "thu âm"
    # What follows the dash are settings of the voice, for digests rather than for people.
    short = voice.partition("-")[0]
    return f"{engine} ({short})" if short else engine
