"""Another card in a port: what is shown meanwhile, and what the repair does."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.messenger import MESSENGER
from tests.integration.cards import (
    FOREIGN,
    NOBODY,
    ONE,
    THREE,
    TWO,
    box_with,
    entry_of,
    look,
    ports,
    put,
)
from tests.integration.entries import kept_balances, line, set_up, settle, shown
from tests.integration.fakes import FakeBox
from tests.integration.repairing import fix, issues
from tests.integration.restarting import killed, restarted
from tests.integration.scene import ANNA, act, device_id, on_the_air, receive, wired

BALANCE = "sensor.cellar_sim_1_balance"
CHECKED = "sensor.cellar_sim_1_last_balance_check"
TODAY = "sensor.cellar_sim_1_sent_today"
CODE = {"balance_code": "*100#", "currency": "RUB"}


@pytest.fixture
def box() -> FakeBox:
    """A box with the cards that are known."""
    return box_with(ONE, TWO)


@pytest.fixture
async def home(hass: HomeAssistant, box: FakeBox) -> AsyncGenerator[MockConfigEntry]:
    """Its entry, loaded; the first SIM has told its balance and sent an SMS."""
    entry = entry_of(hass, 1, 2)
    with wired(cellar=box):
        await set_up(hass, entry)
        await ask(hass, entry)
        await send(hass, entry, "before")
        await on_the_air(box)
        assert shown(hass, BALANCE).state == "12.50"
        assert shown(hass, TODAY).state == "1"
        yield entry


async def ask(hass: HomeAssistant, entry: MockConfigEntry, sim: str = "sim1") -> Any:
    """Ask for the balance now."""
    return await act(hass, "refresh_balance", device_id=device_id(hass, entry, sim))


async def send(
    hass: HomeAssistant, entry: MockConfigEntry, text: str, sim: str = "sim1"
) -> None:
    """Send an SMS by a SIM."""
    device = device_id(hass, entry, sim)
    await act(
        hass, "send_sms", device_id=device, to=ANNA, message=text, priority="alarm"
    )


def issue_about(entry: MockConfigEntry, port: int) -> str:
    """Return the id of the repair about a port."""
    return f"other_card_{entry.entry_id}_{port}"


async def open_page(hass: HomeAssistant, issue_id: str) -> dict[str, Any]:
    """Open the dialog of a repair."""
    assert await async_setup_component(hass, "repairs", {})
    flows = repairs_flow_manager(hass)
    assert flows is not None
    return dict(await flows.async_init("gsm_gateway", data={"issue_id": issue_id}))


async def test_nothing_of_the_old_card_is_shown_as_the_new_ones(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    await put(hass, home, box, [(1, FOREIGN)])

    (issue,) = issues(hass).values()
    assert (issue.issue_id, issue.is_fixable) == (issue_about(home, 1), True)
    assert issue.severity is ir.IssueSeverity.WARNING
    assert issue.translation_placeholders == {
        "gateway": "Cellar",
        "port": "1",
        "sim": "Cellar SIM 1",
    }
    assert (shown(hass, BALANCE).state, shown(hass, CHECKED).state) == (
        "unknown",
        "unknown",
    )
    asked = len(box.dialled)
    with pytest.raises(ServiceValidationError) as refused:
        await ask(hass, home)
    assert refused.value.translation_key == "card_not_known"
    assert len(box.dialled) == asked

    await send(hass, home, "meanwhile")
    assert (await on_the_air(box, 2))[-1].text == "meanwhile"


async def test_a_balance_that_is_due_is_not_asked_of_another_card(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    await put(hass, home, box, [(1, FOREIGN)])
    balances = home.runtime_data.balances
    assert [sim.subentry_id for sim in balances._questions.askable_sims()] == ["sim2"]


async def test_the_old_card_put_back_settles_it(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    await put(hass, home, box, [(1, FOREIGN)])
    await put(hass, home, box, [(1, {})])
    assert issues(hass).keys() == {issue_about(home, 1)}
    await put(hass, home, box, [(1, ONE)])

    assert issues(hass) == {}
    assert shown(hass, BALANCE).state == "12.50"
    assert "other_card" not in home.subentries["sim1"].data


@pytest.mark.parametrize(
    "told",
    [
        NOBODY,
        ONE | {"iccid": None},
        ONE | {"imsi": None},
        ONE | {"iccid": "", "imsi": ""},
        ONE | {"iccid": "89480300000000000019"},
        {},
    ],
)
async def test_what_is_not_told_is_no_other_card(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox, told: dict[str, Any]
) -> None:
    before = dict(home.subentries["sim1"].data)
    await put(hass, home, box, [(1, told)])
    assert issues(hass) == {}
    assert shown(hass, BALANCE).state == "12.50"
    assert home.subentries["sim1"].data == before


async def test_a_box_that_is_away_has_no_other_card(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    box.switch(on=False)
    await settle(hass)
    assert issues(hass) == {}
    assert shown(hass, BALANCE).state == "12.50"


async def test_a_new_card_begins_with_nothing(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    await put(hass, home, box, [(1, FOREIGN)])
    await send(hass, home, "by the new card")
    await on_the_air(box, 2)
    page = await open_page(hass, issue_about(home, 1))
    assert page["step_id"] == "new_card"
    await fix(hass, issue_about(home, 1), **CODE)

    assert issues(hass) == {}
    data = home.subentries["sim1"].data
    assert {name: data[name] for name in FOREIGN} == FOREIGN
    assert (data["balance_code"], data["currency"]) == ("*100#", "RUB")
    assert data["use_for_sending"] == "always"
    assert shown(hass, BALANCE).state == "unknown"
    assert shown(hass, BALANCE).attributes["unit_of_measurement"] == "RUB"
    assert shown(hass, TODAY).state == "1"
    device = dr.async_get(hass).async_get(device_id(hass, home, "sim1"))
    assert isinstance(device, dr.DeviceEntry)
    assert device.serial_number == FOREIGN["iccid"]
    assert shown(hass, "sensor.cellar_sim_2_sent_today").state == "0"

    box.answers[1] = "Баланс: 100,00 руб"
    await ask(hass, home)
    assert shown(hass, BALANCE).state == "100.00"


async def test_a_new_card_stays_new_over_a_restart(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    await put(hass, home, box, [(1, FOREIGN)])
    await fix(hass, issue_about(home, 1), currency="RUB")
    assert shown(hass, TODAY).state == "0"
    since = home.subentries["sim1"].data["card_since"]
    assert shown(hass, TODAY).attributes["last_reset"] == since
    assert hass.states.get(BALANCE) is None
    await look(hass, home)
    assert "sim1" not in await kept_balances(hass, home)
    async with killed(hass, home) as second:
        assert second.data[MESSENGER].guard.used("sim1").today == 0
        assert issues(second) == {}


async def test_the_question_outlives_a_restart_in_which_the_box_is_away(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    await put(hass, home, box, [(1, FOREIGN)])
    box.on = False
    async with restarted(hass, home) as second:
        assert issues(second).keys() == {issue_about(home, 1)}
        assert shown(second, BALANCE).state == "unknown"


@pytest.mark.parametrize(
    ("card", "filled"),
    [
        (THREE, {"guessed_code": "*100#", "currency": "PLN"}),
        ({"iccid": "8999", "imsi": "999990000000001"}, {"currency": "EUR"}),
    ],
)
async def test_a_code_is_proposed_only_for_a_card_of_its_network(
    hass: HomeAssistant,
    home: MockConfigEntry,
    box: FakeBox,
    card: dict[str, Any],
    filled: dict[str, str],
) -> None:
    await put(hass, home, box, [(1, card)])
    page = await open_page(hass, issue_about(home, 1))
    suggested = {
        str(field): field.description["suggested_value"]
        for field in page["data_schema"].schema
        if field.description
    }
    assert suggested == filled


async def test_a_code_that_cannot_be_is_told(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    await put(hass, home, box, [(1, THREE)])
    page = await open_page(hass, issue_about(home, 1))
    flows = repairs_flow_manager(hass)
    assert flows is not None
    wrong = {"balance_code": "money?", "currency": "PLN"}
    field = next(str(f) for f in page["data_schema"].schema if "code" in str(f))
    wrong[field] = wrong.pop("balance_code")
    page = dict(await flows.async_configure(page["flow_id"], wrong))
    assert page["errors"] == {field: "invalid_code"}
    assert home.subentries["sim1"].data["iccid"] == ONE["iccid"]


async def test_cards_that_changed_places_take_everything_with_them(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    await receive(hass, box, "old", channel=1)
    devices = {sim: device_id(hass, home, sim) for sim in ("sim1", "sim2")}
    await put(hass, home, box, [(1, TWO), (2, ONE)])
    moment = await receive(hass, box, "in between", channel=2)
    assert moment["device_id"] == devices["sim2"]
    assert issues(hass).keys() == {issue_about(home, 1), issue_about(home, 2)}
    assert shown(hass, BALANCE).state == "unknown"

    page = await open_page(hass, issue_about(home, 2))
    assert page["menu_options"] == ["moved", "new_card"]
    assert page["description_placeholders"]["before"] == "1"
    await fix(hass, issue_about(home, 2), next_step_id="moved")

    assert issues(hass) == {}
    assert ports(home) == {"sim1": 2, "sim2": 1}
    assert {sim: device_id(hass, home, sim) for sim in devices} == devices
    assert shown(hass, BALANCE).state == "12.50"
    assert shown(hass, TODAY).state == "1"
    found = {sim.unique_id: sim.title for sim in home.subentries.values()}
    assert found == {"sim_2": "SIM 2", "sim_1": "SIM 1"}

    await send(hass, home, "by the first card")
    assert (await on_the_air(box, 2))[-1].channel == 2
    new = await receive(hass, box, "new", channel=2)
    assert (new["device_id"], new["entity_id"]) == (
        devices["sim1"],
        "event.cellar_sim_1_incoming_sms",
    )

    async def history(sim: str) -> list[str]:
        answer = await act(
            hass, "get_messages", device_id=devices[sim], direction="received"
        )
        return [message["text"] for message in answer["messages"]]

    assert await history("sim1") == ["new", "in between", "old"]
    assert await history("sim2") == []
    box.answers[2] = "Saldo: 11,00 PLN"
    await ask(hass, home)
    assert box.dialled[-1][0] == 2
    assert shown(hass, BALANCE).state == "11.00"


async def test_a_reply_leaves_by_the_card_that_received_the_question(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    question = await receive(hass, box, "where are you?", channel=1, sender=ANNA)
    await put(hass, home, box, [(1, TWO), (2, ONE)])
    await fix(hass, issue_about(home, 1), next_step_id="moved")
    last = shown(hass, "sensor.cellar_last_message")
    assert last.attributes["sim"] == "Cellar SIM 2"
    await act(hass, "send_sms", reply_to=question["message_id"], message="here")
    sent = (await on_the_air(box, 2))[-1]
    assert (sent.text, sent.channel) == ("here", 2)


async def test_a_card_that_moved_where_another_was_leaves_its_port_empty(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    await put(hass, home, box, [(1, {}), (2, ONE)])
    assert issues(hass).keys() == {issue_about(home, 2)}
    await fix(hass, issue_about(home, 2), next_step_id="moved")

    assert ports(home) == {"sim1": 2, "sim2": 1}
    assert issues(hass) == {}
    assert shown(hass, BALANCE).state == "12.50"
    assert line(hass, "sim2").registered is False


async def test_a_card_that_stays_where_it_was_put_takes_it_from_the_sim_that_had_it(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    """The user wants the second device to go on with the first one's card."""
    await put(hass, home, box, [(1, {}), (2, ONE)])
    flows_page = await open_page(hass, issue_about(home, 2))
    flows = repairs_flow_manager(hass)
    assert flows is not None
    await flows.async_configure(flows_page["flow_id"], {"next_step_id": "new_card"})
    guessed = {"guessed_code": "*100#", "currency": "RUB"}
    await flows.async_configure(flows_page["flow_id"], guessed)
    await settle(hass)

    assert ports(home) == {"sim1": 1, "sim2": 2}
    assert home.subentries["sim2"].data["iccid"] == ONE["iccid"]
    first = home.subentries["sim1"].data
    assert (first["iccid"], first["imsi"]) == (None, None)
    assert "balance_code" not in first
    assert "sim1" not in await kept_balances(hass, home)
    assert issues(hass) == {}
    await put(hass, home, box, [(1, THREE)])
    assert issues(hass) == {}
    assert home.subentries["sim1"].data["iccid"] == THREE["iccid"]


