"""Undo content encodings while counting what comes out.

Four hundred kilobytes can stand for four hundred megabytes. Every decoder here takes little input
at a time and is stopped as soon as the decoded bytes pass the cap; encodings may be nested, and
the cap holds for every layer.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, Final, Protocol

import brotli
import zstandard

_SLICE: Final = 65536
_MAX_LAYERS: Final = 3
# A zstd block of a few bytes can stand for 128 KB, and its decoder takes no limit: feed it little.
_ZSTD_SLICE: Final = 256
_ZSTD_WINDOW: Final = 8 * 1024 * 1024


class TooLargeError(Exception):
    """The decoded body passes the cap."""


class BrokenError(Exception):
    """The body is not what its Content-Encoding says."""


class _Decoder(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]: ...

    def finish(self) -> None: ...


class _Zlib:
    """gzip (several members too) and deflate (with or without its header)."""

    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._decoder = zlib.decompressobj(wbits)
        self._started = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        if not self._started and self._wbits == zlib.MAX_WBITS and data:
            # Servers send raw deflate under the same name; its first byte tells.
            if data[0] & 0x0F != 8:
                self._decoder = zlib.decompressobj(-zlib.MAX_WBITS)
            self._started = True
        while data:
            if self._decoder.eof:
                if self._wbits != 16 + zlib.MAX_WBITS or not data.startswith(b"\x1f\x8b"):
                    return  # padding behind the stream
                self._decoder = zlib.decompressobj(self._wbits)
            piece = self._decoder.decompress(data, _SLICE)
            while len(piece) == _SLICE:  # more may wait inside, with or without input
                yield piece
                piece = self._decoder.decompress(self._decoder.unconsumed_tail, _SLICE)
            yield piece
            data = self._decoder.unused_data

    def finish(self) -> None:
        if not self._decoder.eof:
            raise BrokenError("the compressed body ends in the middle")


class _Brotli:
    def __init__(self) -> None:
        self._decoder: Any = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        piece = self._decoder.process(data, output_buffer_limit=_SLICE)
        yield piece
        # A full piece means that more may wait inside, whatever can_accept_more_data() says.
        while len(piece) >= _SLICE or not self._decoder.can_accept_more_data():
            piece = self._decoder.process(b"", output_buffer_limit=_SLICE)
            yield piece

    def finish(self) -> None:
        if not self._decoder.is_finished():
            raise BrokenError("the compressed body ends in the middle")


class _Zstd:
    """zstd, several frames too."""

    def __init__(self) -> None:
        self._made = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._decoder = self._made.decompressobj()

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_SLICE):
            piece = data[start : start + _ZSTD_SLICE]
            while piece:
                if self._decoder.eof:
                    self._decoder = self._made.decompressobj()
                yield self._decoder.decompress(piece)
                piece = self._decoder.unused_data

    def finish(self) -> None:
        if not self._decoder.eof:
            raise BrokenError("the compressed body ends in the middle")


def _decoder(name: str) -> _Decoder | None:
    if name in {"", "identity", "none"}:
        return None
    if name in {"gzip", "x-gzip"}:
        return _Zlib(16 + zlib.MAX_WBITS)
    if name == "deflate":
        return _Zlib(zlib.MAX_WBITS)
    if name == "br":
        return _Brotli()
    if name == "zstd":
        return _Zstd()
    raise BrokenError(f"unknown Content-Encoding {name[:40]!r}")


class BodyReader:
    """Collects a body chunk by chunk, decoding and counting.

    Args:
        content_encoding: the header's value; several codings were applied in their order.
        max_bytes: the most that may come out of any layer.

    Raises:
        BrokenError: an unknown coding, or too many.
    """

    def __init__(self, content_encoding: str, max_bytes: int) -> None:
        """Make a decoder for each coding, the last applied first."""
        names = [name.strip().lower() for name in content_encoding.split(",")]
        found = [_decoder(name) for name in reversed(names)]
        self._layers = [decoder for decoder in found if decoder is not None]
        if len(self._layers) > _MAX_LAYERS:
            raise BrokenError(f"{len(self._layers)} nested codings")
        self._counts = [0] * (len(self._layers) + 1)
        self._max_bytes = max_bytes
        self._parts: list[bytes] = []

    def feed(self, chunk: bytes) -> None:
        """Take a chunk as it came from the network.

        Raises:
            TooLargeError: the cap is passed.
            BrokenError: the chunk cannot be decoded.
        """
        try:
            self._push(chunk, 0)
        except (zlib.error, brotli.error, zstandard.ZstdError) as error:
            raise BrokenError(f"the body cannot be decoded: {error}") from error

    def _push(self, data: bytes, layer: int) -> None:
        self._counts[layer] += len(data)
        if self._counts[layer] > self._max_bytes:
            if layer == len(self._layers):  # keep what fits, for those who can use a part
                self._parts.append(data[: self._max_bytes - self._counts[layer]])
            raise TooLargeError(f"more than {self._max_bytes} bytes")
        if layer == len(self._layers):
            if data:
                self._parts.append(data)
            return
        for piece in self._layers[layer].feed(data):
            self._push(piece, layer + 1)

    def finish(self) -> bytes:
        """End the body.

        Returns:
            The decoded bytes.

        Raises:
            BrokenError: a coding ends in the middle.
        """
        if self._counts[0]:
            for decoder in self._layers:
                decoder.finish()
        return self.taken()

    def taken(self) -> bytes:
        """Give the decoded bytes so far, whole or not; at most ``max_bytes``."""
        return b"".join(self._parts)
