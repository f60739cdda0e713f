// Records the format that this build writes: its schema, an event of every type, and a golden log.
//
//   write_format_record SOURCE_TREE
//
// Only while the format is not released: what frozen.sha256 names is never written again.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "engine/domain/evolve.h"
#include "engine/log/memory_log.h"
#include "events/codec.h"
#include "tests/golden/golden_log.h"
#include "tests/golden/workload.h"
#include "tests/support/event_samples.h"

namespace boxoffice::tests {
namespace {

namespace fs = std::filesystem;

constexpr int format = events::log_format;

class SourceTree {
 public:
  explicit SourceTree(fs::path root) : root_(std::move(root)) {
    std::ifstream in(root_ / "tests/golden/frozen.sha256");
    frozen_.assign(std::istreambuf_iterator<char>(in), {});
  }

  bool is_frozen(const std::string& path) const {
    return frozen_.find("  " + path + "\n") != std::string::npos;
  }

  Result<void> write(const std::string& path, std::string_view content) const {
    std::ofstream out(root_ / path, std::ios::binary);
    out << content;
    if (!out.flush()) return fault(FaultKind::io, "cannot write " + (root_ / path).string());
    std::puts(path.c_str());
    return success();
  }

 private:
  const fs::path root_;
  std::string frozen_;
};

// The types that a release has frozen are left alone.
Result<void> record_events(const SourceTree& tree) {
  for (const events::Event& event : sample_events()) {
    const auto path = fmt::format("tests/unit/events/golden/{}.bin", type_name(event.body));
    if (tree.is_frozen(path)) continue;
    const auto bytes = encode({event});
    TRY(tree.write(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
  }
  return success();
}

Result<void> record(const SourceTree& tree) {
  const auto schema = fmt::format("events/released/format-{}.fbs", format);
  if (tree.is_frozen(schema)) {
    return fault(FaultKind::invalid,
                 fmt::format("format {} is released (tests/golden/frozen.sha256): raise log_format "
                             "in events/codec.h first",
                             format));
  }
  TRY(tree.write(schema, events::schema_text()));
  TRY(record_events(tree));
  engine::log::MemoryLog log(engine::domain::logic_version);
  write_golden_workload(log);
  TRY(const auto result, golden_result(log));
  TRY(tree.write(golden_file("tests/golden", format, "frames"), golden_frames(log)));
  return tree.write(golden_file("tests/golden", format, "txt"), result);
}

}  // namespace
}  // namespace boxoffice::tests

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: write_format_record SOURCE_TREE\n", stderr);
    return 2;
  }
  const auto recorded = boxoffice::tests::record(boxoffice::tests::SourceTree(argv[1]));
  if (recorded) return 0;
  std::fprintf(stderr, "%s\n", recorded.error().text.c_str());
  return 1;
}
