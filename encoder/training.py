"""Distillation: a table of token vectors learns the geometry of the teacher's sentence vectors.

Everything is numpy with gradients written by hand: the model is one sparse product, and two losses.
"""

import math

import numpy as np
from scipy.sparse import csr_matrix
from tqdm import tqdm

from .settings import VOCABULARY_SIZE, Recipe
from .targets import Lesson

ROWS_PER_BLOCK = 1_024  # rows updated at a time, so that the optimiser works inside the processor's cache
EPSILON = 1e-8


def token_counts(token_ids: list[list[int]]) -> csr_matrix:
    """How often each token stands in each text: sparse float32 [texts, vocabulary]."""
    lengths = np.array([len(ids) for ids in token_ids])
    columns = np.fromiter((index for ids in token_ids for index in ids), np.int32, int(lengths.sum()))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    counts = csr_matrix((np.ones(len(columns), np.float32), columns, offsets), shape=(len(token_ids), VOCABULARY_SIZE))
    counts.sum_duplicates()
    return counts


def off_diagonal_softmax(similarities: np.ndarray, temperature: float) -> np.ndarray:
    """Softmax of each row of [batch, batch] without its diagonal."""
    logits = similarities / np.float32(temperature)
    np.fill_diagonal(logits, -np.inf)
    logits -= logits.max(axis=1, keepdims=True)
    np.exp(logits, out=logits)
    logits /= logits.sum(axis=1, keepdims=True)
    return logits


def losses_and_gradient(student: np.ndarray, teacher: np.ndarray, recipe: Recipe) -> tuple[float, float, np.ndarray]:
    """Cosine loss, similarity loss and the gradient of their weighted sum by `student`.

    Both inputs are unit rows [batch, 256]. The similarity loss is the mean over rows of the Kullback-Leibler divergence
    of the student's softmax from the teacher's.
    """
    batch = len(student)
    cosine_loss = 1.0 - float(np.einsum("ij,ij->", student, teacher)) / batch
    gradient = teacher * np.float32(-recipe.cosine_weight / batch)

    temperature = recipe.similarity_temperature
    wanted = off_diagonal_softmax(teacher @ teacher.T, temperature)
    given = off_diagonal_softmax(student @ student.T, temperature)
    similarity_loss = float((wanted * (np.log(wanted + 1e-12) - np.log(given + 1e-12))).sum()) / batch
    difference = given - wanted
    difference += difference.T.copy()
    gradient += (difference @ student) * np.float32(recipe.similarity_weight / (batch * temperature))
    return cosine_loss, similarity_loss, gradient


class Adam:
    """Adam on every row of the table at once, with the moments of rows not seen in a step decaying."""

    def __init__(self, table: np.ndarray, recipe: Recipe):
        self.table = table
        self.first = np.zeros_like(table)
        self.second = np.zeros_like(table)
        self.recipe = recipe
        self.step = 0

    def update(self, gradient: np.ndarray, learning_rate: float) -> None:
        """`gradient` is dense, [vocabulary, 256]."""
        self.step += 1
        beta_first, beta_second = self.recipe.beta_first, self.recipe.beta_second
        correction = math.sqrt(1 - beta_second**self.step) / (1 - beta_first**self.step)
        rate = np.float32(learning_rate * correction)
        for start in range(0, len(self.table), ROWS_PER_BLOCK):
            rows = slice(start, start + ROWS_PER_BLOCK)
            part, first, second = gradient[rows], self.first[rows], self.second[rows]
            first *= np.float32(beta_first)
            first += part * np.float32(1 - beta_first)
            second *= np.float32(beta_second)
            second += np.square(part) * np.float32(1 - beta_second)
            self.table[rows] -= rate * first / (np.sqrt(second) + np.float32(EPSILON))


def train(table: np.ndarray, lesson: Lesson, recipe: Recipe) -> np.ndarray:
    """Trains `table` [vocabulary, 256] in place and returns it."""
    counts = token_counts(lesson.token_ids)
    random = np.random.default_rng([recipe.seed, 2])
    optimiser = Adam(table, recipe)
    steps_per_epoch = counts.shape[0] // recipe.batch_size
    total = steps_per_epoch * recipe.epochs
    progress = tqdm(total=total, desc="training", unit="step", mininterval=2)
    cosine_mean, similarity_mean = 1.0, 1.0
    for epoch in range(recipe.epochs):
        order = random.permutation(counts.shape[0])
        for step in range(steps_per_epoch):
            chosen = order[step * recipe.batch_size : (step + 1) * recipe.batch_size]
            batch = counts[chosen]
            pooled = batch @ table
            lengths = np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-8)
            student = pooled / lengths
            cosine_loss, similarity_loss, gradient = losses_and_gradient(student, lesson.targets[chosen], recipe)
            gradient -= np.einsum("ij,ij->i", gradient, student)[:, None] * student
            gradient /= lengths
            done = epoch * steps_per_epoch + step
            rate = recipe.learning_rate * 0.5 * (1 + math.cos(math.pi * done / total))
            optimiser.update(batch.T @ gradient, rate)
            cosine_mean += 0.02 * (cosine_loss - cosine_mean)
            similarity_mean += 0.02 * (similarity_loss - similarity_mean)
            progress.update()
            if done % 50 == 0:
                progress.set_postfix(epoch=epoch + 1, cosine=f"{1 - cosine_mean:.3f}", divergence=f"{similarity_mean:.3f}")
    progress.close()
    print(f"training: cosine to the teacher {1 - cosine_mean:.4f}, divergence {similarity_mean:.4f}", flush=True)
    return table
