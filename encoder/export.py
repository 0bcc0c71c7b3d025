"""Writes the weights file, and reads it back."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .settings import DIMENSIONS, ENCODER_NAME, MAX_WORD_LENGTH, TEACHER_NAME, UNKNOWN_ID, VOCABULARY_SIZE, Recipe
from .tokens import read_vocabulary

MAGIC = b"SRENC001"
ALIGNMENT = 16


@dataclass
class QuantisedTable:
    """int8 rows [vocabulary, 256] and float32 scales [vocabulary]; token vector = scale * row."""

    scales: np.ndarray
    rows: np.ndarray

    def as_float64(self) -> np.ndarray:
        """The table that readers of the file see, [vocabulary, 256]."""
        return self.scales.astype(np.float64)[:, None] * self.rows.astype(np.float64)


def quantise(table: np.ndarray) -> QuantisedTable:
    """Each row is scaled so that its largest entry becomes 127, then rounded; a zero row has scale zero."""
    scales = (np.abs(table).max(axis=1) / 127).astype(np.float32)
    divisors = np.where(scales > 0, scales, 1)[:, None]
    rows = np.clip(np.rint(table / divisors), -127, 127).astype(np.int8)
    return QuantisedTable(scales, rows)


def aligned(length: int) -> int:
    return -(-length // ALIGNMENT) * ALIGNMENT


def write_model(path: Path, table: QuantisedTable, recipe: Recipe, texts: int, corpus_sha256: str) -> str:
    """Writes the file described in README.md and returns its fingerprint."""
    contents = {
        "vocabulary": "\n".join(read_vocabulary()).encode("utf-8"),
        "scales": table.scales.astype("<f4").tobytes(),
        "rows": table.rows.tobytes(),
    }
    fingerprint = hashlib.sha256(b"".join(contents.values())).hexdigest()

    def header(sections_start: int) -> bytes:
        sections, offset = {}, sections_start
        for name, content in contents.items():
            sections[name] = {"offset": offset, "length": len(content)}
            offset = aligned(offset + len(content))
        described = {
            "name": ENCODER_NAME,
            "dimensions": DIMENSIONS,
            "vocabularySize": VOCABULARY_SIZE,
            "unknownId": UNKNOWN_ID,
            "maxWordLength": MAX_WORD_LENGTH,
            "sections": sections,
            "fingerprint": fingerprint,
            "training": {
                "seed": recipe.seed,
                "epochs": recipe.epochs,
                "texts": texts,
                "teacher": TEACHER_NAME,
                "corpusSha256": corpus_sha256,
            },
        }
        return json.dumps(described, separators=(",", ":")).encode("utf-8")

    sections_start = 1_024  # room for the header, which is padded with spaces up to here
    text = header(sections_start)
    prefix = len(MAGIC) + 4
    assert prefix + len(text) <= sections_start, "the header has outgrown its room"
    output = bytearray(MAGIC + (sections_start - prefix).to_bytes(4, "little") + text.ljust(sections_start - prefix))
    for content in contents.values():
        output += content
        output += bytes(aligned(len(output)) - len(output))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(output)
    return fingerprint


def read_model(path: Path) -> tuple[dict, list[str], QuantisedTable]:
    """Header, vocabulary and table of a weights file; raises ValueError when it is damaged."""
    data = path.read_bytes()
    if data[:8] != MAGIC:
        raise ValueError(f"{path.name} is not a weights file")
    header = json.loads(data[12 : 12 + int.from_bytes(data[8:12], "little")])
    parts = {name: data[at["offset"] : at["offset"] + at["length"]] for name, at in header["sections"].items()}
    if hashlib.sha256(b"".join(parts.values())).hexdigest() != header["fingerprint"]:
        raise ValueError(f"{path.name} does not match its fingerprint")
    scales = np.frombuffer(parts["scales"], "<f4")
    rows = np.frombuffer(parts["rows"], np.int8).reshape(header["vocabularySize"], header["dimensions"])
    return header, parts["vocabulary"].decode("utf-8").split("\n"), QuantisedTable(scales, rows)
