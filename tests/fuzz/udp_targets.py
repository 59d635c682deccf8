"""The readers of the datagrams that a GoIP's lines send."""

from contextlib import ExitStack
from typing import override

from hypothesis import strategies as st

from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.goip.sms_server import SmsServer
from custom_components.gsm_gateway.gateways.goip.udp_errors import (
    error_code,
    refusal,
    refusal_of_group,
    shown,
)
from custom_components.gsm_gateway.gateways.goip.udp_exchange import Exchange
from custom_components.gsm_gateway.gateways.goip.udp_line import UdpLine
from custom_components.gsm_gateway.gateways.goip.udp_packets import (
    Packet,
    Reply,
    Unreadable,
    read,
)
from custom_components.gsm_gateway.gateways.goip.udp_send import (
    _is_about_send,
    report_result,
    take_late_result,
)
from custom_components.gsm_gateway.gateways.goip.udp_strangers import StrangerLine
from custom_components.gsm_gateway.gateways.goip.udp_ussd import _read_answer
from custom_components.gsm_gateway.gateways.model import GatewayError
from tests.gateways.recorder import Recorder

from .target import Target

HOME, ELSEWHERE = ("127.0.0.1", 10991), ("127.0.0.1", 9991)
LOGIN = b"id:gw01;password:secret;"
KEEPALIVE = (
    b"req:27;id:gw01;pass:secret;num:;signal:29;gsm_status:LOGIN;voip_status:LOGOUT;"
    b"voip_state:IDLE;remain_time:-1;imei:861111111111111;imsi:250010000000000;"
    b"iccid:8970100000000000000;pro:Beeline;idle:11;disable_status:0;SMS_LOGIN:N;"
    b"SMB_LOGIN:;CELLINFO:LAC:7E5,CELL ID:5E5B;CGATT:Y;"
)
PUSHES = (
    KEEPALIVE,
    b"req:1;id:gw02;pass:secret;num:<NULL>;signal:;gsm_status:LOGOUT;voip_status:LOGOUT",
    b"RECEIVE:403273;" + LOGIN + "srcnum:+7999;msg:Привет; id:x\n🎉".encode(),
    b"RECEIVE:-5;id:gw01;pass:secret;srcnum:900;smscnum:+7901;msg:\xff",
    b"DELIVER:5;" + LOGIN + b"sms_no:37;state:0;num:+491511234567",
    b"DELIVER:6;" + LOGIN + b"sms_no:38;state:70",
    b"STATE:7;" + LOGIN + b"gsm_remain_state:INCOMING:+7999",
    b"STATE:8;" + LOGIN + b"gsm_remain_state:IDLE;",
    b"RECORD:9;" + LOGIN + b"dir:1;num:+7999",
    b"HANGUP:10;" + LOGIN + b"num:+7999,cause:Normal call clearing",
    b"EXPIRY:11;" + LOGIN + b"exp:100;\n",
    b"CELLINFO:12;" + LOGIN + b'info:"LAC:7E5,CELL ID:5E5B"',
    b"USSN:13;" + LOGIN + b"msg:Balance; 5 EUR",
)
REPLIES = (
    b"PASSWORD 11\n",
    b"SEND 11\n",
    b"WAIT 11 1\n",
    b"OK 11 1 37\n",
    b"ERROR 11 1 errorstatus:38\n",
    b"ERROR 11 GSM_LOGOUT\n",
    b"DONE 11\n",
    "USSD 111 Баланс: 57.2 р.@@".encode(),
    b"USSD 111 USSD send failed!",
    b"USSDERROR 111 network",
    b"USSDEXIT 111",
    b"svr_reboot_dev 111 ok",
    b"get_gsm_num 111 +79990001122",
)
_VALUES = st.sampled_from(
    [b"", b"1", b"-1", b"64", b"9" * 30, b"+7999", b"INCOMING:", b"\xd0", b"(null)"]
)
_KEYS = st.sampled_from(
    [b"num", b"sms_no", b"state", b"dir", b"gsm_remain_state", b"signal", b"msg", b"id"]
)
_VERBS = st.sampled_from(
    [b"req", b"RECEIVE", b"DELIVER", b"STATE", b"RECORD", b"HANGUP", b"NEW_ONE"]
)


