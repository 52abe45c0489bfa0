"""Bytes that are packed with gzip, whatever their name or header says."""

from __future__ import annotations

import zlib
from typing import Final

_MAGIC: Final = b"\x1f\x8b\x08"
_LAYERS: Final = 2  # a packed file, packed once more by the server


def is_packed(data: bytes) -> bool:
    """Whether bytes begin as gzip does."""
    return data.startswith(_MAGIC)


def unpack(data: bytes, most: int) -> bytes:
    """Unpack bytes that are gzip; others come back as they are.

    Args:
        data: the beginning of a file, or all of it.
        most: bytes that may come out; what lies beyond is left off, so that a small archive
            cannot fill the memory.

    Returns:
        The content, as far as the archive is whole: one that breaks off or is damaged gives what
        stands before.
    """
    for _ in range(_LAYERS):
        if not is_packed(data):
            break
        data = _unpacked(data, most)
    return data


def _unpacked(data: bytes, most: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while is_packed(data) and size < most:  # several members follow each other
        decoder = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            piece = decoder.decompress(data, most - size)
        except zlib.error:
            break
        pieces.append(piece)
        size += len(piece)
        if not decoder.eof:
            break
        data = decoder.unused_data
    return b"".join(pieces)
