"""The main job, as a user does it: articles in, questions answered on the command line, and back out again."""
import csv
import io
import json
import pathlib
import subprocess
import tempfile
import unittest

from server_process import BIN, ROOT, SAMPLE, RpcError, Server

SEEDS = ROOT.parent / "shared" / "articles" / "seeds.tsv"


def records(lines, kind):
    return [line for line in lines if line.get("record") == kind]


class SampleTest(unittest.TestCase):
    """One server with the sample articles, for all questions."""

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.server = Server(cls.directory.name)
        cls.first = cls.server.cli("ingest", SAMPLE / "articles.jsonl")

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.directory.cleanup()

    def test_every_article_is_acknowledged_and_a_second_run_changes_nothing(self):
        self.assertIn("36 accepted", self.first.stderr)
        before = self.server.call("AdminService/GetStats", {})
        again = self.server.cli("ingest", SAMPLE / "articles.jsonl")
        self.assertIn("36 unchanged", again.stderr)
        after = self.server.call("AdminService/GetStats", {})
        for counted in ("articleCount", "factCount", "evidenceCount", "nodeCounts", "edgeCounts", "lastSequence"):
            self.assertEqual(before[counted], after[counted])

    def test_traditional_simplified_and_full_names_find_one_company(self):
        found = {records(self.server.json("search", name), "match")[0]["node"]["node_id"]
                 for name in ("岫云科技", "岫雲科技", "岫云")}
        self.assertEqual(len(found), 1)

    def test_partners_give_kind_date_roles_and_the_sentence(self):
        deals = records(self.server.json("partners", "骥野汽车"), "deal")
        venture = next(deal for deal in deals if deal["kind"] == "JOINT_VENTURE" and deal["date"])
        self.assertEqual(venture["date"], "2025-05-08")
        self.assertEqual({party["role"] for party in venture["parties"]}, {"FOUNDER", "VENTURE"})
        evidence = venture["evidence"][0]
        article = next(a for a in map(json.loads, (SAMPLE / "articles.jsonl").open(encoding="utf-8"))
                       if a["article_id"] == evidence["article_id"])
        whole = (article["title"] + "\n" + article["text"]).encode()
        span = evidence["span"]
        self.assertEqual(whole[span["begin"]:span["end"]].decode(), evidence["quote"])

    def test_paths_and_neighbors_agree(self):
        path = records(self.server.json("paths", "衡川银行", "岫云科技"), "path")[0]
        self.assertGreaterEqual(len(path["nodes"]), 3)
        ring_one = {n["node"]["node_id"] for n in records(self.server.json("neighbors", "衡川银行"), "node")
                    if n["ring"] == 1}
        self.assertIn(path["nodes"][1]["node_id"], ring_one)
        self.assertNotIn(path["nodes"][2]["node_id"], ring_one)

    def test_every_output_form_tells_the_same(self):
        deals = records(self.server.json("partners", "骥野汽车"), "deal")
        fact_ids = [deal["fact_id"] for deal in deals]
        table = self.server.cli("partners", "骥野汽车").stdout
        as_json = json.loads(self.server.cli("-o", "json", "partners", "骥野汽车").stdout)
        as_csv = list(csv.DictReader(io.StringIO(self.server.cli("-o", "csv", "partners", "骥野汽车").stdout)))
        self.assertEqual([int(row["fact_id"]) for row in as_csv], fact_ids)
        self.assertEqual([deal["fact_id"] for deal in as_json["deals"]], fact_ids)
        for deal in deals:
            self.assertIn(f"fact {deal['fact_id']} ", table)

    def test_show_a_person_and_the_evidence_of_a_fact(self):
        employment = next(edge for edge in records(self.server.json("show", "韦思齐"), "edge")
                          if edge["type"] == "EMPLOYED_BY")
        self.assertEqual(employment["target"]["name"], "骥野汽车")
        self.assertTrue(employment["title"])
        quotes = records(self.server.json("evidence", employment["fact_id"]), "evidence")
        self.assertTrue(any("韦思齐" in quote["quote"] for quote in quotes))

    def test_unknown_names_and_ids_are_not_found(self):
        self.assertEqual(self.server.cli("partners", "没有这家公司", check=False).returncode, 3)
        self.assertEqual(self.server.cli("evidence", "99999999", check=False).returncode, 3)
        with self.assertRaises(RpcError) as raised:
            self.server.call("GraphService/GetNode", {"nodeId": "99999999"})
        self.assertEqual(raised.exception.code, "not_found")

    def test_bad_arguments_name_the_field(self):
        with self.assertRaises(RpcError) as raised:
            self.server.call("GraphService/ListEdges",
                             {"nodeId": "1", "filter": {"types": ["NO_SUCH_TYPE"]}})
        self.assertEqual(raised.exception.code, "invalid_argument")
        self.assertIn("filter.types", raised.exception.message)

    def test_preview_stores_nothing(self):
        before = self.server.call("AdminService/GetStats", {})["lastSequence"]
        answer = self.server.call("IngestService/PreviewArticle", {"article": {
            "title": "岭原科技与衡川银行签署战略合作协议", "text": "岭原科技有限公司与衡川银行今日签署战略合作协议。",
            "published": "2025-06-01"}})
        self.assertGreaterEqual(len(json.loads(answer["extraction"])["entities"]), 2)
        self.assertTrue(answer["diff"]["factsAdded"])
        self.assertEqual(self.server.call("AdminService/GetStats", {})["lastSequence"], before)


class LifecycleTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.data = pathlib.Path(self.directory.name) / "data"

    def test_a_restart_keeps_the_data(self):
        with Server(self.data) as server:
            server.cli("ingest", SAMPLE / "articles.jsonl")
            before = server.json("partners", "骥野汽车")
            self.assertEqual(server.stop(), 0)
        with Server(self.data) as server:
            after = server.json("partners", "骥野汽车")
        self.assertEqual(records(before, "deal"), records(after, "deal"))

    def test_retracting_everything_leaves_nothing(self):
        articles = [json.loads(line) for line in (SAMPLE / "articles.jsonl").open(encoding="utf-8")]
        with Server(self.data) as server:
            server.cli("ingest", SAMPLE / "articles.jsonl")
            half = server.call("AdminService/GetStats", {})
            self.assertGreater(int(half["factCount"]), 100)
            # Not in the order in which they came.
            for article in articles[::2] + articles[1::2]:
                server.cli("retract", article["article_id"])
            stats = server.call("AdminService/GetStats", {})
        for counted in ("articleCount", "factCount", "evidenceCount"):
            self.assertEqual(int(stats.get(counted, 0)), 0, stats)
        self.assertFalse([c for c in stats.get("nodeCounts", []) if int(c.get("count", 0))])

    def test_bad_records_are_named_and_the_rest_is_stored(self):
        file = pathlib.Path(self.directory.name) / "mixed.tsv"
        file.write_bytes("第一\t岭原科技有限公司与衡川银行签署战略合作协议。\n"
                         "只有标题\t\n".encode()
                         + "乱码\t".encode() + b"\xc9\xcc\xcc\xc0\n"
                         + b"huge\t" + b"x" * (3 << 20) + b"\n"
                         + "最后\t曜锂能源宣布收购岭原科技有限公司。\n".encode())
        rejects = pathlib.Path(self.directory.name) / "rejects.jsonl"
        with Server(self.data) as server:
            result = server.cli("ingest", "--rejects", rejects, file, check=False)
            self.assertEqual(result.returncode, 6)
            self.assertIn("2 accepted", result.stderr)
            for line in (2, 3, 4):
                self.assertIn(f"mixed.tsv:{line}", result.stderr)
            # A line that is too long is refused here, before the server has answered for those before it.
            self.assertEqual(sorted(json.loads(l)["line"] for l in rejects.open(encoding="utf-8")), [2, 3, 4])
            self.assertEqual(int(server.call("AdminService/GetStats", {})["articleCount"]), 2)

    def test_files_of_one_name_are_all_stored(self):
        texts = {"甲": "岭原科技有限公司与衡川银行签署战略合作协议。", "乙": "曜锂能源宣布收购岭原科技有限公司。"}
        files = []
        for folder, text in texts.items():
            files.append(pathlib.Path(self.directory.name) / folder / "news.tsv")
            files[-1].parent.mkdir()
            files[-1].write_text(f"{folder}\t{text}\n", encoding="utf-8")
        with Server(self.data) as server:
            self.assertIn("2 accepted", server.cli("ingest", *files).stderr)
            self.assertIn("2 unchanged", server.cli("ingest", *files).stderr)
            # A record that moves down does not take the place of the one that was there.
            files[0].write_text("丙\t衡川银行与曜锂能源签署战略合作协议。\n" + files[0].read_text(encoding="utf-8"), encoding="utf-8")
            result = server.cli("ingest", *files)
            self.assertIn("1 accepted", result.stderr)
            self.assertIn("2 unchanged", result.stderr)
            self.assertEqual(int(server.call("AdminService/GetStats", {})["articleCount"]), 3)
            server.cli("article", "news-1")
        built = [BIN / "partnergraph-ingest", "build", "--data", self.data.with_name("built"), *files]
        for counts in ("3 stored, 0 unchanged, 0 refused", "0 stored, 3 unchanged, 0 refused"):
            result = subprocess.run(built, capture_output=True, text=True, timeout=120)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn(counts, result.stderr)

    def test_a_database_built_without_a_server_can_be_served(self):
        built = subprocess.run([BIN / "partnergraph-ingest", "build", "--data", self.data, SAMPLE / "articles.jsonl"],
                               capture_output=True, text=True, timeout=120)
        self.assertEqual(built.returncode, 0, built.stderr)
        with Server(self.data) as server:
            self.assertTrue(records(server.json("partners", "骥野汽车"), "deal"))
            # The directory is taken: a second program is refused, clearly.
            second = subprocess.run(
                [BIN / "partnergraph-ingest", "build", "--data", self.data, SAMPLE / "articles.jsonl"],
                capture_output=True, text=True, timeout=120)
            self.assertEqual(second.returncode, 1)
            self.assertIn(str(self.data), second.stderr)

    def test_a_foreign_directory_is_refused_and_left_alone(self):
        self.data.mkdir()
        (self.data / "diary.txt").write_text("mine")
        result = subprocess.run([BIN / "partnergraphd", "--data", self.data, "--grpc", "127.0.0.1:0", "--http", "off"],
                                capture_output=True, text=True, timeout=60)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn(str(self.data), result.stderr)
        self.assertEqual([p.name for p in self.data.iterdir()], ["diary.txt"])


