"""Slips of the keyboard: copies of texts with a letter swapped, lost, doubled or replaced in some of the longer words."""

import numpy as np

SHORTEST_WORD = 4
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def misspell_word(word: str, random: np.random.Generator) -> str:
    """The word with one slip somewhere before its last letter."""
    kind, place = random.integers(4), int(random.integers(len(word) - 1))
    before, letter, after = word[:place], word[place], word[place + 1 :]
    if kind == 0:
        return before + after[0] + letter + after[1:]
    if kind == 1:
        return before + after
    if kind == 2:
        return before + letter + letter + after
    return before + LETTERS[random.integers(len(LETTERS))] + after


def misspell(text: str, share: float, random: np.random.Generator) -> str:
    """The text with a slip in about `share` of its words of four letters or more."""
    return " ".join(
        misspell_word(word, random) if len(word) >= SHORTEST_WORD and random.random() < share else word
        for word in text.split()
    )
