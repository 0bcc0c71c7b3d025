"""Draws generic texts from the corpus; the engine uses them as examples of what belongs to no route."""

from pathlib import Path

import numpy as np

from .corpus import read_corpus
from .settings import Recipe

MIN_WORDS, MAX_WORDS = 3, 20
WIKI_WORDS = 12
WANTED = (
    (("wn_ex",), 900),
    (("nq",), 600),
    (("sgd_user",), 500),
    (("tm3", "tm4_user"), 400),
    (("wiki",), 600),
)


def draw_background(recipe: Recipe) -> list[tuple[str, str]]:
    """3,000 pairs of source and text, without duplicates (by letters, whatever their case)."""
    sources, texts = read_corpus()
    random = np.random.default_rng([recipe.seed, 4])
    taken: set[str] = set()
    result: list[tuple[str, str]] = []
    for wanted_sources, count in WANTED:
        places = [place for place, source in enumerate(sources) if source in wanted_sources]
        drawn = 0
        for place in random.permutation(places):
            source, words = sources[place], texts[place].split()
            if source == "wiki":
                words = words[:WIKI_WORDS]
            text = " ".join(words)
            key = text.casefold()
            if not MIN_WORDS <= len(words) <= MAX_WORDS or key in taken:
                continue
            taken.add(key)
            result.append((source, text))
            drawn += 1
            if drawn == count:
                break
        assert drawn == count, f"not enough texts from {wanted_sources}"
    return result


def write_background(path: Path, recipe: Recipe) -> None:
    lines = [f"{source}\t{text}\n" for source, text in draw_background(recipe)]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
