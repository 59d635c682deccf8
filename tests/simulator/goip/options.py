"""Every choice between behaviours that GoIP firmwares are known or suspected to have."""

from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args, get_type_hints

from .option_field import option
from .udp_options import UdpOptions


@dataclass
class WebOptions:
    """The web pages."""

    web_user: str = option("admin", "web login")
    web_password: str = option("admin", "web password")
    lf_only: bool = option(default=False, text="HTTP header lines end in LF only (Q2)")
    keep_alive: bool = option(default=False, text="HTTP connections stay open")
    content_length: bool = option(
        default=True, text="web answers tell their length; off: they end with the link"
    )
    sending_spelling: Literal["common", "seed"] = option(
        "common",
        "'Sending,L1 Send SMS to:N; ID:K' or 'Sending, L1 Send SMS to N; ID:K'",
    )
    framed: bool = option(
        default=True, text="a newline before and after send.html's body (Q1)"
    )
    status_page: Literal["id", "smskey", "bare", "both"] = option(
        "smskey",
        "id: send_status.xml with <id1>; smskey: send_sms_status.xml with <smskey1>; "
        "bare: send_sms_status.xml with one un-numbered triple; both: the first two (Q7)",
    )
    xml_encoding: Literal["utf-8", "gb2312"] = option(
        "utf-8", "encoding of the send status page"
    )
    xml_truthful: bool = option(
        default=True, text="off: gb2312 is only declared, the bytes are UTF-8"
    )
    slots: int = option(8, "status slots listed at least (Q8)")
    blank_key: bool = option(
        default=False, text="the key is blank when the slot is DONE (Q4)"
    )
    failure_status: Literal["DONE", "ERRORDONE"] = option(
        "DONE", "status of a failed SMS or USSD (D4)"
    )
    busy_form: Literal["untouched", "overwritten", "refused"] = option(
        "untouched", "what a form posted to a busy line does to its slot (D4)"
    )
    line_field: Literal["line", "lineN", "both"] = option(
        "lineN", "how a form names lines"
    )
    ussd_page: bool = option(default=True, text="ussd_info.html exists; off: 404")
    bracket: Literal["ok", "http", "body", "slot"] = option(
        "body",
        "text with a leading [ : sent, HTTP 500, ERROR,500, or 500 in the slot (D2)",
    )
    long_text: Literal["cut", "crash"] = option(
        "cut", "text longer than one SMS: sent in parts, or the module crashes (Q10)"
    )
    module_restart_seconds: float = option(
        120.0, "how long a crashed module stays away"
    )
    inbox_slots: int = option(20, "entries per line on the inbox page (5, 20)")
    inbox_order: Literal["newest", "ring", "oldest"] = option(
        "newest", "order of the entries (D5)"
    )
    inbox_long: Literal["row", "parts"] = option(
        "row", "a long SMS is one row or one per part (D5)"
    )
    inbox_survives: bool = option(
        default=False, text="the inbox survives a reboot (D5)"
    )
    inbox_escape: Literal["json", "js", "none"] = option(
        "json", r"json; js: \' and \x3c, not JSON; none: quotes stand as they are"
    )
    byte_limit: int = option(
        0,
        "cut inbox bodies and USSD answers after so many bytes, even inside a letter; 0: never",
    )
    status_encoding: Literal["utf-8", "gb2312"] = option(
        "utf-8", "encoding of status.xml"
    )
    red_font: bool = option(
        default=True, text="bad values in an escaped red font tag (Q12)"
    )
    nbsp: bool = option(
        default=True, text="values on status.html are padded with &nbsp;"
    )
    ussd_timeout: float = option(
        40.0, "seconds until a USSD without an answer fails; 0: the slot stays STARTED"
    )
    reboot_seconds: float = option(60.0, "how long a reboot takes")
    ntp: bool = option(
        default=True, text="off: the box's clock counts from its start (D1)"
    )
    clock_offset: float = option(0.0, "seconds by which the box's clock is wrong")
    utc_offset: float = option(3.0, "hours between the box's local time and UTC")
    version: str = option("GHSFVT-1.1-67", "firmware name")
    serial: str = option("GOIPSIM0001", "serial number")
    mac: str = option("00:30:f1:00:00:01", "address of the first network port")


