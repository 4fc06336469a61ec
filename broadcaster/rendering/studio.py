"""The studio: speaks, masters and shelves one rendition at a time, with no database in sight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from audio import frames as mp3
from audio import music
from audio.assembly import Part, assemble
from audio.digests import digest_of
from audio.engines import EngineChain, Spoken, engines_from_setting
from audio.engines.remembering import Remembering
from audio.engines.roles import Role, has_own_voice
from audio.errors import AudioError
from audio.inspection import Finding, Severity, inspect_mastered, inspect_pcm
from audio.mastering import Mastered, MasteringProfile, master
from audio.mixing import spoken_over
from audio.pcm import Pcm
from audio.recordings import read_recording
from audio.shelf import Shelf
from audio.tags import Tags
from broadcaster.config import Settings
from broadcaster.models import ItemKind
from broadcaster.rendering.composition import AI_NOTICE, Piece
from broadcaster.rendering.requests import Request

#: Engines of this machine, which need no budget of time.
QUICK = frozenset({"espeak", "monotone"})
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


class NotFitForAir(AudioError):
    """Inspection refuses a rendition; the message says what a person can do about it."""


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


class Studio:
    """Safe to share between threads. Engines are opened once and closed with the studio."""

    def __init__(self, settings: Settings) -> None:
        self.shelf = Shelf(settings.shelf_folder)
        self._station = settings.station
        self._recordings = settings.recordings_folder
        # What a voice has said once is not asked for again: a changed sentence costs that sentence only.
        self._memory = Shelf(settings.speech_folder)
        self._memory_bytes = settings.speech_memory_mb * 1_000_000
        self._reader = self._chain(settings, "reader")
        own_announcer = has_own_voice("announcer", settings.engines)
        self._announcer = self._chain(settings, "announcer") if own_announcer else self._reader

    def _chain(self, settings: Settings, role: Role) -> EngineChain:
        engines = engines_from_setting(settings.tts, settings.engines, role=role)
        slow = {engine.name: float(settings.slow_engine_budget_s) for engine in engines if engine.name not in QUICK}
        voices = [Remembering(engine, self._memory) for engine in engines]
        return EngineChain(voices, budget_s=slow)

    def close(self) -> None:
        """Lets go of the engines, and of remembered speech beyond the limit."""
        self._reader.close()
        self._announcer.close()
        self._memory.evict(limit_bytes=self._memory_bytes, keep=())

    def make(self, request: Request) -> Made:
        """Speaks and masters a request and puts its frames and its own file on the shelf.

        Raises:
            AudioError: no engine spoke, or the result is not fit for the air; `can_retry` says whether to try again.
        """
        spoken, findings = self._spoken(request)
        mastered = self._master(spoken.pcm, request)
        findings += inspect_mastered(mastered, request.profile)
        refusals = [finding.words for finding in findings if finding.severity is Severity.REFUSAL]
        if refusals:
            raise NotFitForAir(" ".join(refusals))
        frames_key = digest_of("frames", request.shaped_by, spoken.engine, spoken.voice)
        # A rendition that was lost and is made again may differ in its bytes; the newest one counts.
        self.shelf.remove(frames_key)
        self.shelf.put(frames_key, ".frames", mastered.frames)
        media_sha256, media_bytes = self._own_file(request, spoken, mastered)
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
            warnings=tuple(finding.words for finding in findings if finding.severity is not Severity.REFUSAL),
        )

    def _spoken(self, request: Request) -> tuple[Spoken, tuple[Finding, ...]]:
        """The sound before mastering, and what inspection says of it."""
        if request.recording is not None:
            verdict = read_recording(self._recordings / request.recording)
            if verdict.pcm is None:
                raise NotFitForAir(" ".join(finding.words for finding in verdict.findings))
            return Spoken(verdict.pcm, RECORDED, "", False, ()), verdict.findings
        sentences = [(sentence.spoken, sentence.pause_ms) for sentence in request.script.sentences]
        chain = self._announcer if request.article_id is None else self._reader
        spoken = chain.speak(sentences)
        return spoken, inspect_pcm(spoken.pcm)

    def _master(self, pcm: Pcm, request: Request) -> Mastered:
        if not request.over_tune:
            return master(pcm, request.profile)
        return master(spoken_over(pcm, music.signature_tune()), replace(request.profile, compress=False))

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
        title, compose = SOUNDS[name]
        quiet = replace(profile, compress=False)
        key = digest_of("sound", name, SOUNDS_VERSION, quiet.digest)
        path = self.shelf.get_or_make(key, ".frames", lambda: master(compose(), quiet).frames)
        frames = path.stat().st_size // mp3.frame_bytes(profile.bitrate_kbps)
        kind = ItemKind.FILLER if name == "bed" else ItemKind.TUNE
        return Piece(kind, title, key, frames * mp3.FRAME_MS)


def speaker(engine: str, voice: str) -> str:
    """Who spoke, in words for people."""
    if engine == RECORDED:
        return "thu âm"
    # What follows the dash are settings of the voice, for digests rather than for people.
    short = voice.partition("-")[0]
    return f"{engine} ({short})" if short else engine
