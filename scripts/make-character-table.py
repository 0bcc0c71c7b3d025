"""Writes src/core/text/character-table.ts: how each character is read, frozen so that every platform agrees.

Classes and folds are those of the tokeniser that the built-in encoder is trained with (BERT uncased: clean text,
spaced ideographs, accents stripped, lower case), asked for every code point; compatibility forms (full-width,
ligatures, circled ...) are Python's. Needs the package `tokenizers`; run `python scripts/make-character-table.py`.
"""

import unicodedata
from pathlib import Path

import tokenizers
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

OUTPUT = Path(__file__).resolve().parent.parent / "src" / "core" / "text" / "character-table.ts"
CODE_POINTS = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
# Left to String.prototype.normalize at run time: closed blocks, so the stability policy of Unicode freezes them too.
NORMALISED = [*range(0xAC00, 0xD7A4), *range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20)]
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

normaliser = BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=True, lowercase=True)
splitter = BertPreTokenizer()


def base36(number: int) -> str:
    if number < 0:
        return "-" + base36(-number)
    return (base36(number // 36) if number >= 36 else "") + DIGITS[number % 36]


def read(code: int) -> tuple[str, str]:
    """Class and folded form of one code point."""
    shown = normaliser.normalize_str("a" + chr(code) + "b")[1:-1]
    if shown == "":
        return "removed", ""
    if shown.strip(" ") == "":
        return "space", ""
    if shown[0] == " " and shown[-1] == " ":
        return "ideograph", shown.strip(" ")
    alone = len(splitter.pre_tokenize_str("a" + shown + "b")) == 3
    return ("punctuation" if alone else "letter"), shown


def encode_ranges(codes: list[int]) -> str:
    """`gap` or `gap-more` an entry, base 36: gap from the previous entry's end, then how many more follow."""
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    entries, end = [], 0
    for first, last in ranges:
        entries.append(base36(first - end) + (f"-{base36(last - first)}" if last > first else ""))
        end = last
    return " ".join(entries)


def encode_runs(folds: list[tuple[int, int]]) -> str:
    """`gap,shift[,more[,stride]]` an entry, base 36: `more` further code points, `stride` apart, share the shift."""
    entries, end, at = [], 0, 0
    while at < len(folds):
        first, target = folds[at]
        shift, stride, more = target - first, 1, 0
        if at + 1 < len(folds) and folds[at + 1][1] - folds[at + 1][0] == shift:
            stride = folds[at + 1][0] - first
            while at + more + 1 < len(folds):
                code, folded = folds[at + more + 1]
                if folded - code != shift or code != first + (more + 1) * stride:
                    break
                more += 1
        parts = [base36(first - end), base36(shift)]
        if more:
            parts.append(base36(more))
            if stride != 1:
                parts.append(base36(stride))
        entries.append(",".join(parts))
        end = first + more * stride
        at += more + 1
    return " ".join(entries)


def encode_sequences(sequences: list[tuple[int, str]]) -> str:
    """`code:first.second...` an entry, base 36."""
    return " ".join(base36(code) + ":" + ".".join(base36(ord(c)) for c in text) for code, text in sequences)


def string_constant(name: str, comment: str, text: str) -> str:
    if len(name) + len(text) < 85:
        return f"/** {comment} */\nexport const {name} = '{text}'\n"
    lines, rest = [], text
    while len(rest) > 100:
        cut = rest.rindex(" ", 0, 100) + 1
        lines.append(rest[:cut])
        rest = rest[cut:]
    lines.append(rest)
    body = " +\n".join(f"  '{line}'" for line in lines)
    return f"/** {comment} */\nexport const {name} =\n{body}\n"


def main() -> None:
    classes = {code: read(code) for code in CODE_POINTS}
    of_class = lambda name: [code for code in CODE_POINTS if classes[code][0] == name]
    left_out = set(NORMALISED)
    folds = [(code, text) for code, (_, text) in classes.items() if text not in ("", chr(code)) and code not in left_out]
    compatible = []
    for code, (kind, text) in classes.items():
        plain = "".join(read(ord(c))[1] for c in unicodedata.normalize("NFKD", chr(code)))
        if kind == "letter" and plain != text and plain.isalnum() and all(c < "\u0590" or "\u3040" <= c < "\u3100" for c in plain):
            compatible.append((code, plain))
    one = lambda pairs: [(code, ord(text)) for code, text in pairs if len(text) == 1]
    several = lambda pairs: [(code, text) for code, text in pairs if len(text) > 1]
    parts = [
        "// Written by scripts/make-character-table.py"
        f" (tokenizers {tokenizers.__version__}, Unicode {unicodedata.unidata_version}); the encodings are explained there.\n",
        string_constant("REMOVED", "Control, format and private characters, and marks without a width.", encode_ranges(of_class("removed"))),
        string_constant("SPACES", "White space.", encode_ranges(of_class("space"))),
        string_constant("PUNCTUATION", "Characters that are a word of their own.", encode_ranges(of_class("punctuation"))),
        string_constant("IDEOGRAPHS", "Chinese characters, each a word of its own.", encode_ranges(of_class("ideograph"))),
        string_constant("FOLDS", "Lower case without accents, one to one.", encode_runs(one(folds))),
        string_constant("LONG_FOLDS", "The same where the result is several characters.", encode_sequences(several(folds))),
        string_constant("COMPATIBLE", "Compatibility forms, folded, one to one.", encode_runs(one(compatible))),
        string_constant("LONG_COMPATIBLE", "The same where the result is several characters.", encode_sequences(several(compatible))),
    ]
    OUTPUT.write_text("\n".join(parts), "utf-8")
    print(f"{OUTPUT.name}: {OUTPUT.stat().st_size} bytes, {len(folds)} folds, {len(compatible)} compatibility forms")


if __name__ == "__main__":
    main()
