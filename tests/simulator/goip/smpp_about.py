"""What an SMPP packet is about, for the journal, also one that was cut."""

from typing import TYPE_CHECKING

from ..core.connection import About
from . import smpp_pdu as p
from .smpp_pdu import Fields, Message, PduError
from .smpp_text import radio_text

if TYPE_CHECKING:
    from .smpp_session import Session


class SmppFraming:
    """The packets of one session."""

    def __init__(self, session: Session, dc0: str) -> None:
        """Bind to a session; `dc0` is the alphabet of data_coding 0."""
        self._session = session
        self._dc0 = dc0

    def size(self, pending: bytes) -> int | None:
        """Return the size of the first packet; raise PduError."""
        return p.packet_size(pending)

    def describe(self, request: bytes) -> About:
        """Return command, line, and of which SMS it is."""
        if len(request) < p.HEADER_SIZE:
            return {"dialogue": ""}
        pdu = p.decode(request)
        about: About = {"dialogue": p.name(pdu.command), "sequence": pdu.sequence}
        login = self._session.login
        if login is not None and login.line is not None:
            about["line"] = login.line
        if pdu.command == p.SUBMIT_SM:
            about |= self._submit(pdu.body)
        elif pdu.command == p.DELIVER_SM | p.RESPONSE:
            about |= {"status": pdu.status}
            sent = self._session.outbound.unacked.get(pdu.sequence)
            about |= sent.delivery.about if sent else {}
            about["dialogue"] = "deliver_sm_resp"
        return about

    def _submit(self, body: bytes) -> About:
        """Return number and text of a submit_sm; of a part of one the number, if it is there."""
        try:
            message = Message.decode(body)
        except PduError:
            return _beginning(body)
        text, _ = radio_text(message.data_coding, message.octets, self._dc0)
        return {"number": message.destination, "text": text}


def _beginning(body: bytes) -> About:
    """Return the number of a submit_sm that is not whole."""
    fields = Fields(body)
    try:
        fields.text(6)
        fields.octets(2)
        fields.text(21)
        fields.octets(2)
        return {"number": fields.text(21)}
    except PduError:
        return {}
