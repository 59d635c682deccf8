"""What a person wants to know of the lines as clients of the SMS server."""

from typing import TYPE_CHECKING, Any

from ..core.line import Line

if TYPE_CHECKING:
    from .box import GoipBox


def ready_words(box: GoipBox) -> dict[str, str]:
    """Return whom the lines call, for the ready line."""
    return {"udp_server": box.options.udp_server} if box.udp.server else {}


def line_client(box: GoipBox, line: Line) -> dict[str, Any] | None:
    """Return one line's client as JSON, None without UDP."""
    client = box.udp.clients.get(line.number)
    if client is None:
        return None
    host, port = client.source or ("", 0)
    return {
        "id": box.udp.identity(line)[0],
        "server": box.options.udp_server,
        "source": f"{host}:{port}",
        "logged_in": client.logged_in,
        "keepalives": client.keepalives,
        "waiting": client.pushes.waiting(),
    }