@st.composite
def believed(draw: st.DrawFn) -> bytes:
    """Return a packet with the right password and any other fields."""
    pairs = draw(
        st.lists(st.tuples(_KEYS, _VALUES | st.binary(max_size=20)), max_size=5)
    )
    fields = b";".join(b"%b:%b" % pair for pair in pairs)
    number = draw(st.integers(-(10**18), 10**18))
    return b"%b:%d;%b%b" % (draw(_VERBS), number, LOGIN, fields)


class _Closed(SmsServer):
    """A server without a socket."""

    @override
    def _open_or_close(self) -> None:
        """Do nothing."""


def called_line() -> tuple[SmsServer, UdpLine, Recorder]:
    """Return a line that has called, has sent two messages, and who listens to it."""
    clock, listener = Clock(), Recorder()
    server = _Closed(0, clock)
    line = UdpLine(1, ("gw01", "secret"), server, clock, lambda: None)
    line.listener = listener
    line.late_reply = lambda reply: take_late_result(line, reply)
    server.register(line.login)
    server.take(KEEPALIVE, HOME)
    for token, sms_no in (("11", "37"), ("12", "38")):
        line.deliveries.leaves(token, "+491511234567", 1)
        line.deliveries.taken(token, sms_no)
    line.deliveries.leaves("13", "+491517654321", 1)
    return server, line, listener


async def datagram(data: bytes) -> object:
    """Take a datagram, as a box's and as a stranger's, twice."""
    server, line, listener = called_line()
    with ExitStack() as stack:
        exchanges = [stack.enter_context(line.exchange(n)) for n in ("11", "111")]
        trial = stack.enter_context(
            server.watch(frozenset(("gw01",)), "other", lambda: None)
        )
        for _ in range(2):
            server.take(data, HOME)
            server.take(data, ELSEWHERE)
    server.take(data, HOME)
    assert not server._has_failed
    return (
        (listener.parts, listener.reports, listener.calls, listener.statuses),
        (dict(server.refused), trial.called, trial.strange, line.number),
        [str(exchange.number) for exchange in exchanges],
        dict(server.strangers),
        listener.texts,
    )


async def packet(data: bytes) -> object:
    """Read a datagram by itself."""
    try:
        found = read(data)
    except Unreadable as unreadable:
        return str(unreadable.reason)
    if isinstance(found, Packet):
        return found, found.id, found.told("num"), StrangerLine.of(found, 1)
    return found


async def reply(data: bytes) -> object:
    """Read what may be an error, a result, or an operator's answer."""
    _, line, listener = called_line()
    text = shown(data)
    for verb in ("OK", "ERROR", "WAIT"):
        result = Reply(verb=verb, number="13", words=data)
        take_late_result(line, result)
        report_result(line, result)
    errors = [str(refusal(data)), str(refusal_of_group(data))]
    answers: list[object] = []
    for verb in ("USSD", "USSDEXIT", "USSDERROR"):
        answer = Reply(verb=verb, number="111", words=data)
        try:
            answers.append((_read_answer(answer), _is_about_send(answer)))
        except GatewayError as error:
            answers.append(str(error))
    return text, error_code(text), errors, answers, listener.reports


async def exchange(data: bytes) -> object:
    """Take many replies at once; no more are kept than anybody wants."""
    talk = Exchange("11", lambda _: None, Clock())
    for _ in range(60):
        talk.put(Reply(verb="OK", number="11", words=data))
    return await talk.hear(1.0, ("OK",))


TARGETS = (
    Target(
        name="udp datagram",
        read=datagram,
        captures=PUSHES + REPLIES,
        shaped=believed(),
    ),
    Target(name="udp packet", read=packet, captures=PUSHES + REPLIES),
    Target(
        name="udp reply",
        read=reply,
        captures=tuple(each.partition(b" ")[2] for each in REPLIES),
    ),
    Target(name="udp exchange", read=exchange, captures=REPLIES),
)