@unittest.skipUnless(SEEDS.exists(), "no ../shared beside the project")
class SeedsTest(unittest.TestCase):
    """The seven real records that the system is first of all for."""

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.server = Server(cls.directory.name)
        cls.first = cls.server.cli("ingest", SEEDS, check=False)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.directory.cleanup()

    def test_six_are_stored_and_the_record_without_a_body_is_named(self):
        self.assertEqual(self.first.returncode, 6)
        self.assertIn("6 accepted", self.first.stderr)
        self.assertIn("seeds.tsv:7", self.first.stderr)
        self.assertIn("ARTICLE_EMPTY", self.first.stderr)
        self.assertIn("6 unchanged", self.server.cli("ingest", SEEDS, check=False).stderr)

    def test_chinese_and_english_names_find_one_company(self):
        found = [records(self.server.json("search", name), "match")[0]["node"]["name"]
                 for name in ("商汤", "SenseTime", "商湯科技")]
        self.assertEqual(found, ["商汤科技"] * 3)

    def test_partnerships_of_the_company(self):
        deals = records(self.server.json("partners", "商汤科技"), "deal")
        partners = [{party["name"] for party in deal["parties"]} - {"商汤科技"} for deal in deals]
        for wanted in ({"阿里巴巴集团", "香港科技园公司"}, {"东亚银行（中国）有限公司"}, {"深圳华侨城中学"}):
            self.assertTrue(any(wanted <= parties for parties in partners), f"{wanted} not in {partners}")
        for wanted in ("医诺", "一加"):
            self.assertTrue(any(any(wanted in name for name in parties) for parties in partners), wanted)
        for deal in deals:
            self.assertTrue(deal["evidence"][0]["quote"])

    def test_paths_people_and_evidence(self):
        path = records(self.server.json("paths", "阿里巴巴集团", "东亚银行（中国）有限公司"), "path")[0]
        self.assertEqual([node["name"] for node in path["nodes"]], ["阿里巴巴集团", "商汤科技", "东亚银行（中国）有限公司"])
        edges = records(self.server.json("show", "林志民"), "edge")
        employment = next(edge for edge in edges if edge["type"] == "EMPLOYED_BY")
        self.assertEqual(employment["title"], "执行董事兼行长")
        self.assertTrue(records(self.server.json("evidence", employment["fact_id"]), "evidence"))


if __name__ == "__main__":
    unittest.main()
