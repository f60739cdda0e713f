// Records the format that this build writes: its schema, and a golden log of it.
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

#include "engine/domain/evolve.h"
#include "engine/log/memory_log.h"
#include "events/codec.h"
#include "tests/golden/golden_log.h"
#include "tests/golden/workload.h"

namespace boxoffice::tests {
namespace {

namespace fs = std::filesystem;

bool is_frozen(const fs::path& golden) {
  std::ifstream in(golden / "frozen.sha256");
  const std::string list{std::istreambuf_iterator<char>(in), {}};
  return list.find(fmt::format("/format-{}.", events::log_format)) != std::string::npos;
}

Result<void> write(const fs::path& path, std::string_view content) {
  std::ofstream out(path, std::ios::binary);
  out << content;
  if (!out.flush()) return fault(FaultKind::io, "cannot write " + path.string());
  std::puts(path.c_str());
  return success();
}

Result<void> record(const fs::path& tree) {
  const fs::path golden = tree / "tests" / "golden";
  constexpr int format = events::log_format;
  if (is_frozen(golden)) {
    return fault(FaultKind::invalid,
                 fmt::format("format {} is released, see {}: raise log_format first", format,
                             (golden / "frozen.sha256").string()));
  }
  engine::log::MemoryLog log(engine::domain::logic_version);
  write_golden_workload(log);
  TRY(const auto result, golden_result(log));
  TRY(write(tree / "events" / "released" / fmt::format("format-{}.fbs", format),
            events::schema_text()));
  TRY(write(golden_file(golden, format, "frames"), golden_frames(log)));
  return write(golden_file(golden, format, "txt"), result);
}

}  // namespace
}  // namespace boxoffice::tests

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: write_format_record SOURCE_TREE\n", stderr);
    return 2;
  }
  const auto recorded = boxoffice::tests::record(argv[1]);
  if (recorded) return 0;
  std::fprintf(stderr, "%s\n", recorded.error().text.c_str());
  return 1;
}
