// The secret of one database: signs page cursors and gives the database its identity in read
// tokens.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "server/sip_hash.h"

namespace partnergraph {

struct DatabaseSecret {
  SipKey cursor_key{};       // Signs cursors. Never leaves the server.
  uint64_t database_id = 0;  // Derived from the key; part of read tokens.
};

// A fresh random secret. UNAVAILABLE when the system gives no random bytes.
absl::StatusOr<DatabaseSecret> MakeDatabaseSecret();

// Reads the secret from `directory`/cursor.key, or makes one and writes it there durably (mode
// 0600, whole or not at all). FAILED_PRECONDITION when the file has another size or other users may
// read it; PERMISSION_DENIED, UNAVAILABLE as the file system says. Messages name the file.
absl::StatusOr<DatabaseSecret> LoadDatabaseSecret(const std::string& directory);

}  // namespace partnergraph
