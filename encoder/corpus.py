"""The texts that the encoder learns from: the corpus in `corpus/` and random spans drawn from it."""

import gzip
import hashlib

import numpy as np

from .settings import CORPUS_FILE, Recipe


def corpus_sha256() -> str:
    """SHA-256 of the compressed corpus file, recorded in the weights."""
    return hashlib.sha256(CORPUS_FILE.read_bytes()).hexdigest()


def read_corpus() -> tuple[list[str], list[str]]:
    """The sources and the texts, both [texts], in file order."""
    sources, texts = [], []
    with gzip.open(CORPUS_FILE, "rt", encoding="utf-8") as lines:
        for line in lines:
            source, text = line.rstrip("\n").split("\t", 1)
            sources.append(source)
            texts.append(text)
    return sources, texts


def draw_spans(texts: list[str], recipe: Recipe) -> list[str]:
    """Random spans of whole words, [span_count], each from a text that is longer than the span."""
    random = np.random.default_rng([recipe.seed, 1])
    spans = []
    while len(spans) < recipe.span_count:
        words = texts[random.integers(len(texts))].split()
        size = int(random.integers(recipe.span_min_words, recipe.span_max_words + 1))
        if len(words) <= size:
            continue
        start = int(random.integers(len(words) - size + 1))
        spans.append(" ".join(words[start : start + size]))
    return spans
