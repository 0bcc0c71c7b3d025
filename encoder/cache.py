"""Keeps teacher vectors on disk, so that only the first run pays for them."""

import hashlib
from collections.abc import Callable

import numpy as np

from .settings import CACHE_FOLDER


def cached_vectors(name: str, token_ids: list[list[int]], compute: Callable[[], np.ndarray]) -> np.ndarray:
    """The array stored for exactly these token ids, or the one that `compute` makes, which is then stored."""
    digest = hashlib.sha256()
    for ids in token_ids:
        digest.update(np.asarray(ids + [-1], np.int32).tobytes())
    path = CACHE_FOLDER / f"{name}-{digest.hexdigest()[:16]}.npy"
    if path.exists():
        print(f"{name}: {path.name} found in the cache", flush=True)
        return np.load(path)
    vectors = compute()
    CACHE_FOLDER.mkdir(exist_ok=True)
    partial = path.with_suffix(".partial.npy")
    np.save(partial, vectors)
    partial.rename(path)
    return vectors
