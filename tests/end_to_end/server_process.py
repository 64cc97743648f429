"""Starts the real server on loopback with ports of its own, and speaks JSON with it over its HTTP port."""
import json
import os
import pathlib
import signal
import subprocess
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("PARTNERGRAPH_BIN", ROOT / "build" / "release" / "bin"))
SAMPLE = ROOT / "ingest" / "sample"


class RpcError(Exception):
    """An error answer: Connect's code ("not_found", ...), its message, and the HTTP status."""

    def __init__(self, http_status, code, message):
        super().__init__(f"{code} ({http_status}): {message}")
        self.http_status, self.code, self.message = http_status, code, message


class Server:
    """`with Server(data_directory) as server:` is a running partnergraphd."""

    def __init__(self, data, *flags):
        self.data = str(data)
        self.process = subprocess.Popen(
            [BIN / "partnergraphd", "--data", self.data, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", *flags],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.grpc = self.http = None
        while not (self.grpc and self.http):
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError(f"the server ended with {self.process.wait()} before it listened")
            key, _, value = line.strip().partition(" ")
            if key in ("grpc", "http"):
                setattr(self, key, value)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Ends the server as a service manager would and returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=30)
        self.process.stdout.close()
        return status

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def call(self, method, request, timeout=30):
        """Calls "GraphService/GetNode" with a JSON object; returns the answer's object or raises RpcError."""
        http_request = urllib.request.Request(
            f"http://{self.http}/partnergraph.v1.{method}", json.dumps(request).encode(),
            {"Content-Type": "application/json", "Connect-Protocol-Version": "1"})
        try:
            with urllib.request.urlopen(http_request, timeout=timeout) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            body = error.read()
            try:
                answer = json.loads(body)
            except ValueError:
                answer = {"code": "not_json", "message": body.decode(errors="replace")}
            raise RpcError(error.code, answer.get("code"), answer.get("message", "")) from None

    def cli(self, *arguments, check=True, stdin=None):
        """Runs the command line client; returns the finished process with its output as text."""
        result = subprocess.run([BIN / "partnergraph", "--server", self.grpc, *map(str, arguments)],
                                input=stdin, capture_output=True, text=True, timeout=120)
        if check and result.returncode != 0:
            raise AssertionError(f"{arguments} exited {result.returncode}: {result.stderr}")
        return result

    def json(self, *arguments):
        """The command's answer as JSON lines."""
        return [json.loads(line) for line in self.cli("--output", "jsonl", *arguments).stdout.splitlines()]
