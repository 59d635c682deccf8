"""The usual spelling of what GSM 03.38 does not have."""

import pytest

from custom_components.gsm_gateway.gateways.transliteration import transliterate


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Grüße, Ça va? 5€ [ok] Ω", "Grüße, Ça va? 5€ [ok] Ω"),
        ("“Quoted” ‘it’s’ – yes… «no» `x´", "\"Quoted\" 'it's' - yes... \"no\" 'x'"),
        ("a\u00a0b\u202fc\u2009d\te", "a b c d e"),
        ("line\u2028line\vline", "line\nline\nline"),
        ("être garçon Łódź Žižek ő ǜ Việt", "etre garcon Lodz Zizek o ü Viet"),
        ("e\u0301 o\u0308", "é ö"),
        ("œuvre Œ Þór Ðð ŋ STRAẞE ﬁn Ǆ", "oeuvre Oe Thor Dd ng STRASSE fin DZ"),
        ("Привет, как дела?", "Privet, kak dela?"),
        ("Съешь ещё этих мягких булок", "S'esh' eshchyo etikh myagkikh bulok"),
        ("Жизнь ЖИЗНЬ БОРЩ Щи ДА Я", "Zhizn' ZHIZN' BORSHCH Shchi DA Ya"),
        ("Її ґанок Київ", "Yiyi ganok Kiyiv"),
        ("Љубав Њ џ ћ", "Ljubav Nj dz c"),
        ("Αθήνα Ελλάδα καλημέρα", "Athina Ellada kalimera"),
        ("ΔΦΓΛΩΠΨΣΘΞ ΏΡΑ", "ΔΦΓΛΩΠΨΣΘΞ ΩRA"),
        ("23,5 °C ℃ 45°", "23,5 degC degC 45deg"),
        ("25 µg/m³ 25 μg/m³ μέρα", "25 ug/m3 25 ug/m3 mera"),
        ("½ 1½ 10⁵ 10⁻³ m²", "1/2 1 1/2 10^5 10^-3 m2"),
        ("x ≠ y ≤ z × ± → ≈", "x != y <= z x +- -> ~"),
        ("№5 ₽100 ™ © ٣٤ Ａ１", "No5 RUB100 TM (c) 34 A1"),
        ("1\ufe0f\u20e3", "1"),
        ("a\u200bb\u00adc\ufeffd\u200ee\0", "abcde"),
    ],
)
def test_usual_spelling(text: str, written: str) -> None:
    assert transliterate(text) == (written, 0)


@pytest.mark.parametrize(
    ("text", "written", "dropped"),
    [
        ("ok \N{PARTY POPPER}!", "ok !", 1),
        ("\N{THUMBS UP SIGN}\U0001f3fd\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", "", 3),
        ("\N{HEAVY BLACK HEART}\ufe0f\u200d\N{FIRE}x", "x", 1),
        ("日本 ok", " ok", 2),
        ("क्‍ष", "", 2),
        ("a ≮ b", "a  b", 1),
        ("half \ud83d", "half ", 1),
        ("", "", 0),
    ],
)
def test_the_rest_is_dropped_and_counted(text: str, written: str, dropped: int) -> None:
    assert transliterate(text) == (written, dropped)
