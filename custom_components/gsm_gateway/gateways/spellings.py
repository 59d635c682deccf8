"""How signs that GSM 03.38 does not have are usually written with those that it has.

Cyrillic as road signs and passports spell it (by the sound, without the accents
of ISO 9), Greek by ELOT 743 letter by letter. Small letters only; accented
letters and typographic variants that Unicode takes apart by itself are not here.
"""

from itertools import batched


def _pairs(table: str) -> dict[str, str]:
    """Return a table of signs and spellings in turn."""
    return dict(batched(table.split(), 2, strict=True))


LETTERS = _pairs(
    """
    а a   б b   в v   г g   д d   е e   ё yo  ж zh  з z   и i   й y   к k
    л l   м m   н n   о o   п p   р r   с s   т t   у u   ф f   х kh  ц ts
    ч ch  ш sh  щ shch ъ '  ы y   ь '   э e   ю yu  я ya
    є ye  і i   ї yi  ґ g   ў u   ђ dj  ѓ gj  ѕ dz  ј j   љ lj  њ nj  ћ c
    ќ kj  џ dz  ѣ e   ѳ f   ѵ i   ѫ u
    ә a   ғ g   җ j   қ q   ҡ q   ҙ z   ҫ s   ң n   ҥ ng  ө o   ұ u   ү u
    ҳ h   һ h   ҷ j   ҹ j   ӏ '
    α a   β v   γ g   δ d   ε e   ζ z   η i   θ th  ι i   κ k   λ l   μ m
    ν n   ξ x   ο o   π p   ρ r   σ s   ς s   τ t   υ y   φ f   χ ch  ψ ps
    ω o   ϐ v   ϑ th  ϕ f   ϖ p   ϰ k   ϱ r   ϲ s   ϵ e
    ł l   đ d   ħ h   ı i   ĸ k   ŧ t   ŋ ng  œ oe  þ th  ð d   ə e   ƒ f
    ȼ c   ɓ b   ɖ d   ɗ d   ɣ gh  ɔ o   ɛ e   ƙ k   ƴ y   ʋ v   ƶ z   ɨ i
    """
)

SIGNS = {
    "\t": " ",
    "\v": "\n",
    "\x85": "\n",
    "\u2028": "\n",
    "\u2029": "\n",
    # The sign of a millionth, which Unicode takes apart into the Greek letter.
    "µ": "u",
    "ẞ": "SS",
    "≠": "!=",
} | _pairs(
    """
    ` '   ´ '   ‘ '   ’ '   ‚ '   ‛ '   ′ '   ‵ '   ‹ '   › '   ʹ '   ʻ '   ʼ '   ʽ '   ˈ '
    “ "   ” "   „ "   ‟ "   « "   » "   〝 "  〞 "  ″ "   ‶ "   ʺ "
    ‐ -   ‑ -   ‒ -   – -   — -   ― -   − -   ⁃ -   ➖ -
    • *   ‣ *   ● *   · .   ∙ .   ⋅ .   。 .  、 ,  ⁄ /   ∕ /   ∗ *   ∶ :
    ¢ c   © (c) ® (R) ° deg º o   ª a   × x   ÷ /   ± +-  ¬ !   ¦ |   ¶ §
    ≤ <=  ≥ >=  ⩽ <=  ⩾ >=  ≈ ~   ∼ ~   ≡ =   → ->  ← <-  ↔ <->  ⇒ =>  ⇐ <=  † +   √ V
    ₽ RUB ₴ UAH ₸ KZT ₺ TRY ₹ INR ₪ ILS ₫ VND ₾ GEL ₼ AZN ₩ KRW ₦ NGN ₿ BTC
    """
)
