// What is special to the store on disk: opening, reopening, refusing, damage.
#include "graph/rocks_kv_store.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "graph/watermark.h"
#include "gtest/gtest.h"
#include "tests/graph/temporary_directory.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::_;
using testing::HasSubstr;

class RocksKvStoreTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<KvStore>> Open() { return OpenRocksKvStore(path_, {}); }

  void Put(KvStore& store, const std::string& key, const std::string& value,
           const std::string& idempotency_key = "") {
    const KvWrite write{ColumnFamily::kFact, key, value};
    ASSERT_THAT(store.Commit({&write, 1}, {}, idempotency_key), IsOk());
  }

  // Creates a database of `count` entries.
  void Fill(int count) {
    ASSERT_OK_AND_ASSIGN(const auto store, Open());
    for (int i = 0; i < count; ++i) Put(*store, absl::StrCat("key", i), std::string(100, 'v'));
  }

  // The only file with this ending, or any of several.
  std::string FileLike(const std::string& part) {
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      if (entry.path().filename().string().find(part) != std::string::npos) return entry.path();
    }
    return "";
  }

  void FlipBit(const std::string& file, size_t offset) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    ASSERT_TRUE(stream.good()) << file;
    stream.seekg(static_cast<std::streamoff>(offset));
    const char byte = static_cast<char>(stream.get() ^ 0x10);
    stream.seekp(static_cast<std::streamoff>(offset));
    stream.put(byte);
  }

  TemporaryDirectory directory_;
  const std::string path_ = directory_ / "data";
};

TEST_F(RocksKvStoreTest, ReopenedStoreHasEverything) {
  {
    ASSERT_OK_AND_ASSIGN(const auto store, Open());
    EXPECT_EQ(store->Name(), path_);
    Put(*store, "a", "1", "write-1");
    EXPECT_GT(*store->DiskBytes(), 0u);
  }
  ASSERT_OK_AND_ASSIGN(const auto store, Open());
  EXPECT_EQ(**store->Get(nullptr, ColumnFamily::kFact, "a"), "1");
  EXPECT_TRUE(*store->WasApplied("write-1"));
  const KvWrite write{ColumnFamily::kFact, "a", "2"};
  EXPECT_THAT(store->Commit({&write, 1}, {}, "write-1"),
              StatusIs(absl::StatusCode::kAlreadyExists, _));
}

TEST_F(RocksKvStoreTest, WindowOfKeysSurvivesReopening) {
  for (int round = 0; round < 3; ++round) {
    ASSERT_OK_AND_ASSIGN(const auto store, Open());
    for (size_t i = 0; i < kIdempotencyWindow / 2; ++i) {
      ASSERT_THAT(store->Commit({}, {}, absl::StrCat(round, "-", i)), IsOk());
    }
  }
  ASSERT_OK_AND_ASSIGN(const auto store, Open());
  EXPECT_FALSE(*store->WasApplied("0-0"));
  EXPECT_FALSE(*store->WasApplied(absl::StrCat("0-", kIdempotencyWindow / 2 - 1)));
  EXPECT_TRUE(*store->WasApplied("1-0"));
  EXPECT_TRUE(*store->WasApplied("2-0"));
}

TEST_F(RocksKvStoreTest, SnapshotMayOutliveTheStore) {
  std::shared_ptr<const KvSnapshot> snapshot;
  {
    ASSERT_OK_AND_ASSIGN(const auto store, Open());
    ASSERT_OK_AND_ASSIGN(snapshot, store->Snapshot());
  }
  snapshot.reset();
}

TEST_F(RocksKvStoreTest, CreatesMissingParentDirectories) {
  EXPECT_THAT(OpenRocksKvStore(directory_ / "a/b/c", {}), IsOk());
}

TEST_F(RocksKvStoreTest, RefusesAForeignDirectory) {
  std::filesystem::create_directory(path_);
  std::ofstream(path_ + "/notes.txt") << "something else";
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kFailedPrecondition,
                               testing::AllOf(HasSubstr(path_), HasSubstr("notes.txt"))));
  EXPECT_EQ(FileLike("CURRENT"), "");
}

TEST_F(RocksKvStoreTest, RefusesADatabaseThatLacksItsMarker) {
  Fill(1);
  std::filesystem::remove(path_ + "/" + kWatermarkFile);
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(path_)));
}

TEST_F(RocksKvStoreTest, RefusesAFile) {
  std::ofstream(path_) << "not a directory";
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(path_)));
}

