"""Adding a box through the page."""

from collections.abc import AsyncGenerator

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.gateways.model import ChannelStatus
from custom_components.gsm_gateway.sims import has_sim
from tests.integration.boxes import (
    ELSEWHERE,
    GOIP_SERIAL,
    NOTHING,
    YEASTAR_IMEIS,
    added,
    box_entry,
    goip_data,
    goip_form,
    merged,
    running,
    sims,
    smpp_form,
    yeastar_data,
    yeastar_form,
)
from tests.integration.dialog import Dialog
from tests.simulator.core.line import Line
from tests.simulator.core.sim_card import SimCard, default_card
from tests.simulator.goip.box import GoipBox
from tests.simulator.yeastar.box import YeastarBox


async def test_a_goip_is_added_with_its_sims(
    hass: HomeAssistant, goip_box: GoipBox
) -> None:
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(goip_box))

    assert dialog.result["step_id"] == "balance"
    assert dialog.result["description_placeholders"] == {
        "box": "GoIP-4",
        "sims": "2",
        "ports": "1, 2",
        "operator_1": "Beeline",
        "ports_1": "1",
        "operator_2": "MTS",
        "ports_2": "2",
        "note_1": "",
        "note_2": "",
    }
    await dialog.fill(
        operator_1={"balance_code": " *102# ", "currency": "RUB"}, operator_2={}
    )

    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    assert dialog.pages == 3
    entry = added(hass)
    assert entry.state is ConfigEntryState.LOADED
    assert (entry.title, entry.unique_id) == ("GoIP-4", GOIP_SERIAL)
    assert dict(entry.data) == goip_data(goip_box, smpp=False)
    assert entry.options["notify_name"] == "goip_4"
    assert sims(entry) == {
        "sim_1": {
            "channel": 1,
            "operator": "Beeline",
            "imsi": "250990000000001",
            "iccid": "8970100000000000001",
            "balance_code": "*102#",
            "balance_interval": 24,
            "currency": "RUB",
            "use_for_sending": "always",
        },
        "sim_2": {
            "channel": 2,
            "operator": "MTS",
            "imsi": "250010000000002",
            "iccid": "8970100000000000002",
            "balance_interval": 24,
            "currency": None,
            "use_for_sending": "always",
        },
    }


async def test_a_goip_is_added_with_smpp(
    hass: HomeAssistant, goip_box: GoipBox
) -> None:
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(goip_box, transport="smpp"))
    assert dialog.suggested("smpp_port") == 7777
    await dialog.fill(**smpp_form(goip_box))
    await dialog.fill(**NOTHING)

    assert dict(added(hass).data) == goip_data(goip_box)


async def test_a_yeastar_is_added_with_its_sims(
    hass: HomeAssistant, yeastar_box: YeastarBox
) -> None:
    dialog = await Dialog.add(hass, "yeastar")
    await dialog.fill(**yeastar_form(yeastar_box))
    await dialog.fill(
        operator_1={"balance_code": "*100#", "currency": "RUB"}, operator_2={}
    )

    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    assert dialog.pages == 3
    entry = added(hass)
    assert entry.state is ConfigEntryState.LOADED
    assert (entry.title, entry.unique_id) == ("TG200", YEASTAR_IMEIS[0])
    assert dict(entry.data) == yeastar_data(yeastar_box)
    assert entry.options["notify_name"] == "tg200"
    assert {key: data["channel"] for key, data in sims(entry).items()} == {
        "sim_1": 1,
        "sim_2": 2,
    }


@pytest.mark.parametrize(
    ("host", "kept"),
    [
        ("127.0.0.1:{port}", ("127.0.0.1", False)),
        ("http://127.0.0.1:{port}/default/en_US/status.html", ("127.0.0.1", False)),
    ],
)
async def test_the_port_may_stand_in_the_address(
    hass: HomeAssistant, goip_box: GoipBox, host: str, kept: tuple[str, bool]
) -> None:
    filled = merged(goip_form(goip_box), {"connection": {"http_port": 80}})
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**filled | {"host": host.format(port=goip_box.http_port)})
    await dialog.fill(**NOTHING)

    data = added(hass).data
    assert (data["host"], data["tls"]) == kept
    assert data["http_port"] == goip_box.http_port


async def test_the_same_address_is_not_added_twice(
    hass: HomeAssistant, goip_box: GoipBox, known_goip: MockConfigEntry
) -> None:
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(goip_box))

    assert dialog.result["reason"] == "already_configured"
    assert dialog.result["description_placeholders"] == {"title": "GoIP"}
    assert not goip_box.requests, "a second login may disturb the first"


async def test_two_yeastars_may_share_an_address_but_not_its_ports(
    hass: HomeAssistant, yeastar_box: YeastarBox
) -> None:
    """As behind a router that forwards one AMI port to each."""
    data = yeastar_data(yeastar_box)
    data |= {"ami_port": 1, "module_imeis": ["111111111111111"]}
    box_entry(yeastar_box, data, unique_id="111111111111111").add_to_hass(hass)
    dialog = await Dialog.add(hass, "yeastar")
    await dialog.fill(**yeastar_form(yeastar_box))
    await dialog.fill(**NOTHING)

    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_goip_is_not_added_twice_under_another_address(
    hass: HomeAssistant, goip_box: GoipBox
) -> None:
    data = goip_data(goip_box) | ELSEWHERE
    box_entry(goip_box, data).add_to_hass(hass)
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(goip_box))

    assert dialog.result["reason"] == "already_configured"


