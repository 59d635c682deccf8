"""How long the worst answers and patterns take, as ratios to a usual answer."""

from collections.abc import Callable, Iterator
import csv
from functools import partial
from itertools import islice, product
from pathlib import Path
import random
from statistics import median
from time import process_time

from custom_components.gsm_gateway.balance.answer import LONGEST
from custom_components.gsm_gateway.balance.folding import words
from custom_components.gsm_gateway.balance.parser import parse_balance
from custom_components.gsm_gateway.balance.pattern import (
    PatternError,
    check_pattern,
    find_numbers,
    learn_pattern,
)

SAMPLES = Path(__file__).parents[1] / "tests" / "balance" / "fixtures" / "answers.csv"
ROUNDS = 4
MIXTURES = 300
PATTERNS = 200
PIECES = (
    *sorted(
        words("""
        1 1_ 1. 1, 1' 1: 1/ 1- * #1 *1 1# 0,0_ -1_ a a' aA A _ @ $ ( $1_ 1$_ Rs. р 5р_ €5,
        Balance Balance_ Balance_1_ Balance:_ bal._ is_ of_ main_ bonus_ minus_ valid_ till_
        may_ 1_may_ 5_EUR_bonus_ 5_р_на_ 12.12.2024_ 1/1_ www. http:// ا. ﷺ 余额 ยอดเงิน 元1
        1_000_ до_ -_ ... − have_ you_ y_ not_ pay_as_ and_ data_and_ to_5_ 5_to_ A/C_ s.d.
        1234567_ 1234567р_ bal:5_ debt_5_ is_is_1234567_EUR_ 5_rub_5_kop_ 04110430 🙂
        """)
    ),
    *("e\u0301\u0301", "\n", "\x00", "x" * 40, "ي" * 40 + "_", "б" * 40 + "_"),
)
"""What hostile texts are made of; `_` is a blank."""

PATTERN_PIECES = (r"\d", ".", r"\w", r"\s", "[^x]", "(?:a|1)", "(a?)", "(?:11|1)", "1")
REPEATS = ("", "*", "+", "?", "*?", "{0,9}", "{1,40}")
WIDE_PATTERNS = (
    ".?" * 49,
    "".join(f"[^{chr(97 + n % 26)}{n % 10}]?" for n in range(47)) + r"(?P<amount>\d)x",
)
"""As many pieces as are accepted: all the same, and all different."""

BODIES = ("a", "1", "a1 ", "11a")


def seconds(what: Callable[[str], object], text: str) -> float:
    """Return the shortest of a few runs, in time of the processor.

    The padding, of another length each time, keeps the reader from remembering.
    """
    best = float("inf")
    for turn in range(ROUNDS):
        padded = text + "\x00" * turn
        start = process_time()
        what(padded)
        best = min(best, process_time() - start)
    return best


def filled(pieces: list[str]) -> str:
    """Return a text of 2,000 characters."""
    text = "".join(pieces).replace("_", " ")
    return (text * LONGEST)[:LONGEST]


def hostile_texts(chance: random.Random) -> Iterator[str]:
    """Give texts of one piece, of two by turns, and of any mixture."""
    for piece in PIECES:
        yield filled([piece])
    pairs = list(product(PIECES, PIECES))
    for pair in chance.sample(pairs, MIXTURES):
        yield filled(list(pair))
    for _ in range(MIXTURES):
        few = chance.sample(PIECES, chance.randint(3, 8))
        yield filled(chance.choices(few, k=LONGEST))


def hostile_patterns(chance: random.Random) -> Iterator[str]:
    """Give patterns that are accepted, as long and as open as may be."""
    yield from WIDE_PATTERNS
    while True:
        pieces = [
            chance.choice(PATTERN_PIECES) + chance.choice(REPEATS)
            for _ in range(chance.randint(1, 30))
        ]
        pattern = "".join((*pieces, r"(?P<amount>\d)x"))
        try:
            check_pattern(pattern)
        except PatternError:
            continue
        yield pattern


def pick_first(text: str) -> None:
    """Offer the numbers of an answer and learn the last of them."""
    choices = find_numbers(text)
    try:
        learn_pattern(text, choices[-1])
    except IndexError, PatternError:
        return


def tell_texts(usual: float, texts: list[str]) -> None:
    """Print how much longer the worst text takes, and that its length counts once."""
    read = partial(parse_balance, country="RU")
    spent, text = max((seconds(read, text), text) for text in texts)
    half = seconds(read, text[: LONGEST // 2])
    print(f"worst text of {len(texts)}: {spent / usual:.0f} times, {text[:30]!r}…")
    print(f"  and {spent / half:.1f} times as long as its first half")
    spent, text = max((seconds(pick_first, text), text) for text in texts)
    print(f"worst text to pick a number in: {spent / usual:.0f} times, {text[:30]!r}…")


def tell_patterns(usual: float, patterns: list[str]) -> None:
    """Print how much longer the worst pattern takes."""
    spent, pattern = max(
        (seconds(partial(parse_balance, pattern=pattern), filled([body])), pattern)
        for pattern in patterns
        for body in BODIES
    )
    print(f"worst accepted pattern of {len(patterns)}: {spent / usual:.0f} times")
    print(f"  {pattern}")


def main() -> None:
    """Print the ratios."""
    chance = random.Random(1)  # noqa: S311 - to repeat the same search
    with SAMPLES.open(encoding="utf-8", newline="") as file:
        spent = [
            seconds(partial(parse_balance, country=row["country"] or None), row["text"])
            for row in csv.DictReader(file)
        ]
    usual = median(spent)
    print(f"median of the samples: {1000 * usual:.2f} ms")
    print(f"slowest of {len(spent)} samples: {max(spent) / usual:.1f} times the median")
    tell_texts(usual, list(hostile_texts(chance)))
    tell_patterns(usual, list(islice(hostile_patterns(chance), PATTERNS)))


if __name__ == "__main__":
    main()
