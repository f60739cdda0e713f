// A golden log: the frames of one format as a build of that time stored them, byte for byte, and
// what they led to. Files, for format N: `format-N.frames`, each frame after its length (4 bytes,
// little endian), and `format-N.txt`, a GoldenResult.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/log/event_log.h"

namespace boxoffice::tests {

using FrameBytes = std::vector<std::uint8_t>;

/// `directory`/format-N.`extension`.
std::filesystem::path golden_file(const std::filesystem::path& directory, int format,
                                  const std::string& extension);

/// Faults: `io`, `corrupt` (it ends in the middle of a frame).
Result<std::vector<FrameBytes>> read_golden_frames(const std::filesystem::path& path);

std::string golden_frames(const engine::log::EventLog& log);

/// Replays the log by today's code, every frame's digest compared, and says where it led: events,
/// frames, head, digest. A few lines of text. Faults: as engine::replay().
Result<std::string> golden_result(const engine::log::EventLog& log);

}  // namespace boxoffice::tests
