"""Writes the model card from what was measured."""

from pathlib import Path

from .settings import ENCODER_NAME, TEACHER_NAME, Recipe

TEMPLATE = """\
# {name}

The encoder that StrataRouter carries with it: one vector of 256 numbers for each of the 30,522 pieces of English
words that it knows. A text's vector is the sum of the vectors of its pieces, scaled to length one. There is no
network to run, so encoding a short query takes microseconds on one core, and nothing is downloaded.

| | |
| --- | --- |
| file | `strata-encoder-1.bin`, {bytes:,} bytes |
| fingerprint | `{fingerprint}` |
| language | English |
| input | any text; BERT's uncased WordPiece splits it; no limit on length |
| output | 256 numbers of length one; a text without a known piece gives zeros |
| intended use | choosing among routes by meaning, together with a trained classifier; near-duplicate search |
| not intended for | judging people, ranking documents, languages other than English |

## How it was made
Distilled from `{teacher}` (Apache-2.0), whose vectors of {texts:,} short texts
were brought to 256 dimensions. The table starts from the teacher's view of each piece alone, weighted down for
common pieces, and learns for {epochs} epochs to give each text the teacher's direction and, above all, the teacher's
similarities between texts. Rows are then stored as 8-bit integers with one scale each. No intent labels were used,
and every text of the sets below had been removed from the corpus. `encoder/README.md` has every setting; seed {seed}.

Retrain with one command from the root of the repository, after installing `encoder/requirements.txt`:
`python -m encoder`. The same command writes every file in this folder.

## Scores
In-scope accuracy in percent of these vectors alone under a plain multinomial logistic regression (C = 30), mean of
three seeded draws of 5, 10 or 20 examples a route. Every choice was made inside the training splits, none on these test scores.
The product adds word features, so it scores higher.

{scores}

## Data
`encoder/corpus/corpus.tsv.gz`, SHA-256 `{corpus_sha256}`. Short English texts, unlabelled:

| texts | source | licence |
| --- | --- | --- |
| 70,000 user and assistant turns | Schema-Guided Dialogue, Rastogi et al., Google | CC BY-SA 4.0 |
| 16,835 user and assistant turns | Taskmaster-3 and Taskmaster-4, Byrne et al., Google | CC BY 4.0 |
| 7,179 questions | Natural Questions, Kwiatkowski et al., Google | CC BY-SA 3.0 |
| 14,000 sentences | WikiSplit, Botha et al., Google, from English Wikipedia | CC BY-SA 4.0 |
| 113,359 examples, definitions and terms | WordNet, copyright 2006 and 2011 by Princeton University, all rights reserved | WordNet licence (`encoder/corpus/LICENSE-WORDNET.txt`) |
| 21,398 words | the teacher's vocabulary | Apache-2.0 |

To these come {spans:,} random spans of {span_min} to {span_max} words drawn from the same texts, and {copies:,} copies with slips of
the keyboard in about {share:.0%} of their longer words, which the table learns to read like the text as it was. A random span
can coincide with a common phrase of an evaluation set, such as "thank you very much"; it carries no label.

None of these texts is in the package. `parity.json`, which is not either, is our own writing: texts in many scripts with the piece
numbers and vectors that a reader of the weights must give.

The evaluation sets are CLINC150 (Larson et al., 2019, CC BY 3.0) and HWU64 (Liu et al., 2019, CC BY 4.0).

## Limits
- **English only.** Other scripts fall apart into single letters or unknown pieces; the vectors mean little there.
- **A bag of pieces.** Word order is lost: "London to Paris" and "Paris to London" are one vector, and negation moves
  the vector hardly at all.
- **Long texts dilute.** The vector is an average over everything said, so a request between two sentences of chatter is
  hard to see. Split long texts into sentences first.
- **Emoji and most ideographs are unknown**, and unknown pieces count for nothing: a text made only of them is all zeros.
- **Typos** break a word into pieces that mean something else; training on misspelled copies softens that and does not cure it.
- **Biases.** The teacher learned from text of the web, the corpus from an encyclopedia, a dictionary that is decades old in parts,
  and dialogue about travel, restaurants, films and similar services. Stereotypes and dated words of these are in the
  vectors. Do not use distances between them to judge people.

## Licence
The weights are published under Apache-2.0, the licence of the project and of the teacher. The licences of the texts
above continue to apply to the texts.
"""


def score_table(scores: dict[str, dict[str, float]]) -> str:
    """A Markdown table, one row for each set."""
    columns = list(next(iter(scores.values())))
    lines = ["| set | " + " | ".join(columns) + " |", "| --- |" + " --- |" * len(columns)]
    for name, values in scores.items():
        lines.append(f"| {name} | " + " | ".join(f"{values[column]:.1f}" for column in columns) + " |")
    return "\n".join(lines)


def write_model_card(
    path: Path, recipe: Recipe, scores: dict | None, fingerprint: str, size: int, texts: int, corpus_sha256: str
) -> None:
    card = TEMPLATE.format(
        name=ENCODER_NAME,
        bytes=size,
        fingerprint=fingerprint,
        teacher=TEACHER_NAME,
        texts=texts,
        epochs=recipe.epochs,
        seed=recipe.seed,
        scores=score_table(scores) if scores else "(not measured: the evaluation data was not found)",
        corpus_sha256=corpus_sha256,
        spans=recipe.span_count,
        span_min=recipe.span_min_words,
        span_max=recipe.span_max_words,
        copies=recipe.misspelled_copies,
        share=recipe.misspelled_share,
    )
    path.write_text(card, encoding="utf-8", newline="\n")
