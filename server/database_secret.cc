#include "server/database_secret.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

constexpr mode_t kSecretMode = 0600;

DatabaseSecret FromKey(const SipKey& key) {
  DatabaseSecret secret{.cursor_key = key};
  const SipTag tag = SipHash128(key, "database id");
  std::memcpy(&secret.database_id, tag.data(), sizeof(secret.database_id));
  return secret;
}

absl::Status FileError(int error, const std::string& file) {
  return absl::ErrnoToStatus(error, absl::StrCat("cannot use the secret file ", file));
}

absl::StatusOr<DatabaseSecret> ReadSecret(int fd, const std::string& file) {
  struct stat info {};
  if (fstat(fd, &info) != 0) return FileError(errno, file);
  if ((info.st_mode & 0077) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("other users may read the secret file ", file, "; run chmod 600 on it"));
  }
  SipKey key{};
  if (info.st_size != static_cast<off_t>(key.size()) ||
      read(fd, key.data(), key.size()) != static_cast<ssize_t>(key.size())) {
    return absl::FailedPreconditionError(
        absl::StrCat("the secret file ", file, " has ", info.st_size, " bytes, want ", key.size(),
                     "; remove it to have a new one made (cursors in use become invalid)"));
  }
  return FromKey(key);
}

absl::Status WriteSecret(const SipKey& key, const std::string& file, const std::string& directory) {
  const std::string partial = file + ".new";
  const int fd = open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kSecretMode);
  if (fd < 0) return FileError(errno, partial);
  const bool written =
      write(fd, key.data(), key.size()) == static_cast<ssize_t>(key.size()) && fsync(fd) == 0;
  const int write_error = errno;
  close(fd);
  if (!written) return FileError(write_error, partial);
  if (rename(partial.c_str(), file.c_str()) != 0) return FileError(errno, file);
  const int directory_fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory_fd < 0) return FileError(errno, directory);
  const int synced = fsync(directory_fd);
  const int sync_error = errno;
  close(directory_fd);
  return synced == 0 ? absl::OkStatus() : FileError(sync_error, directory);
}

}  // namespace

absl::StatusOr<DatabaseSecret> MakeDatabaseSecret() {
  SipKey key{};
  if (getentropy(key.data(), key.size()) != 0) {
    return absl::UnavailableError("the system gives no random bytes");
  }
  return FromKey(key);
}

absl::StatusOr<DatabaseSecret> LoadDatabaseSecret(const std::string& directory) {
  const std::string file = directory + "/cursor.key";
  const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd >= 0) {
    const auto closer = absl::MakeCleanup([fd] { close(fd); });
    return ReadSecret(fd, file);
  }
  if (errno != ENOENT) return FileError(errno, file);
  PG_ASSIGN_OR_RETURN(DatabaseSecret secret, MakeDatabaseSecret());
  PG_RETURN_IF_ERROR(WriteSecret(secret.cursor_key, file, directory));
  return secret;
}

}  // namespace partnergraph
