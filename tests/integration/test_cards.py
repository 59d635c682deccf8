"""Whether two SIM cards are one, by what boxes tell of them."""

from datetime import UTC, datetime

import pytest

from custom_components.gsm_gateway.cards import (
    Card,
    OtherCard,
    card_told,
    other_card,
    present_imsi,
)
from custom_components.gsm_gateway.gateways.model import ChannelStatus

ICCID = "8948031234567890123"
IMSI = "260031234567890"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Card(iccid=ICCID), Card(iccid=ICCID), True),
        (Card(iccid=ICCID), Card(iccid="8948031234567890124"), False),
        # The check digit is left out, or not.
        (Card(iccid=ICCID), Card(iccid=ICCID + "4"), True),
        (Card(iccid=ICCID + "4"), Card(iccid=ICCID), True),
        # Two cards bought together.
        (Card(iccid=ICCID + "4"), Card(iccid=ICCID + "5"), False),
        # A card that takes another IMSI abroad.
        (Card(iccid=ICCID, imsi=IMSI), Card(iccid=ICCID, imsi="26003999"), True),
        (Card(iccid=ICCID, imsi=IMSI), Card(iccid="8948039", imsi=IMSI), False),
        (Card(imsi=IMSI), Card(iccid=ICCID, imsi=IMSI), True),
        (Card(imsi=IMSI), Card(imsi="260039999999999"), False),
        (Card(imsi=IMSI), Card(iccid=ICCID), None),
        (Card(imsi=IMSI), Card(), None),
        (Card(), Card(), None),
    ],
)
def test_by_the_iccid_else_by_the_imsi(
    one: Card, other: Card, same: bool | None
) -> None:
    assert one.is_same(other) is same
    assert other.is_same(one) is same


@pytest.mark.parametrize(
    ("told", "iccid"),
    [
        (ICCID, ICCID),
        (f" {ICCID}F ", ICCID),
        (f"{ICCID}f", ICCID),
        ("8948 0312 3456 7890 123", ICCID),
        ("", None),
        (None, None),
        ("N/A", None),
        ("1", None),
    ],
)
def test_an_iccid_as_boxes_write_it(told: str | None, iccid: str | None) -> None:
    assert card_told(ChannelStatus(channel=1, iccid=told)).iccid == iccid


@pytest.mark.parametrize("told", ["", None, "(null)", "26003x", "1" * 16])
def test_what_is_no_imsi_tells_of_no_card(told: str | None) -> None:
    assert not card_told(ChannelStatus(channel=1, imsi=told)).is_told


def test_an_empty_port_has_no_card_whatever_its_page_still_shows() -> None:
    status = ChannelStatus(channel=1, sim_present=False, iccid=ICCID, imsi=IMSI)
    assert not card_told(status).is_told


def test_another_card_is_kept_until_it_is_known() -> None:
    since = datetime(2026, 11, 20, 12, tzinfo=UTC)
    found = OtherCard(card=Card(iccid=ICCID, imsi=IMSI, operator="Plus"), since=since)
    assert other_card({"imsi": "1", "other_card": found.data}) == found
    assert other_card({"imsi": "1"}) is None


@pytest.mark.parametrize(
    ("other", "imsi"), [(None, "2600111"), (IMSI, IMSI), ("", "2600111")]
)
def test_the_country_follows_from_the_card_in_the_port(
    other: str | None, imsi: str
) -> None:
    since = datetime(2026, 11, 20, 12, tzinfo=UTC)
    data = {"imsi": "2600111"}
    found = OtherCard(card=Card(imsi=other or None, iccid=ICCID), since=since)
    kept = data if other is None else {**data, "other_card": found.data}
    assert present_imsi(kept) == imsi


KNOWN = ChannelStatus(channel=1, iccid=ICCID, imsi=IMSI, number="+48", signal_csq=20)


@pytest.mark.parametrize(
    ("news", "left"),
    [
        ({"signal_csq": 7}, (ICCID, IMSI, "+48")),
        ({"iccid": ICCID, "imsi": IMSI}, (ICCID, IMSI, "+48")),
        ({"imsi": "26001"}, (None, "26001", None)),
        ({"iccid": "8949", "imsi": "26001"}, ("8949", "26001", None)),
        ({"sim_present": False}, (None, None, None)),
        ({"sim_present": True}, (ICCID, IMSI, "+48")),
    ],
)
def test_a_status_in_pieces_mixes_no_two_cards(
    news: dict[str, object], left: tuple[str | None, ...]
) -> None:
    after = KNOWN.updated_by(ChannelStatus(channel=1, **news))  # type: ignore[arg-type]
    assert (after.iccid, after.imsi, after.number) == left