@dataclass
class SmppOptions:
    """The SMPP server."""

    smpp: bool = option(default=True, text="the SMPP server is switched on")
    smpp_id: str = option("goip", "system_id of the whole box; lines add two digits")
    smpp_password: str = option("goip", "password")
    smpp_missing_nul: bool = option(
        default=False, text="no NUL after system_id in bind_resp (Q20)"
    )
    smpp_refusal_body: bool = option(default=False, text="refusals have a body (D8)")
    smpp_version_33: bool = option(
        default=True, text="clients of version 3.3 are taken"
    )
    smpp_idle_seconds: float = option(
        0.0, "drop a link idle for so long; 0: never (Q21)"
    )
    smpp_second_bind: Literal["refuse", "replace", "both", "older"] = option(
        "replace",
        "second bind with the same id: refused; the first is dropped; both get messages; "
        "both stay but the older gets them (D8)",
    )
    smpp_mixed: Literal["line", "both"] = option(
        "line",
        "with line and whole-box logins a message goes to the line's or to both (D8)",
    )
    smpp_destination: Literal["system_id", "number"] = option(
        "system_id", "destination of incoming messages"
    )
    smpp_ton: int = option(
        -1, "TON of an incoming message's sender; -1: by its form (D7)"
    )
    smpp_npi: int = option(
        -1, "NPI of an incoming message's sender; -1: by its form (D7)"
    )
    smpp_dc0: Literal["gsm", "latin1"] = option("gsm", "alphabet of data_coding 0")
    smpp_wrong_coding: bool = option(
        default=False, text="UTF-16 text comes under data_coding 0"
    )
    smpp_long: Literal["payload", "udh"] = option(
        "payload", "long incoming text: message_payload, or parts with UDH"
    )
    smpp_unacked: Literal["lost", "repeat"] = option(
        "lost", "an unacknowledged deliver_sm is lost or repeated after a rebind (D6)"
    )
    smpp_temporary_error: Literal["as-unacked", "repeat", "lost"] = option(
        "as-unacked",
        "ESME_RX_T_APPN to a deliver_sm: as unacknowledged, repeated, or lost (our guess)",
    )
    smpp_repeat_seconds: float = option(
        30.0, "seconds from ESME_RX_T_APPN to the repetition"
    )
    smpp_repeat_times: int = option(0, "repetitions at most; 0: without end")
    smpp_unbound: Literal["lost", "keep"] = option(
        "lost", "what comes in while nobody is bound is lost or kept (D6)"
    )
    smpp_wait_ack: bool = option(
        default=False, text="wait for deliver_sm_resp before the next deliver_sm (D6)"
    )
    smpp_ack_seconds: float = option(10.0, "how long to wait for deliver_sm_resp")
    smpp_response: Literal["before", "after"] = option(
        "before", "submit_sm_resp before or after the radio (D8)"
    )
    smpp_busy: Literal["queue", "throttle"] = option(
        "queue", "submit_sm on a busy line waits or gets ESME_RTHROTTLED (D8)"
    )
    smpp_unregistered: Literal["refuse", "receipt"] = option(
        "refuse", "submit_sm without a network: ESME_RSUBMITFAIL, or UNDELIV later (D8)"
    )
    smpp_overlong: Literal["refuse", "send"] = option(
        "refuse",
        "short_message with more than one SMS: ESME_RINVMSGLEN, or sent in parts",
    )
    smpp_receipts: Literal["requested", "always", "never"] = option(
        "requested", "delivery receipts (D7)"
    )
    smpp_enroute: bool = option(default=False, text="ENROUTE receipts come first")
    smpp_receipt_seconds: float = option(2.0, "seconds from the radio to the receipt")
    smpp_response_id: Literal["decimal", "hex"] = option(
        "decimal", "message_id in submit_sm_resp (D7)"
    )
    smpp_receipt_id: Literal["decimal", "hex"] = option(
        "decimal", "id in the receipt's text (D7)"
    )
    smpp_first_id: int = option(1, "first message id")


@dataclass
class GoipOptions(WebOptions, SmppOptions, UdpOptions):
    """One GoIP; `http_port` and `smpp_port` 0 are chosen by the kernel."""

    host: str = option("127.0.0.1", "loopback address")
    http_port: int = option(0, "port of the web pages")
    smpp_port: int = option(0, "port of the SMPP server")
    seconds_per_sms: float = option(3.0, "seconds that one part takes on the air")


FIRMWARES: dict[str, dict[str, Any]] = {
    "seed": {
        "sending_spelling": "seed",
        "framed": False,
        "status_page": "id",
        "failure_status": "ERRORDONE",
        "line_field": "line",
        "ussd_page": False,
        "inbox_slots": 5,
        "red_font": False,
        "smpp_missing_nul": True,
        "udp_form": "mid",
        "version": "GHSFVT-1.1-41",
    },
    "new": {
        "lf_only": True,
        "blank_key": True,
        "status_encoding": "gb2312",
        "udp_smsc": True,
    },
    "old": {
        "status_page": "bare",
        "xml_encoding": "gb2312",
        "status_encoding": "gb2312",
        "line_field": "line",
        "ussd_page": False,
        "inbox_slots": 5,
        "udp_form": "old",
        "udp_ok_number": False,
        "version": "GHSFVT-1.0-12",
    },
}
"""What differs from the defaults; singular facts of the same box may be set on top."""


def firmware(name: str, **changes: Any) -> GoipOptions:
    """Return the options of a firmware variant with `changes` on top."""
    return replace(GoipOptions(), **{**FIRMWARES[name], **changes})


def choices(name: str) -> tuple[Any, ...]:
    """Return the values an option can take, empty when it is not a choice."""
    hint = get_type_hints(GoipOptions)[name]
    return (True, False) if hint is bool else get_args(hint)


def set_option(options: GoipOptions, name: str, value: str) -> Any:
    """Set one option from text and return its new value; raise ValueError when impossible."""
    known = {item.name: item for item in fields(options)}
    if name not in known:
        raise ValueError(f"no option {name!r}; options are {', '.join(sorted(known))}")
    old = getattr(options, name)
    new: Any
    if isinstance(old, bool):
        new = {"on": True, "true": True, "off": False, "false": False}.get(
            value.lower()
        )
    else:
        new = type(old)(value)
    allowed = choices(name)
    if allowed and new not in allowed:
        shown = "on, off" if isinstance(old, bool) else ", ".join(allowed)
        raise ValueError(f"{name} can be {shown}")
    if check := known[name].metadata["check"]:
        check(new)
    setattr(options, name, new)
    return new
