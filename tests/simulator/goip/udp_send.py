"""MSG, PASSWORD, SEND, DONE and SMS: how the server has a line send (device file 2.4)."""

from typing import TYPE_CHECKING

from ..core.line import AirMessage, Line
from .udp_send_groups import Group, Sending
from .udp_sender import UdpSender
from .udp_words import NotUnderstood, Reply, number, text, words

if TYPE_CHECKING:
    from .box import GoipBox

LONGEST_TEXT = 3000
TOO_MANY = "too_many_sends_in_server"
WRONG_LENGTH = "MSG_LENGTH"
WRONG_PASSWORD = "PASSWORD"
UNKNOWN_GROUP = "SENDID"


class UdpSend:
    """The send dialogue of one line."""

    def __init__(self, box: GoipBox, line: Line, reply: Reply) -> None:
        """Bind to a line."""
        self._box = box
        self._line = line
        self._reply = reply
        self._sender = UdpSender(box, line, reply)

    def message(self, rest: bytes) -> None:
        """Open a group with a text; the same one again is answered as the first time."""
        given, length, body = words(rest, 3)
        sendid = number(given)
        octets = self._body(number(length), body)
        if octets is None:
            self._error(sendid, WRONG_LENGTH)
        elif self._group(sendid, octets) is not None:
            self._reply(b"PASSWORD %d\n" % sendid)

    def password(self, rest: bytes) -> None:
        """Let a group go on to SEND."""
        given, password = words(rest, 2)
        sendid = number(given)
        options = self._box.options
        group = self._find(sendid)
        if group is None:
            self._error(sendid, UNKNOWN_GROUP)
        elif text(password.strip()) != options.udp_password:
            self._error(sendid, WRONG_PASSWORD)
        elif options.udp_logout == "password" and not self._line.registered:
            self._error(sendid, self._box.not_registered_error)
        else:
            group.trusted = True
            self._reply(b"SEND %d\n" % sendid)

    def send(self, rest: bytes) -> None:
        """Send a group's text to one number; a repetition is a question or an SMS (Q16)."""
        given, wish, recipient = words(rest, 3)
        sendid, telid = number(given), number(wish)
        group = self._find(sendid)
        if group is None:
            self._error(sendid, UNKNOWN_GROUP)
        elif not group.trusted:
            self._error(sendid, WRONG_PASSWORD)
        else:
            self._ask(group, telid, text(recipient.strip()))

    def packet(self, rest: bytes) -> None:
        """Do all of it by one packet; its group ends with its SMS."""
        if not self._box.options.udp_sms_packet:
            raise NotUnderstood
        given, wish, password, recipient, body = words(rest, 5)
        sendid, telid = number(given), number(wish)
        if text(password) != self._box.options.udp_password:
            self._error(sendid, WRONG_PASSWORD)
            return
        group = self._group(sendid, body.removesuffix(b"\n"))
        if group is not None:
            self._ask(group, telid, text(recipient), closes=True)

    def done(self, rest: bytes) -> None:
        """Close a group, known or not."""
        sendid = number(rest.strip())
        self._box.send_groups.close(self._line.number, sendid)
        self._reply(b"DONE %d\n" % sendid)

    def _body(self, length: int, body: bytes) -> bytes | None:
        """Return the text, None for one that is refused (Q15, D14)."""
        whole = body.removesuffix(b"\n")
        rule = self._box.options.udp_wrong_length
        if length == len(body):
            taken = body
        elif length == len(whole) or rule == "ignore":
            taken = whole
        elif rule == "refuse":
            return None
        else:
            taken = whole[: max(length, 0)]
        return taken if 0 < len(taken) <= LONGEST_TEXT else None

    def _group(self, sendid: int, octets: bytes) -> Group | None:
        """Return the group of a text, opened if need be; tell when there are too many."""
        group = self._find(sendid)
        if group is None or group.text != octets:
            group = self._box.send_groups.open(self._line.number, sendid, octets)
        if group is None:
            self._error(sendid, TOO_MANY)
        return group

    def _ask(
        self, group: Group, telid: int, recipient: str, *, closes: bool = False
    ) -> None:
        """Send, or tell how an earlier SEND stands."""
        known = group.sends.get(telid)
        if known is not None and self._box.options.udp_repeat_send == "status":
            self._sender.stands(group, telid, known)
            return
        air = AirMessage(
            recipient,
            text(group.text),
            "udp",
            f"{group.sendid} {telid}",
            group.text,
            extra={"sendid": group.sendid, "telid": telid},
        )
        if self._box.options.udp_logout == "send" and not self._line.registered:
            self._refuse(air, group.sendid, self._box.not_registered_error)
            return
        sending = Sending(self._box.outgoing.take(self._line, air))
        group.sends[telid] = sending
        self._box.inbox.take_out(self._line, air.number, air.text)
        self._box.spawn(self._run(group, telid, sending, closes=closes))

    async def _run(
        self, group: Group, telid: int, sending: Sending, *, closes: bool
    ) -> None:
        """Send one SMS."""
        await self._sender.run(group, telid, sending)
        if closes:
            self._box.send_groups.close(group.line, group.sendid)

    def _refuse(self, air: AirMessage, sendid: int, error: str) -> None:
        """Journal and tell that an SMS was not taken."""
        self._box.outgoing.refuse(
            self._line.number,
            error,
            number=air.number,
            text=air.text,
            interface=air.interface,
            key=air.key,
        )
        self._error(sendid, error)

    def _find(self, sendid: int) -> Group | None:
        """Return an open group of this line."""
        patience = self._box.options.udp_group_seconds
        return self._box.send_groups.find(self._line.number, sendid, patience)

    def _error(self, sendid: int, why: str) -> None:
        """Refuse."""
        self._reply(f"ERROR {sendid} {why}\n".encode())
