"""Exports of a real server in every form, read by programs that are not ours: Debian's NetworkX and serdi."""
import csv
import json
import pathlib
import subprocess
import tempfile
import unittest

from server_process import BIN, SAMPLE, Server

# Debian's Python, which has Debian's packages.
DEBIAN_PYTHON = "/usr/bin/python3"

COUNT_GRAPH = """
import json, sys, networkx
read = {"graphml": networkx.read_graphml, "gexf": networkx.read_gexf}[sys.argv[1]]
graph = read(sys.argv[2])
print(json.dumps({"nodes": graph.number_of_nodes(), "edges": graph.number_of_edges(), "directed": graph.is_directed(),
                  "names": sorted(data["name"] for _, data in graph.nodes(data=True)),
                  "types": sorted(data["type"] for _, _, data in graph.edges(data=True)),
                  "confidence": sum(data["confidence"] for _, _, data in graph.edges(data=True))}))
"""


class ExportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.directory.name)
        cls.server = Server(cls.root / "data")
        cls.server.cli("ingest", SAMPLE / "articles.jsonl")
        lines = cls.export("jsonl").read_text().splitlines()
        records = [json.loads(line) for line in lines]
        cls.nodes = [record["node"] for record in records if "node" in record]
        cls.edges = [record["edge"] for record in records if "edge" in record]

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.directory.cleanup()

    @classmethod
    def export(cls, form, *flags):
        path = cls.root / f"out-{form}"
        cls.server.cli("export", "--format", form, "--out", path, *flags)
        return path

    def test_json_lines_have_what_the_server_counts(self):
        stats = self.server.call("AdminService/GetStats", {})
        self.assertEqual(len(self.nodes), sum(int(kind.get("count", 0)) for kind in stats["nodeCounts"]))
        self.assertEqual(len(self.edges), sum(int(kind.get("count", 0)) for kind in stats["edgeCounts"]))
        self.assertGreater(len(self.edges), 100)

    def test_an_import_of_an_export_is_the_same_graph(self):
        with self.subTest("JSON Lines"):
            again = self.imported("from-jsonl", self.export("jsonl"))
            self.assertEqual(again["nodes"], self.canonical(self.nodes))
            self.assertEqual(again["edges"], self.canonical(self.edges))
        with self.subTest("CSV"):
            path = self.export("csv")
            again = self.imported("from-csv", "--nodes", path / "nodes.csv", "--edges", path / "edges.csv")
            # CSV has no terms of deals, and takes the ids as external ones.
            for records in (again["nodes"], nodes := self.canonical(self.nodes)):
                for record in records:
                    record.pop("external_id", None)
                    record.get("partnership", {}).pop("terms", None)
            self.assertEqual(again["nodes"], nodes)
            self.assertEqual(again["edges"], self.canonical(self.edges))

    def test_external_ids_survive_export_and_import(self):
        data = self.root / "external"
        graph = SAMPLE / "graph"
        subprocess.run([BIN / "partnergraph-ingest", "graph", "--data", data, "--nodes", graph / "nodes.csv", "--edges",
                        graph / "edges.csv", "--edge-type", "SUPPLIES", "--edge-type", "COMPETES_WITH:symmetric"],
                       check=True, capture_output=True, text=True)
        with open(graph / "nodes.csv", newline="", encoding="utf-8") as file:
            ids = {row[":ID"]: row["name"] for row in csv.DictReader(file)}
        path = self.root / "external.jsonl"
        with Server(data) as server:
            server.cli("export", "--format", "jsonl", "--out", path)
            with self.subTest("evidence of an import names its file and line"):
                evidence = server.cli("evidence", "1").stdout
                self.assertRegex(evidence, r"stated in \S*nodes\.csv, line \d")
                self.assertNotIn("\u201c", evidence)
        records = [json.loads(line)["node"] for line in path.read_text().splitlines() if '"node"' in line]
        exported = {record["external_id"]: record.get("name", "") for record in records}
        self.assertEqual(set(exported), set(ids))
        self.assertEqual({name: exported[name] for name in ids if ids[name]}, {name: ids[name] for name in ids if ids[name]})
        again = self.imported("external-again", path)
        self.assertEqual(again["nodes"], self.canonical(records))
        with Server(self.root / "external-again") as server:
            for external_id, name in ids.items():
                node = server.call("GraphService/GetNode", {"externalId": external_id})["node"]
                self.assertIn(name, node["name"])

    @staticmethod
    def canonical(records):
        return sorted((json.loads(json.dumps(record)) for record in records),
                      key=lambda record: json.dumps(record, sort_keys=True))

    @classmethod
    def imported(cls, name, *arguments):
        """What an export says of a new database that was filled by `partnergraph-ingest graph`."""
        data = cls.root / name
        subprocess.run([BIN / "partnergraph-ingest", "graph", "--data", data, *arguments], check=True,
                       capture_output=True, text=True)
        with Server(data) as server:
            lines = server.cli("export", "--format", "jsonl", "--out", "-").stdout.splitlines()
        records = [json.loads(line) for line in lines]
        return {kind + "s": cls.canonical(record[kind] for record in records if kind in record)
                for kind in ("node", "edge")}

    def test_a_part_is_smaller_and_whole_in_itself(self):
        path = self.root / "part.jsonl"
        self.server.cli("export", "--out", path, "--node", "骥野汽车", "--hops", "1")
        records = [json.loads(line) for line in path.read_text().splitlines()]
        ids = {record["node"]["id"] for record in records if "node" in record}
        self.assertTrue(1 < len(ids) < len(self.nodes))
        for record in records:
            if "edge" in record:
                self.assertTrue({record["edge"]["source"], record["edge"]["target"]} <= ids)

    def test_csv_is_that_of_neo4j_admin(self):
        path = self.export("csv")
        with open(path / "nodes.csv", newline="", encoding="utf-8") as file:
            nodes = list(csv.DictReader(file))
        with open(path / "edges.csv", newline="", encoding="utf-8") as file:
            edges = list(csv.DictReader(file))
        self.assertEqual([node["id"] for node in self.nodes], [node["id:ID"] for node in nodes])
        self.assertEqual([node.get("name", "") for node in self.nodes], [node["name"] for node in nodes])
        self.assertEqual({node["kind"] for node in self.nodes}, {node[":LABEL"] for node in nodes})
        self.assertEqual([(edge["source"], edge["type"], edge["target"]) for edge in self.edges],
                         [(edge[":START_ID"], edge[":TYPE"], edge[":END_ID"]) for edge in edges])

    def check_loaded(self, form, path):
        loaded = json.loads(subprocess.run([DEBIAN_PYTHON, "-c", COUNT_GRAPH, form, path], check=True,
                                           capture_output=True, text=True).stdout)
        self.assertTrue(loaded["directed"])
        self.assertEqual(loaded["nodes"], len(self.nodes))
        self.assertEqual(loaded["edges"], len(self.edges))
        self.assertEqual(loaded["types"], sorted(edge["type"] for edge in self.edges))
        self.assertTrue({node["name"] for node in self.nodes if node.get("name")} <= set(loaded["names"]))
        self.assertAlmostEqual(loaded["confidence"], sum(edge.get("confidence", 1) for edge in self.edges), places=3)

    def test_networkx_reads_graphml(self):
        self.check_loaded("graphml", self.export("graphml"))

    def test_networkx_reads_gexf(self):
        # It knows versions up to 1.2, whose elements and attributes these are too.
        text = self.export("gexf").read_text()
        self.assertIn('xmlns="http://gexf.net/1.3" version="1.3"', text)
        older = self.root / "older.gexf"
        older.write_text(text.replace("http://gexf.net/1.3", "http://www.gexf.net/1.2draft"))
        self.check_loaded("gexf", older)

    def test_serdi_reads_n_triples(self):
        path = self.export("ntriples")
        read = subprocess.run(["serdi", "-e", "-i", "ntriples", "-o", "ntriples", path], capture_output=True, text=True)
        self.assertEqual((read.returncode, read.stderr), (0, ""))
        triples = read.stdout.splitlines()
        self.assertEqual(len(triples), len(path.read_text().splitlines()))
        labels = [line for line in triples if "rdf-schema#label" in line]
        self.assertEqual(len(labels), len(self.nodes))
        statements = [line for line in triples if line.endswith("22-rdf-syntax-ns#Statement> .")]
        self.assertEqual(len(statements), len(self.edges))

    def test_the_text_form_answers_what_the_grammar_promises(self):
        rows = self.server.json("query", "MATCH (a {name: $who})-[:PARTY_TO]-(p:Partnership)-[:PARTY_TO]-(b) "
                                "WHERE b <> a RETURN DISTINCT b.name AS name, p.kind AS kind ORDER BY name",
                                "--param", "who=骥野汽车")
        deals = [row for row in rows if row["record"] == "row"]
        self.assertTrue(deals)
        plan = self.server.cli("query", "MATCH (a {name: '骥野汽车'})--(b) RETURN b", "--explain").stdout
        self.assertTrue(plan.startswith("start at (a) where name: '骥野汽车': 1 node"), plan)
        wrong = self.server.cli("query", "MATCH (a)-[:LIKES]-(b) RETURN b", check=False)
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("line 1, column 13 (byte 12)", wrong.stderr)


if __name__ == "__main__":
    unittest.main()
