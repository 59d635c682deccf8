"""Keeps Home Assistant's UDP sockets on loopback, as its web page.

Python imports it before all else.
"""

from asyncio import BaseEventLoop
from typing import Any

EVERYWHERE = "0.0.0.0"  # noqa: S104
LOOPBACK = "127.0.0.1"

_create_datagram_endpoint = BaseEventLoop.create_datagram_endpoint


async def _on_loopback(
    self: BaseEventLoop,
    protocol_factory: Any,
    local_addr: tuple[str, int] | None = None,
    **others: Any,
) -> Any:
    """Open a socket, on loopback instead of on every address."""
    if local_addr is not None and local_addr[0] == EVERYWHERE:
        local_addr = (LOOPBACK, local_addr[1])
    return await _create_datagram_endpoint(self, protocol_factory, local_addr, **others)


setattr(BaseEventLoop, "create_datagram_endpoint", _on_loopback)  # noqa: B010 # mypy
