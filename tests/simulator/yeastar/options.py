"""Every behaviour in which TG firmwares differ, or in which the sources leave a doubt.

Each option is a field; its help text names the quirk (Q) or the doubt (D) it stands for.
"""

from dataclasses import dataclass
from ipaddress import ip_network
from typing import Annotated, Literal

from .blocks import ActionIdPlace, EndMark
from .command_line import BackslashRule
from .incoming_sms import BlankForm, GsmPortCounts, IndexBase, PlainAscii, SpanField
from .outgoing_text import Decoding, LimitUnit, LonePercentRule, PlusRule
from .span_status import (
    PowerOffTail,
    ShortDetail,
    SpanForm,
    UnknownSignal,
    UnregisteredWord,
)
from .ussd_reply import UssdCoding, UssdSpelling

DEFAULT_ACCOUNT = ("apiuser", "apipass")


@dataclass(frozen=True)
class AccessOptions:
    """Who may talk to the box."""

    username: Annotated[str, "API account"] = "apiuser"
    password: Annotated[str, "its password"] = "apipass"
    api_enabled: Annotated[bool, "off: AMI port closed, HTTP pages answer 404 (Q1)"] = (
        True
    )
    refuse_default_account: Annotated[
        bool, "apiuser/apipass is refused until the password was changed (Q1)"
    ] = False
    allowed_addresses: Annotated[
        str, "client addresses or networks, by comma; empty: every one (Q1)"
    ] = ""
    forbidden_ami: Annotated[
        Literal["closed", "login-refused"],
        "a forbidden address: closed without a banner (D2)",
    ] = "closed"
    forbidden_http: Annotated[
        Literal["403", "failure"], "a forbidden address: status 403 or a failure text"
    ] = "403"
    failed_login: Annotated[
        Literal["closes", "stays-open"], "the connection after a failed login (D2)"
    ] = "closes"
    second_login: Annotated[
        Literal["every-event", "no-events", "refused"],
        "a login while another one is on",
    ] = "every-event"
    default_events: Annotated[
        Literal["on", "off"], "events for a login that does not say Events (D3)"
    ] = "on"
    events_action: Annotated[
        Literal["accepted", "refused"], "Action: Events, which no source documents (D3)"
    ] = "accepted"

    def __post_init__(self) -> None:
        """Raise ValueError for an allowed address that is none."""
        for word in self.allowed_words:
            ip_network(word, strict=False)

    @property
    def allowed_words(self) -> list[str]:
        """The allowed addresses and networks, one by one."""
        return self.allowed_addresses.replace(",", " ").split()


@dataclass(frozen=True)
class WireOptions:
    """How answers are put together and cut."""

    action_id: Annotated[ActionIdPlace, "ActionID in a Follows answer (D2)"] = (
        "after-privilege"
    )
    ping_pong: Annotated[bool, "Ping is answered with a line Ping: Pong (D2)"] = True
    end_mark: Annotated[EndMark, "--END COMMAND-- after the last body line (Q3)"] = (
        "as-captured"
    )
    events_during_command: Annotated[
        Literal["before-reply", "inside", "held"], "events while a command runs (D1)"
    ] = "before-reply"
    command_seconds: Annotated[float, "time that every command takes"] = 0.0
    command_errors: Annotated[
        Literal["body", "error"],
        "a bad command: text in a Follows body, or Response: Error",
    ] = "body"
    power_command: Annotated[
        Literal["accepted", "refused"], "gsm power off|on SPAN for the API account"
    ] = "accepted"
    writes: Annotated[
        Literal["whole", "bytes", "random", "merged"],
        "how answers are cut into TCP writes (Q4)",
    ] = "whole"
    cut_writes_at: Annotated[int, "cut every write after so many bytes; 0: not"] = 0
    seed: Annotated[int, "of everything that is random"] = 1


@dataclass(frozen=True)
class StatusOptions:
    """gsm show spans and gsm show span N."""

    spans: Annotated[SpanForm, "spelling and fields of the firmware (Q16)"] = "classic"
    power_off: Annotated[PowerOffTail, "what follows Power off (D8)"] = "with-rest"
    unregistered: Annotated[
        UnregisteredWord, "word for a SIM without a network (D8)"
    ] = "Up"
    short_detail: Annotated[
        ShortDetail, "span detail has two lines from this state downwards (Q17, D8)"
    ] = "no-sim"
    unknown_signal: Annotated[UnknownSignal, "signal that is not known"] = "99"
    first_imei: Annotated[str, "Model IMEI of port 1; the others count up"] = (
        "862951028263961"
    )
    start_up_seconds: Annotated[
        float, "after power on: State is SIM READY REQ so long"
    ] = 0.0


