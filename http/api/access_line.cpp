#include "http/api/access_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

namespace boxoffice::http::api {

namespace {

// Of each text. Escaped, a byte takes six: 7 x 64 x 6 + 128 x 6 and some 600 of our own stay below
// 4096.
constexpr std::size_t text_bytes_max = 64;
constexpr std::size_t path_bytes_max = 128;

bool is_plain(char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

void append_escaped(std::string& out, std::string_view text, LineStyle style, std::size_t max) {
  if (text.size() <= max && std::all_of(text.begin(), text.end(), is_plain)) {
    out += text;  // nearly always
    return;
  }
  for (const char c : text.substr(0, max)) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(c)) {
      out += c;
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (style == LineStyle::json) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    } else {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
    }
  }
  if (text.size() > max) out += "...";
}

bool may_hold_address(std::string_view text) {
  return text.find('@') != std::string_view::npos || text.find("%40") != std::string_view::npos;
}

/// The path without what may say who somebody is.
std::string without_addresses(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(end);
    out += may_hold_address(segment) ? std::string_view("/[left out]") : segment;
  }
  return out;
}

/// The names of a query's parameters, as far as they look like names of ours.
std::string names_of(std::string_view query) {
  constexpr std::size_t name_bytes_max = 24;
  std::string out;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::string_view name = pair.substr(0, pair.find('='));
    const bool is_name = !name.empty() && name.size() <= name_bytes_max &&
                         std::all_of(name.begin(), name.end(),
                                     [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
    if (!out.empty()) out += '&';
    out += is_name ? name : "?";
    if (out.size() > text_bytes_max) break;
  }
  return out;
}

template <class T>
void append_number(std::string& out, T value) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

/// "1.234"
void append_ms(std::string& out, std::chrono::microseconds time) {
  const std::int64_t us = std::max<std::int64_t>(time.count(), 0);
  append_number(out, us / 1'000);
  out += '.';
  for (const std::int64_t unit : {100, 10, 1}) out += static_cast<char>('0' + us / unit % 10);
}

/// As to_string(); of one second after the other it is the fraction alone that changes.
void append_time(std::string& out, Instant time) {
  constexpr std::int64_t second_us = 1'000'000;
  thread_local std::int64_t second = -1;
  thread_local std::string text;  // "2024-06-15T20:00:00"
  if (time.us / second_us != second) {
    second = time.us / second_us;
    text = to_string(Instant{second * second_us});
    text.pop_back();
  }
  out += text;
  out += '.';
  for (std::int64_t unit = second_us / 10; unit > 0; unit /= 10) {
    out += static_cast<char>('0' + time.us / unit % 10);
  }
  out += 'Z';
}

class Line {
 public:
  Line(std::string& out, const AccessRecord& record, LineStyle style)
      : out_(out), record_(record), style_(style) {}

  void begin(std::string_view level, std::string_view message) {
    if (style_ == LineStyle::json) {
      out_ += R"({"time":")";
      append_time(out_, record_.time);
      out_ += R"(","level":")";
      out_ += level;
      out_ += R"(","message":")";
      out_ += message;
      out_ += '"';
    } else {
      append_time(out_, record_.time);
      out_ += ' ';
      out_ += level;
      out_ += ' ';
      out_ += message;
    }
  }
  void text(std::string_view name, std::string_view value, std::size_t max = text_bytes_max) {
    if (value.empty()) return;
    begin_member(name);
    const bool quoted = style_ == LineStyle::json || value.find(' ') != std::string_view::npos;
    if (quoted) out_ += '"';
    append_escaped(out_, value, style_, max);
    if (quoted) out_ += '"';
  }
  template <class T>
  void number(std::string_view name, T value) {
    begin_member(name);
    append_number(out_, value);
  }
  void ms(std::string_view name, std::chrono::microseconds time) {
    begin_member(name);
    append_ms(out_, time);
  }
  void request() {
    text("request_id", record_.request_id);
    text("trace_id", record_.trace_id);
    text("address", record_.address);
    if (record_.user) number("user_id", record_.user->value);
    text("method", record_.method);
    text("route", record_.route);
    if (may_hold_address(record_.path)) {
      text("path", without_addresses(record_.path), path_bytes_max);
    } else {
      text("path", record_.path, path_bytes_max);
    }
    if (!record_.query.empty()) text("query", names_of(record_.query));
    number("status", record_.status);
    number("bytes", record_.bytes);
    ms("duration_ms", record_.duration);
    text("reason", record_.reason);
    if (record_.cut_off) {
      begin_member("cut_off");
      out_ += "true";
    }
  }
  void stages(std::span<const StageTime> stages) {
    const bool json = style_ == LineStyle::json;
    out_ += json ? R"(,"stages_ms":)" : " stages_ms:";
    char separator = json ? '{' : ' ';
    for (const StageTime& each : stages) {
      out_ += separator;
      if (json) out_ += '"';
      out_ += each.stage;
      out_ += json ? "\":" : "=";
      append_ms(out_, each.time);
      if (json) separator = ',';
    }
    if (json) out_ += stages.empty() ? "{}" : "}";
  }
  void end() { out_ += style_ == LineStyle::json ? "}\n" : "\n"; }

 private:
  void begin_member(std::string_view name) {
    if (style_ == LineStyle::json) {
      out_ += ",\"";
      out_ += name;
      out_ += "\":";
    } else {
      out_ += ' ';
      out_ += name;
      out_ += '=';
    }
  }

  std::string& out_;
  const AccessRecord& record_;
  const LineStyle style_;
};

}  // namespace

// One byte more than is shown tells that there was more.
std::string shown_of_method(std::string_view method) {
  return std::string(method.substr(0, text_bytes_max + 1));
}

std::string shown_of_path(std::string_view path) {
  if (!may_hold_address(path)) return std::string(path.substr(0, path_bytes_max + 1));
  return without_addresses(path).substr(0, path_bytes_max + 1);
}

std::string shown_of_query(std::string_view query) { return names_of(query); }

void append_access_line(std::string& out, const AccessRecord& record, LineStyle style) {
  Line line(out, record, style);
  line.begin("info", "request");
  line.request();
  line.end();
}

void append_slow_line(std::string& out, const AccessRecord& record,
                      std::span<const StageTime> stages, LineStyle style) {
  const auto slowest =
      std::max_element(stages.begin(), stages.end(),
                       [](const StageTime& a, const StageTime& b) { return a.time < b.time; });
  Line line(out, record, style);
  line.begin("warning", "slow request");
  if (slowest != stages.end()) line.text("slowest", slowest->stage);
  line.request();
  line.stages(stages);
  line.end();
}

}  // namespace boxoffice::http::api
