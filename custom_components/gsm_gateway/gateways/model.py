"""What every box speaks of: messages, reports, states of a channel, and errors."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final

SILENT_SECONDS: Final = 92.0
"""A channel that tells its status by itself and did not for so long is gone (GoIP 2.2)."""


class GatewayError(Exception):
    """Anything that goes wrong with a box; drivers raise nothing else."""


class CannotConnect(GatewayError):
    """The box does not take a connection; nothing was handed to it."""


class CertificateNotTrusted(CannotConnect):
    """The box shows a TLS certificate that nobody vouches for."""


class InvalidAuth(GatewayError):
    """The box refuses the user or the password; nothing was handed to it."""


class ChannelUnavailable(GatewayError):
    """The channel has no SIM or is not registered; nothing went out."""


class ChannelBusy(GatewayError):
    """The channel is doing something else; nothing went out."""


class SendRefused(GatewayError):
    """The box or the network refused for good; nothing went out."""

    def __init__(self, reason: str, code: int | None = None) -> None:
        """Keep the box's own words and, where it gave one, its error number."""
        super().__init__(reason)
        self.reason = reason
        self.code = code


class TextTooLong(SendRefused):
    """The text is longer than the transport takes; nothing was handed to it."""


class NoReply(GatewayError):
    """A request left and no answer came: what became of it is not known."""


class UnexpectedReply(GatewayError):
    """The box answered what no source describes.

    `wire` keeps the answer's first bytes for diagnostics. Whoever raises it
    has taken secrets out of them.
    """

    KEPT_BYTES = 200

    def __init__(self, what: str, wire: bytes = b"") -> None:
        """Keep what was expected and the beginning of what came."""
        super().__init__(what)
        self.wire = wire[: self.KEPT_BYTES]


class MessageKind(StrEnum):
    """What an incoming short message is."""

    TEXT = "text"
    FLASH = "flash"
    BINARY = "binary"
    MMS_NOTICE = "mms_notice"
    VOICEMAIL = "voicemail"


class Coding(StrEnum):
    """How the payload of one part is to be read."""

    GSM7 = "gsm7"
    """GSM 03.38 default alphabet, one septet per byte."""
    LATIN1 = "latin1"
    UCS2 = "ucs2"
    """UTF-16, big-endian."""
    UTF8 = "utf8"
    """A box that hands over text (AMI, web pages)."""
    BINARY = "binary"


class Transport(StrEnum):
    """The way a part came in."""

    SMPP = "smpp"
    UDP = "udp"
    """GoIP's own SMS server protocol (GoIP section 2)."""
    AMI = "ami"


@dataclass(frozen=True, kw_only=True, slots=True)
class Concatenation:
    """Where one part stands in a long message."""

    reference: str
    """What the parts of one message share; empty where the box gives nothing."""
    index: int
    """Position. Counts from 1 or from 0, whichever the box does."""
    total: int


