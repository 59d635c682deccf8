"""What a user hears of an SMS on its way: event, trigger, the waiting action, words."""

from datetime import timedelta
from typing import Any

from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.gsm_gateway.const import EVENT_SMS_STATUS
from custom_components.gsm_gateway.gateways.model import (
    NoReply,
    SendRefused,
)
from tests.integration.entries import settle
from tests.integration.fakes import FakeBox
from tests.integration.scene import ANNA, STRANGER, act, automate, device_id


@pytest.fixture
def news(hass: HomeAssistant) -> list[Event]:
    """Every status event."""
    events: list[Event] = async_capture_events(hass, EVENT_SMS_STATUS)
    return events


def states(news: list[Event]) -> list[tuple[str | None, str]]:
    """Return the steps that were told."""
    return [(event.data["previous"], event.data["state"]) for event in news]


async def test_each_state_is_an_event(
    hass: HomeAssistant, cellar: MockConfigEntry, news: list[Event]
) -> None:
    sim = device_id(hass, cellar, "sim1")
    answer = await act(hass, "send_sms", to=ANNA, message="hello", device_id=sim)

    assert states(news) == [
        (None, "queued"),
        ("queued", "sending"),
        ("sending", "sent"),
    ]
    last = dict(news[-1].data)
    assert last.pop("changed_at").endswith("+00:00")
    assert last == {
        "config_entry_id": cellar.entry_id,
        "device_id": sim,
        "gateway": "Cellar",
        "channel": 1,
        "sim": "Cellar SIM 1",
        "message_id": answer["messages"][0]["message_id"],
        "to": ANNA,
        "contact": "Anna",
        "state": "sent",
        "previous": "sending",
        "reason": None,
        "code": None,
        "parts": 1,
        "attempt": 1,
    }


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (SendRefused("38", 38), "failed", "the network is out of order (error 38)"),
        (
            SendRefused("UNDELIV err:042", 42),
            "failed",
            "the network is overloaded (error 42)",
        ),
        (
            SendRefused("998", 998),
            "failed",
            "error 998 of the gateway or the network",
        ),
        (SendRefused("too bad"), "failed", "too bad"),
        (NoReply("The box did not answer"), "unknown", "The box did not answer"),
    ],
)
async def test_a_failure_is_told_in_words(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    news: list[Event],
    error: SendRefused | NoReply,
    state: str,
    reason: str,
) -> None:
    fake_box.endings = [error]

    await act(hass, "send_sms", to=STRANGER, message="hello")

    assert news[-1].data["state"] == state
    assert news[-1].data["reason"] == reason
    assert news[-1].data["contact"] is None


@pytest.mark.parametrize("error", [SendRefused("38", 38), NoReply("gone")])
async def test_the_trigger_starts_on_failure_and_unknown_end(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
    error: SendRefused | NoReply,
) -> None:
    await automate(
        hass,
        {
            "triggers": {"trigger": "gsm_gateway.sms_failed"},
            "actions": {
                "action": "test.note",
                "data": {"to": "{{ trigger.contact }}", "state": "{{ trigger.state }}"},
            },
        },
    )
    fake_box.endings = [error]

    await act(hass, "send_sms", to=ANNA, message="fails")
    await act(hass, "send_sms", to=ANNA, message="goes out")

    (run,) = runs
    assert run["to"] == "Anna"
    assert run["state"] in ("failed", "unknown")


async def test_the_failure_of_another_sim_is_not_meant(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
) -> None:
    sim1, sim2 = (device_id(hass, cellar, sim) for sim in ("sim1", "sim2"))
    await automate(
        hass,
        {
            "triggers": {
                "trigger": "gsm_gateway.sms_failed",
                "target": {"device_id": sim1},
            },
            "actions": {"action": "test.note", "data": {"sim": "{{ trigger.sim }}"}},
        },
    )
    fake_box.endings = [SendRefused("1", 1), SendRefused("1", 1)]

    await act(hass, "send_sms", to=ANNA, message="one", device_id=sim2)
    await act(hass, "send_sms", to=ANNA, message="two", device_id=sim1)

    assert runs == [{"sim": "Cellar SIM 1"}]


