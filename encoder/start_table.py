"""The table before training: what the teacher says of each vocabulary entry alone, weighted by how rare it is.

The entries' states are brought into the coordinates of the targets, so that entries which the corpus never shows,
and which training therefore leaves where they are, still fit in with the trained ones.
"""

import numpy as np

from .settings import UNKNOWN_ID, VOCABULARY_SIZE, Recipe
from .targets import Lesson
from .teacher import unit_rows
from .tokens import read_vocabulary
from .training import token_counts

RIDGE = 1e-3  # as a share of the mean energy of a coordinate


def zipf_weights(strength: float) -> np.ndarray:
    """SIF weights, [vocabulary]: entry i is taken to have probability proportional to 1 / (i + 1).

    The vocabulary is ordered by frequency closely enough for that: common entries weigh little, rare ones about 1.
    """
    probability = 1.0 / np.arange(1, VOCABULARY_SIZE + 1)
    probability /= probability.sum()
    return strength / (strength + probability)


def silent_entries() -> list[int]:
    """Entries that get the zero vector: those that no text can yield, and the unknown one, which says nothing."""
    vocabulary = read_vocabulary()
    bracketed = [i for i, entry in enumerate(vocabulary) if len(entry) > 2 and entry[0] == "[" and entry[-1] == "]"]
    assert UNKNOWN_ID in bracketed
    return bracketed


def build_start_table(lesson: Lesson, recipe: Recipe) -> np.ndarray:
    """Float32 [vocabulary, 256]; the mean length of a row is `recipe.start_scale`."""
    states = lesson.token_states - lesson.token_states.mean(axis=0)
    states *= zipf_weights(recipe.prior_strength)[:, None].astype(np.float32)
    sentences = unit_rows(token_counts(lesson.token_ids) @ states)
    energy = (sentences.T @ sentences).astype(np.float64)
    ridge = RIDGE * np.trace(energy) / len(energy)
    projection = np.linalg.solve(energy + ridge * np.eye(len(energy)), (sentences.T @ lesson.targets).astype(np.float64))
    table = states @ projection.astype(np.float32)
    table[silent_entries()] = 0
    table *= recipe.start_scale / np.linalg.norm(table, axis=1).mean()
    return table.astype(np.float32)
