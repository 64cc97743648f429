"""server/start, as a newcomer runs it in a terminal: what it prints, that it keeps the data, and that nothing outlives it."""
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

from server_process import BIN, ROOT

ENVIRONMENT = {**{k: v for k, v in os.environ.items() if not k.startswith("PARTNERGRAPH_")}, "PARTNERGRAPH_BIN": str(BIN)}
PORTS = ("--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0")
WAIT_SECONDS = 60


def run(*flags, environment=None):
    """Runs the script to its end."""
    return subprocess.run([ROOT / "server" / "start", "--no-build", *flags], env={**ENVIRONMENT, **(environment or {})},
                          capture_output=True, text=True, timeout=WAIT_SECONDS)


def server_pids(data):
    """The processes that serve `data`."""
    pids = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            continue
        if command[0].endswith(b"/partnergraphd") and str(data).encode() in command:
            pids.append(int(entry.name))
    return pids


class Started:
    """The script in the foreground process group of a terminal of its own."""

    def __init__(self, *flags):
        self.began = time.monotonic()
        self.process = subprocess.Popen([ROOT / "server" / "start", "--no-build", *flags], env=ENVIRONMENT, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        self.lines = []

    def wait_until_up(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("Ctrl-C"):
                self.seconds = time.monotonic() - self.began
                return self
        raise AssertionError("did not start: " + self.process.stderr.read())

    def value(self, name):
        return next((line.split()[1] for line in self.lines if line.startswith(f"  {name} ")), None)

    def interrupt(self):
        """Ctrl-C: the terminal signals the whole foreground group."""
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self):
        """Waits for the end; returns the exit status and what was said on stderr."""
        _, errors = self.process.communicate(timeout=WAIT_SECONDS)
        return self.process.returncode, errors


class StartTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.data = pathlib.Path(self.directory.name) / "data"
        self.started = []

    def tearDown(self):
        for started in self.started:
            if started.process.poll() is None:
                started.process.kill()
            started.process.communicate()
        for pid in server_pids(self.data):
            os.kill(pid, signal.SIGKILL)
        self.directory.cleanup()

    def start(self, *flags):
        self.started.append(Started("--data", self.data, *(flags or PORTS)))
        return self.started[-1]

    def assert_nothing_left(self):
        deadline = time.monotonic() + WAIT_SECONDS
        while server_pids(self.data) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(server_pids(self.data), [])
        self.assertFalse((self.data / "grpc.sock").exists())

    def cli(self, *arguments):
        return subprocess.run([BIN / "partnergraph", *arguments], capture_output=True, text=True, timeout=WAIT_SECONDS)

    def test_first_start_ingests_the_sample_and_the_second_keeps_it(self):
        first = self.start().wait_until_up()
        self.assertTrue(first.value("dashboard").startswith("http://127.0.0.1:"))
        self.assertEqual(first.value("data"), str(self.data))
        commands = [line.split() for line in first.lines if line.startswith(f"  {BIN}/partnergraph ")]
        self.assertEqual([command[3] for command in commands], ["search", "partners", "paths"])
        for command in commands:
            result = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_SECONDS)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("骥野" if "骥野" in command[4] else "岫云科技", result.stdout)
        self.assertEqual(self.cli("--server", first.value("gRPC"), "retract", "sample-05").returncode, 0)
        first.interrupt()
        status, errors = first.end()
        self.assertEqual(status, 0, errors)
        self.assertIn("stopped", errors)
        self.assertIn("36 accepted", errors)
        self.assert_nothing_left()

        second = self.start().wait_until_up()
        self.assertLess(second.seconds, 20)
        stats = self.cli("--server", second.value("gRPC"), "stats", "-o", "json").stdout
        self.assertIn('"article_count": 35', stats, "what was retracted came back")
        second.interrupt()
        status, errors = second.end()
        self.assertEqual(status, 0, errors)
        self.assert_nothing_left()

    def test_interrupt_before_it_is_up_leaves_nothing(self):
        for pause in (0.0, 0.05, 0.2, 0.4):
            started = self.start()
            time.sleep(pause)
            started.interrupt()
            started.end()
            self.assert_nothing_left()

    def test_signals_to_the_script_alone_end_the_server(self):
        for signum in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            started = self.start("--no-sample", *PORTS).wait_until_up()
            started.process.send_signal(signum)
            self.assertEqual(started.end()[0], 0, signum)
            self.assert_nothing_left()

    def test_server_ends_when_the_script_is_killed(self):
        started = self.start("--no-sample", *PORTS).wait_until_up()
        started.process.kill()
        started.end()
        self.assert_nothing_left()

    def test_script_ends_with_a_server_that_is_killed(self):
        started = self.start("--no-sample", *PORTS).wait_until_up()
        for pid in server_pids(self.data):
            os.kill(pid, signal.SIGKILL)
        self.assertEqual(started.end()[0], 128 + signal.SIGKILL)

    def test_without_http_there_is_no_dashboard(self):
        started = self.start("--no-sample", "--grpc", "127.0.0.1:0", "--http", "off").wait_until_up()
        self.assertIsNone(started.value("dashboard"))
        self.assertIsNotNone(started.value("gRPC"))
        started.interrupt()
        self.assertEqual(started.end()[0], 0)

    def test_answers_of_the_server_are_passed_on(self):
        version = run("--version")
        self.assertEqual(version.returncode, 0, version.stderr)
        self.assertRegex(version.stdout, r"^partnergraphd \d")
        helped = run("--help")
        self.assertEqual(helped.returncode, 0)
        self.assertIn("--no-sample", helped.stdout)
        self.assertIn("--read-threads", helped.stdout)
        self.assertEqual(run("--no-such-flag").returncode, 2)

    def test_data_is_chosen_by_flag_environment_and_file_before_the_default(self):
        config = pathlib.Path(self.directory.name) / "settings.ini"
        config.write_text('data="from_file"\n')
        cases = [((), {}, ".data"),
                 ((), {"PARTNERGRAPH_DATA": "from_environment"}, "from_environment"),
                 (("--config", config), {}, "from_file"),
                 ((), {"PARTNERGRAPH_CONFIG": str(config)}, "from_file"),
                 (("--data=from_flag", f"--config={config}"), {"PARTNERGRAPH_DATA": "from_environment"}, "from_flag")]
        for flags, environment, data in cases:
            printed = run("--print-config", *flags, environment=environment)
            self.assertIn(f'\ndata="{data}"\n', "\n" + printed.stdout, printed.stderr)


if __name__ == "__main__":
    unittest.main()
