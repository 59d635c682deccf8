"""Adding a GoIP whose lines call Home Assistant, over real datagrams."""

import asyncio
from collections.abc import AsyncGenerator
import socket
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway import flow_listen
from custom_components.gsm_gateway.flow_listen import (
    async_box_address,
    async_own_address,
)
from custom_components.gsm_gateway.sms_servers import server_for
from tests.integration.boxes import (
    ELSEWHERE,
    NOTHING,
    added,
    box_entry,
    call_home,
    goip_data,
    goip_form,
    running,
    smpp_form,
    udp_data,
    udp_form,
)
from tests.integration.dialog import Dialog
from tests.integration.entries import settle
from tests.simulator.core.line import Line
from tests.simulator.goip.box import GoipBox

OWN_ADDRESS = "10.10.10.10"
"""What the test tools make of the address of Home Assistant."""


@pytest.fixture
def port() -> int:
    """A UDP port that nobody has."""
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


@pytest.fixture(autouse=True)
async def pages_closed_at_the_end(hass: HomeAssistant) -> AsyncGenerator[None]:
    """Leave no page open that listens."""
    yield
    for flow in hass.config_entries.flow.async_progress():
        hass.config_entries.flow.async_abort(flow["flow_id"])
    await settle(hass)


async def listening(hass: HomeAssistant, box: GoipBox, form: dict[str, Any]) -> Dialog:
    """Go through the pages up to the one that listens."""
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(box, transport="udp"))
    await dialog.fill(**form)
    assert dialog.result["type"] is FlowResultType.SHOW_PROGRESS, dialog.result
    return dialog


def rows(dialog: Dialog) -> list[str]:
    """Return the table of the lines that the page shows."""
    shown: str = dialog.result["description_placeholders"]["rows"]
    return shown.splitlines()


def is_menu(result: Any) -> bool:
    """Tell whether the page asks what to do about silent lines."""
    return result["type"] is FlowResultType.MENU


async def test_a_goip_is_added_when_all_lines_with_a_sim_have_called(
    hass: HomeAssistant, goip_box: GoipBox, port: int
) -> None:
    dialog = await listening(hass, goip_box, udp_form(port))
    told = dialog.result["description_placeholders"]
    assert (told["address"], told["port"]) == (OWN_ADDRESS, str(port))
    assert told["password"] == "`goip`"
    assert told["page"] == (
        f"http://127.0.0.1:{goip_box.http_port}/default/en_US/config.html?type=sms"
    )
    assert rows(dialog) == [
        "| 1 | `home-1` | … |",
        "| 2 | `home-2` | … |",
        "| 3 | `home-3` | – |",
        "| 4 | `home-4` | – |",
    ]

    await call_home(goip_box, port)
    await dialog.until(lambda result: result.get("step_id") == "balance")
    await dialog.fill(**NOTHING)

    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    assert dict(added(hass).data) == {
        **goip_data(goip_box, smpp=False),
        "udp": udp_data(port),
    }


async def test_a_proposal_is_made_for_every_line(
    hass: HomeAssistant, goip_box: GoipBox
) -> None:
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(goip_box, transport="udp"))

    assert dialog.suggested("udp_port") == 44444
    assert dialog.suggested("udp_ids") == ["home-1", "home-2", "home-3", "home-4"]
    assert len(dialog.suggested("udp_password")) == 10
    assert dialog.folded() == {"more": True}
    assert dialog.suggested("more", "send_by") == "udp"
    assert dialog.suggested("more", "only_address") is False


