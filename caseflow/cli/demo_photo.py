"""A drawn photo for the demonstration: a house on stilts, as a PNG without any library."""

import struct
import zlib

WIDTH, HEIGHT = 480, 360
SKY, ROOF, WALL, DOOR, POSTS, GROUND = (
    (188, 214, 236), (142, 74, 52), (206, 178, 132), (96, 66, 44), (120, 92, 62), (122, 148, 92),
)  # fmt: skip
GAP = 42
SHAPES = (
    (DOOR, 24, 190, 260, 0),
    (WALL, 130, 160, 260, 0),
    (ROOF, 0, 80, 160, 2),
    (POSTS, 130, 260, 310, 0),
    (GROUND, WIDTH, 290, HEIGHT, 0),
)
"""From front to back: colour, half its width, its top and bottom, by how much a line is wider than the one above."""


def house() -> bytes:
    """Return the picture."""
    lines = (b"\0" + bytes(part for x in range(WIDTH) for part in _colour(x, y)) for y in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(lines))), (b"IEND", b""))
    written = (struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def _colour(x: int, y: int) -> tuple[int, int, int]:
    middle = abs(x - WIDTH // 2)
    for colour, half, top, bottom, slope in SHAPES:
        stands = colour != POSTS or middle % GAP < GAP // 5
        if top <= y < bottom and middle < half + slope * (y - top) and stands:
            return colour
    return SKY
