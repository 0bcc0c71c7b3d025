"""In-scope accuracy of the dense vectors alone: a plain multinomial logistic regression, few examples or all of them."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from tqdm import tqdm

from .teacher import unit_rows
from .tokens import encode_texts
from .training import token_counts
from .typos import misspell

INVERSE_PENALTY = 30.0  # the C of the usual libraries: C * sum of losses + half the squared weights
SHOTS = (5, 10, 20, None)
SEEDS = (0, 1, 2)


@dataclass
class IntentSet:
    """One public intent set: texts, counts [rows, vocabulary] (sparse) and labels [rows] for training and test."""

    name: str
    train_texts: list[str]
    train_counts: object
    train_labels: np.ndarray
    test_counts: object
    test_labels: np.ndarray


def read_rows(files: list[Path]) -> list[dict]:
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines() if line.strip()]


def load_sets(folder: Path, with_validation: bool = True) -> list[IntentSet]:
    """CLINC150 (train and, if wanted, validation against test) and HWU64 (fold 1)."""
    clinc_files = ["train.jsonl", "val.jsonl"] if with_validation else ["train.jsonl"]
    sets = []
    for name, train_files in (("clinc150", clinc_files), ("hwu64", ["train.jsonl"])):
        train = read_rows([folder / name / file for file in train_files])
        test = read_rows([folder / name / "test.jsonl"])
        labels = {route: index for index, route in enumerate(sorted({row["route"] for row in train}))}
        sets.append(
            IntentSet(
                name,
                [row["text"] for row in train],
                token_counts(encode_texts([row["text"] for row in train])),
                np.array([labels[row["route"]] for row in train]),
                token_counts(encode_texts([row["text"] for row in test])),
                np.array([labels[row["route"]] for row in test]),
            )
        )
    return sets


def sentence_vectors(counts, table: np.ndarray) -> np.ndarray:
    """Unit rows [texts, 256]; a text without tokens is the zero row."""
    return unit_rows(counts @ table)


def fit_logistic(features: np.ndarray, labels: np.ndarray, iterations: int = 150) -> np.ndarray:
    """Weights [columns + 1, classes] of a multinomial logistic regression; the last row is the bias, not penalised."""
    rows, columns = features.shape
    classes = int(labels.max()) + 1
    augmented = np.concatenate([features, np.ones((rows, 1))], axis=1).astype(np.float32)
    wanted = np.zeros((rows, classes), np.float32)
    wanted[np.arange(rows), labels] = 1

    def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(columns + 1, classes)
        logits = augmented @ weights.astype(np.float32)
        logits -= logits.max(axis=1, keepdims=True)
        exponentials = np.exp(logits)
        sums = exponentials.sum(axis=1, keepdims=True)
        loss = float((np.log(sums[:, 0]) - logits[np.arange(rows), labels]).sum(dtype=np.float64))
        gradient = (augmented.T @ (exponentials / sums - wanted)).astype(np.float64) * INVERSE_PENALTY
        gradient[:-1] += weights[:-1]
        return INVERSE_PENALTY * loss + 0.5 * float((weights[:-1] ** 2).sum()), gradient.ravel()

    start = np.zeros((columns + 1) * classes)
    result = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": iterations, "ftol": 1e-7, "gtol": 1e-3})
    return result.x.reshape(columns + 1, classes)


def accuracy(weights: np.ndarray, vectors: np.ndarray, labels: np.ndarray) -> float:
    """Percentage of the rows whose own label gets the highest score."""
    return 100 * float(((vectors @ weights[:-1] + weights[-1]).argmax(axis=1) == labels).mean())


def draw_examples(labels: np.ndarray, shots: int | None, seed: int) -> np.ndarray:
    """Row numbers: the first `shots` of a seeded shuffle of each class, or all rows."""
    if shots is None:
        return np.arange(len(labels))
    random = np.random.default_rng([seed, 3])
    return np.concatenate([random.permutation(np.flatnonzero(labels == label))[:shots] for label in range(labels.max() + 1)])


def report_test(table: np.ndarray, folder: Path) -> dict[str, dict[str, float]]:
    """Accuracy on the test splits, mean over `SEEDS`, by set and examples a route. Never used to choose anything."""
    sets = load_sets(folder)
    progress = tqdm(total=sum(len(SEEDS) if shots else 1 for shots in SHOTS) * len(sets), desc="evaluation", unit="fit")
    scores: dict[str, dict[str, float]] = {}
    for intents in sets:
        train, test = sentence_vectors(intents.train_counts, table), sentence_vectors(intents.test_counts, table)
        scores[intents.name] = {}
        for shots in SHOTS:
            values = []
            for seed in SEEDS if shots else SEEDS[:1]:
                rows = draw_examples(intents.train_labels, shots, seed)
                weights = fit_logistic(train[rows], intents.train_labels[rows])
                values.append(accuracy(weights, test, intents.test_labels))
                progress.update()
            scores[intents.name][str(shots or "full")] = round(float(np.mean(values)), 2)
    progress.close()
    return scores


def cross_validate(table: np.ndarray, folder: Path, draws: int = 4, shots: tuple[int, ...] = (5, 10)) -> dict[str, float]:
    """Accuracy inside the training splits: fit on k examples a route, score on up to 5,000 of the rows left over.

    `clinc150@10+typos` scores the same rows with a slip in three of ten longer words; it is not part of the mean.
    """
    scores, misspelled_score = {}, 0.0
    for intents in load_sets(folder, with_validation=False):
        vectors = sentence_vectors(intents.train_counts, table)
        random = np.random.default_rng(6)
        misspelled = encode_texts([misspell(text, 0.3, random) for text in intents.train_texts])
        misspelled_vectors = sentence_vectors(token_counts(misspelled), table)
        labels = intents.train_labels
        for count in shots:
            values, misspelled_values = [], []
            for seed in range(100, 100 + draws):
                rows = draw_examples(labels, count, seed)
                left = np.setdiff1d(np.arange(len(vectors)), rows)
                left = np.random.default_rng(seed).permutation(left)[:5_000]
                weights = fit_logistic(vectors[rows], labels[rows])
                values.append(accuracy(weights, vectors[left], labels[left]))
                misspelled_values.append(accuracy(weights, misspelled_vectors[left], labels[left]))
            scores[f"{intents.name}@{count}"] = round(float(np.mean(values)), 2)
            if (intents.name, count) == ("clinc150", 10):
                misspelled_score = round(float(np.mean(misspelled_values)), 2)
    scores["mean"] = round(float(np.mean(list(scores.values()))), 2)
    scores["clinc150@10+typos"] = misspelled_score
    return scores