async def test_the_proposal_of_a_second_box_has_ids_of_its_own(
    hass: HomeAssistant, goip_box: GoipBox
) -> None:
    known = {**goip_data(goip_box), **ELSEWHERE, "udp": udp_data(44444)}
    box_entry(goip_box, known, unique_id="OTHER").add_to_hass(hass)
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(goip_box, transport="udp"))

    assert dialog.suggested("udp_ids") == ["home2-1", "home2-2", "home2-3", "home2-4"]


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"udp_ids": []}, {"udp_ids": "udp_ids_missing"}),
        ({"udp_ids": ["", " "]}, {"udp_ids": "udp_ids_missing"}),
        ({"udp_ids": ["a", "b", "c", "d", "e"]}, {"udp_ids": "udp_ids_too_many"}),
        ({"udp_ids": ["a", "b", "a"]}, {"udp_ids": "udp_id_twice"}),
        ({"udp_ids": ["a;b"]}, {"udp_ids": "udp_id_malformed"}),
        ({"udp_ids": ["a b"]}, {"udp_ids": "udp_id_malformed"}),
        ({"udp_ids": ["kellergerät"]}, {"udp_ids": "udp_id_malformed"}),
        ({"udp_ids": ["a|b"]}, {"udp_ids": "udp_id_malformed"}),
        ({"udp_ids": ["x" * 33]}, {"udp_ids": "udp_id_malformed"}),
        ({"udp_ids": ["theirs"]}, {"udp_ids": "udp_id_taken"}),
        ({"udp_password": ""}, {"udp_password": "udp_password_malformed"}),
        ({"udp_password": "a b"}, {"udp_password": "udp_password_malformed"}),
        ({"udp_password": "a;b"}, {"udp_password": "udp_password_malformed"}),
        ({"udp_password": "a|b"}, {"udp_password": "udp_password_malformed"}),
        ({"udp_password": "a`b"}, {"udp_password": "udp_password_malformed"}),
    ],
)
async def test_a_mistake_is_told_and_can_be_mended(
    hass: HomeAssistant,
    goip_box: GoipBox,
    port: int,
    wrong: dict[str, Any],
    errors: dict[str, str],
) -> None:
    theirs = udp_data(port, udp_ids=["", "theirs"])
    known = {**goip_data(goip_box), **ELSEWHERE, "udp": theirs}
    box_entry(goip_box, known, unique_id="OTHER").add_to_hass(hass)
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(goip_box, transport="udp"))
    await dialog.fill(**udp_form(port, **wrong))
    assert dialog.result["errors"] == errors
    for field, value in wrong.items():
        assert dialog.suggested(field) == value

    await dialog.fill(**udp_form(port))
    assert dialog.result["type"] is FlowResultType.SHOW_PROGRESS