async def test_a_yeastar_is_not_added_twice_after_a_module_was_replaced(
    hass: HomeAssistant, yeastar_box: YeastarBox
) -> None:
    data = yeastar_data(yeastar_box)
    data |= ELSEWHERE | {"module_imeis": ["111111111111111", YEASTAR_IMEIS[1]]}
    box_entry(yeastar_box, data, unique_id="111111111111111").add_to_hass(hass)
    dialog = await Dialog.add(hass, "yeastar")
    await dialog.fill(**yeastar_form(yeastar_box))

    assert dialog.result["reason"] == "already_configured"


async def test_boxes_of_both_brands_live_side_by_side(
    hass: HomeAssistant, known_goip: MockConfigEntry, yeastar_box: YeastarBox
) -> None:
    dialog = await Dialog.add(hass, "yeastar")
    await dialog.fill(**yeastar_form(yeastar_box))
    await dialog.fill(**NOTHING)

    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY


async def test_two_boxes_of_one_kind_have_titles_and_actions_of_their_own(
    hass: HomeAssistant, goip_box: GoipBox
) -> None:
    other = goip_data(goip_box) | ELSEWHERE
    box_entry(goip_box, other, unique_id="OTHER", title="GOIP 4").add_to_hass(hass)
    hass.services.async_register("notify", "goip_4_2", lambda call: None)
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(goip_box))
    await dialog.fill(**NOTHING)

    entry = dialog.result["result"]
    assert entry.title == "GoIP-4 2"
    assert entry.options["notify_name"] == "goip_4_2_2"


async def test_a_box_without_identity_is_known_by_its_address(
    hass: HomeAssistant, goip_box: GoipBox
) -> None:
    goip_box.options.serial = goip_box.options.mac = ""
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(goip_box))
    await dialog.fill(**NOTHING)
    assert added(hass).unique_id is None

    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(goip_box))
    assert dialog.result["reason"] == "already_configured"


@pytest.fixture
async def empty_box(hass: HomeAssistant) -> AsyncGenerator[GoipBox]:
    """A GoIP without a SIM."""
    async with running(hass, GoipBox(lines=[Line(1), Line(2)])) as box:
        yield box


async def test_a_sim_put_in_meanwhile_is_found(
    hass: HomeAssistant, empty_box: GoipBox
) -> None:
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(empty_box))
    assert dialog.result["step_id"] == "no_sim"

    empty_box.lines[2].sim = default_card(2)
    await dialog.choose("look_again")
    await dialog.fill(operator_1={})
    assert list(sims(added(hass))) == ["sim_2"]
    assert dialog.pages == 4


async def test_a_box_that_is_gone_when_looked_at_again_is_told(
    hass: HomeAssistant, empty_box: GoipBox
) -> None:
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(empty_box))
    await empty_box.stop()
    await dialog.choose("look_again")

    assert dialog.result["errors"] == {"base": "cannot_connect"}
    assert dialog.suggested("username") == "admin"


async def test_a_box_is_added_without_a_sim(
    hass: HomeAssistant, empty_box: GoipBox
) -> None:
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(empty_box))
    await dialog.choose("without_sim")

    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    assert not added(hass).subentries


def card(number: int, operator: str) -> SimCard:
    """Return a card of an operator that no list of balance codes has."""
    return SimCard(operator=operator, imsi=f"99999{number:010d}", iccid=f"{number}")


@pytest.fixture
async def big_box(hass: HomeAssistant) -> AsyncGenerator[GoipBox]:
    """A GoIP with 32 SIMs: 20 of one operator, 5 of a second, one each of seven more."""
    operators = ["Many"] * 20 + ["Some"] * 5 + [f"One {n}" for n in range(7)]
    lines = [Line(n, card(n, name)) for n, name in enumerate(operators, start=1)]
    async with running(hass, GoipBox(lines=lines)) as box:
        yield box


async def test_32_sims_are_asked_about_on_one_page_by_operator(
    hass: HomeAssistant, big_box: GoipBox
) -> None:
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(big_box))

    names = dialog.result["description_placeholders"]
    assert names["sims"] == "32"
    assert [names[f"operator_{n}"] for n in (1, 2, 3)] == ["Many", "Some", "One 0"]
    assert names["ports_2"] == "21, 22, 23, 24, 25"
    assert [field["name"] for field in dialog.fields] == [
        f"operator_{number}" for number in range(1, 7)
    ]
    asked: dict[str, dict[str, str]] = {
        f"operator_{number}": {} for number in range(2, 7)
    }
    await dialog.fill(operator_1={"balance_code": "*1#", "currency": "EUR"}, **asked)

    assert dialog.pages == 3
    found = sims(added(hass))
    assert len(found) == 32
    with_balance = [key for key, data in found.items() if "balance_code" in data]
    assert with_balance == [f"sim_{number}" for number in range(1, 21)]


@pytest.mark.parametrize(
    ("told", "registered", "there"),
    [
        (True, None, True),
        (False, True, False),
        (None, True, True),
        (None, False, False),
        (None, None, False),
    ],
)
def test_a_sim_that_is_registered_is_there_where_the_box_does_not_tell(
    told: bool | None, registered: bool | None, there: bool
) -> None:
    channel = ChannelStatus(channel=1, sim_present=told, registered=registered)
    assert has_sim(channel) is there
