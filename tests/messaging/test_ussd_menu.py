"""Answers that wait for a choice, told by their looks."""

import pytest

from custom_components.gsm_gateway.messaging.ussd_menu import reads_like_menu


@pytest.mark.parametrize(
    "text",
    [
        "1. Balance\n2. Tariff",
        "1 Balance\n2 Tariff\r\n\r\n3 Exit",
        "1) Saldo 2) Taryfa",
        "1-Баланс;2-Тариф;0-Назад",
        "1>Да 2>Нет",
        "1:Oui",
        "Confirm with 1=Yes",
        "Weiter\n0: Zurück",
        "10. Older\n11. Newer\n",
        "*. Back",
        "00) Main menu",
        "Enter the number:",
        "Купить за 5 р.?",
        "你的选择: 1.是 2.否",
    ],
)
def test_menu(text: str) -> None:
    assert reads_like_menu(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Баланс: 57.2 р.",
        "Balance:57.20r,Limit:0r",
        "Ihr Guthaben: 5,00 EUR, gueltig bis 31. Dezember.",
        "5 GB left",
        "0 EUR",
        "1.50 EUR",
        "12:30 Uhr",
        "Solde Principal: 170 FCFA, expire le 2019-11-17. Total Bonus: 0F.",
        "Bonus 10-min",
        "Pour plus de details tapez *101*1#.",
        "Your number is 602345678",
    ],
)
def test_final_answer(text: str) -> None:
    assert not reads_like_menu(text)


@pytest.mark.timeout(5)
def test_hostile_text_takes_no_time() -> None:
    for text in ("1" * 300_000, " \t" * 150_000, "1 " * 150_000, "\n" * 300_000):
        reads_like_menu(text)
