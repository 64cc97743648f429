"""The layers point one way: server -> graph, ingest, proto; ingest -> graph, proto/storage; graph -> proto/storage;
clients -> proto. And only one file pair includes RocksDB."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)

# Which of our own folders a file of a folder may include.
ALLOWED = {
    "graph": {"graph", "proto/storage"},
    "ingest": {"ingest", "graph", "proto/storage"},
    "server": {"server", "ingest", "graph", "proto"},
    "clients": {"clients", "proto"},
}
ROCKSDB_FILES = {"graph/rocks_kv_store.h", "graph/rocks_kv_store.cc"}
# Libraries that belong to some layers only.
LIBRARIES = {
    "rocksdb/": {"graph"},
    "grpcpp/": {"server", "clients"},
    "boost/": {"server"},
}


def layer_of(include):
    if include.startswith("partnergraph/storage/"):
        return "proto/storage"
    if include.startswith(("partnergraph/v1/", "google/rpc/", "grpc/health/")):
        return "proto"
    folder = include.split("/")[0]
    return folder if folder in ALLOWED or folder == "tests" else None


def sources(folder):
    for path in sorted((ROOT / folder).rglob("*")):
        if path.suffix in (".h", ".cc", ".inc") and "node_modules" not in path.parts:
            yield path


class LayeringTest(unittest.TestCase):
    def test_folders_include_only_what_lies_below_them(self):
        count = 0
        for folder, allowed in ALLOWED.items():
            for path in sources(folder):
                count += 1
                for include in INCLUDE.findall(path.read_text(encoding="utf-8")):
                    layer = layer_of(include)
                    if layer is not None:
                        self.assertIn(layer, allowed, f"{path.relative_to(ROOT)} includes {include}")
        self.assertGreater(count, 50, "the sources were not found")

    def test_one_file_pair_includes_rocksdb(self):
        users = {
            str(path.relative_to(ROOT))
            for folder in ALLOWED
            for path in sources(folder)
            if any(i.startswith("rocksdb/") for i in INCLUDE.findall(path.read_text(encoding="utf-8")))
        }
        self.assertTrue(users)
        self.assertLessEqual(users, ROCKSDB_FILES)

    def test_libraries_stay_in_their_layers(self):
        for folder in ALLOWED:
            for path in sources(folder):
                for include in INCLUDE.findall(path.read_text(encoding="utf-8")):
                    for library, folders in LIBRARIES.items():
                        if include.startswith(library):
                            self.assertIn(folder, folders, f"{path.relative_to(ROOT)} includes {include}")

    def test_link_dependencies_point_the_same_way(self):
        """A layer that does not link another cannot call it behind the includes' back."""
        for folder, allowed in ALLOWED.items():
            for path in (ROOT / folder).rglob("CMakeLists.txt"):
                if "node_modules" in path.parts:
                    continue
                text = re.sub(r"#.*", "", path.read_text(encoding="utf-8"))
                for target in set(re.findall(r"partnergraph::(\w+)", text)):
                    layer = {"storage_proto": "proto/storage", "client": "clients", "bench": "clients"}.get(target, target)
                    if layer in ALLOWED or layer.startswith("proto"):
                        self.assertIn(layer, allowed, f"{path.relative_to(ROOT)} links partnergraph::{target}")


class TopLevelTest(unittest.TestCase):
    def test_top_level_is_fixed(self):
        allowed = {"CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "proto", "server", "graph", "ingest",
                   "clients", "tests", "build"}
        found = {p.name for p in ROOT.iterdir() if not p.name.startswith(".")}
        self.assertLessEqual(found, allowed)


if __name__ == "__main__":
    unittest.main()
