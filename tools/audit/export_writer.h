// The file that an export fills, one event after the other.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "events/events.h"
#include "tools/audit/export.h"

namespace boxoffice::tools::audit {

class ExportWriter {
 public:
  virtual ~ExportWriter() = default;
  virtual Result<void> add(const events::Event& event) = 0;
  /// What was added is in the file. Called once, at the end.
  virtual Result<void> close() = 0;
};

/// "events.jsonl"
std::string export_file_name(ExportFormat format);

/// Creates the file. Fault: `io`.
Result<std::unique_ptr<ExportWriter>> open_export_writer(ExportFormat format,
                                                         const std::filesystem::path& path);

/// Of SQLite alone (export_sqlite.cpp).
Result<std::unique_ptr<ExportWriter>> open_sqlite_writer(const std::filesystem::path& path);

}  // namespace boxoffice::tools::audit
