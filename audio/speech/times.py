"""Times of the day: 17h30, 17:30, 5h, spans of them."""

from __future__ import annotations

import re

from .place import Place, Reading

_HOUR, _MINUTE = r"(?:[01]?\d|2[0-4])", r"[0-5]\d"
_TIME = re.compile(
    rf"(?P<hour>{_HOUR})(?:\s?h(?:(?P<minute>{_MINUTE})(?:'|’|′|ph|p)?)?(?![^\W_])"
    rf"|[g](?P<g_minute>{_MINUTE})(?![^\W_])"
    rf"|:(?P<colon_minute>{_MINUTE})(?::(?P<second>{_MINUTE}))?(?![\d:]))"
)
_TO = re.compile(r"\s?(?:-|–|—|−|→|~)\s?(?=\d)")
_BARE_HOUR_TO = re.compile(rf"({_HOUR})\s?(?:-|–|—)\s?(?={_HOUR}\s?h)")
_ZERO_MINUTES = re.compile(r"00? phút")
_AFTER_HOUR = re.compile(r"\d\s?giờ\s+$")
_SCORE = re.compile(r"(?:tỷ số|tỉ số|thắng|thua|hòa|tỷ lệ|tỉ lệ)\W[^.;]{0,30}$")


def read_time(place: Place) -> Reading | None:
    """A time, or a span of times."""
    zero = place.match(_ZERO_MINUTES)
    if zero and place.preceded_by(_AFTER_HOUR):
        return Reading("", zero.end())
    bare = place.match(_BARE_HOUR_TO)
    if bare:
        after = place.match(_TIME, bare.end())
        if after:
            first = place.numerals.cardinal(int(bare[1]))
            return Reading(f"{first} đến {_time(place, after)}", after.end())
    found = place.match(_TIME)
    if not found or (found["colon_minute"] and place.preceded_by(_SCORE)):
        return None
    spoken, end = _time(place, found), found.end()
    to = place.match(_TO, end)
    second = place.match(_TIME, to.end()) if to else None
    if second:
        return Reading(f"{spoken} đến {_time(place, second)}", second.end())
    return Reading(spoken, end)


def _time(place: Place, found: re.Match[str]) -> str:
    numerals = place.numerals
    spoken = f"{numerals.cardinal(int(found['hour']))} giờ"
    minute = found["minute"] or found["g_minute"] or found["colon_minute"]
    if minute and int(minute):
        spoken += f" {numerals.cardinal(int(minute))} phút"
    if found["second"] and int(found["second"]):
        spoken += f" {numerals.cardinal(int(found['second']))} giây"
    return spoken
