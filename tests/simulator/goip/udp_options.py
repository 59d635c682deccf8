"""The client of the UDP "SMS server" protocol: what its firmwares do, or may do."""

from dataclasses import dataclass
from typing import Literal

from ..core.listener import require_loopback
from .option_field import option


def server_address(text: str) -> tuple[str, int] | None:
    """Return the address that HOST:PORT names, None for an empty one; raise ValueError."""
    if not text:
        return None
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"{text!r} is not HOST:PORT")
    return require_loopback(host), int(port)


def _fraction(value: float) -> None:
    """Raise ValueError for what is no fraction."""
    if not 0.0 <= value <= 1.0:
        raise ValueError("a fraction is between 0 and 1")


def _at_least_one(value: int) -> None:
    """Raise ValueError for what cannot be counted."""
    if value < 1:
        raise ValueError("it happens once at least")


@dataclass
class UdpWireOptions:
    """Whom the lines talk to, and what their way there loses."""

    udp_server: str = option(
        "",
        "HOST:PORT of the SMS server that the lines call; empty: no UDP",
        server_address,
    )
    udp_id: str = option("goip", "ids of the lines: this and the line's number")
    udp_password: str = option("goip", "password of every line")
    udp_port_survives: bool = option(
        default=True, text="a line has its source port again after a reboot (D18)"
    )
    udp_loss: float = option(0.0, "fraction of the datagrams lost, each way", _fraction)
    udp_double: float = option(
        0.0, "fraction of the datagrams doubled, each way", _fraction
    )
    udp_reorder: float = option(
        0.0,
        "fraction of the datagrams that the next one overtakes, each way",
        _fraction,
    )
    udp_seed: int = option(1, "seed of the three before")


@dataclass
class UdpPushOptions:
    """What a line begins."""

    udp_form: Literal["new", "mid", "old"] = option(
        "new", "a keepalive ends with CGATT, iccid or voip_status"
    )
    udp_keepalive_seconds: float = option(30.0, "seconds between keepalives")
    udp_no_number: Literal["empty", "null", "NULL"] = option(
        "empty", "a keepalive's num without a number: nothing, (null) or <NULL>"
    )
    udp_no_signal: Literal["99", "empty"] = option(
        "99", "a keepalive's signal without a network"
    )
    udp_ending: Literal["semicolon", "none", "newline"] = option(
        "semicolon", "end of the packets that do not end with a text"
    )
    udp_password_key: Literal["password", "pass"] = option(
        "password", "how pushes other than the keepalive spell that key"
    )
    udp_smsc: bool = option(default=False, text="RECEIVE has smscnum before msg")
    udp_tries: int = option(
        3,
        "how often a push is sent at most; 'three times' may be 4 (D10)",
        _at_least_one,
    )
    udp_retry_seconds: float = option(3.0, "seconds from one try to the next (Q13)")
    udp_receive_error: Literal["repeat", "stop"] = option(
        "repeat", "after an answer VERB n ERROR a push is repeated or given up (D10)"
    )
    udp_before_reg: Literal["send", "wait"] = option(
        "send", "pushes go out before the first reg, or wait for it (D10)"
    )
    udp_counters: Literal["own", "shared"] = option(
        "own", "each verb counts for itself, or all of a line together (D10)"
    )


@dataclass
class UdpCommandOptions:
    """What the server begins."""

    udp_repeat_send: Literal["status", "duplicate"] = option(
        "status", "a repeated SEND asks for the status, or sends the SMS again (Q16)"
    )
    udp_ok_number: bool = option(
        default=True, text="OK has the sms_no as its fourth word"
    )
    udp_wrong_length: Literal["cut", "refuse", "ignore"] = option(
        "cut", "MSG with a wrong length: cut there, refused, or taken as it is (D14)"
    )
    udp_logout: Literal["password", "send"] = option(
        "password", "GSM_LOGOUT is the answer to PASSWORD or to SEND (D12)"
    )
    udp_wait_seconds: float = option(
        2.0, "seconds between WAITs while an SMS is not out; 0: no WAIT"
    )
    udp_sms_packet: bool = option(
        default=False, text="the form SMS id telid password number text is known"
    )
    udp_sms_no: int = option(1, "first sms_no of every line, 0-255")
    udp_group_seconds: float = option(90.0, "an idle group is dropped after so long")
    udp_deliver: Literal["auto", "off"] = option(
        "auto", "DELIVER follows by itself, or by command only"
    )
    udp_deliver_seconds: float = option(2.0, "seconds from the radio to DELIVER")
    udp_deliver_state: int = option(0, "TP-Status in DELIVER")
    udp_deliver_num: bool = option(default=True, text="DELIVER has num")
    udp_deliver_before_ok: bool = option(
        default=False, text="DELIVER comes before OK (D13)"
    )
    udp_deliver_per: Literal["part", "text"] = option(
        "text", "DELIVER comes once per text or per part (D13)"
    )
    udp_stored_reply: bool = option(
        default=True, text="USSD with an id that did not grow: the stored reply (Q17)"
    )
    udp_ussd_newline: Literal["fails", "ok"] = option(
        "fails", "a newline after a USSD code ends up in the code (Q17)"
    )
    udp_ussd_failure: Literal["USSDERROR", "text", "USSDEXIT"] = option(
        "USSDERROR",
        "a USSD that failed: USSDERROR, USSD with 'USSD send failed!', or USSDEXIT (Q18)",
    )
    udp_ussd_padding: bool = option(
        default=False, text="USSD answers in the GSM alphabet end in @ as filler"
    )
    udp_ussd_exit: Literal["USSDEXIT", "none"] = option(
        "USSDEXIT", "answer to USSDEXIT: the same word, or nothing (D15)"
    )
    udp_module_zero: Literal["off", "leave"] = option(
        "off", "0 in module_ctl_i and module_ctl: off, or leave as it is (D16)"
    )
    udp_line_state: Literal["call", "login"] = option(
        "call", "get_gsm_state tells the call (IDLE) or the registration (LOGIN)"
    )
    udp_drops_call: bool = option(
        default=True, text="svr_drop_call ends a call; off: it only says so"
    )


@dataclass
class UdpOptions(UdpWireOptions, UdpPushOptions, UdpCommandOptions):
    """The whole client."""
