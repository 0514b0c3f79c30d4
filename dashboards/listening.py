"""The sockets the pages are served on, or a line that says why there are none."""

from __future__ import annotations

import errno
import socket

from orchestration.errors import Unusable

# As many connections wait to be taken up as a browser opens for a few pages.
BACKLOG = 1024


class PortError(Unusable):
    """The address cannot be listened at: another program does, or it is not for this user to."""


def sockets(host: str, port: int) -> list[socket.socket]:
    """Listen at every address a host name stands for.

    Raises
    ------
    PortError
        One of them is taken or may not be used; none is held then.
    """
    opened: list[socket.socket] = []
    try:
        for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            opened.append(socket.create_server((str(address[0]), port), family=family, backlog=BACKLOG))
    except (OSError, OverflowError) as error:
        for held in opened:
            held.close()
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            why = "another program listens there; end it, or choose another PORT="
        else:
            said = getattr(error, "strerror", None) or str(error).rstrip(".")
            why = f"{said}; choose another PORT="
        raise PortError(f"{host}, port {port}: {why}") from error
    return opened
