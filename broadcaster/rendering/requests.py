"""What has to be spoken: each request is one rendition, known by the digest of everything that shapes it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from audio.digests import digest_of
from audio.mastering import MasteringProfile
from audio.speech import Script
from broadcaster.models import Article, BroadcastSession, Priority
from broadcaster.profiles import article_shaped_by, profile_of, shaped_by
from broadcaster.scripts import Voice, article_script, dateline_text, ident_text, line_script, sign_off_text


@dataclass(frozen=True, slots=True)
class Hurry:
    """How an item is made shorter so that its session fits.

    Its pauses are multiplied by `pauses`, `engine`, which has spoken it before, reads `rate` times as fast, and what is
    still longer than `room_ms` is stretched.
    """

    pauses: float
    rate: float
    room_ms: int
    engine: str


@dataclass(frozen=True, slots=True)
class Request:
    """One rendition to be made.

    `over_tune`: spoken over the signature tune, as the ident is. `recording`: the name of the file in the recordings'
    folder that a person has read in; it takes the place of speech. `hurry`: at another pace than it was written for.
    """

    title: str
    script: Script
    profile: MasteringProfile
    shaped_by: str
    article_id: int | None = None
    urgency: int = 0
    over_tune: bool = False
    recording: str | None = None
    hurry: Hurry | None = None

    @property
    def pauses_ms(self) -> int:
        """The silence between its sentences; a recording's is its speaker's own and counts as speech."""
        if self.recording is not None:
            return 0
        return sum(sentence.pause_ms for sentence in self.script.sentences[:-1])

    def hurried(self, hurry: Hurry) -> Request:
        """The same item at another pace: a rendition of its own."""
        how = (hurry.pauses, hurry.rate, hurry.room_ms, hurry.engine)
        return replace(self, shaped_by=digest_of("hurried", self.shaped_by, *how), hurry=hurry)


@dataclass(frozen=True, slots=True)
class FrameRequests:
    """The station's own lines around the items of one session."""

    ident: Request
    dateline: Request
    sign_off: Request

    @property
    def all(self) -> tuple[Request, Request, Request]:
        return self.ident, self.dateline, self.sign_off


def article_request(article: Article, profile: MasteringProfile, voice: Voice) -> Request:
    """The rendition of an article; the more urgent, the sooner."""
    recording = article.recording
    return Request(
        title=article.title,
        script=article_script(article, voice),
        profile=profile,
        shaped_by=article_shaped_by(article, profile, voice),
        article_id=article.id,
        urgency=urgency_of(article),
        recording=recording.sha256 + recording.suffix if recording else None,
    )


def urgency_of(article: Article) -> int:
    """The more urgent, the higher; 0 for what is not."""
    return list(Priority).index(Priority(article.priority))


def frame_requests(broadcast: BroadcastSession, station: str, tz: ZoneInfo, voice: Voice) -> FrameRequests:
    """The lines around a session's items, in station time."""
    local = broadcast.starts_at.astimezone(tz)
    profile = profile_of(broadcast.zone)
    ident = line_script(ident_text(station, broadcast.zone.name), voice)
    dateline = line_script(dateline_text(local.date(), local.time()), voice)
    sign_off = line_script(sign_off_text(station, synthetic=True), voice)
    return FrameRequests(
        ident=Request(
            "Nhạc hiệu và lời xướng",
            ident,
            profile,
            digest_of("over the tune", shaped_by(ident, profile)),
            over_tune=True,
        ),
        dateline=Request("Giới thiệu chương trình", dateline, profile, shaped_by(dateline, profile)),
        sign_off=Request("Lời chào", sign_off, profile, shaped_by(sign_off, profile)),
    )