@pytest.mark.parametrize("wait_for", ["accepted", "sent"])
async def test_the_action_waits(
    hass: HomeAssistant, cellar: MockConfigEntry, wait_for: str
) -> None:
    answer = await act(
        hass, "send_sms", to=[ANNA, STRANGER], message="hello", wait_for=wait_for
    )

    assert [message["state"] for message in answer["messages"]] == ["sent", "sent"]
    assert {message["device_id"] for message in answer["messages"]} <= {
        device_id(hass, cellar, "sim1"),
        device_id(hass, cellar, "sim2"),
    }


async def test_the_action_waits_no_longer_than_the_end(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.endings = [SendRefused("21", 21)]

    answer = await act(hass, "send_sms", to=ANNA, message="hello", wait_for="sent")

    (message,) = answer["messages"]
    assert message["state"] == "failed"
    assert message["reason"].startswith("the network rejected the SMS")


async def test_the_action_gives_up_waiting_without_an_error(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.reports = None

    answer = await act(
        hass,
        "send_sms",
        to=ANNA,
        message="hello",
        wait_for="sent",
        wait_timeout={"milliseconds": 1},
    )

    assert answer["messages"][0]["state"] in ("queued", "sending", "accepted")


async def test_waiting_for_what_no_sim_can_tell_is_refused(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    with pytest.raises(ServiceValidationError, match="can tell when a message is"):
        await act(hass, "send_sms", to=ANNA, message="hello", wait_for="delivered")

    assert fake_box.sent == []


async def test_a_message_that_waits_can_be_taken_back(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox, news: list[Event]
) -> None:
    fake_box.switch(on=False)
    answer = await act(hass, "send_sms", to=ANNA, message="hello")
    message_id = answer["messages"][0]["message_id"]

    answer = await act(hass, "cancel_sms", message_id=message_id)
    fake_box.switch(on=True)
    await settle(hass)

    assert answer["messages"][0]["state"] == "cancelled"
    assert states(news) == [(None, "queued"), ("queued", "cancelled")]
    assert fake_box.sent == []


async def test_a_message_that_is_out_cannot_be_taken_back(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    answer = await act(hass, "send_sms", to=ANNA, message="hello")

    with pytest.raises(ServiceValidationError, match="cannot be taken back"):
        await act(hass, "cancel_sms", message_id=answer["messages"][0]["message_id"])
    with pytest.raises(ServiceValidationError, match="nobody"):
        await act(hass, "cancel_sms", message_id="nobody")


async def test_an_expired_message_is_told(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    news: list[Event],
) -> None:
    fake_box.switch(on=False)
    await act(
        hass,
        "send_sms",
        to=ANNA,
        message="hello",
        expire_after=timedelta(seconds=1),
    )
    while news[-1].data["state"] == "queued":
        await settle(hass)

    assert news[-1].data["state"] == "expired"
    assert news[-1].data["reason"] == "no SIM could send it in time"


async def test_a_sim_that_was_named_is_told_before_it_sends(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    news: list[Event],
    runs: list[dict[str, Any]],
) -> None:
    sim1, sim2 = (device_id(hass, cellar, sim) for sim in ("sim1", "sim2"))
    await automate(
        hass,
        {
            "triggers": {
                "trigger": "gsm_gateway.sms_failed",
                "target": {"device_id": sim1},
            },
            "actions": {"action": "test.note", "data": {"sim": "{{ trigger.sim }}"}},
        },
    )
    fake_box.switch(on=False)
    short = timedelta(seconds=1)
    await act(hass, "send_sms", to=ANNA, message="any", expire_after=short)
    for sim in (sim2, sim1):
        await act(
            hass,
            "send_sms",
            to=ANNA,
            message="one",
            device_id=sim,
            expire_after=short,
        )
    while len(news) < 6:
        await settle(hass)

    told = [(e.data["state"], e.data["device_id"], e.data["channel"]) for e in news]
    assert told == [
        ("queued", None, None),
        ("queued", sim2, 2),
        ("queued", sim1, 1),
        ("expired", None, None),
        ("expired", sim2, 2),
        ("expired", sim1, 1),
    ]
    assert runs == [{"sim": "Cellar SIM 1"}]


async def test_encoding_tells_what_it_dropped(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    answer = await act(
        hass, "send_sms", to=ANNA, message="Größe 5″ 🙂", encoding="gsm7"
    )

    assert answer["messages"][0]["dropped"] >= 1
    assert fake_box.sent[0].text.startswith("Größe 5")
    assert "🙂" not in fake_box.sent[0].text
