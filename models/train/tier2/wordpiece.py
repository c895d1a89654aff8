"""The tokenizer of the training: the same ids as `wasm/assembly/tokenizer` and @xenova/transformers give.

The Rust library's own BERT normalizer strips every combining mark, Indic vowel signs and Arabic points included; the
JavaScript one, which is the contract, strips U+0300–U+036F alone.
"""
from __future__ import annotations

from pathlib import Path

from tokenizers import BertWordPieceTokenizer, Regex
from tokenizers.normalizers import NFD, BertNormalizer, Replace, Sequence


def wordpiece(vocabulary: Path | None = None) -> BertWordPieceTokenizer:
    """@param vocabulary one piece a line; none to learn one"""
    tokenizer = BertWordPieceTokenizer(str(vocabulary) if vocabulary else None)
    tokenizer.normalizer = Sequence([
        BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=False, lowercase=True),
        NFD(),
        Replace(Regex("[\u0300-\u036f]"), ""),
    ])
    return tokenizer
