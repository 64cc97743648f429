"""`partnergraph bench` on a small generated graph: in process and against a server, every answer compared with one
that the test finds itself."""
import collections
import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import unittest

from server_process import BIN, Server

KINDS = ["Company"] * 60 + ["Person"] * 15 + ["Product"] * 15 + ["Partnership"] * 10
TYPES = ["PARTNER_WITH", "SUPPLIES", "INVESTED_IN", "OWNS", "COMPETES_WITH", "WORKS_FOR", "MAKES"]
READS = ["W1", "W2", "W3", "W4", "W5"]
ROWS_MAX, LENGTH_MAX = 100, 6


class Graph:
    """A random graph of 100 nodes, one of them a hub and one alone."""

    def __init__(self):
        self.random = random.Random(7)
        self.names = [f"{kind} {number} Ltd" for number, kind in enumerate(KINDS)]
        self.edges, seen = [], set()
        while len(self.edges) < 420:
            source = 0 if len(self.edges) < 150 else self.random.randrange(99)
            target = self.random.randrange(99)
            kinds = (KINDS[source], KINDS[target])
            if kinds == ("Company", "Partnership"):
                name = "PARTY_TO"
            else:
                # Partners are companies; the imported types join what they like.
                name = self.random.choice(TYPES if kinds == ("Company", "Company") else TYPES[1:])
            key = (name, min(source, target), max(source, target))
            if source == target or key in seen:
                continue
            seen.add(key)
            self.edges.append((source, target, name))
        self.around = [[] for _ in KINDS]
        self.partners = [set() for _ in KINDS]
        for source, target, name in self.edges:
            for one, other in ((source, target), (target, source)):
                self.around[one].append(other)
                if name == "PARTNER_WITH":
                    self.partners[one].add(other)

    def distances(self, start):
        found, queue = {start: 0}, collections.deque([start])
        while queue:
            node = queue.popleft()
            for other in self.around[node]:
                if other not in found:
                    found[other] = found[node] + 1
                    queue.append(other)
        return found

    def write(self, folder):
        folder.mkdir()
        write = lambda name, rows, between="\t": (folder / name).write_text(
            "".join(between.join(map(str, row)) + "\n" for row in rows))
        write("nodes.csv", [("id", "kind", "name", "country", "year")] + [
            (number, kind, self.names[number], "CN", 2001) for number, kind in enumerate(KINDS)], ",")
        write("edges.csv", [("src", "dst", "type", "date", "conf")] + [
            (*edge, f"20{10 + number % 9}-0{1 + number % 9}-11", 0.5) for number, edge in enumerate(self.edges)], ",")
        nodes = range(len(KINDS))
        write("w1.tsv", [(self.names[n], n) for n in nodes])
        write("w2.tsv", [(n, min(ROWS_MAX, len(self.around[n]))) for n in nodes])
        write("w3.tsv", [(n, len(set().union(*(self.partners[m] for m in self.partners[n])) - {n})) for n in nodes])
        write("w4.tsv", [(n, sum(0 < d <= 3 for d in self.distances(n).values())) for n in nodes])
        pairs = [(self.random.randrange(100), self.random.randrange(100)) for _ in nodes] + [(3, 99)]
        lengths = [(a, b, self.distances(a).get(b, 99)) for a, b in pairs if a != b]
        write("w5.tsv", [(a, b, length if length <= LENGTH_MAX else -1) for a, b, length in lengths])
        write("w7.tsv", [(self.random.randrange(60), self.random.randrange(60), 0, number, 900) for number in nodes])


def bench(*flags, binary=BIN / "partnergraph", seconds="0.03"):
    environment = {name: value for name, value in os.environ.items() if name != "RESULTS"}
    return subprocess.run([binary, "bench", "--seconds", seconds, *flags], capture_output=True, text=True, timeout=120,
                          env=environment)


class BenchTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.directory.name)
        cls.workload = cls.root / "workload"
        Graph().write(cls.workload)
        cls.data = cls.root / "data"
        cls.first = bench("--workload", cls.workload, "--import", "--data", cls.data, "--threads", "1,2", "--size", "tiny",
                          "--results", cls.root / "results.jsonl")

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def lines(self, run, status=0):
        self.assertEqual(run.returncode, status, run.stderr)
        return [json.loads(line) for line in run.stdout.splitlines()]

    def test_import_and_reads_answer_as_generated(self):
        lines = self.lines(self.first)
        self.assertEqual([line["workload"] for line in lines], ["W6"] + sorted(READS * 2) + ["MEM"])
        for line in lines:
            self.assertEqual((line["system"], line["size"], line.get("bad", 0)), ("partnergraph-db", "tiny", 0), line)
        self.assertEqual(lines[0]["n"], 420)
        self.assertAlmostEqual(lines[0]["edges_per_s"] * lines[0]["import_s"], 420, delta=5)
        for one, two in zip(lines[1:11:2], lines[2:11:2]):
            self.assertEqual((one["clients"], two["clients"]), (1, 2))
            self.assertGreaterEqual(one["n"], 100 if one["workload"] != "W5" else 80)
            self.assertGreaterEqual(one["p99_us"], one["p50_us"])
            self.assertGreater(one["p50_us"], 0)
        self.assertEqual((self.root / "results.jsonl").read_text(), self.first.stdout)

    def test_the_same_answers_without_rows_in_memory(self):
        lines = self.lines(bench("--workload", self.workload, "--data", self.data, "--threads", "2", "--topology-memory", "0"))
        self.assertEqual([line["workload"] for line in lines], READS + ["MEM"])
        self.assertEqual(sum(line.get("bad", 0) for line in lines), 0)
        self.assertIn("no rows in memory", lines[-1]["note"])

    def test_only_some_workloads(self):
        lines = self.lines(bench("--workload", self.workload, "--data", self.data, "--threads", "1", "--only", "W5,W2"))
        self.assertEqual([line["workload"] for line in lines], ["W2", "W5", "MEM"])
        wrong = bench("--workload", self.workload, "--data", self.data, "--only", "empty")
        self.assertEqual((wrong.returncode, "--only" in wrong.stderr), (2, True), wrong.stderr)

    def test_the_same_answers_from_a_server(self):
        with Server(self.data) as server:
            lines = self.lines(bench("--workload", self.workload, "--server", server.grpc, "--size", "tiny"))
            busy = bench("--workload", self.workload, "--data", self.data)
        self.assertEqual({line["workload"] for line in lines}, {"empty", "MEM", *READS})
        self.assertEqual(sum(line.get("bad", 0) for line in lines), 0)
        self.assertEqual(busy.returncode, 1)
        self.assertIn(str(self.data), busy.stderr)

    def test_writes_are_counted_apart_and_a_temporary_database_goes(self):
        scratch = self.root / "scratch"
        scratch.mkdir()
        run = subprocess.run([BIN / "partnergraph", "bench", "--workload", self.workload, "--import", "--writes", "--seconds",
                              "0.1", "--threads", "2"], capture_output=True, text=True, timeout=120,
                             env={**os.environ, "TMPDIR": str(scratch)})
        lines = self.lines(run)
        self.assertEqual([line["workload"] for line in lines], ["W6", *READS, "W7", "MEM"])
        self.assertEqual(sum(line.get("bad", 0) for line in lines), 0)
        self.assertGreater(lines[-2]["writes_p50_us"], 0)
        self.assertGreater(lines[-2]["reads_p99_us"], 0)
        self.assertEqual(list(scratch.iterdir()), [])

    def test_writes_to_a_server_are_counted_apart(self):
        copy = self.root / "copy"
        shutil.copytree(self.data, copy)
        with Server(copy) as server:
            run = bench("--workload", self.workload, "--server", server.grpc, "--writes", seconds="0.1")
        lines = [line for line in self.lines(run) if line["workload"] == "W7"]
        self.assertEqual([line["clients"] for line in lines], [1, 4, 64])
        for line in lines:
            self.assertEqual(line["bad"], 0)
            self.assertGreater(line["reads_p99_us"], 0)
            self.assertGreaterEqual(line["writes_p99_us"], line["writes_p50_us"])

    def test_a_wrong_answer_is_counted_and_told(self):
        wrong = self.root / "wrong"
        shutil.copytree(self.workload, wrong)
        rows = (wrong / "w3.tsv").read_text().splitlines()
        rows[5] = "5\t77"
        (wrong / "w3.tsv").write_text("\n".join(rows) + "\n")
        run = bench("--workload", wrong, "--data", self.data, "--threads", "1")
        bad = {line["workload"]: line.get("bad", 0) for line in self.lines(run, status=1)}
        self.assertGreater(bad.pop("W3"), 0)
        self.assertEqual(sum(bad.values()), 0)
        self.assertIn("pairs of 5: want 77", run.stderr)

    def test_bad_use_says_what_is_wrong(self):
        missing = bench("--workload", self.workload, "--data", self.root / "none")
        self.assertEqual((missing.returncode, "none does not exist" in missing.stderr), (1, True), missing.stderr)
        self.assertFalse((self.root / "none").exists())
        again = bench("--workload", self.workload, "--import", "--data", self.data)
        self.assertEqual((again.returncode, "is not empty" in again.stderr), (1, True), again.stderr)
        threads = bench("--workload", self.workload, "--data", self.data, "--threads", "0")
        self.assertEqual((threads.returncode, "--threads" in threads.stderr), (2, True), threads.stderr)
        server = bench("--workload", self.workload, "--threads", "1")
        self.assertEqual((server.returncode, "in process" in server.stderr), (2, True), server.stderr)
        empty = self.root / "empty"
        empty.mkdir()
        unread = bench("--workload", empty, "--data", self.data)
        self.assertEqual((unread.returncode, "w1.tsv cannot be read" in unread.stderr), (1, True), unread.stderr)

    def test_the_program_beside_it_is_named_when_it_is_missing(self):
        alone = self.root / "alone"
        alone.mkdir()
        shutil.copy(BIN / "partnergraph", alone)
        run = bench("--workload", self.workload, "--data", self.data, binary=alone / "partnergraph")
        self.assertEqual(run.returncode, 1, run.stderr)
        self.assertIn(str(alone / "partnergraph-ingest"), run.stderr)


if __name__ == "__main__":
    unittest.main()
