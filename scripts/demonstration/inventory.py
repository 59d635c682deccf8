"""The simulated boxes of the demonstration and their SIM cards, and what their owner knows."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
import shlex

SIMS = 7
"""Of the boxes that the demonstration adds."""

CONTACT_NUMBER = "+491701234567"
WEB_PASSWORD = "demo-web"
SMPP_PASSWORD = "demo"
TG_PASSWORD = "demo-api"

STRANGER_ADDRESS = "127.0.0.2"
STRANGER_PASSWORD = "demo-lines"
"""Of the lines of the box that nobody has added."""

BALANCE_CODES = {
    "o2": ("*101#", "EUR"),
    "plus": ("*100#", "PLN"),
    "mts": ("*100#", "RUB"),
    "kyivstar": ("*111#", "UAH"),
    "beeline": ("*102#", "RUB"),
    "vodafone": ("*100#", "EUR"),
    "safaricom": ("*144#", "KES"),
    "lifecell": ("*111#", "UAH"),
}
"""What the owner of these cards knows, for where the form proposes nothing."""

THRIFTY, LAPSING, BY_SMS, LOW = range(1, 5)
"""Lines of the GoIP by UDP: a SIM with a past, one whose validity ends soon, one whose
balance comes as an SMS, one that is to be told of when it gets low."""
UNREAD = "Beeline"
"""The operator whose answer cannot be read without help, since yesterday."""
UNREAD_WORDS = "Vy mozhete potratit {balance}. Podarok 12.00."
UNREAD_AMOUNT, UNREAD_BEFORE = Decimal("87.10"), Decimal("91.00")

BALANCE, PRICE = Decimal("14.20"), Decimal("0.09")
"""Of the SIM with a past."""
LOW_BELOW, LOW_AMOUNT = 40, "23.10"
VALID_UNTIL = (datetime.now(UTC) + timedelta(days=4)).date()

KEEPALIVE_SECONDS = 10
"""A box calls every 30 seconds; somebody who looks on waits less."""


def _card(line: int, **facts: str) -> list[str]:
    """Return the simulator's option for one SIM card."""
    facts["iccid"] = f"8949{facts['imsi']}"
    words = " ".join(f"{name}={shlex.quote(value)}" for name, value in facts.items())
    return ["--sim", f"{line} {words}"]


def _goip(number: int, lines: int) -> list[str]:
    """Return the options of a GoIP of its own."""
    return [
        *("goip", "--lines", str(lines), "--sims", "0", "--firmware", "new"),
        *("--web-password", WEB_PASSWORD, "--serial", f"GOIPDEMO000{number}"),
        *("--mac", f"00:30:f1:00:00:0{number}"),
        *("--udp-keepalive-seconds", str(KEEPALIVE_SECONDS)),
    ]


UDP_GOIP = (
    *_goip(1, lines=4),
    *_card(
        THRIFTY,
        operator="o2",
        imsi="262070000000001",
        number="+491760000001",
        balance=str(BALANCE),
        price_per_sms=str(PRICE),
        balance_code="*101#",
        balance_template="Ihr Guthaben betraegt {balance} EUR.",
    ),
    *_card(
        LAPSING,
        operator="Plus",
        imsi="260010000000002",
        number="+48601000002",
        balance="31.50",
        price_per_sms="0.20",
        balance_code="*100#",
        balance_template=(
            f"Stan konta: {{balance}} PLN. Konto wazne do {VALID_UNTIL:%d-%m-%Y}."
        ),
        signal="12",
    ),
    *_card(
        BY_SMS,
        operator="MTS",
        imsi="250010000000003",
        number="+79160000003",
        balance="152.40",
        price_per_sms="2.50",
        balance_code="*100#",
        balance_template="Ваш запрос принят. Ответ придёт в SMS.",
        **{"sms:*100#": "Баланс: {balance} р."},
        sms_sender="MTS",
        signal="26",
    ),
    *_card(
        LOW,
        operator="Kyivstar",
        imsi="255030000000004",
        number="+380670000004",
        balance="54.30",
        price_per_sms="1.10",
        balance_code="*111#",
        balance_template="Na rahunku {balance} grn.",
        signal="9",
    ),
)
"""Its owner types the address of Home Assistant into it while the form waits."""

SMPP_GOIP = (
    *_goip(2, lines=1),
    *("--smpp-id", "goip", "--smpp-password", SMPP_PASSWORD),
    *_card(
        1,
        operator=UNREAD,
        imsi="250990000000007",
        number="+79030000007",
        balance=str(UNREAD_AMOUNT),
        price_per_sms="1.95",
        balance_code="*102#",
        balance_template=UNREAD_WORDS,
        signal="18",
    ),
)

TG = (
    *("yeastar", "--lines", "2", "--password", TG_PASSWORD),
    *_card(
        1,
        operator="Vodafone",
        imsi="262020000000005",
        number="+491720000005",
        balance="9.85",
        price_per_sms="0.09",
        balance_code="*100#",
        balance_template="Dein Guthaben betraegt: {balance} EUR.",
    ),
    *_card(
        2,
        operator="Safaricom",
        imsi="639020000000006",
        number="+254700000006",
        balance="1234.50",
        price_per_sms="1.20",
        balance_code="*144#",
        balance_template="Your airtime balance is Ksh {balance}. Bonga points: 340",
    ),
)

STRANGER = (
    *_goip(3, lines=8),
    *("--host", STRANGER_ADDRESS, "--udp-id", "attic-"),
    *("--udp-password", STRANGER_PASSWORD),
    *_card(
        1,
        operator="lifecell",
        imsi="255060000000008",
        number="+380630000008",
        balance="120.00",
        price_per_sms="0.80",
        balance_code="*111#",
        balance_template="Balance {balance} UAH, bonus 0.00 UAH.",
    ),
)
"""It was set up by somebody who has not added it to Home Assistant."""
