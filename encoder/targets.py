"""What the student imitates: the teacher's sentence vectors in 256 dimensions."""

from dataclasses import dataclass

import numpy as np

from .cache import cached_vectors
from .corpus import draw_spans, read_corpus
from .settings import DIMENSIONS, VOCABULARY_SIZE, Recipe
from .teacher import Teacher, unit_rows
from .tokens import encode_texts
from .typos import misspell


@dataclass
class Lesson:
    """Texts, also as token ids, and the teacher's view of them."""

    texts: list[str]
    token_ids: list[list[int]]
    targets: np.ndarray  # [texts, 256] float32, unit rows
    token_states: np.ndarray  # [vocabulary, 384] float32, one mean state for each vocabulary entry


def principal_directions(vectors: np.ndarray, dimensions: int, center: bool) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean [columns], directions [columns, dimensions] of greatest energy, and the share of the energy kept."""
    mean = vectors.mean(axis=0) if center else np.zeros(vectors.shape[1], vectors.dtype)
    centred = (vectors - mean).astype(np.float64)
    energies, directions = np.linalg.eigh(centred.T @ centred)
    kept = directions[:, ::-1][:, :dimensions]
    kept = kept * np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(dimensions)])  # a fixed sign for each direction
    return mean, kept.astype(np.float32), float(energies[::-1][:dimensions].sum() / energies.sum())


def prepare_lesson(recipe: Recipe, threads: int) -> Lesson:
    """Runs the teacher over the corpus, the spans and the vocabulary (or reads the cache)."""
    _, corpus_texts = read_corpus()
    span_texts = draw_spans(corpus_texts, recipe)
    corpus_ids, span_ids = encode_texts(corpus_texts), encode_texts(span_texts)
    vocabulary_ids = [[index] for index in range(VOCABULARY_SIZE)]
    teacher: list[Teacher] = []

    def run(label: str, token_ids: list[list[int]]) -> np.ndarray:
        def compute() -> np.ndarray:
            if not teacher:
                teacher.append(Teacher(threads))
            return teacher[0].means(token_ids, f"teacher: {label}")

        return cached_vectors(label, token_ids, compute)

    token_states = run("vocabulary", vocabulary_ids)
    sentences = unit_rows(np.concatenate([run("spans", span_ids), run("corpus", corpus_ids)]))
    _, directions, kept = principal_directions(sentences, DIMENSIONS, center=False)
    lesson = Lesson(span_texts + corpus_texts, span_ids + corpus_ids, unit_rows(sentences @ directions), token_states)
    print(f"targets: {len(lesson.texts):,} texts, {kept:.1%} of the energy kept in {DIMENSIONS} dimensions", flush=True)
    return lesson


def with_misspelled_copies(lesson: Lesson, recipe: Recipe) -> Lesson:
    """The lesson and, after it, misspelled copies of some of its texts, each with the target of the text as it was."""
    random = np.random.default_rng([recipe.seed, 5])
    chosen = random.permutation(len(lesson.texts))[: recipe.misspelled_copies]
    texts = [misspell(lesson.texts[index], recipe.misspelled_share, random) for index in chosen]
    return Lesson(
        lesson.texts + texts,
        lesson.token_ids + encode_texts(texts),
        np.concatenate([lesson.targets, lesson.targets[chosen]]),
        lesson.token_states,
    )
