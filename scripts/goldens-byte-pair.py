"""Writes test/goldens/byte-pair.json: merges and symbols of Hugging Face's byte-level BPE.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install tokenizers
    /tmp/goldens/bin/python scripts/goldens-byte-pair.py

The version stands in the file. Symbols are those of Gradus: bytes, then a number for each merge.
"""

import json
import platform
from pathlib import Path

import tokenizers
from tokenizers import ByteLevelBPETokenizer
from tokenizers.pre_tokenizers import ByteLevel

OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "byte-pair.json"
NAMES = ["lower", "lowest", "newer", "newest", "wider", "widest", "older", "oldest"]
TRAIN = [f"The {a} river isn't {b} than the {c}," for a in NAMES for b in NAMES[::2] for c in NAMES]
TRAIN += ["Größe 1024 — naïve café", "数字 2048 を 数える", "  two  spaces\n\n and lines\t"] * 3
TEXTS = [
    "",
    "The lowest river isn't older.",
    "the wider, THE WIDEST: we'll see; it's '90s  don't",
    "Größe 2048 — 数える 🙂\n\n  naïve   café \t x",
    "a\u00a0b\u2028c  \r\n",
    "१२३ Ⅷ x² under_score e\u0301",
]


def byte_of():
    """GPT-2's letters for bytes, from letter to byte."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {chr(b): b for b in kept}
    others = [b for b in range(256) if b not in kept]
    return letters | {chr(256 + i): b for i, b in enumerate(others)}


tokenizer = ByteLevelBPETokenizer()
tokenizer.train_from_iterator(TRAIN, vocab_size=400, min_frequency=2, show_progress=False)
symbols = byte_of()
assert set(symbols) == set(ByteLevel.alphabet())
merges = []
for merge in json.loads(tokenizer.to_str())["model"]["merges"]:
    a, b = merge.split(" ") if isinstance(merge, str) else merge
    merges.append([symbols[a], symbols[b]])
    symbols[a + b] = 255 + len(merges)
cases = [{"text": t, "ids": [symbols[s] for s in tokenizer.encode(t).tokens]} for t in TEXTS]
content = {
    "tokenizers": tokenizers.__version__,
    "python": platform.python_version(),
    "train": TRAIN,
    "merges": merges,
    "cases": cases,
}
OUT.write_text(json.dumps(content, separators=(",", ":")) + "\n")
print(OUT.name, OUT.stat().st_size, len(merges))
