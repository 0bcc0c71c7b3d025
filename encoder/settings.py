"""Every choice of the recipe in one place, so that a change is one line and shows up in the history."""

from dataclasses import dataclass
from pathlib import Path

ENCODER_FOLDER = Path(__file__).resolve().parent
REPOSITORY_FOLDER = ENCODER_FOLDER.parent
CORPUS_FILE = ENCODER_FOLDER / "corpus" / "corpus.tsv.gz"
CACHE_FOLDER = ENCODER_FOLDER / ".cache"
MODEL_FOLDER = REPOSITORY_FOLDER / "src" / "encoders" / "builtin" / "model"
EVALUATION_FOLDER = REPOSITORY_FOLDER / "benchmarks" / "quality" / "data"

ENCODER_NAME = "strata-encoder-1"
TEACHER_NAME = "sentence-transformers/all-MiniLM-L6-v2"
VOCABULARY_SIZE = 30_522
UNKNOWN_ID = 100
MAX_WORD_LENGTH = 100
DIMENSIONS = 256


@dataclass(frozen=True)
class Recipe:
    """The choices that change the weights; README.md says what each gave."""

    seed: int = 1
    span_count: int = 30_000
    span_min_words: int = 2
    span_max_words: int = 8
    misspelled_copies: int = 120_000
    misspelled_share: float = 0.5
    start_scale: float = 2.5
    prior_strength: float = 1e-3
    epochs: int = 5
    batch_size: int = 1_024
    learning_rate: float = 1e-3
    beta_first: float = 0.9
    beta_second: float = 0.98
    similarity_temperature: float = 0.05
    cosine_weight: float = 1.0
    similarity_weight: float = 1.0
