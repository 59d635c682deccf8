"""The day until which the money or the SIM is valid."""

from datetime import date

import pytest

from custom_components.gsm_gateway.balance.parser import parse_balance
from tests.balance.answers import Row, rows

DATES = rows("dates.csv")


@pytest.mark.parametrize("row", DATES, ids=[str(n) for n in range(len(DATES))])
def test_date_is_read(row: Row) -> None:
    read = parse_balance(row["text"], country=row["country"])
    assert read is not None
    told = read.valid_until.isoformat() if read.valid_until else ""
    assert told == row["valid_until"]


@pytest.mark.parametrize(
    ("text", "country", "day"),
    [
        ("Bal: Rs 5.00 Val: 31/12/2026", "IN", date(2026, 12, 31)),
        ("Balance $5.00, exp 03/04/2027", "US", date(2027, 3, 4)),
        ("Balance $5.00, exp 03/04/2027", "CA", None),
        ("Balance $5.00, exp 03/14/2027", "CA", date(2027, 3, 14)),
        ("Balance 5.00 GBP, exp 03/04/2027", "GB", date(2027, 4, 3)),
        ("Balance Tk 18.52, Valid till 05-APR-25", "BD", date(2025, 4, 5)),
        ("Balance 5.00 GBP valid until 5 April 2027", "GB", date(2027, 4, 5)),
        ("BAL:12.50 INR VAL:12DEC26", "IN", date(2026, 12, 12)),
        ("ยอดเงินคงเหลือ 54.20 บาท ใช้ได้ถึง 30/11/2567", "TH", date(2024, 11, 30)),
        ("您的余额：23.50元，有效期至2026年12月31日", "CN", date(2026, 12, 31)),
        ("رصيدك 45.00 ريال وينتهي في 2025/11/30", "SA", date(2025, 11, 30)),
        (
            "Kredit je 300 Kc. Platnost kreditu: 30. 1. 2024 18:18",
            "CZ",
            date(2024, 1, 30),
        ),
        (
            "Your balance is $55.15, expiring at 00:01am 15022008 (DDMMYYYY).",
            "CA",
            date(2008, 2, 15),
        ),
        ("Pulsa Rp.58600. Aktif 27.02.16, Tenggang 28.03.16", "ID", date(2016, 2, 27)),
        ("Баланс 125,75 грн. Тариф активний до 15.08.2024.", "UA", None),
        ("Баланс: 310,05 р. Пакет: 250 мин, 10 ГБ до 01.02.2024", "RU", None),
        ("На рахунку 54.30 грн. Бонуси: 10.00 грн, діють до 31.12.2023", "UA", None),
        ("Ваш долг 45,10 руб. Пополните счёт до 25.12.2023", "RU", None),
        ("Balance 5.00 EUR valid until 31/02/2027", "DE", None),
        ("Balance 5.00 EUR valid until 31/12/1999", "DE", None),
        ("Balance 5.00 EUR on 31/12/2027", "DE", None),
    ],
)
def test_last_day_of_validity(text: str, country: str, day: date | None) -> None:
    read = parse_balance(text, country=country)
    assert read is not None
    assert read.valid_until == day
