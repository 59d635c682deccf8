"""SIMs that come to a port later, move to an empty one, or are changed where no box tells."""

from collections.abc import AsyncGenerator
from typing import Any

from homeassistant.components.persistent_notification import (
    _async_get_or_create_notifications,
)
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

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
from tests.integration.dialog import Dialog
from tests.integration.entries import (
    add,
    change,
    goip_entry,
    kept_balances,
    set_up,
    settle,
    shown,
    sim,
)
from tests.integration.fakes import FakeBox
from tests.integration.repairing import issues
from tests.integration.restarting import kept, restarted
from tests.integration.scene import (
    ANNA,
    act,
    device_id,
    on_the_air,
    receive,
    wired,
)


@pytest.fixture
def box() -> FakeBox:
    """A box with cards in two of three ports."""
    return box_with(ONE, TWO, {})


@pytest.fixture
async def home(hass: HomeAssistant, box: FakeBox) -> AsyncGenerator[MockConfigEntry]:
    """Its entry, loaded."""
    entry = entry_of(hass, 1, 2)
    with wired(cellar=box):
        await set_up(hass, entry)
        yield entry


def notices(hass: HomeAssistant) -> list[str]:
    """Return the notifications that are shown."""
    found = _async_get_or_create_notifications(hass).values()
    assert all(notice["title"] == "Cellar" for notice in found)
    return [notice["message"] for notice in found]


def sims(entry: MockConfigEntry) -> dict[str, dict[str, Any]]:
    """Return the data of the SIMs by their titles."""
    return {s.title: dict(s.data) for s in entry.get_subentries_of_type("sim")}


