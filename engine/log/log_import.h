// Makes a log out of frames that exist already, byte for byte: the way back from a backup. An
// append makes a frame; this takes one, so hashes, times and durable positions stay what they were.
//
// Threads: one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "base/result.h"
#include "engine/log/event_log.h"

namespace boxoffice::engine::log {

class LogImport {
 public:
  /// Creates an empty log in `directory`, whose head mark will be in `head_directory`. Faults:
  /// `invalid` when there is something of the log's name, `no_space`, `io`.
  static Result<std::unique_ptr<LogImport>> create(const std::filesystem::path& directory,
                                                   const std::filesystem::path& head_directory);
  virtual ~LogImport() = default;

  /// Adds the frame that follows. Not durable yet. Faults: `corrupt`, `newer_format` (it is
  /// damaged, or does not follow), `no_space`, `io`; nothing may be added after one.
  virtual Result<void> add(std::span<const std::uint8_t> bytes) = 0;

  /// Puts everything on stable storage, closes the log and marks its head. Nothing may be called
  /// after it.
  virtual Result<Head> finish() = 0;
};

}  // namespace boxoffice::engine::log
