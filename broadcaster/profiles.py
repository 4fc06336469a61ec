"""How sound is mastered for a zone, and the name of everything that shapes a rendition but the engine."""

from __future__ import annotations

from audio.digests import digest_of
from audio.mastering import MasteringProfile
from audio.speech import Script
from broadcaster.models import Article, Zone
from broadcaster.scripts import Voice, article_script_digest

RENDITION_VERSION = 2


def profile_of(zone: Zone) -> MasteringProfile:
    """The mastering that a zone's loudspeakers want."""
    return MasteringProfile(target_lufs=zone.target_lufs)


def shaped_by(script: Script, profile: MasteringProfile) -> str:
    """The identity of speech: the same script under the same mastering is made once."""
    return _shaped(script.digest, profile)


def article_shaped_by(article: Article, profile: MasteringProfile, voice: Voice) -> str:
    """The identity of an article's sound: of its human recording where there is one, else of its speech."""
    recording = article.recording
    if recording is not None:
        return digest_of("recording", RENDITION_VERSION, recording.sha256, profile.digest)
    return _shaped(article_script_digest(article, voice), profile)


def _shaped(script_digest: str, profile: MasteringProfile) -> str:
    return digest_of("rendition", RENDITION_VERSION, script_digest, profile.digest)
