"""Datagrams from strangers, to the port that a box with a loaded entry calls."""

from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import closing
from functools import partial
import gc
from itertools import batched, islice
import logging
from random import Random
import socket
import tracemalloc

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    async_capture_events,
)

from custom_components.gsm_gateway.const import (
    EVENT_CALL_RECEIVED,
    EVENT_SMS_RECEIVED,
    EVENT_SMS_STATUS,
)
from custom_components.gsm_gateway.gateways.goip.sms_server import SmsServer
from custom_components.gsm_gateway.sms_servers import server_for
from tests.fuzz.inputs import changed_by
from tests.fuzz.udp_targets import PUSHES, REPLIES
from tests.integration.boxes import box_entry, call_home, goip_data, running, udp_data
from tests.integration.scene import ANNA, BOB
from tests.integration.wires import connect, living
from tests.polling import until
from tests.simulator.core.clock import Clock
from tests.simulator.core.journal import SMS_ACKNOWLEDGED, SMS_ON_AIR
from tests.simulator.goip.box import GoipBox

SCALE = 20.0
PASSWORD = "Zu4nXq"
FLOOD = 10_000
ELSEWHERE = "127.0.0.9"
ATTIC = b"req:1;id:attic-%d;pass:guess;imei:861111111111111;pro:Beeline;"
"""Of unknown lines, of which not all are remembered."""
LOUDEST = 60_000
"""Bytes of a datagram."""
SAYINGS = (
    "req:7;id:{id};pass:{password};num:;signal:21;gsm_status:LOGIN;",
    "RECEIVE:7;id:{id};password:{password};srcnum:+7999;msg:open the gate",
    "DELIVER:7;id:{id};password:{password};sms_no:1;state:0;num:+7999",
    "STATE:7;id:{id};password:{password};gsm_remain_state:INCOMING:+7999",
    "RECORD:7;id:{id};password:{password};dir:1;num:+7999",
    "EXPIRY:7;id:{id};password:{password};exp:100",
    "NEWS:7;id:{id};password:{password};any",
)
"""Of a line, and of one that a box may have tomorrow."""


class Stranger:
    """A socket on another loopback address."""

    def __init__(self, server: SmsServer) -> None:
        self.server = server
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._socket.bind((ELSEWHERE, 0))
        self._socket.setblocking(False)

    async def say(self, datagrams: Iterable[bytes]) -> None:
        """Say something and wait until all of it has come to nothing."""
        address = ("127.0.0.1", self.server.bound_port)
        for some in batched(datagrams, 50, strict=False):
            before = self.server.refused.total()
            for datagram in some:
                self._socket.sendto(datagram, address)
            wanted = before + len(some)
            await until(lambda: self.server.refused.total() >= wanted)  # noqa: B023

    def shout(self, datagrams: Iterable[bytes]) -> None:
        """Say something that may be believed."""
        for datagram in datagrams:
            self._socket.sendto(datagram, ("127.0.0.1", self.server.bound_port))

    def heard(self) -> list[bytes]:
        """Return what was answered."""
        answers = []
        try:
            while True:
                answers.append(self._socket.recv(65536))
        except BlockingIOError:
            return answers

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()


@pytest.fixture
def only_address() -> bool:
    """Whether the entry believes the box's own address only."""
    return False


@pytest.fixture
async def box(
    hass: HomeAssistant, port: int, only_address: bool
) -> AsyncGenerator[GoipBox]:
    """A GoIP with two SIMs whose entry is loaded, and whose lines call."""
    with living(SCALE):
        async with running(hass, GoipBox(clock=Clock(SCALE))) as box:
            await call_home(box, port, udp_password=PASSWORD)
            udp = udp_data(port, udp_password=PASSWORD, only_address=only_address)
            entry = box_entry(box, goip_data(box, smpp=False) | {"udp": udp})
            await connect(hass, entry)
            sender = entry.runtime_data.gateway.sender
            await until(lambda: sender.ready(1) and sender.ready(2))
            for number in (1, 2):  # what the pages tell makes entities, a while later
                line_state = f"sensor.goip_sim_{number}_line_state"
                await until(partial(hass.states.get, line_state))
            yield box


@pytest.fixture
def stranger(hass: HomeAssistant, box: GoipBox, port: int) -> Iterator[Stranger]:
    """Somebody else in the same network."""
    with closing(Stranger(server_for(hass, port))) as stranger:
        yield stranger


def loud(caplog: pytest.LogCaptureFixture) -> Counter[str]:
    """Count what was logged above debug."""
    return Counter(
        record.getMessage()
        for record in caplog.records
        if record.levelno > logging.DEBUG
    )


def said(**facts: str) -> list[bytes]:
    """Return what a line may say."""
    return [saying.format(**facts).encode() for saying in SAYINGS]


