#include "events/print.h"

#include <fmt/format.h>

#include <iterator>
#include <type_traits>
#include <utility>

#include "base/describe.h"

namespace boxoffice::events {

namespace {

// Length of the well-formed UTF-8 sequence at the start of `text`, 0 if there is none (RFC 3629).
std::size_t utf8_sequence(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead < 0xC2   ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  // Overlong forms, surrogates, and what lies beyond U+10FFFF.
  const unsigned char second = byte(1);
  if (lead == 0xE0 && second < 0xA0) return 0;
  if (lead == 0xED && second > 0x9F) return 0;
  if (lead == 0xF0 && second < 0x90) return 0;
  if (lead == 0xF4 && second > 0x8F) return 0;
  return length;
}

void write_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    const char c = text[0];
    if (length == 0) {
      out += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

// Values are written alike in lines and in JSON.
template <class T>
void write_value(std::string& out, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::is_arithmetic_v<T>) {
    fmt::format_to(std::back_inserter(out), "{}", value);
  } else if constexpr (std::is_enum_v<T>) {
    write_string(out, enum_name(value));
  } else if constexpr (is_strong_id<T>) {
    if (value) {
      write_value(out, value.value);
    } else {
      out += "null";
    }
  } else if constexpr (std::is_same_v<T, Money>) {
    out += to_string(value);
  } else if constexpr (std::is_convertible_v<T, std::string_view>) {
    write_string(out, value);
  } else if constexpr (std::is_same_v<T, Fingerprint>) {
    write_string(out, to_hex(value.bytes));
  } else if constexpr (std::is_same_v<T, Ciphertext>) {
    write_string(
        out, to_hex({reinterpret_cast<const std::uint8_t*>(value.data.data()), value.data.size()}));
  } else {
    write_string(out, to_string(value));
  }
}

template <class T>
void write_value(std::string& out, const std::optional<T>& value) {
  if (value) {
    write_value(out, *value);
  } else {
    out += "null";
  }
}

template <class T>
void write_value(std::string& out, const std::vector<T>& values) {
  out += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ',';
    write_value(out, values[i]);
  }
  out += ']';
}

// How the members of a struct are set apart from each other and from their names.
struct Layout {
  std::string_view name_before;
  std::string_view name_after;
  std::string_view between;
};
constexpr Layout json{"\"", "\":", ","};
constexpr Layout line{"", "=", " "};

template <Described T>
void write_members(std::string& out, const T& object, const Layout& layout) {
  bool is_first = true;
  for_each_member(object, [&](std::string_view name, const auto& value) {
    if (!is_first) out += layout.between;
    is_first = false;
    out += layout.name_before;
    out += name;
    out += layout.name_after;
    write_value(out, value);
  });
}

void write_body(std::string& out, const EventBody& body, const Layout& layout) {
  std::visit([&](const auto& event) { write_members(out, event, layout); }, body);
}

}  // namespace

std::string print_line(const Event& event) {
  std::string out =
      fmt::format("{} {} {} ", event.position.value, to_string(event.time), type_name(event.body));
  write_body(out, event.body, line);
  return out;
}

std::string print_json(const Event& event) {
  std::string out = fmt::format(R"({{"seq":{},"type":"{}","time":"{}","data":{{)",
                                event.position.value, type_name(event.body), to_string(event.time));
  write_body(out, event.body, json);
  fmt::format_to(std::back_inserter(out), R"(}},"command":{},"actor":{{)", event.command.value);
  write_members(out, event.actor, json);
  out += R"(},"cause":)";
  write_string(out, event.cause);
  out += R"(,"trace":)";
  write_value(out, event.trace);
  out += '}';
  return out;
}

std::string print_data_json(const EventBody& body) {
  std::string out = "{";
  write_body(out, body, json);
  out += '}';
  return out;
}

std::vector<PrintedField> print_fields(const Event& event) {
  std::vector<PrintedField> fields;
  const auto add = [&](std::string name, const auto& value) {
    fields.push_back({std::move(name), {}});
    write_value(fields.back().value, value);
  };
  const auto add_members = [&](const std::string& prefix, const auto& object) {
    for_each_member(object, [&](std::string_view name, const auto& value) {
      add(prefix + std::string(name), value);
    });
  };
  add("position", event.position);
  add("command", event.command);
  add("time", event.time);
  add_members("actor.", event.actor);
  add("cause", event.cause);
  if (event.trace) add("trace", *event.trace);
  if (event.idempotency) add_members("idempotency.", *event.idempotency);
  add("type", type_name(event.body));
  std::visit([&](const auto& body) { add_members("data.", body); }, event.body);
  return fields;
}

}  // namespace boxoffice::events
