"""The server behind ``rasd serve``."""

from __future__ import annotations

import socket as sockets

import uvicorn

from pipeline.serve.app import make_app
from pipeline.serve.snapshot import Snapshots


def listening(host: str, port: int) -> sockets.socket:
    """A socket that listens.

    Args:
        host: an address or a name of this machine.
        port: 0 takes a free one.

    Raises:
        OSError: it cannot.
    """
    family = sockets.AF_INET6 if ":" in host else sockets.AF_INET
    # Named as TCP: asyncio sends answers at once only where it is; else they wait 40 ms for an ACK.
    made = sockets.socket(family, sockets.SOCK_STREAM, sockets.IPPROTO_TCP)
    made.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    return made


def run(data: Snapshots, socket: sockets.socket, *, token: str | None) -> None:
    """Answer until Ctrl-C.

    Args:
        data: the rows that are shown.
        socket: where to listen.
        token: what must be known to see them; None on loopback.
    """
    app = make_app(data, token=token)
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[socket])
