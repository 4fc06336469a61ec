"""Draws the pictures of the feeds: `python deploy/draw_pictures.py`. The drawing is this file; the PNGs are its print.

A loudspeaker over a rising sun, in the colours of the pages. Points are in a square of 1 × 1, origin at the top left.
"""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PICTURES = Path(__file__).resolve().parent.parent / "templates" / "public"
GROUND, HORN, WAVES, SUN = (0x14, 0x59, 0x5F), (0xFF, 0xFF, 0xFF), (0xF2, 0xC1, 0x4E), (0x1D, 0x6B, 0x71)
#: Each point is drawn this often in both directions, so that edges are smooth.
SAMPLES = 3

Plane = NDArray[np.float64]
Mask = NDArray[np.bool_]


def main() -> int:
    """Prints both pictures anew."""
    for name, size in (("artwork.png", 1400), ("mark.png", 144)):
        (PICTURES / name).write_bytes(png(draw(size)))
    return 0


def draw(size: int) -> NDArray[np.uint8]:
    """The picture as rows of RGB."""
    fine = (np.arange(size * SAMPLES) + 0.5) / (size * SAMPLES)
    x, y = np.meshgrid(fine, fine)
    picture = np.empty((*x.shape, 3), dtype=np.float32)
    picture[:] = GROUND
    picture[np.hypot(x - 0.5, y - 1.05) < 0.52] = SUN
    picture[_polygon(x, y, [(0.2, 0.42), (0.33, 0.42), (0.58, 0.22), (0.58, 0.78), (0.33, 0.58), (0.2, 0.58)])] = HORN
    from_horn = np.hypot(x - 0.55, y - 0.5)
    ahead = np.abs(np.arctan2(y - 0.5, x - 0.55)) < 0.62
    for radius in (0.16, 0.245, 0.33):
        picture[ahead & (np.abs(from_horn - radius) < 0.02)] = WAVES
    coarse = picture.reshape(size, SAMPLES, size, SAMPLES, 3).mean(axis=(1, 3))
    drawn: NDArray[np.uint8] = np.rint(coarse).astype(np.uint8)
    return drawn


def _polygon(x: Plane, y: Plane, corners: list[tuple[float, float]]) -> Mask:
    """The points inside: those from which a ray to the right crosses an odd number of edges."""
    inside = np.zeros(x.shape, dtype=bool)
    for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if ay == by:
            continue
        crosses = ((ay > y) != (by > y)) & (x < ax + (y - ay) * (bx - ax) / (by - ay))
        inside ^= crosses
    return inside


def png(picture: NDArray[np.uint8]) -> bytes:
    """The picture as PNG (W3C PNG, 8 bits a channel)."""
    height, width, _channels = picture.shape
    rows = b"".join(b"\0" + row.tobytes() for row in picture)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


if __name__ == "__main__":
    sys.exit(main())