async def still_works(hass: HomeAssistant, box: GoipBox) -> None:
    """Receive an SMS and send one."""
    events = async_capture_events(hass, EVENT_SMS_RECEIVED)
    states = async_capture_events(hass, EVENT_SMS_STATUS)
    await box.receive(1, BOB, "still here?")
    await until(lambda: "still here?" in [event.data["text"] for event in events])
    await until(lambda: box.journal.entries(SMS_ACKNOWLEDGED))
    wish = {"to": ANNA, "message": "still here"}
    await hass.services.async_call(
        "gsm_gateway", "send_sms", wish, blocking=True, return_response=True
    )
    await until(lambda: "delivered" in [event.data["state"] for event in states])
    assert len(box.journal.entries(SMS_ON_AIR, number=ANNA)) == 1


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"id": "home-1", "password": "guess"}, "wrong_password"),
        ({"id": "home-1", "password": PASSWORD.lower()}, "wrong_password"),
        ({"id": "home-1", "password": ""}, "wrong_password"),
        ({"id": "attic", "password": PASSWORD}, "unknown_id"),
        ({"id": "", "password": PASSWORD}, "unknown_id"),
    ],
)
async def test_who_is_not_believed_gets_no_answer(
    hass: HomeAssistant,
    box: GoipBox,
    stranger: Stranger,
    facts: dict[str, str],
    reason: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    events = async_capture_events(hass, EVENT_SMS_RECEIVED)
    calls = async_capture_events(hass, EVENT_CALL_RECEIVED)
    caplog.clear()
    await stranger.say(said(**facts) * 20)

    warnings = [r for r in caplog.records if r.levelno >= logging.WARNING]
    assert len(warnings) == (reason == "wrong_password")
    assert set(loud(caplog).values()) <= {1}
    assert stranger.server.refused == {reason: 20 * len(SAYINGS)}
    await still_works(hass, box)
    assert stranger.heard() == []
    assert [event.data["text"] for event in events] == ["still here?"]
    assert calls == []
    assert PASSWORD not in caplog.text


@pytest.mark.parametrize("only_address", [True])
async def test_the_right_password_from_another_address_gets_no_answer(
    hass: HomeAssistant,
    box: GoipBox,
    stranger: Stranger,
    caplog: pytest.LogCaptureFixture,
) -> None:
    events = async_capture_events(hass, EVENT_SMS_RECEIVED)
    caplog.clear()
    await stranger.say(said(id="home-1", password=PASSWORD) * 20)

    assert not loud(caplog)
    assert stranger.server.refused == {"wrong_address": 20 * len(SAYINGS)}
    await still_works(hass, box)
    assert stranger.heard() == []
    assert [event.data["text"] for event in events] == ["still here?"]


async def test_a_result_counts_from_the_line_only(
    hass: HomeAssistant, box: GoipBox, stranger: Stranger
) -> None:
    await box.option("udp_deliver", "off")
    await box.lose_result(1)
    await box.lose_result(2)
    states = async_capture_events(hass, EVENT_SMS_STATUS)
    wish = {"to": ANNA, "message": "Fire"}
    await hass.services.async_call(
        "gsm_gateway", "send_sms", wish, blocking=True, return_response=True
    )
    sms = await box.journal.wait_for_kind(SMS_ON_AIR)
    await stranger.say(
        [
            f"OK {sms['sendid']} {sms['telid']} 1\n".encode(),
            f"ERROR {sms['sendid']} {sms['telid']} errorstatus:38\n".encode(),
            f"DELIVER:1;id:home-{sms.line};password:guess;sms_no:1;state:0;".encode(),
        ]
    )
    await until(lambda: states[-1].data["state"] not in ("queued", "sending"))

    assert states[-1].data["state"] == "unknown"
    assert stranger.heard() == []


def kept_by_the_product() -> int:
    """Return how many bytes the product's code has allocated and still keeps."""
    gc.collect()
    ours = tracemalloc.Filter(
        True, "*/custom_components/gsm_gateway/*", all_frames=True
    )
    snapshot = tracemalloc.take_snapshot().filter_traces([ours])
    return sum(statistic.size for statistic in snapshot.statistics("filename"))


def flood(seed: int) -> Iterator[bytes]:
    """Yield random bytes, and what boxes say, changed; never with the right password."""
    chance = Random(seed)
    known = [push.replace(b"gw01", b"home-1") for push in PUSHES]
    changed = changed_by(chance, (*PUSHES, *known, *REPLIES))
    while True:
        if chance.random() < 0.2:
            yield chance.randbytes(chance.choice((0, 1, 40, 1400)))
        else:
            yield next(changed)[:LOUDEST]


@pytest.mark.timeout(180)
async def test_a_flood_of_nonsense_changes_nothing(
    hass: HomeAssistant,
    box: GoipBox,
    stranger: Stranger,
    caplog: pytest.LogCaptureFixture,
) -> None:
    events = async_capture_events(hass, EVENT_SMS_RECEIVED)
    caplog.clear()
    hass.loop.set_debug(False)  # it keeps a traceback of each handle
    nonsense, sizes = flood(11), []
    tracemalloc.start(4)
    try:
        await stranger.say(ATTIC % n for n in range(100))
        for count in (FLOOD // 5, FLOOD - FLOOD // 5):
            await stranger.say(islice(nonsense, count))
            sizes.append(kept_by_the_product())
    finally:
        tracemalloc.stop()

    assert stranger.heard() == []
    assert events == []
    assert set(loud(caplog).values()) <= {1}
    assert sizes[1] < 1.5 * sizes[0], sizes
    await still_works(hass, box)


async def test_broken_words_of_the_box_itself_break_nothing(
    hass: HomeAssistant,
    box: GoipBox,
    stranger: Stranger,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """They have the right password: some are answered, and lines move."""
    own = [
        push.replace(b"gw01", b"home-1").replace(b"secret", PASSWORD.encode())
        for push in PUSHES
    ]
    broken = changed_by(Random(12), (*own, *REPLIES))
    caplog.clear()
    for _ in range(100):
        some = (words[:LOUDEST] for words in islice(broken, 20))
        stranger.shout((*some, own[0]))  # the last one is answered surely
        await until(stranger.heard)
    await box.clock.sleep(31)  # until the line itself has called again

    assert not [r for r in caplog.records if r.levelno >= logging.ERROR]
    await still_works(hass, box)
