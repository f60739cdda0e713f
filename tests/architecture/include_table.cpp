#include "tests/architecture/include_table.h"

namespace boxoffice::tests::architecture {

std::span<const FolderRule> folder_rules() {
  static const std::vector<FolderRule> rules = {
      {"base", {}},
      {"events", {"base/"}},
      // The domain sees the event structs, not how they are stored.
      {"engine/domain", {"base/", "events/events.h", "events/reasons.h"}},
      {"engine/log", {"base/", "events/"}},
      // The sequencer sees the log's interface, not which log it is.
      {"engine/sequencer", {"base/", "events/", "engine/domain/", "engine/log/event_log.h"}},
      {"engine", {"base/", "events/", "engine/domain/", "engine/log/", "engine/sequencer/"}},
      {"projections", {"base/", "events/"}},
      {"http/server", {"base/"}},
      {"http/client", {"base/"}},
      {"http/json", {"base/"}},
      {"http/openapi",
       {"base/", "http/json/", "http/server/entity_tag.h", "http/server/message.h"}},
      {"http/auth", {"base/"}},
      // At the edge: the engine and the read models carry what it encrypts without reading it.
      {"http/personal",
       {"base/", "events/events.h", "engine/domain/commands.h", "http/auth/",
        "projections/views.h"}},
      {"http/api",
       {"base/", "events/events.h", "events/reasons.h", "engine/", "engine/domain/commands.h",
        "engine/domain/refusal.h", "engine/sequencer/histogram.h", "engine/sequencer/submission.h",
        "projections/", "http/server/", "http/json/", "http/openapi/", "http/auth/",
        "http/personal/"}},
  };
  return rules;
}

std::span<const LibraryRule> library_rules() {
  static const std::vector<LibraryRule> rules = {
      // JSON has errors of its own (issues for the client, not faults), hence its own result type.
      {"Boost.Outcome", {"boost/outcome"}, {"base/*", "http/json/*"}, Reach::everywhere},
      {"Boost.Describe", {"boost/describe", "boost/mp11"}, {"base/*"}, Reach::everywhere},
      {"fmt",
       {"fmt/"},
       {"base/*", "events/*", "engine/*", "engine/log/*", "engine/sequencer/*", "projections/*",
        "http/*/*", "tools/*", "tools/*/*"},
       Reach::everywhere},
      {"FlatBuffers", {"flatbuffers/"}, {"events/codec*"}, Reach::own_folder},
      {"RocksDB", {"rocksdb/"}, {"engine/log/*", "projections/*"}, Reach::own_folder},
      {"libsodium",
       {"sodium"},
       {"engine/log/*.cpp", "http/auth/*.cpp", "http/personal/*.cpp"},
       Reach::own_folder},
      // For SHA-256 by the processor's own instructions.
      {"OpenSSL", {"openssl/"}, {"engine/log/*.cpp"}, Reach::own_folder},
      {"libdeflate", {"libdeflate.h"}, {"http/server/content_coding.cpp"}, Reach::own_folder},
      {"xxHash", {"xxhash.h"}, {"http/server/entity_tag.cpp"}, Reach::own_folder},
      {"Asio", {"boost/asio"}, {"http/server/*", "http/client/*.cpp"}, Reach::own_folder},
      {"Beast", {"boost/beast"}, {"http/server/*", "http/client/*.cpp"}, Reach::own_folder},
      {"Boost.Intrusive", {"boost/intrusive"}, {"http/server/*"}, Reach::own_folder},
      {"simdjson", {"simdjson"}, {"http/json/*.cpp", "http/auth/*.cpp"}, Reach::own_folder},
      {"prometheus-cpp", {"prometheus/"}, {"http/api/*"}, Reach::own_folder},
      {"SQLite", {"sqlite3.h"}, {"tools/audit/export_sqlite.cpp"}, Reach::own_folder},
      // The one hash table that each lock changes twice.
      {"Boost.Unordered", {"boost/unordered"}, {"engine/domain/state.h"}, Reach::everywhere},
      // The checksum of write-ahead records.
      {"Boost.CRC", {"boost/crc"}, {"engine/log/*.cpp"}, Reach::own_folder},
      {"CLI11",
       {"CLI/"},
       {"tools/main.cpp", "tools/command_line.*", "tools/*_commands.cpp"},
       Reach::own_folder},
      {"spdlog", {"spdlog/"}, {"tools/*.cpp"}, Reach::own_folder},
  };
  return rules;
}

}  // namespace boxoffice::tests::architecture
