"""The program itself: settings, start, signals, and what it says when it cannot serve."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import unittest

BINARY = os.path.join(os.environ.get("PARTNERGRAPH_BIN", "build/release/bin"), "partnergraphd")
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("PARTNERGRAPH_")}


def run(*flags, environment=None):
    """Runs the program to its end."""
    return subprocess.run(
        [BINARY, *flags],
        env={**ENVIRONMENT, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class Served:
    """A running server; `lines` is what it printed once it served."""

    def __init__(self, *flags):
        self.process = subprocess.Popen(
            [BINARY, *flags], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True)
        self.lines = {}
        while "data" not in self.lines:
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError("did not serve: " + self.process.stderr.read())
            name, value = line.rstrip("\n").split(" ", 1)
            self.lines[name] = value

    def stop(self, signum=signal.SIGTERM):
        self.process.send_signal(signum)
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors


@unittest.skipUnless(os.path.exists(BINARY), f"{BINARY} is not built")
class PartnergraphdTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.data = os.path.join(self.folder, "data")
        self.flags = ["--data", self.data, "--grpc=127.0.0.1:0", "--http=127.0.0.1:0"]
        self.servers = []

    def tearDown(self):
        for server in self.servers:
            if server.process.poll() is None:
                server.process.kill()
                server.process.communicate()
        shutil.rmtree(self.folder)

    def serve(self, *flags):
        self.servers.append(Served(*(flags or self.flags)))
        return self.servers[-1]

    def test_prints_where_it_serves_and_stops_with_zero(self):
        server = self.serve()
        for name in ("grpc", "http"):
            host, port = server.lines[name].split(":")
            self.assertEqual(host, "127.0.0.1")
            socket.create_connection((host, int(port)), timeout=10).close()
        self.assertEqual(server.lines["data"], self.data)
        code, errors = server.stop()
        self.assertEqual(code, 0, errors)

    def test_starts_again_on_its_data_after_sigint(self):
        self.assertEqual(self.serve().stop(signal.SIGINT)[0], 0)
        self.assertEqual(self.serve().stop()[0], 0)

    def test_keeps_data_and_socket_to_its_user(self):
        self.serve()
        for name in ("cursor.key", "grpc.sock"):
            mode = os.stat(os.path.join(self.data, name)).st_mode
            self.assertEqual(stat.S_IMODE(mode), 0o600, name)
        self.assertEqual(stat.S_IMODE(os.stat(self.data).st_mode), 0o700)

    def test_serves_http_with_a_path_too_long_for_a_socket(self):
        data = os.path.join(self.folder, "x" * 120)
        server = self.serve("--data", data, *self.flags[2:])
        host, port = server.lines["http"].split(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            self.assertIn(b" 200 ", connection.recv(1000))
        self.assertEqual(server.stop()[0], 0)

    def test_refuses_data_that_another_process_has_open(self):
        self.serve()
        second = run(*self.flags)
        self.assertEqual(second.returncode, 1)
        self.assertIn(self.data, second.stderr)
        self.assertEqual(second.stdout, "")

    def test_refuses_a_folder_that_holds_something_else(self):
        os.mkdir(self.data)
        with open(os.path.join(self.data, "letter.txt"), "w", encoding="utf-8") as file:
            file.write("not a database")
        result = run(*self.flags)
        self.assertEqual(result.returncode, 1)
        self.assertIn(self.data, result.stderr)
        self.assertEqual(os.listdir(self.data), ["letter.txt"])

    def test_names_the_port_that_is_busy(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            for flag in ("grpc", "http"):
                result = run("--data", self.data, "--grpc=127.0.0.1:0", "--http=127.0.0.1:0",
                             f"--{flag}={address}")
                self.assertEqual(result.returncode, 1, flag)
                self.assertIn(address, result.stderr)

    def test_bad_settings_end_with_two(self):
        cases = [
            (["--no-such"], {}, "no-such"),
            (["--grpc=0.0.0.0:0"], {}, "--allow-remote"),
            ([], {"PARTNERGRAPH_READS_MAX": "many"}, "reads-max"),
            (["--config=/no/such/file"], {}, "/no/such/file"),
        ]
        for flags, environment, message in cases:
            result = run(*self.flags, *flags, environment=environment)
            self.assertEqual(result.returncode, 2, flags)
            self.assertIn(message, result.stderr)
            self.assertFalse(os.path.exists(self.data))

    def test_prints_version_and_settings(self):
        self.assertRegex(run("--version").stdout, r"^partnergraphd \d+\.\d+\.\d+\n$")
        self.assertIn('grpc="127.0.0.1:0"', run(*self.flags, "--print-config").stdout)


if __name__ == "__main__":
    unittest.main()
