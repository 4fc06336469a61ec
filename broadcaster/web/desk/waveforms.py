"""Waveforms as pictures made by the server: one path, no script and no inline style."""

from __future__ import annotations

from collections.abc import Sequence

#: The picture's own measure; the page scales it.
WIDTH, HEIGHT = 800, 80


def waveform_path(peaks: Sequence[float]) -> str:
    """The outline of a sound from its peaks (0 to 1), mirrored at the middle, as the `d` of an SVG path."""
    if not peaks:
        return ""
    middle, step = HEIGHT / 2, WIDTH / len(peaks)
    above = [f"{index * step:.1f},{middle - peak * middle:.1f}" for index, peak in enumerate(peaks)]
    below = [f"{index * step:.1f},{middle + peak * middle:.1f}" for index, peak in reversed(list(enumerate(peaks)))]
    return "M" + "L".join([*above, *below]) + "Z"
