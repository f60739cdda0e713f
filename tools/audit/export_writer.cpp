#include "tools/audit/export_writer.h"

#include <fmt/format.h>

#include <fstream>
#include <string>
#include <utility>

#include "base/text.h"
#include "events/print.h"

namespace boxoffice::tools::audit {

namespace {

// One text a line.
class LineWriter : public ExportWriter {
 public:
  explicit LineWriter(std::filesystem::path path)
      : path_(std::move(path)), file_(path_, std::ios::binary) {}

  Result<void> close() override {
    file_.close();
    return check();
  }

 protected:
  Result<void> write(std::string_view line) {
    file_ << line;
    return check();
  }

 private:
  Result<void> check() const {
    if (!file_) return fault(FaultKind::io, "cannot write " + path_.string());
    return success();
  }

  const std::filesystem::path path_;
  std::ofstream file_;
};

class JsonLines : public LineWriter {
 public:
  using LineWriter::LineWriter;
  Result<void> add(const events::Event& event) override {
    return write(events::print_json(event) + "\n");
  }
};

class Csv : public LineWriter {
 public:
  using LineWriter::LineWriter;

  Result<void> write_names() {
    return write("seq,type,time,command,actor_kind,actor_user_id,cause,data,trace\r\n");
  }
  Result<void> add(const events::Event& event) override {
    return write(fmt::format("{},{},{},{},{},{},{},{},{}\r\n", event.position.value,
                             events::type_name(event.body), to_string(event.time),
                             event.command.value, enum_name(event.actor.kind),
                             event.actor.user_id ? fmt::to_string(event.actor.user_id.value) : "",
                             csv_field(event.cause), csv_field(events::print_data_json(event.body)),
                             event.trace ? to_hex(event.trace->bytes) : ""));
  }
};

}  // namespace

std::string export_file_name(ExportFormat format) {
  return fmt::format("events.{}", enum_name(format));
}

Result<std::unique_ptr<ExportWriter>> open_export_writer(ExportFormat format,
                                                         const std::filesystem::path& path) {
  switch (format) {
    case ExportFormat::jsonl: return std::make_unique<JsonLines>(path);
    case ExportFormat::csv: {
      auto csv = std::make_unique<Csv>(path);
      TRY(csv->write_names());
      return csv;
    }
    case ExportFormat::sqlite: return open_sqlite_writer(path);
  }
  return fault(FaultKind::invalid, "there is no such format");
}

}  // namespace boxoffice::tools::audit
