"""Reads a small QR (up to version 3, one block, bytes) from its squares, as ISO/IEC 18004 tells, to see what a camera would."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda row, column: (row + column) % 2 == 0,
    lambda row, column: row % 2 == 0,
    lambda row, column: column % 3 == 0,
    lambda row, column: (row + column) % 3 == 0,
    lambda row, column: (row // 2 + column // 3) % 2 == 0,
    lambda row, column: row * column % 2 + row * column % 3 == 0,
    lambda row, column: (row * column % 2 + row * column % 3) % 2 == 0,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2 == 0,
)
FORMAT_MASK = 0b101010000010010
BYTES = 0b0100
Squares = Sequence[Sequence[bool]]


def squares_of(svg: str) -> Squares:
    """The dark squares of the SVG, without the quiet zone; its dark path consists of strokes of one square's height."""
    strokes = [path for path in ElementTree.fromstring(svg).iter(f"{SVG}path") if path.get("stroke")]
    dark: set[tuple[int, int]] = set()
    column, row = 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", strokes[0].attrib["d"]):
        given = [float(number) for number in re.findall(r"-?\d*\.?\d+", numbers)]
        if command == "h":
            dark |= {(int(row), int(column) + step) for step in range(int(given[0]))}
            column += given[0]
        else:
            column, row = (given[0], given[1]) if command == "M" else (column + given[0], row + given[1])
    top, left = min(place[0] for place in dark), min(place[1] for place in dark)
    size = max(place[0] for place in dark) - top + 1
    return [[(top + line, left + at) in dark for at in range(size)] for line in range(size)]


def text_in(squares: Squares) -> str:
    """The text a QR holds."""
    size = len(squares)
    if size > 29:
        raise ValueError("only versions 1 to 3 are read here")
    mask = MASKS[_format(squares) >> 10 & 0b111]
    bits = "".join("01"[squares[row][column] != mask(row, column)] for row, column in _path(size))
    if int(bits[:4], 2) != BYTES:
        raise ValueError("only bytes are read here")
    length = int(bits[4:12], 2)
    return bytes(int(bits[12 + 8 * at : 20 + 8 * at], 2) for at in range(length)).decode()


def _format(squares: Squares) -> int:
    places = [(8, column) for column in (0, 1, 2, 3, 4, 5, 7, 8)] + [(row, 8) for row in (7, 5, 4, 3, 2, 1, 0)]
    return int("".join("01"[squares[row][column]] for row, column in places), 2) ^ FORMAT_MASK


def _path(size: int) -> Iterator[tuple[int, int]]:
    """The squares that hold data: in pairs of columns from the right, up and down in turn."""
    upwards = True
    for right in (*range(size - 1, 6, -2), 5, 3, 1):
        for row in range(size - 1, -1, -1) if upwards else range(size):
            yield from ((row, column) for column in (right, right - 1) if not _is_fixed(row, column, size))
        upwards = not upwards


def _is_fixed(row: int, column: int, size: int) -> bool:
    corner = (row < 9 and column < 9) or (row < 9 and column >= size - 8) or (row >= size - 8 and column < 9)
    alignment = size > 21 and abs(row - (size - 7)) <= 2 and abs(column - (size - 7)) <= 2
    return corner or alignment or 6 in (row, column)