async def test_a_port_that_is_taken_is_told(
    hass: HomeAssistant, goip_box: GoipBox, port: int
) -> None:
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(goip_box, transport="udp"))
    with socket.socket(type=socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", port))
        await dialog.fill(**udp_form(port))
        assert dialog.result["errors"] == {"udp_port": "udp_port_taken"}

    await dialog.fill(**udp_form(port))
    assert dialog.result["type"] is FlowResultType.SHOW_PROGRESS


async def test_lines_with_another_password_are_shown(
    hass: HomeAssistant, goip_box: GoipBox, port: int
) -> None:
    dialog = await listening(hass, goip_box, udp_form(port))
    await call_home(goip_box, port, udp_password="old")
    await dialog.until(lambda _: rows(dialog)[1] == "| 2 | `home-2` | ✗ |")

    await goip_box.option("udp_password", "goip")
    await dialog.until(lambda result: result.get("step_id") == "balance")


async def test_ids_that_nobody_waits_for_are_shown(
    hass: HomeAssistant, goip_box: GoipBox, port: int
) -> None:
    dialog = await listening(hass, goip_box, udp_form(port))
    await call_home(goip_box, port, udp_id="x|`y")
    await dialog.until(
        lambda result: result["description_placeholders"]["strangers"].count(",") == 3
    )

    assert dialog.result["progress_action"] == "listen_strangers"
    strangers = dialog.result["description_placeholders"]["strangers"]
    assert strangers == "`xy1`, `xy2`, `xy3`, `xy4`"


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page waits a moment instead of two minutes."""
    monkeypatch.setattr(flow_listen, "LISTEN_SECONDS", 0.5)


@pytest.mark.usefixtures("short_patience")
async def test_silence_ends_in_a_choice_and_the_box_is_added_all_the_same(
    hass: HomeAssistant, goip_box: GoipBox, port: int
) -> None:
    dialog = await listening(hass, goip_box, udp_form(port))
    await dialog.until(is_menu)
    assert dialog.result["menu_options"] == ["listen_longer", "udp", "without_waiting"]
    await dialog.choose("without_waiting")
    await dialog.fill(**NOTHING)

    assert added(hass).data["udp"] == udp_data(port)


@pytest.mark.usefixtures("short_patience")
async def test_one_can_wait_longer(
    hass: HomeAssistant,
    goip_box: GoipBox,
    port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await goip_box.udp_silence(state=True, line=2)
    await call_home(goip_box, port)
    dialog = await listening(hass, goip_box, udp_form(port))
    await dialog.until(is_menu)
    monkeypatch.undo()
    await goip_box.udp_silence(state=True, line=1)
    await dialog.choose("listen_longer")
    assert dialog.result["type"] is FlowResultType.SHOW_PROGRESS
    assert rows(dialog)[0] == "| 1 | `home-1` | ✓ |", "it has called before"

    await goip_box.udp_silence(state=False, line=2)
    await dialog.until(lambda result: result.get("step_id") == "balance")


@pytest.mark.usefixtures("short_patience")
async def test_one_can_go_on_with_those_that_called(
    hass: HomeAssistant, goip_box: GoipBox, port: int
) -> None:
    await goip_box.udp_silence(state=True, line=2)
    await call_home(goip_box, port)
    dialog = await listening(hass, goip_box, udp_form(port))
    await dialog.until(is_menu)
    assert rows(dialog)[:2] == ["| 1 | `home-1` | ✓ |", "| 2 | `home-2` | … |"]
    await dialog.choose("with_those")
    await dialog.fill(**NOTHING)

    ids = added(hass).data["udp"]["udp_ids"]
    assert ids == ["home-1", "", "home-3", "home-4"]


@pytest.mark.usefixtures("short_patience")
async def test_the_settings_can_be_changed_after_silence(
    hass: HomeAssistant,
    goip_box: GoipBox,
    port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await call_home(goip_box, port, udp_password="theirs")
    dialog = await listening(hass, goip_box, udp_form(port))
    await dialog.until(is_menu)
    monkeypatch.undo()
    await dialog.choose("udp")
    assert dialog.suggested("udp_password") == "goip"

    await dialog.fill(**udp_form(port, udp_password="theirs"))
    await dialog.until(lambda result: result.get("step_id") == "balance")


async def test_a_page_that_is_closed_listens_no_more(
    hass: HomeAssistant, goip_box: GoipBox, port: int
) -> None:
    dialog = await listening(hass, goip_box, udp_form(port))
    assert server_for(hass, port).bound_port == port
    hass.config_entries.flow.async_abort(dialog.result["flow_id"])

    await settle(hass)
    assert server_for(hass, port).bound_port is None


async def test_messages_are_left_to_the_entry_that_comes(
    hass: HomeAssistant, goip_box: GoipBox, port: int
) -> None:
    """Who acknowledges a message has to have it on disk."""
    await goip_box.udp_silence(state=True, line=2)
    dialog = await listening(hass, goip_box, udp_form(port))
    await call_home(goip_box, port)
    await dialog.until(lambda _: rows(dialog)[0].endswith("✓ |"))
    await goip_box.receive(1, "+7999", "hello")

    await goip_box.journal.wait_for_kind("sms_lost", line=1, how="udp")
    assert not goip_box.journal.entries("sms_acknowledged")


async def test_a_box_is_found_by_its_name(
    hass: HomeAssistant, goip_box: GoipBox, port: int
) -> None:
    """Or not: then strange ids cannot be told apart from those of others."""

    async def silent(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    with patch.object(hass.loop, "getaddrinfo", side_effect=OSError):
        assert await async_box_address(hass, "goip.lan") == "goip.lan"
    with (
        patch.object(hass.loop, "getaddrinfo", side_effect=silent),
        patch("custom_components.gsm_gateway.flow_listen.RESOLVE_SECONDS", 0),
    ):
        async with asyncio.timeout(5):
            assert await async_box_address(hass, "goip.lan") == "goip.lan"
    assert await async_box_address(hass, "127.0.0.1") == "127.0.0.1"
    assert await async_own_address(hass, "goip.lan") == OWN_ADDRESS


async def test_a_box_without_a_sim_waits_for_all_its_lines(
    hass: HomeAssistant, port: int
) -> None:
    async with running(hass, GoipBox(lines=[Line(1), Line(2)])) as box:
        dialog = await Dialog.add(hass, "goip")
        await dialog.fill(**goip_form(box, transport="udp"))
        await dialog.choose("without_sim")
        await dialog.fill(**udp_form(port, udp_ids=["home-1", "home-2"]))
        assert all(row.endswith("… |") for row in rows(dialog))
        await call_home(box, port)
        await dialog.until(lambda result: result.get("step_id") == "heard")
        await dialog.fill()

        assert dialog.result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_stopping_home_assistant_listens_no_more(
    hass: HomeAssistant, goip_box: GoipBox, port: int
) -> None:
    await listening(hass, goip_box, udp_form(port))
    for task in hass._background_tasks:
        task.cancel()

    await settle(hass)
    assert server_for(hass, port).bound_port is None


# Changing how a box that is there talks


async def test_a_box_with_smpp_begins_to_call(
    hass: HomeAssistant, goip_box: GoipBox, known_goip: MockConfigEntry, port: int
) -> None:
    assert await hass.config_entries.async_setup(known_goip.entry_id)
    before = known_goip.runtime_data
    dialog = await Dialog.about(hass, known_goip, "reconfigure")
    await dialog.fill(**goip_form(goip_box, transport="udp"))
    await dialog.fill(**udp_form(port))
    await call_home(goip_box, port)
    await dialog.until(lambda result: result.get("step_id") == "heard")
    assert known_goip.runtime_data is before
    await dialog.fill()

    assert dialog.result["reason"] == "reconfigure_successful"
    assert dict(known_goip.data) == {
        **goip_data(goip_box, smpp=False),
        "udp": udp_data(port),
    }
    assert known_goip.runtime_data is not before


@pytest.fixture
def known_udp_goip(
    hass: HomeAssistant, goip_box: GoipBox, port: int
) -> MockConfigEntry:
    """The GoIP that calls, known to Home Assistant but not set up yet."""
    data = {**goip_data(goip_box, smpp=False), "udp": udp_data(port)}
    entry = box_entry(goip_box, data)
    entry.add_to_hass(hass)
    return entry


@pytest.mark.parametrize("transport", ["smpp", "web"])
async def test_a_box_that_calls_is_talked_to_otherwise(
    hass: HomeAssistant,
    goip_box: GoipBox,
    known_udp_goip: MockConfigEntry,
    transport: str,
) -> None:
    dialog = await Dialog.about(hass, known_udp_goip, "reconfigure")
    assert dialog.suggested("transport") == "udp"
    await dialog.fill(**goip_form(goip_box, transport=transport))
    if transport == "smpp":
        await dialog.fill(**smpp_form(goip_box))

    assert dialog.result["reason"] == "reconfigure_successful"
    assert dict(known_udp_goip.data) == goip_data(goip_box, smpp=transport == "smpp")


async def test_what_the_box_need_not_know_is_changed_without_waiting_for_it(
    hass: HomeAssistant, goip_box: GoipBox, known_udp_goip: MockConfigEntry, port: int
) -> None:
    dialog = await Dialog.about(hass, known_udp_goip, "reconfigure")
    await dialog.fill(**goip_form(goip_box, transport="udp"))
    assert dialog.suggested("udp_port") == port
    assert dialog.suggested("udp_password") == "goip"
    assert dialog.suggested("udp_ids") == ["home-1", "home-2", "home-3", "home-4"]
    await dialog.fill(**udp_form(port, more={"send_by": "web", "only_address": True}))

    assert dialog.result["reason"] == "reconfigure_successful"
    assert known_udp_goip.data["udp"] == udp_data(
        port, send_by="web", only_address=True
    )


async def test_the_lines_of_a_box_that_is_set_up_get_another_password(
    hass: HomeAssistant, goip_box: GoipBox, known_udp_goip: MockConfigEntry, port: int
) -> None:
    await call_home(goip_box, port)
    assert await hass.config_entries.async_setup(known_udp_goip.entry_id)
    dialog = await Dialog.about(hass, known_udp_goip, "reconfigure")
    await dialog.fill(**goip_form(goip_box, transport="udp"))
    await dialog.fill(**udp_form(port, udp_password="new"))
    await goip_box.option("udp_password", "new")
    await dialog.until(lambda result: result.get("step_id") == "heard")
    await dialog.fill()

    assert known_udp_goip.data["udp"]["udp_password"] == "new"


async def test_a_box_that_calls_is_logged_in_to_again(
    hass: HomeAssistant, goip_box: GoipBox, known_udp_goip: MockConfigEntry
) -> None:
    goip_box.options.web_password = "new"
    dialog = await Dialog.about(hass, known_udp_goip, "reauth")
    assert [field["name"] for field in dialog.fields] == [
        "username",
        "password",
        "udp_password",
    ]
    await dialog.fill(username="admin", password="new", udp_password="a b")
    assert dialog.result["errors"] == {"udp_password": "udp_password_malformed"}
    await dialog.fill(username="admin", password="new")
    assert dialog.result["reason"] == "reauth_successful"
    assert known_udp_goip.data["password"] == "new"
    assert known_udp_goip.data["udp"]["udp_password"] == "goip"

    dialog = await Dialog.about(hass, known_udp_goip, "reauth")
    await dialog.fill(username="admin", udp_password="better")
    assert known_udp_goip.data["udp"]["udp_password"] == "better"
