#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same articles and program give the same models, byte for byte, in every run. Runs differ in what the C library
fills memory with, which shows a read of bytes that nothing wrote, and in the seeds of hash tables."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TRAIN = pathlib.Path(os.environ.get("PARTNERGRAPH_BIN", ROOT / "build/release/bin")) / "partnergraph-train"
MODELS = {"tagger", "pairs", "names", "relations", "deals", "calibration"}
ARTICLES_MAX = 16


def read(name):
    lines = (ROOT / "ingest/training/articles" / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def write(path, objects):
    path.write_text("".join(json.dumps(o, ensure_ascii=False) + "\n" for o in objects), encoding="utf-8")


def articles_that_end_in_a_name():
    """Invented articles and their annotations, the full stop behind a name at the very end cut off."""
    chosen = []
    for article, gold in zip(read("articles.jsonl"), read("gold.jsonl")):
        text = article["text"].rstrip("。.\n")
        names = [name for entity in gold["entities"] for name in entity["mentions"]]
        if any(text.endswith(name) for name in names):
            chosen.append((dict(article, text=text), gold))
    return chosen[:: max(1, len(chosen) // ARTICLES_MAX)][:ARTICLES_MAX]


class TrainingDeterminismTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)
        chosen = articles_that_end_in_a_name()
        self.assertGreaterEqual(len(chosen), 8)
        write(self.path / "articles.jsonl", [article for article, _ in chosen])
        write(self.path / "gold.jsonl", [gold for _, gold in chosen])

    def train(self, fill):
        out = self.path / f"models-{fill}"
        folder = str(self.path)
        subprocess.run([TRAIN, "train", "--gold", folder, "--extra", folder, "--calibration", folder, "--data", "",
                        "--out", str(out)], cwd=ROOT, env=dict(os.environ, MALLOC_PERTURB_=str(fill)), check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=280)
        return {path.stem: path.read_bytes() for path in out.glob("*.model")}

    def test_every_run_gives_the_same_bytes(self):
        first, second = self.train(0), self.train(85)
        self.assertEqual(set(first), MODELS)
        for name in sorted(MODELS):
            self.assertTrue(first[name] == second[name], f"{name} differs")


if __name__ == "__main__":
    unittest.main()
