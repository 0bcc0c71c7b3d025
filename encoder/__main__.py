"""`python -m encoder`: trains the encoder and writes its weights, model card and reference set."""

import argparse
import os
import time
from dataclasses import replace
from pathlib import Path


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m encoder", description=__doc__)
    parser.add_argument("--seed", type=int, help="seed of spans and batches (default: the published one)")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="threads for all numeric work (default: all cores)")
    parser.add_argument("--output", type=Path, help="folder for the files (default: src/encoders/builtin/model)")
    parser.add_argument("--data", type=Path, help="folder with clinc150/ and hwu64/ (default: benchmarks/quality/data)")
    parser.add_argument("--cross-validate", action="store_true", help="score inside the training splits and write no file")
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = str(arguments.threads)  # read when numpy is first imported, below

    from . import settings
    from .corpus import corpus_sha256
    from .evaluation import cross_validate, report_test
    from .export import quantise, read_model, write_model
    from .model_card import write_model_card
    from .parity import write_parity
    from .start_table import build_start_table
    from .targets import prepare_lesson, with_misspelled_copies
    from .training import train

    recipe = settings.Recipe()
    if arguments.seed is not None:
        recipe = replace(recipe, seed=arguments.seed)
    folder = arguments.output or settings.MODEL_FOLDER
    data = arguments.data or settings.EVALUATION_FOLDER
    started = time.time()

    def step(text: str) -> None:
        print(f"[{time.time() - started:6.1f} s] {text}", flush=True)

    step("teacher vectors")
    lesson = prepare_lesson(recipe, arguments.threads)
    texts = len(lesson.texts)
    step("start table")
    table = build_start_table(lesson, recipe)
    step("training")
    lesson = with_misspelled_copies(lesson, recipe)
    table = quantise(train(table, lesson, recipe))

    if arguments.cross_validate:
        step("cross-validation")
        print(cross_validate(table.as_float64(), data), flush=True)
        return

    step("weights")
    path = folder / f"{settings.ENCODER_NAME}.bin"
    digest = corpus_sha256()
    fingerprint = write_model(path, table, recipe, texts, digest)
    _, _, table = read_model(path)
    step("reference set")
    entries = write_parity(folder / "parity.json", table)
    scores = None
    if (data / "clinc150").is_dir():
        step("evaluation")
        scores = report_test(table.as_float64(), data)
        print(scores, flush=True)
    write_model_card(folder / "MODEL_CARD.md", recipe, scores, fingerprint, path.stat().st_size, texts, digest)
    step(f"done: {path.name} {path.stat().st_size:,} bytes, {entries} reference entries, fingerprint {fingerprint}")


if __name__ == "__main__":
    main()
