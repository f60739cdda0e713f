#include "tools/logging.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/time.h"
#include "http/json/write.h"

namespace boxoffice::tools {

namespace {

// spdlog's own JSON patterns do not escape.
class LineFormatter : public spdlog::formatter {
 public:
  explicit LineFormatter(bool json) : json_(json) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const auto level = spdlog::level::to_string_view(message.level);
    const std::string_view level_name(level.data(), level.size());
    const std::string_view text(message.payload.data(), message.payload.size());
    std::string line;
    if (json_) {
      http::json::ObjectWriter(line)
          .member("time", instant_of(message.time))
          .member("level", level_name)
          .member("message", text)
          .end();
    } else {
      line = to_string(instant_of(message.time)) + " " + std::string(level_name) + " ";
      for (const char c : text) line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    line += '\n';
    out.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<LineFormatter>(json_);
  }

 private:
  bool json_;
};

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made = spdlog::stderr_logger_mt("boxoffice");
    made->set_formatter(std::make_unique<LineFormatter>(::isatty(STDERR_FILENO) == 0));
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *instance;
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

void set_log_level(LogLevel level) { logger().set_level(spdlog_level(level)); }

void log(LogLevel level, std::string_view text) {
  logger().log(spdlog_level(level), spdlog::string_view_t(text.data(), text.size()));
}

}  // namespace boxoffice::tools
