#include "tests/golden/golden_log.h"

#include <fmt/format.h>

#include <cstring>
#include <fstream>
#include <iterator>

#include "base/bytes.h"
#include "engine/domain/digest.h"
#include "engine/replay.h"

namespace boxoffice::tests {

std::filesystem::path golden_file(const std::filesystem::path& directory, int format,
                                  const std::string& extension) {
  return directory / fmt::format("format-{}.{}", format, extension);
}

Result<std::vector<FrameBytes>> read_golden_frames(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fault(FaultKind::io, "cannot read " + path.string());
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::vector<FrameBytes> frames;
  for (std::size_t at = 0; at < bytes.size();) {
    std::uint32_t length = 0;
    if (bytes.size() - at < sizeof length) return fault(FaultKind::corrupt, path.string());
    std::memcpy(&length, bytes.data() + at, sizeof length);
    at += sizeof length;
    if (bytes.size() - at < length) return fault(FaultKind::corrupt, path.string());
    const auto* frame = reinterpret_cast<const std::uint8_t*>(bytes.data()) + at;
    frames.emplace_back(frame, frame + length);
    at += length;
  }
  return frames;
}

std::string golden_frames(const engine::log::EventLog& log) {
  std::string out;
  const auto cursor = log.read(Position(1));
  while (cursor->next().value()) {
    const auto frame = cursor->bytes();
    const auto length = static_cast<std::uint32_t>(frame.size());
    out.append(reinterpret_cast<const char*>(&length), sizeof length);
    out.append(reinterpret_cast<const char*>(frame.data()), frame.size());
  }
  return out;
}

Result<std::string> golden_result(const engine::log::EventLog& log) {
  std::uint64_t frames = 0;
  TRY(const auto state, engine::replay(log, [&](const events::Frame&) -> Result<void> {
        ++frames;
        return success();
      }));
  return fmt::format("events {}\nframes {}\nhead   {}\ndigest {}\n", state.position.value, frames,
                     to_hex(log.head().chain.bytes),
                     to_hex(engine::domain::digest_of(state).bytes));
}

}  // namespace boxoffice::tests
