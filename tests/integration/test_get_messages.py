"""What the action `get_messages` finds, and whom it tells."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import voluptuous as vol

from custom_components.gsm_gateway.gateways.model import (
    Coding,
    MessageKind,
    SendRefused,
    SmsPart,
    Transport,
)
from custom_components.gsm_gateway.messenger import MESSENGER
from tests.integration.entries import add, contact, set_up, settle
from tests.integration.fakes import FakeBox
from tests.integration.scene import (
    ANNA,
    BOB,
    STRANGER,
    act,
    attic_entry,
    device_id,
    wired,
)

BANK = "MyBank"


async def found(hass: HomeAssistant, **wanted: Any) -> list[str]:
    """Return the texts of the messages that are found, as they come."""
    answer = await act(hass, "get_messages", **wanted)
    return [message["text"] for message in answer["messages"]]


async def only(hass: HomeAssistant, **wanted: Any) -> dict[str, Any]:
    """Return the only message that is found."""
    ((message,),) = (await act(hass, "get_messages", **wanted)).values()
    return dict(message)


@pytest.fixture
async def attic(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> AsyncGenerator[MockConfigEntry]:
    """A second box, after a correspondence, one message each minute."""
    other, entry = FakeBox(), attic_entry()

    async def send(text: str, to: str, by: str) -> None:
        await act(hass, "send_sms", to=to, message=text, device_id=by)
        freezer.tick(timedelta(minutes=1))

    async def receive(box: FakeBox, text: str, **where: Any) -> None:
        box.receive(text, **where)
        await settle(hass)
        freezer.tick(timedelta(minutes=1))

    with wired(cellar=fake_box, attic=other):
        await set_up(hass, entry)
        await receive(fake_box, "1 from Anna", sender=ANNA)
        await receive(fake_box, "2 from Anna", sender="601234567", channel=2)
        await send("3 to Anna", "0048601234567", device_id(hass, cellar, "sim1"))
        await receive(fake_box, "4 from the bank", sender=BANK)
        await receive(other, "5 to the attic", sender=BOB)
        await send("6 from the attic", BOB, device_id(hass, entry))
        await receive(fake_box, "7 on port 4", sender=STRANGER, channel=4)
        await send("8 to Bob", BOB, device_id(hass, cellar, "sim2"))
        yield entry


ALL = [
    "8 to Bob",
    "7 on port 4",
    "6 from the attic",
    "5 to the attic",
    "4 from the bank",
    "3 to Anna",
    "2 from Anna",
    "1 from Anna",
]


async def test_all_of_both_directions_the_newest_first(
    hass: HomeAssistant, attic: MockConfigEntry
) -> None:
    assert await found(hass) == ALL


@pytest.mark.parametrize(
    ("wanted", "texts"),
    [
        ({"direction": "received"}, [ALL[1], ALL[3], ALL[4], ALL[6], ALL[7]]),
        ({"direction": "sent"}, [ALL[0], ALL[2], ALL[5]]),
        ({"limit": 3}, ALL[:3]),
        ({"limit": 1, "direction": "received"}, [ALL[1]]),
        ({"contact": "Anna"}, [ALL[5], ALL[6], ALL[7]]),
        ({"contact": " anna "}, [ALL[5], ALL[6], ALL[7]]),
        ({"contact": ANNA}, [ALL[5], ALL[6], ALL[7]]),
        ({"contact": "601 234 567"}, [ALL[5], ALL[6], ALL[7]]),
        ({"contact": "0048601234567"}, [ALL[5], ALL[6], ALL[7]]),
        ({"contact": "+48 601-234-567"}, [ALL[5], ALL[6], ALL[7]]),
        ({"contact": 48601234567}, [ALL[5], ALL[6], ALL[7]]),
        ({"contact": "Anna", "direction": "received", "limit": 1}, [ALL[6]]),
        ({"contact": BOB}, [ALL[0], ALL[2], ALL[3]]),
        ({"contact": BANK}, [ALL[4]]),
        ({"contact": "Nobody"}, []),
        ({"contact": "234567"}, []),
    ],
)
async def test_what_is_wanted_is_found(
    hass: HomeAssistant,
    attic: MockConfigEntry,
    wanted: dict[str, Any],
    texts: list[str],
) -> None:
    assert await found(hass, **wanted) == texts


async def test_by_device(
    hass: HomeAssistant, cellar: MockConfigEntry, attic: MockConfigEntry
) -> None:
    async def through(entry: MockConfigEntry, subentry_id: str | None) -> list[str]:
        return await found(hass, device_id=device_id(hass, entry, subentry_id))

    assert await through(cellar, "sim1") == [ALL[4], ALL[5], ALL[7]]
    assert await through(cellar, "sim2") == [ALL[0], ALL[6]]
    its = [ALL[0], ALL[1], *ALL[4:]]
    assert await through(cellar, None) == its
    assert await through(attic, None) == [ALL[2], ALL[3]]
    assert await through(cellar, "anna") == [ALL[5], ALL[6], ALL[7]]


async def test_by_device_and_contact(
    hass: HomeAssistant, cellar: MockConfigEntry, attic: MockConfigEntry
) -> None:
    await add(hass, attic, contact("Bob", BOB))
    box, anna = device_id(hass, cellar), device_id(hass, cellar, "anna")

    assert await found(hass, device_id=box, contact="Bob") == [ALL[0]]
    assert await found(hass, device_id=anna, contact="Bob") == []


async def test_since(
    hass: HomeAssistant, attic: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    since = dt_util.now() - timedelta(minutes=3)  # the last one is a minute old
    assert await found(hass, since=since.isoformat()) == ALL[:3]
    local = dt_util.as_local(since).replace(tzinfo=None)
    assert await found(hass, since=local.isoformat()) == ALL[:3]


async def test_a_message_that_waits_belongs_to_the_sim_that_was_named(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.switch(on=False)
    sim1 = device_id(hass, cellar, "sim1")
    await act(hass, "send_sms", to=BOB, message="named", device_id=sim1)
    await act(hass, "send_sms", to=BOB, message="any")

    assert await found(hass, device_id=sim1) == ["named"]
    assert await found(hass) == ["any", "named"]
    assert (await only(hass, device_id=sim1))["state"] == "queued"


async def test_what_is_told_of_a_received_message(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.receive("hello", sender="601234567")
    await settle(hass)

    told = await only(hass)
    assert dt_util.parse_datetime(told.pop("at")) is not None
    assert told.pop("message_id")
    assert told == {
        "direction": "received",
        "device_id": device_id(hass, cellar, "sim1"),
        "gateway": "Cellar",
        "channel": 1,
        "sim": "Cellar SIM 1",
        "sender": "601234567",
        "contact": "Anna",
        "text": "hello",
        "kind": "text",
        "parts": 1,
        "complete": True,
        "time_guessed": False,
        "raw": None,
    }


async def test_what_is_told_of_a_sent_message(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.endings = [SendRefused("27", 27)]
    sim2 = device_id(hass, cellar, "sim2")
    answer = await act(hass, "send_sms", to=ANNA, message="hello", device_id=sim2)

    told = await only(hass)
    steps = [step["state"] for step in told.pop("states")]
    assert steps == ["queued", "sending", "failed"]
    assert told.pop("message_id") == answer["messages"][0]["message_id"]
    assert told.pop("changed_at") >= told.pop("at")
    assert told == {
        "direction": "sent",
        "device_id": sim2,
        "gateway": "Cellar",
        "channel": 2,
        "sim": "Cellar SIM 2",
        "to": ANNA,
        "contact": "Anna",
        "text": "hello",
        "parts": 1,
        "state": "failed",
        "reason": "the phone of the recipient cannot be reached (error 27)",
        "code": 27,
        "attempt": 1,
    }


async def test_texts_of_private_senders_are_shown(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    options = {**cellar.options, "private_senders": [BANK]}
    hass.config_entries.async_update_entry(cellar, options=options)
    await settle(hass)
    fake_box.receive("code 123456", sender=BANK)
    await settle(hass)

    assert await found(hass) == ["code 123456"]


@pytest.mark.parametrize(
    ("facts", "kind", "raw"),
    [
        ({"payload": b"Hi", "kind": MessageKind.FLASH}, "flash", None),
        (
            {"payload": b"\x00\xff", "coding": Coding.BINARY, "raw": b"\x06\x00\xff"},
            "binary",
            "0600ff",
        ),
        (
            {"payload": b"\x01\x06", "coding": Coding.BINARY},
            "binary",
            "0106",
        ),
    ],
)
async def test_odd_messages_have_their_kind_and_their_bytes(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    facts: dict[str, Any],
    kind: str,
    raw: str | None,
) -> None:
    usual: dict[str, Any] = {"coding": Coding.UTF8, "kind": MessageKind.BINARY}
    usual |= {"channel": 1, "sender": BOB, "transport": Transport.AMI}
    fake_box.hand_over(SmsPart(**usual | facts))
    await settle(hass)

    told = await only(hass)
    assert (told["kind"], told["raw"]) == (kind, raw)


async def test_only_administrators_may_look(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    hass_admin_user: MockUser,
    hass_read_only_user: MockUser,
) -> None:
    await act(hass, "get_messages", Context(user_id=hass_admin_user.id))
    await act(hass, "get_messages", Context())  # an automation
    with pytest.raises(Unauthorized):
        await act(hass, "get_messages", Context(user_id=hass_read_only_user.id))


async def test_a_log_that_cannot_be_read_is_told(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    await hass.data[MESSENGER].store.close()

    with pytest.raises(HomeAssistantError, match="message log cannot be read now"):
        await act(hass, "get_messages")


@pytest.mark.parametrize(
    "wanted", [{"limit": 0}, {"limit": 1001}, {"direction": "both"}, {"since": "soon"}]
)
async def test_what_makes_no_sense_is_refused(
    hass: HomeAssistant, cellar: MockConfigEntry, wanted: dict[str, Any]
) -> None:
    with pytest.raises(vol.Invalid):
        await act(hass, "get_messages", **wanted)


async def test_a_device_of_somebody_else_is_refused(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    with pytest.raises(HomeAssistantError, match="neither a SIM nor a gateway"):
        await act(hass, "get_messages", device_id="no such device")
