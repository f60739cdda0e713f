#include "http/json/value.h"

#include <algorithm>

#include "http/json/write.h"

namespace boxoffice::http::json {

namespace {

// In any spelling: also that of a member which was meant to be one of ours.
bool is_secret(std::string_view name) {
  constexpr std::string_view word = "password";
  const auto found = std::search(name.begin(), name.end(), word.begin(), word.end(),
                                 [](char a, char b) { return (a | 0x20) == b; });
  return found != name.end();
}

bool append(std::string& out, const Value& value, std::size_t size_max, bool hidden);

bool append_children(std::string& out, const Value& value, std::size_t size_max, bool hidden) {
  const bool object = value.kind() == Value::Kind::object;
  char separator = object ? '{' : '[';
  for (const Value* child = value.first(); child != value.end(); child = child->next()) {
    out += separator;
    separator = ',';
    if (object) {
      write_text(out, child->name());
      out += ':';
    }
    if (!append(out, *child, size_max, hidden)) return false;
  }
  if (value.size() == 0) out += separator;
  out += object ? '}' : ']';
  return true;
}

bool append(std::string& out, const Value& value, std::size_t size_max, bool hidden) {
  hidden = hidden || is_secret(value.name());
  switch (value.kind()) {
    case Value::Kind::null: out += "null"; break;
    case Value::Kind::boolean: out += value.as_bool() ? "true" : "false"; break;
    case Value::Kind::integer: write_integer(out, value.as_integer()); break;
    case Value::Kind::big_integer: write_integer(out, value.as_big_integer()); break;
    case Value::Kind::number: write_number(out, value.as_number()); break;
    case Value::Kind::text: write_text(out, hidden ? hidden_text : value.as_text()); break;
    case Value::Kind::array:
    case Value::Kind::object:
      if (!append_children(out, value, size_max, hidden)) return false;
      break;
  }
  return out.size() <= size_max;
}

}  // namespace

const Value* Value::find(std::string_view name) const {
  for (const Value* child = first(); child != end(); child = child->next()) {
    if (child->name() == name) return child;
  }
  return nullptr;
}

bool write_value(std::string& out, const Value& value, std::size_t bytes_max) {
  const std::size_t size_before = out.size();
  if (append(out, value, size_before + bytes_max, false)) return true;
  out.resize(size_before);
  return false;
}

}  // namespace boxoffice::http::json