def _nothing() -> None:
    """Answer a transport that expects no acknowledgement."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SmsPart:
    """One incoming short message as the box handed it over.

    Exactly one of `acknowledge` and `refuse` is called, once, when the part is
    safe or cannot be kept; both return at once and never raise.
    """

    channel: int
    """Number printed on the box."""
    sender: str
    payload: bytes
    coding: Coding
    transport: Transport
    kind: MessageKind = MessageKind.TEXT
    concatenation: Concatenation | None = None
    link: str = ""
    """Which login brought it, where several of one box may bring the same."""
    receive_id: str = ""
    """The box's own number of this handing over, the same when it repeats it (GoIP recvid)."""
    box_time: str = ""
    """Time stamp as the box wrote it; only good for telling repeats apart."""
    raw: bytes = field(default=b"", repr=False)
    """The wire bytes where `payload` is not the whole truth."""
    acknowledge: Callable[[], None] = field(default=_nothing, repr=False, compare=False)
    refuse: Callable[[], None] = field(default=_nothing, repr=False, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class InboxEntry:
    """One line of a box's own inbox page."""

    channel: int
    sender: str
    text: str
    box_time: str
    """Time stamp as printed: the box's zone, often without a year."""


class SendState(IntEnum):
    """What a transport can say of an outgoing message, in order."""

    ACCEPTED = 1
    """The box took it."""
    SENT = 2
    """The network took it."""
    DELIVERED = 3
    """The phone took it."""
    FAILED = 10
    """It did not go out, or the network gave up; final."""
    UNKNOWN = 11
    """It may or may not have gone out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SendReport:
    """News of one outgoing message."""

    token: str
    state: SendState
    reason: str = ""
    """The box's own words, empty when all is well."""
    code: int | None = None
    """Error number as the box gave it (CMS, SMPP command_status …)."""
    box_key: str = ""
    """What the box itself calls the message from now on (SMPP message_id)."""
    acknowledge: Callable[[], None] = field(default=_nothing, repr=False, compare=False)
    """Called once when the news are safe, where the box waits for that."""


class UssdSession(StrEnum):
    """What a USSD answer leaves behind (GSM 07.07 +CUSD)."""

    FINISHED = "finished"
    OPEN = "open"
    """A menu waits for a choice."""
    ENDED = "ended"
    """The network closed it."""
    UNTOLD = "untold"
    """The transport does not say."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UssdReply:
    """An operator's answer to a USSD code."""

    text: str
    session: UssdSession = UssdSession.UNTOLD


class LineState(StrEnum):
    """What a line does, as far as voice calls go (GoIP 2.3; a TG's `State`)."""

    IDLE = "idle"
    BUSY = "busy"
    """Something else than what the others say."""
    INCOMING = "incoming"
    DIALING = "dialing"
    ALERTING = "alerting"
    CONNECTED = "connected"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelStatus:
    """What the box tells of one channel; `None` where it tells nothing."""

    channel: int
    sim_present: bool | None = None
    registered: bool | None = None
    roaming: bool | None = None
    module_on: bool | None = None
    signal_csq: int | None = None
    """0–31 as in 3GPP 27.007 +CSQ; unknown (99, -1) is `None`."""
    operator: str | None = None
    imsi: str | None = None
    iccid: str | None = None
    imei: str | None = None
    number: str | None = None
    line_state: LineState | None = None
    heard_at: datetime | None = None
    """When the line itself last called (GoIP keepalive)."""
    address: str | None = None
    """Where it called from, as `host:port`."""

    def updated_by(self, news: ChannelStatus) -> ChannelStatus:
        """Return this status with what `news` tells; what a card was known by leaves with it."""
        told = {
            each.name: value
            for each in fields(news)
            if (value := getattr(news, each.name)) is not None
        }
        if news.sim_present is False or self._has_other_card_than(news):
            told = dict.fromkeys(("iccid", "imsi", "number")) | told
        return replace(self, **told)

    def _has_other_card_than(self, news: ChannelStatus) -> bool:
        """Tell whether `news` is about another card."""
        pairs = ((self.iccid, news.iccid), (self.imsi, news.imsi))
        return any(known and told and known != told for known, told in pairs)

    @property
    def signal_dbm(self) -> int | None:
        """Received signal strength in dBm (3GPP 27.007: -113 + 2 x CSQ)."""
        return None if self.signal_csq is None else -113 + 2 * self.signal_csq


@dataclass(frozen=True, kw_only=True, slots=True)
class GatewayStatus:
    """What the box tells of itself and its channels."""

    channels: tuple[ChannelStatus, ...] = ()
    model: str | None = None
    firmware: str | None = None
    serial: str | None = None
    mac: str | None = None
    """Lower case, without separators."""
    module_imeis: frozenset[str] = frozenset()

    def channel(self, number: int) -> ChannelStatus | None:
        """Return the status of the channel printed as `number`."""
        return next((c for c in self.channels if c.channel == number), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class IncomingCall:
    """A voice call that rings on a channel."""

    channel: int
    caller: str
