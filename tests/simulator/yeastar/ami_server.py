"""The AMI port: its logins, and events for them."""

from typing import TYPE_CHECKING

from ..core.connection import About, Connection
from ..core.listener import Listener
from .ami_about import AmiFraming
from .ami_session import AmiSession
from .handover import Handover

if TYPE_CHECKING:
    from .box import YeastarBox


EVENTS = ("ReceivedSMS", "UpdateSMSSend")


class AmiServer:
    """Every AMI connection of the box."""

    def __init__(self, box: YeastarBox, host: str, port: int) -> None:
        """Prepare; nothing listens before `listener.open()`."""
        self._box = box
        self._sessions: list[AmiSession] = []
        self.listener = Listener(self._serve, host, port, AmiFraming(box.options))

    def is_another_logged_in(self, than: AmiSession) -> bool:
        """Tell whether somebody else is logged in."""
        return any(
            session.logged_in for session in self._sessions if session is not than
        )

    def tell(
        self, event: bytes, handover: Handover, only: AmiSession | None = None
    ) -> None:
        """Send an event to every login that takes events, or to one of them only."""
        takers = [
            session
            for session in self._sessions
            if session.takes_events and only in (None, session)
        ]
        handover.start(len(takers))
        for session in takers:
            session.post(event, handover)

    def waiting(self) -> list[About]:
        """Return the events that are not written to their end."""
        return [
            about
            for connection in self.listener.connections
            for about in connection.open.values()
            if about["dialogue"] in EVENTS
        ]

    async def _serve(self, connection: Connection) -> None:
        connection.framing = AmiFraming(self._box.options)
        session = AmiSession(self._box, connection)
        self._sessions.append(session)
        try:
            await session.run()
        finally:
            self._sessions.remove(session)
