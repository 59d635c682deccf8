"""Ports and addresses of this machine that the demonstration can have."""

import socket

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Return a TCP port that nobody listens on."""
    with socket.create_server((LOOPBACK, 0)) as server:
        port: int = server.getsockname()[1]
        return port


def free_udp_port(wished: int = 0) -> int:
    """Return the UDP port that is wished for, or another one if somebody has it."""
    port = _bound_udp_port(LOOPBACK, wished) or _bound_udp_port(LOOPBACK, 0)
    if port is None:
        raise OSError("no UDP port is free")
    return port


def has_address(address: str) -> bool:
    """Tell whether this machine has an address; of loopback, some have one only."""
    return _bound_udp_port(address, 0) is not None


def _bound_udp_port(address: str, port: int) -> int | None:
    """Return the port that could be had at an address."""
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, port))
        except OSError:
            return None
        found: int = probe.getsockname()[1]
        return found
