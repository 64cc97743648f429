"""kill -9 during ingest loses no acknowledged article and leaves nothing half-written."""
import os
import random
import tempfile
import threading
import time
import unittest

from server_process import RpcError, Server

SEED = int(os.environ.get("PARTNERGRAPH_SEED", random.SystemRandom().randrange(1 << 30)))
ROUNDS = int(os.environ.get("PARTNERGRAPH_KILLS", 8))
SURNAMES = "赵钱孙李周吴郑王冯陈"


def article(number):
    """An invented article; neighbouring numbers share companies, so that writes meet on the same nodes."""
    company, partner = f"岭原{number % 7}号科技有限公司", f"汐州{number % 11}号银行股份有限公司"
    person = SURNAMES[number % 10] + "一鸣"
    return {
        "articleId": f"crash-{number}",
        "title": f"{company}与{partner}签署战略合作协议（第{number}次）",
        "text": f"{company}与{partner}今日签署战略合作协议，编号{number}。{company}总裁{person}出席了签约仪式。",
        "published": "2025-03-18",
    }


class CrashTest(unittest.TestCase):
    def test_kill_loses_no_acknowledged_article(self):
        print(f"seed {SEED}: PARTNERGRAPH_SEED={SEED} repeats the times of the kills")
        rng = random.Random(SEED)
        acknowledged, next_number, lock = set(), iter(range(1_000_000)), threading.Lock()
        with tempfile.TemporaryDirectory() as data:
            for _ in range(ROUNDS):
                server = Server(data)
                self.check(server, acknowledged)

                def ingest():
                    while True:
                        with lock:
                            number = next(next_number)
                        try:
                            answer = server.call("IngestService/IngestArticle", {"article": article(number)})
                        except (OSError, RpcError):
                            return
                        if answer.get("outcome") == "INGEST_OUTCOME_STORED":
                            with lock:
                                acknowledged.add(number)

                writers = [threading.Thread(target=ingest) for _ in range(4)]
                for writer in writers:
                    writer.start()
                before, kill_at = len(acknowledged), time.monotonic() + rng.uniform(0.05, 0.6)
                give_up_at = kill_at + 30
                # A slow build needs a while for its first writes; a kill before them would show nothing.
                while time.monotonic() < kill_at or (
                        len(acknowledged) < before + 3 and time.monotonic() < give_up_at):
                    time.sleep(0.005)
                server.kill()
                for writer in writers:
                    writer.join()
            self.assertGreater(len(acknowledged), ROUNDS, "too few writes to show anything")
            with Server(data) as server:
                self.check(server, acknowledged)
                self.check_everything_goes(server)

    def check(self, server, acknowledged):
        for number in acknowledged:
            answer = server.call("GraphService/GetArticle", {"articleId": f"crash-{number}"})
            self.assertTrue(answer.get("facts"), f"article {number} lost its facts")

    def check_everything_goes(self, server):
        """Retracting all articles leaves an empty graph: nothing was written in part."""
        for number in range(1_000_000):
            stats = server.call("AdminService/GetStats", {})
            if int(stats.get("articleCount", 0)) == 0:
                break
            try:
                server.call("IngestService/RetractArticle", {"articleId": f"crash-{number}"})
            except RpcError as error:
                self.assertEqual(error.code, "not_found")
        self.assertEqual(int(stats.get("factCount", 0)), 0, stats)
        self.assertEqual(int(stats.get("evidenceCount", 0)), 0, stats)
        self.assertEqual([c for c in stats.get("nodeCounts", []) if int(c.get("count", 0))], [], stats)


if __name__ == "__main__":
    unittest.main()