async def test_a_sim_that_is_put_in_later_is_added_live(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    assert notices(hass) == []
    await put(hass, home, box, [(3, FOREIGN)])

    assert sims(home)["SIM 3"] == {
        "channel": 3,
        **FOREIGN,
        "balance_interval": 24,
        "currency": None,
        "use_for_sending": "always",
    }
    (notice,) = notices(hass)
    assert notice.startswith("Port 3 of Cellar has a SIM card now")
    assert (box.links, box.goodbyes) == (1, 0)
    assert shown(hass, "binary_sensor.cellar_sim_3_registration").state == "on"
    (new,) = ports(home).keys() - {"sim1", "sim2"}
    got = await receive(hass, box, channel=3)
    assert got["entity_id"] == "event.cellar_sim_3_incoming_sms"
    device = device_id(hass, home, new)
    await act(hass, "send_sms", device_id=device, to=ANNA, message="hello")
    assert (await on_the_air(box))[-1].channel == 3
    await look(hass, home)
    assert len(notices(hass)) == 1


async def test_a_port_that_the_link_does_not_reach_makes_it_anew(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    box.reachable = frozenset({1, 2})
    await put(hass, home, box, [(3, FOREIGN)])
    assert "SIM 3" in sims(home)
    assert (box.links, box.goodbyes) == (2, 1)
    await look(hass, home)
    assert (box.links, box.goodbyes) == (2, 1)


async def test_a_port_that_the_user_removed_stays_removed(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    hass.config_entries.async_remove_subentry(home, "sim2")
    await settle(hass)
    await look(hass, home)
    await put(hass, home, box, [(2, FOREIGN)])
    assert ports(home) == {"sim1": 1}
    async with restarted(hass, home) as second:
        (entry,) = second.config_entries.async_entries("gsm_gateway")
        await look(second, entry)
        assert ports(entry) == {"sim1": 1}
        assert notices(second) == []

        await add(second, entry, sim(2, **FOREIGN))
        assert ports(entry) == {"sim1": 1, "sim2": 2}


async def test_a_port_that_was_removed_while_the_box_was_disabled_stays_removed(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(home.entry_id)
    hass.config_entries.async_remove_subentry(home, "sim2")
    await hass.config_entries.async_setup(home.entry_id)
    await settle(hass)
    await look(hass, home)
    assert ports(home) == {"sim1": 1}


async def test_a_port_that_was_removed_while_the_box_was_away_stays_removed(
    hass: HomeAssistant, box: FakeBox
) -> None:
    box.on = False
    entry = entry_of(hass, 1, 2)
    with wired(cellar=box):
        await set_up(hass, entry)
        hass.config_entries.async_remove_subentry(entry, "sim2")
        await settle(hass)
        box.switch(on=True)
        await settle(hass)
        assert entry.runtime_data.status.data.channels
        assert ports(entry) == {"sim1": 1}


async def test_a_port_waits_until_its_card_is_told(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    """The module has not read the card yet: it may be one that is known."""
    await put(hass, home, box, [(3, NOBODY)])
    assert ports(home) == {"sim1": 1, "sim2": 2}
    await put(hass, home, box, [(1, {}), (3, ONE)])
    assert ports(home) == {"sim1": 3, "sim2": 2}


async def test_a_box_that_tells_no_cards_shows_a_sim_by_its_registration(
    hass: HomeAssistant,
) -> None:
    box = box_with(NOBODY, {})
    entry = goip_entry(sim(1, **NOBODY), host="cellar")
    with wired(cellar=box):
        await set_up(hass, entry)
        box.change(2, sim_present=True, registered=False)
        await look(hass, entry)
        assert ports(entry) == {"sim1": 1}
        box.change(2, registered=True)
        await look(hass, entry)
        assert sims(entry).keys() == {"SIM 1", "SIM 2"}


async def test_the_first_card_that_is_told_is_the_sims_own(
    hass: HomeAssistant,
) -> None:
    box = box_with(NOBODY)
    entry = goip_entry(sim(1, **NOBODY), host="cellar")
    with wired(cellar=box):
        await set_up(hass, entry)
        await put(hass, entry, box, [(1, FOREIGN)])
        assert issues(hass) == {}
        assert {key: sims(entry)["SIM 1"][key] for key in FOREIGN} == FOREIGN
        await put(hass, entry, box, [(1, ONE)])
        assert len(issues(hass)) == 1


async def test_a_card_that_moves_to_an_empty_port_takes_its_sim_along(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    await receive(hass, box, "old", channel=1)
    device = device_id(hass, home, "sim1")
    await put(hass, home, box, [(1, {}), (3, ONE)])

    assert ports(home) == {"sim1": 3, "sim2": 2}
    assert issues(hass) == {}
    assert device_id(hass, home, "sim1") == device
    (notice,) = notices(hass)
    assert notice.startswith("The SIM card of port 1 of Cellar is in port 3 now.")
    assert "SIM 3" in sims(home)
    await receive(hass, box, "new", channel=3)
    answer = await act(hass, "get_messages", device_id=device)
    assert [m["text"] for m in answer["messages"]] == ["new", "old"]

    await put(hass, home, box, [(1, THREE)])
    assert sims(home).keys() == {"SIM 1", "SIM 2", "SIM 3"}
    assert sims(home)["SIM 1"]["iccid"] == THREE["iccid"]


async def test_a_card_that_makes_room_for_another_at_once(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    await put(hass, home, box, [(1, FOREIGN), (3, ONE)])
    assert issues(hass) == {}
    assert ports(home)["sim1"] == 3
    assert sims(home)["SIM 1"]["iccid"] == FOREIGN["iccid"]
    assert len(notices(hass)) == 2


async def test_a_card_that_a_box_shows_twice_stays_where_it_was(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    await put(hass, home, box, [(3, ONE)])
    assert ports(home) == {"sim1": 1, "sim2": 2}
    assert (issues(hass), notices(hass)) == ({}, [])


async def test_a_name_that_the_user_gave_stays(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    hass.config_entries.async_update_subentry(
        home, home.subentries["sim1"], title="Grandma"
    )
    await settle(hass)
    await put(hass, home, box, [(1, {}), (3, ONE)])
    assert sims(home)["Grandma"]["channel"] == 3


async def test_settings_survive_a_move(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    await change(hass, home, "sim1", parts_per_day=7, use_for_sending="never")
    before = {k: v for k, v in home.subentries["sim1"].data.items() if k != "channel"}
    await put(hass, home, box, [(1, {}), (3, ONE)])
    after = dict(home.subentries["sim1"].data)
    assert after.pop("channel") == 3
    assert after == before


# Boxes whose channels tell by themselves, a piece at a time.


@pytest.fixture
async def pushed(
    hass: HomeAssistant,
) -> AsyncGenerator[tuple[MockConfigEntry, FakeBox]]:
    """The entry of a box that pushes its status, and the box."""
    box = box_with(ONE, TWO, {}, pushes_status=True)
    entry = entry_of(hass, 1, 2)
    with wired(cellar=box):
        await set_up(hass, entry)
        yield entry, box


async def test_pieces_without_a_card_change_nothing(
    hass: HomeAssistant, pushed: tuple[MockConfigEntry, FakeBox]
) -> None:
    entry, box = pushed
    before = dict(entry.subentries["sim1"].data)
    box.tell(1, signal_csq=3)
    box.tell(1, registered=False)
    box.tell(1, imsi=ONE["imsi"])
    box.tell(1, sim_present=False)
    box.tell(1, registered=True, iccid=ONE["iccid"])
    await settle(hass)
    assert issues(hass) == {}
    assert entry.subentries["sim1"].data == before


async def test_another_imsi_is_seen_where_the_iccid_was_read_once(
    hass: HomeAssistant, pushed: tuple[MockConfigEntry, FakeBox]
) -> None:
    """Old firmware tells no ICCID in its keepalives: the one of the page is stale."""
    entry, box = pushed
    box.tell(1, imsi=FOREIGN["imsi"])
    await settle(hass)
    assert len(issues(hass)) == 1
    assert entry.subentries["sim1"].data["other_card"]["iccid"] is None
    box.tell(1, imsi=ONE["imsi"])
    await settle(hass)
    assert issues(hass) == {}


async def test_cards_are_exchanged_one_keepalive_at_a_time(
    hass: HomeAssistant, pushed: tuple[MockConfigEntry, FakeBox]
) -> None:
    entry, box = pushed
    box.tell(2, **ONE)
    await settle(hass)
    assert len(issues(hass)) == 1
    box.tell(1, **TWO)
    await settle(hass)
    assert len(issues(hass)) == 2
    assert ports(entry) == {"sim1": 1, "sim2": 2}
    box.tell(1, **ONE)
    box.tell(2, **TWO)
    await settle(hass)
    assert issues(hass) == {}


async def test_a_sim_in_an_empty_port_is_added_when_its_line_tells_of_it(
    hass: HomeAssistant, pushed: tuple[MockConfigEntry, FakeBox]
) -> None:
    entry, box = pushed
    box.tell(3, sim_present=True, registered=True)
    await settle(hass)
    assert "SIM 3" not in sims(entry)
    box.tell(3, **FOREIGN)
    await settle(hass)
    assert sims(entry)["SIM 3"]["iccid"] == FOREIGN["iccid"]
    assert (box.links, box.goodbyes) == (1, 0)


# Boxes that tell neither ICCID nor IMSI.


async def test_the_user_says_that_the_card_was_changed(hass: HomeAssistant) -> None:
    box = box_with(NOBODY, NOBODY)
    balance = {"balance_code": "*100#", "currency": "PLN"}
    entry = goip_entry(
        sim(1, **NOBODY, **balance), sim(2, **NOBODY, **balance), host="cellar"
    )
    with wired(cellar=box):
        await set_up(hass, entry)
        device = device_id(hass, entry, "sim1")
        await act(hass, "refresh_balance", device_id=device)
        await act(hass, "send_sms", device_id=device, to=ANNA, message="hello")
        await on_the_air(box)
        assert shown(hass, "sensor.cellar_sim_1_balance").state == "12.50"

        dialog = await Dialog.subentry(hass, entry, "sim", "sim1")
        assert dialog.result["menu_options"] == ["change", "check", "card"]
        await dialog.choose("card")
        assert dialog.suggested("balance_code") is None
        assert dialog.suggested("currency") == "PLN"
        await dialog.fill(balance_code="money?", currency="PLN")
        assert dialog.result["errors"] == {"balance_code": "invalid_code"}
        await dialog.fill(balance_code="*101#", currency="EUR")
        assert dialog.result["reason"] == "card_changed"
        await settle(hass)

        assert sims(entry)["SIM 1"]["balance_code"] == "*101#"
        assert shown(hass, "sensor.cellar_sim_1_balance").state == "unknown"
        assert shown(hass, "sensor.cellar_sim_1_sent_today").state == "0"
        kept_now = await kept_balances(hass, entry)
        assert kept_now.get("sim1", {}).get("balance") is None
        assert (box.links, box.goodbyes) == (1, 0)


async def test_a_box_that_tells_its_cards_is_not_asked_about_them(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    dialog = await Dialog.subentry(hass, home, "sim", "sim1")
    assert dialog.result["menu_options"] == ["change", "check"]


async def test_what_is_known_of_ports_survives_the_options(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    dialog = await Dialog.options(hass, home)
    await dialog.fill(
        notify_name="cellar",
        trust={"trusted_senders": []},
        privacy={"private_senders": [], "show_texts": False},
        keeping={"keep_days": 30},
    )
    assert home.options["known_ports"] == [1, 2]
    assert kept(home).options["known_ports"] == [1, 2]