async def test_three_cards_in_a_ring(hass: HomeAssistant) -> None:
    box = box_with(ONE, TWO, THREE)
    entry = entry_of(hass, 1, 2, 3)
    with wired(cellar=box):
        await set_up(hass, entry)
        await put(hass, entry, box, [(1, THREE), (2, ONE), (3, TWO)])
        assert len(issues(hass)) == 3
        await fix(hass, issue_about(entry, 2), next_step_id="moved")
        assert ports(entry) == {"sim1": 2, "sim2": 1, "sim3": 3}
        assert issues(hass).keys() == {issue_about(entry, 1), issue_about(entry, 3)}
        await fix(hass, issue_about(entry, 3), next_step_id="moved")
        assert ports(entry) == {"sim1": 2, "sim2": 3, "sim3": 1}
        assert issues(hass) == {}


async def test_a_dialog_that_stays_open_while_the_card_is_put_back(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    await put(hass, home, box, [(1, FOREIGN)])
    page = await open_page(hass, issue_about(home, 1))
    await put(hass, home, box, [(1, ONE)])
    flows = repairs_flow_manager(hass)
    assert flows is not None
    result = await flows.async_configure(page["flow_id"], CODE)
    assert (result["type"], result["reason"]) == ("abort", "settled")
    assert shown(hass, BALANCE).state == "12.50"


async def test_a_sim_that_is_removed_asks_nothing_any_more(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    await put(hass, home, box, [(1, FOREIGN)])
    hass.config_entries.async_remove_subentry(home, "sim1")
    await settle(hass)
    assert issues(hass) == {}
    await look(hass, home)
    assert ports(home) == {"sim2": 2}


async def test_a_box_that_is_disabled_asks_nothing(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    await put(hass, home, box, [(1, FOREIGN)])
    await hass.config_entries.async_unload(home.entry_id)
    assert issues(hass) == {}
    await hass.config_entries.async_setup(home.entry_id)
    await settle(hass)
    assert issues(hass).keys() == {issue_about(home, 1)}


@pytest.mark.parametrize("turns", [0, 1, 3, 30])
async def test_a_code_that_waits_is_not_dialled_on_another_card(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox, turns: int
) -> None:
    asked, holder, sim = len(box.dialled), object(), line(hass, "sim1")
    sim.claim(holder)
    asking = asyncio.create_task(ask(hass, home))
    for _ in range(turns):
        await asyncio.sleep(0)
    await put(hass, home, box, [(1, FOREIGN)])
    sim.release(holder)
    with pytest.raises(HomeAssistantError):
        await asking
    assert len(box.dialled) == asked


async def test_the_link_stays(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    await put(hass, home, box, [(1, TWO), (2, ONE)])
    await fix(hass, issue_about(home, 1), next_step_id="moved")
    await put(hass, home, box, [(1, FOREIGN)])
    await fix(hass, issue_about(home, 1), **CODE)
    assert (box.links, box.goodbyes) == (1, 0)
