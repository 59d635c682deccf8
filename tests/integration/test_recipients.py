"""Whom an action sends to: phone numbers in every shape."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.template import Template
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.entries import contact, goip_entry, set_up, settle, sim
from tests.integration.fakes import FakeBox
from tests.integration.scene import ANNA, BOB, STRANGER, act, on_the_air, receive, wired


@pytest.mark.parametrize(
    ("to", "dialled"),
    [
        pytest.param([ANNA, BOB], [ANNA, BOB], id="list"),
        pytest.param(f"{ANNA}, {BOB}", [ANNA, BOB], id="commas"),
        pytest.param([f"{ANNA},{BOB}", STRANGER], [ANNA, BOB, STRANGER], id="both"),
        pytest.param([BOB, BOB], [BOB], id="twice the same"),
        pytest.param("+48 602-345-678", [BOB], id="written for people"),
        pytest.param("4321", ["4321"], id="short number"),
        pytest.param(4321, ["4321"], id="short number as an integer"),
        pytest.param(48602345678, [BOB], id="integer with a lost plus"),
        pytest.param([491511234567, ANNA], [STRANGER, ANNA], id="integer in a list"),
    ],
)
async def test_numbers_in_every_shape(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    to: object,
    dialled: list[str],
) -> None:
    response = await act(hass, "send_sms", to=to, message="hello")

    assert [message["to"] for message in response["messages"]] == dialled
    sent = await on_the_air(fake_box, len(dialled))
    assert sorted(sms.to for sms in sent) == sorted(dialled)


@pytest.mark.parametrize(
    ("template", "dialled"),
    [
        ("{{ anna }}", {ANNA}),
        ("{{ anna }},{{ bob }}", {ANNA, BOB}),
        ("{{ [anna, bob] }}", {ANNA, BOB}),
        ("{{ [anna, bob] | map('int') | list }}", {ANNA, BOB}),
    ],
)
async def test_numbers_out_of_templates(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    template: str,
    dialled: set[str],
) -> None:
    to = Template(template, hass).async_render({"anna": ANNA, "bob": BOB})

    await act(hass, "send_sms", to=to, message="hello")

    sent = await on_the_air(fake_box, len(dialled))
    assert {sms.to for sms in sent} == dialled


async def test_an_integer_is_the_number_of_somebody_who_has_written(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    """+1234567 is too short to be taken for international otherwise."""
    await receive(hass, fake_box, sender="+1234567")

    await act(hass, "send_sms", to=1234567, message="hello")

    assert [sent.to for sent in await on_the_air(fake_box)] == ["+1234567"]


async def test_an_integer_is_the_number_of_a_contact(
    hass: HomeAssistant, fake_box: FakeBox
) -> None:
    entry = goip_entry(sim(1), contact("Carol", "+1234567"), host="cellar")
    with wired(cellar=fake_box):
        await set_up(hass, entry)

    await act(hass, "send_sms", to=1234567, message="hello")

    assert [sent.to for sent in await on_the_air(fake_box)] == ["+1234567"]


async def test_one_bad_number_of_many_is_named_and_nothing_is_sent(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    with pytest.raises(ServiceValidationError, match="Granny is not a phone number"):
        await act(hass, "send_sms", to=[ANNA, "Granny", BOB], message="hello")

    await settle(hass)
    assert fake_box.sent == []
