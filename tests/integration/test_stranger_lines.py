"""Which lines of a box unknown ids are, and how texts from the network are shown."""

import pytest

from custom_components.gsm_gateway.flow_listen import shown
from custom_components.gsm_gateway.gateways.goip.sms_server import StrangerLine
from custom_components.gsm_gateway.gateways.model import ChannelStatus
from custom_components.gsm_gateway.stranger_lines import channels_of

CHANNELS = [
    ChannelStatus(channel=1, imei="861", imsi="2501", iccid="8971"),
    ChannelStatus(channel=2, imei="862", imsi="2502"),
    ChannelStatus(channel=3),
    ChannelStatus(channel=4),
]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        pytest.param(
            {
                "b1": StrangerLine(port=1, imei="862"),
                "a2": StrangerLine(port=2, iccid="8971"),
            },
            {"b1": 2, "a2": 1},
            id="module and card count before the number",
        ),
        pytest.param(
            {"x": StrangerLine(port=1, imsi="2502")}, {"x": 2}, id="the card's IMSI"
        ),
        pytest.param(
            {"go4": StrangerLine(port=1), "go02": StrangerLine(port=2)},
            {"go4": 4, "go02": 2},
            id="the number at the end",
        ),
        pytest.param(
            {"a4": StrangerLine(port=1), "b4": StrangerLine(port=2)},
            {"a4": 4, "b4": 1},
            id="a number only once",
        ),
        pytest.param(
            {"go9": StrangerLine(port=1), "x": StrangerLine(port=2)},
            {"go9": 1, "x": 2},
            id="no such line",
        ),
        pytest.param(
            {
                "up": StrangerLine(port=9993),
                "down": StrangerLine(port=9991),
                "left": StrangerLine(port=9992),
            },
            {"down": 1, "left": 2, "up": 3},
            id="the order of the ports",
        ),
        pytest.param(
            {name: StrangerLine(port=n) for n, name in enumerate("abcde")},
            {"a": 1, "b": 2, "c": 3, "d": 4},
            id="more ids than lines",
        ),
    ],
)
def test_the_line_of_an_id(
    lines: dict[str, StrangerLine], found: dict[str, int]
) -> None:
    assert channels_of(lines, CHANNELS) == found


def test_two_modules_of_one_number_tell_nothing() -> None:
    twins = [ChannelStatus(channel=n, imei="0") for n in (1, 2)]
    assert channels_of({"b2": StrangerLine(port=1, imei="0")}, twins) == {"b2": 2}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("home-1", "`home-1`"),
        ("![x](https://example.org/a.png)", "`![x](https://example.org/a.png)`"),
        ("`**a**`", "`**a**`"),
        ("a|b\nc", "`abc`"),
        ("\u202eabc", "`abc`"),
        (" ` ", "–"),
        ("", "–"),
        ("x" * 99, f"`{'x' * 32}`"),
    ],
)
def test_a_text_from_the_network_is_no_markup(text: str, written: str) -> None:
    assert shown(text) == written