TEST_F(RocksKvStoreTest, RefusesADatabaseOpenElsewhere) {
  ASSERT_OK_AND_ASSIGN(const auto store, Open());
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(path_)));
  Put(*store, "a", "1");

  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto second = OpenRocksKvStore(path_, {});
    _exit(second.status().code() == absl::StatusCode::kFailedPrecondition ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(RocksKvStoreTest, InterruptedCreationGoesOn) {
  std::filesystem::create_directory(path_);
  ASSERT_THAT(WriteWatermark(path_, {}), IsOk());
  std::ofstream(path_ + "/MANIFEST-000001") << "";
  EXPECT_THAT(Open(), IsOk());
}

TEST_F(RocksKvStoreTest, CreationInterruptedAmongItsFamiliesGoesOn) {
  { ASSERT_THAT(OpenRocksKvStore(path_, {.families_for_test = 5}), IsOk()); }
  ASSERT_OK_AND_ASSIGN(const auto store, Open());
  for (int i = 0; i < kColumnFamilyCount; ++i) {
    const KvWrite write{static_cast<ColumnFamily>(i), "key", absl::StrCat("value ", i)};
    ASSERT_THAT(store->Commit({&write, 1}, {}, ""), IsOk()) << i;
  }
  for (int i = 0; i < kColumnFamilyCount; ++i) {
    ASSERT_OK_AND_ASSIGN(const auto value,
                         store->Get(nullptr, static_cast<ColumnFamily>(i), "key"));
    EXPECT_EQ(value, absl::StrCat("value ", i));
  }
}

TEST_F(RocksKvStoreTest, RefusesADatabaseBehindItsWatermark) {
  Fill(10);
  ASSERT_OK_AND_ASSIGN(const auto watermark, ReadWatermark(path_));
  ASSERT_TRUE(watermark.has_value());
  EXPECT_EQ(watermark->commits, 10u);
  ASSERT_THAT(
      WriteWatermark(path_, {watermark->commits + 1, watermark->sequence, watermark->families}),
      IsOk());
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path_)));
  // The refusal leaves the watermark as it is: the next attempt is refused too.
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("11")));
}

TEST_F(RocksKvStoreTest, RefusesADatabaseThatLostItsLog) {
  Fill(10);
  const std::string log = FileLike(".log");
  ASSERT_NE(log, "");
  std::filesystem::resize_file(log, 0);
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path_)));
}

TEST_F(RocksKvStoreTest, RefusesADamagedLog) {
  Fill(200);
  const std::string log = FileLike(".log");
  ASSERT_NE(log, "");
  FlipBit(log, std::filesystem::file_size(log) / 2);
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path_)));
}

TEST_F(RocksKvStoreTest, OpensAfterATornTail) {
  Fill(10);
  const std::string log = FileLike(".log");
  ASSERT_NE(log, "");
  std::ofstream(log, std::ios::app | std::ios::binary) << "a record that was never finished";
  ASSERT_OK_AND_ASSIGN(const auto store, Open());
  EXPECT_TRUE(store->Get(nullptr, ColumnFamily::kFact, "key9")->has_value());
}

TEST_F(RocksKvStoreTest, RefusesADamagedOrNewerMarker) {
  Fill(1);
  const std::string marker = path_ + "/" + kWatermarkFile;
  FlipBit(marker, std::filesystem::file_size(marker) - 3);
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path_)));
  std::ofstream(marker) << "partnergraph watermark 2\n";
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("newer")));
}

TEST_F(RocksKvStoreTest, ADatabaseOfAnOlderProgramGetsTheFamiliesItLacks) {
  const std::string older = path_ + "-older";
  const KvWrite write{ColumnFamily::kNode, "key", "value"};
  {
    ASSERT_OK_AND_ASSIGN(const auto store, OpenRocksKvStore(older, {.families_for_test = 13}));
    ASSERT_THAT(store->Commit({&write, 1}, {}, ""), IsOk());
  }
  {
    ASSERT_OK_AND_ASSIGN(const auto store, OpenRocksKvStore(older, {}));
    ASSERT_OK_AND_ASSIGN(const auto value, store->Get(nullptr, ColumnFamily::kNode, "key"));
    EXPECT_EQ(value, "value");
    const KvWrite meta{ColumnFamily::kMeta, "key", "value"};
    EXPECT_THAT(store->Commit({&meta, 1}, {}, ""), IsOk());
  }
  // One that had them all and has fewer has lost them.
  const std::string lost = path_ + "-lost";
  {
    ASSERT_OK_AND_ASSIGN(const auto store, OpenRocksKvStore(lost, {.families_for_test = 13}));
    ASSERT_THAT(store->Commit({&write, 1}, {}, ""), IsOk());
  }
  ASSERT_OK_AND_ASSIGN(auto watermark, ReadWatermark(lost));
  watermark->families = 14;
  ASSERT_THAT(WriteWatermark(lost, *watermark), IsOk());
  EXPECT_THAT(OpenRocksKvStore(lost, {}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("lost column families")));
}

TEST_F(RocksKvStoreTest, ConcurrentCommitsLeaveAReadableWatermark) {
  {
    ASSERT_OK_AND_ASSIGN(const auto store, OpenRocksKvStore(path_, {}));
    std::vector<std::thread> writers;
    for (int i = 0; i < 4; ++i) {
      writers.emplace_back([&, i] {
        for (int j = 0; j < 50; ++j) {
          const KvWrite write{ColumnFamily::kNode, absl::StrCat("key", i, "-", j), "value"};
          EXPECT_THAT(store->Commit({&write, 1}, {}, ""), IsOk());
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
  }
  ASSERT_OK_AND_ASSIGN(const auto watermark, ReadWatermark(path_));
  EXPECT_GE(watermark->commits, 200u);
  EXPECT_EQ(watermark->families, static_cast<uint32_t>(kColumnFamilyCount));
}

TEST_F(RocksKvStoreTest, RefusesADatabaseThatLostItsManifest) {
  Fill(10);
  std::filesystem::remove(path_ + "/CURRENT");
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path_)));
}

TEST_F(RocksKvStoreTest, ReportsAMissingDirectoryThatCannotBeMade) {
  const auto store = OpenRocksKvStore("/proc/partnergraph", {});
  EXPECT_THAT(store.status().code(),
              testing::AnyOf(absl::StatusCode::kUnavailable, absl::StatusCode::kPermissionDenied));
}

}  // namespace
}  // namespace partnergraph
