"""Makes what was planned fit its session: shorter pauses, a slightly quicker voice, and only then less of it.

Pure: what has been rendered is asked for, what is still to be rendered is answered.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from audio.assembly import BulletinTooLong
from audio.engines.rates import has_rate
from audio.fitting import SHORTEST_PAUSES, Pacing, pace_to_fit
from audio.frames import FRAME_MS
from audio.mastering import FILTERS_RING_MS
from broadcaster.rendering.composition import Piece, Sheet
from broadcaster.rendering.requests import Hurry, Request

#: Pauses and rates are changed in steps, so that sessions that are alike share their renditions.
PAUSES_STEP = 0.05
RATE_STEP = 0.01
#: What an item may become longer by on its way into frames: the filters ring, and the last two frames are filled up.
ROUNDING_MS = FILTERS_RING_MS + 2 * FRAME_MS


@dataclass(frozen=True, slots=True)
class Voiced:
    """An item as it was rendered at its own pace. A person's recording has no `engine`: its pace is the person's."""

    piece: Piece
    request: Request
    engine: str | None

    @property
    def pauses_ms(self) -> int:
        return min(self.request.pauses_ms, self.piece.length_ms) if self.engine else 0

    @property
    def speech_ms(self) -> int:
        return self.piece.length_ms - self.pauses_ms if self.engine else 0


@dataclass(frozen=True, slots=True)
class Fitted:
    """What the session will hold. With `wanted`, these have to be rendered first, and then it is fitted anew."""

    items: tuple[Piece, ...]
    dropped: tuple[Piece, ...] = ()
    pacing: Pacing = field(default_factory=Pacing)
    repeated: tuple[Piece, ...] = ()
    wanted: tuple[Request, ...] = ()


class Renditions(Protocol):
    """What has been rendered so far."""

    def piece_of(self, request: Request) -> Piece | None:
        """The rendition of a request, if it is there."""

    def has_failed(self, request: Request) -> bool:
        """Whether it cannot be had, so that nobody should wait for it."""


def fit(sheet: Sheet, voiced: Sequence[Voiced], renditions: Renditions) -> Fitted:
    """The items of a session that hold together with the lines around them in its length; `sheet` has the lines alone.

    Cases, in this order: everything fits; it does at another pace; the least urgent item goes, of equals the last, and
    so on with the rest, which then may keep its pace. Where the zone wants it, what is left is filled with repeats.

    Raises BulletinTooLong when not even the lines fit.
    """
    left = list(voiced)
    dropped: list[Piece] = []
    while True:
        over_ms = sheet.with_items([one.piece for one in left]).needed_ms - sheet.length_ms
        if over_ms > 0 and not left:
            raise BulletinTooLong(sheet.length_ms + over_ms, sheet.length_ms)
        if over_ms <= 0:
            items = tuple(one.piece for one in left)
            return Fitted(items, tuple(dropped), repeated=_repeats(sheet, items))
        paced = _paced(sheet, left, over_ms, renditions)
        if paced is not None:
            return Fitted(paced.items, tuple(dropped), paced.pacing, wanted=paced.wanted)
        index = min(range(len(left)), key=lambda number: (left[number].piece.urgency, -number))
        dropped.append(left.pop(index).piece)


def _paced(sheet: Sheet, voiced: Sequence[Voiced], over_ms: int, renditions: Renditions) -> Fitted | None:
    """All items at a pace at which they fit; None where there is no such pace, or it cannot be had."""
    spoken = [one for one in voiced if one.engine]
    speech_ms, pauses_ms = sum(one.speech_ms for one in spoken), sum(one.pauses_ms for one in spoken)
    room_ms = speech_ms + pauses_ms - over_ms - ROUNDING_MS * len(spoken)
    quicker = all(has_rate(one.engine) for one in spoken if one.engine)
    pacing = _in_steps(pace_to_fit(speech_ms, pauses_ms, room_ms, has_rate=quicker))
    if not pacing.changed:
        return None
    pieces: list[Piece] = []
    wanted: list[Request] = []
    for one in voiced:
        if not one.engine:
            pieces.append(one.piece)
            continue
        request = _hurried(one, pacing)
        made = renditions.piece_of(request)
        if made is not None:
            pieces.append(made)
        elif renditions.has_failed(request):
            return None
        else:
            wanted.append(request)
    if wanted:
        return Fitted((), pacing=pacing, wanted=tuple(wanted))
    fits = sheet.with_items(pieces).needed_ms <= sheet.length_ms
    return Fitted(tuple(pieces), pacing=pacing) if fits else None


def _in_steps(pacing: Pacing) -> Pacing:
    """The next quicker pacing of those that are used."""
    pauses = max(SHORTEST_PAUSES, math.floor(pacing.pauses / PAUSES_STEP + 1e-9) * PAUSES_STEP)
    rate = math.ceil(pacing.rate / RATE_STEP - 1e-9) * RATE_STEP
    return Pacing(round(pauses, 2), round(rate, 2), pacing.stretch, pacing.over_ms)


def _hurried(one: Voiced, pacing: Pacing) -> Request:
    assert one.engine is not None  # a person's recording keeps its pace
    room_ms = math.floor(pacing.length_ms(one.speech_ms, one.pauses_ms))
    return one.request.hurried(Hurry(pacing.pauses, pacing.rate, room_ms, one.engine))


def _repeats(sheet: Sheet, items: Sequence[Piece]) -> tuple[Piece, ...]:
    """What is said once more in a session that is too short, where its zone wants that: each item at most once."""
    if sheet.filler != "repeat":
        return ()
    repeated: list[Piece] = []
    for piece in sorted(items, key=lambda one: -one.urgency):
        if sheet.with_items([*items, *repeated, piece]).needed_ms <= sheet.length_ms:
            repeated.append(piece)
    return tuple(repeated)
