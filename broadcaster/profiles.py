"""How sound is mastered for a zone, and the name of everything that shapes a rendition but the engine."""

from __future__ import annotations

from audio.digests import digest_of
from audio.mastering import MasteringProfile
from broadcaster.models import Zone

RENDITION_VERSION = 1


def profile_of(zone: Zone) -> MasteringProfile:
    """The mastering that a zone's loudspeakers want."""
    return MasteringProfile(target_lufs=zone.target_lufs)


def shaped_by(script_digest: str, profile: MasteringProfile) -> str:
    """The identity of a rendition: the same script under the same mastering is made once."""
    return digest_of("rendition", RENDITION_VERSION, script_digest, profile.digest)