@dataclass(frozen=True)
class SendOptions:
    """gsm send sms."""

    decoding: Annotated[Decoding, "percent-decoding of the text (Q15)"] = "when-encoded"
    plus: Annotated[PlusRule, "a + in a text that is decoded (D6)"] = "kept"
    lone_percent: Annotated[
        LonePercentRule, "a % without two hex digits in a text that is decoded (D6)"
    ] = "kept"
    backslash: Annotated[BackslashRule, "a backslash in the command line (D6)"] = "kept"
    inner_quote: Annotated[
        Literal["broken", "error"],
        "a quote in the text: broken text is sent, or an error (Q15)",
    ] = "broken"
    limit_unit: Annotated[LimitUnit, "what the limit of 1024 counts (D6)"] = "bytes"
    over_limit: Annotated[
        Literal["refused", "cut", "whole"], "a text over the limit of 1024 (D6)"
    ] = "refused"
    spacing: Annotated[
        Literal["queue", "fail", "none"],
        "an SMS too soon after the last one of a port (Q14, D7)",
    ] = "queue"
    spacing_seconds: Annotated[float, "least time between two SMS of a port (Q14)"] = (
        10.0
    )
    spacing_from: Annotated[
        Literal["start", "end"], "what the spacing counts from (D7)"
    ] = "start"
    result_event: Annotated[
        Literal["UpdateSMSSend", "UpdateSMS"], "name of the result"
    ] = "UpdateSMSSend"
    result_to: Annotated[
        Literal["every", "sender"], "logins that get a result (D5)"
    ] = "every"
    result_smsc: Annotated[Literal["centre", "recipient"], "Smsc in a result"] = (
        "centre"
    )
    result_seconds: Annotated[float, "time from the air to the result"] = 0.5
    result_order: Annotated[
        Literal["as-sent", "swapped"],
        "swapped: a result waits until the next one was told",
    ] = "as-sent"
    null_id: Annotated[
        Literal["never", "without-id", "always"], "results with ID: (null)"
    ] = "never"
    fail_every: Annotated[int, "every n-th SMS ends with Status 0, unsent; 0: none"] = 0
    untold_every: Annotated[
        int, "every n-th SMS is sent and never gets a result; 0: none"
    ] = 0


@dataclass(frozen=True)
class ReceiveOptions:
    """ReceivedSMS."""

    plain_ascii: Annotated[
        PlainAscii,
        "texts without encoding and BOM: none, those without a special sign, all ASCII",
    ] = "simple"
    blank: Annotated[BlankForm, "a blank in Content (Q7)"] = "percent20"
    bom: Annotated[bool, "BOM before every encoded part (Q7)"] = True
    index_base: Annotated[
        IndexBase, "first Index; zero-single: 0 only with Total 1 (Q8, D4)"
    ] = "one"
    part_order: Annotated[
        Literal["in-order", "reversed", "shuffled"], "of a long text (Q9)"
    ] = "in-order"
    part_gap_seconds: Annotated[float, "time between two parts"] = 0.0
    incoming_id: Annotated[
        Literal["empty", "shared", "counter"],
        "ID: never, one for the parts of a long text, or a small number for all (Q9, D4)",
    ] = "shared"
    span_field: Annotated[SpanField, "name of the span (Q10)"] = "GsmSpan"
    gsm_port_counts: Annotated[GsmPortCounts, "what GsmPort counts (Q10)"] = "spans"
    utc_offset_hours: Annotated[float, "the box's zone in Recvtime"] = 0.0


@dataclass(frozen=True)
class UssdOptions:
    """gsm send ussd and the USSD page."""

    ussd_spelling: Annotated[UssdSpelling, "first line of a good answer (Q12)"] = (
        "received"
    )
    ussd_coding: Annotated[
        UssdCoding, "USSD Code; a text that 15 or 0 cannot carry gets 72 (Q11)"
    ] = "auto"
    ussd_final_state: Annotated[
        Literal["0", "2"],
        "USSD Responses of a last answer: finished, ended by the network",
    ] = "0"
    ussd_default_seconds: Annotated[
        float, "limit when none is given; 0: none (D10)"
    ] = 30.0
    ussd_late_answer: Annotated[
        Literal["dropped", "next"],
        "an answer after the limit: gone, or taken by the next (D10)",
    ] = "dropped"
    ussd_unquoted: Annotated[
        Literal["accepted", "refused"], "a code without quotes (D10)"
    ] = "accepted"
    ussd_menu_owner: Annotated[
        Literal["port", "client"],
        "who may answer a menu: anybody, or who opened it (D9)",
    ] = "port"
    ussd_waits: Annotated[bool, "USSD waits for the spacing of SMS (D7)"] = False


@dataclass(frozen=True)
class HttpPageOptions:
    """WebCGI?1500101 and WebCGI?1500102."""

    http_lines: Annotated[Literal["crlf", "lf"], "line ends of the answer (D9)"] = (
        "crlf"
    )
    http_charset: Annotated[
        Literal["undeclared", "declared"], "UTF-8 in Content-Type (D9)"
    ] = "undeclared"
    http_failure: Annotated[
        Literal["response-line", "free-text"],
        "failures with a line Response:, or without",
    ] = "response-line"
    http_failed_request_line: Annotated[
        bool, "a failed USSD has a line Request: (D9)"
    ] = True


@dataclass(frozen=True)
class YeastarOptions(
    AccessOptions,
    WireOptions,
    StatusOptions,
    SendOptions,
    ReceiveOptions,
    UssdOptions,
    HttpPageOptions,
):
    """All options of one simulated TG."""
