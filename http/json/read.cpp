#include "http/json/read.h"

#include "http/json/email.h"
#include "http/json/text.h"
#include "http/json/write.h"

#include <algorithm>

namespace boxoffice::http::json {

namespace {

using Kind = Value::Kind;

std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace

std::optional<std::string_view> read_text(const Value& value, SizeRange range, const Place& place) {
  if (value.kind() != Kind::text) {
    place.add("string_type", "Input should be a valid string", value);
    return std::nullopt;
  }
  const std::string_view text = value.as_text();
  const std::size_t length = count_characters(text);
  if (length < range.min) {
    place.add("string_too_short", "String should have at least " + counted(range.min, "character"),
              value, to_object("min_length", range.min));
  } else if (length > range.max) {
    place.add("string_too_long", "String should have at most " + counted(range.max, "character"),
              value, to_object("max_length", range.max));
  } else if (text.find('\0') != std::string_view::npos) {
    place.add("value_error", "Value error, text must not contain NUL characters", value,
              R"({"error":{}})");
  } else {
    return text;
  }
  return std::nullopt;
}

std::optional<std::size_t> read_choice(const Value& value, std::span<const std::string_view> names,
                                       const Place& place) {
  if (value.kind() == Kind::text) {
    const auto found = std::find(names.begin(), names.end(), value.as_text());
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  }
  std::string expected;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) expected += i + 1 == names.size() ? " or " : ", ";
    expected += "'" + std::string(names[i]) + "'";
  }
  place.add("enum", "Input should be " + expected, value, to_object("expected", expected));
  return std::nullopt;
}

void read(const Value& value, std::string& out, const Place& place) {
  if (const auto text = read_text(value, {}, place)) out = *text;
}

void read(const Value& value, Email& out, const Place& place) {
  const auto text = read_text(value, {}, place);
  if (!text) return;
  auto parsed = parse_email(*text);
  if (auto* email = std::get_if<Email>(&parsed)) {
    out = std::move(*email);
    return;
  }
  const std::string& reason = std::get<BadEmail>(parsed).reason;
  place.add("value_error", "value is not a valid email address: " + reason, value,
            to_object("reason", reason));
}

void read(const Value& value, Uuid& out, const Place& place) {
  if (value.kind() != Kind::text) {
    place.add("uuid_type", "UUID input should be a string, bytes or UUID object", value);
  } else if (const auto uuid = parse_uuid(value.as_text())) {
    out = *uuid;
  } else {
    place.add(
        "uuid_parsing",
        "Input should be a valid UUID, expected 32 hexadecimal digits in groups of 8-4-4-4-12",
        value);
  }
}

bool check_list(const Value& value, SizeRange range, const Place& place) {
  if (value.kind() != Kind::array) {
    place.add("list_type", "Input should be a valid list", value);
    return false;
  }
  const bool too_long = value.size() > range.max;
  if (value.size() >= range.min && !too_long) return true;
  const std::size_t limit = too_long ? range.max : range.min;
  std::string ctx;
  ObjectWriter(ctx)
      .member("field_type", std::string_view("List"))
      .member(too_long ? "max_length" : "min_length", limit)
      .member("actual_length", value.size())
      .end();
  place.add(too_long ? "too_long" : "too_short",
            std::string("List should have at ") + (too_long ? "most " : "least ") +
                counted(limit, "item") + " after validation, not " + std::to_string(value.size()),
            value, std::move(ctx));
  return false;
}

bool check_object(const Value& value, const Place& place) {
  if (value.kind() == Kind::object) return true;
  place.add("model_attributes_type",
            "Input should be a valid dictionary or object to extract fields from", value);
  return false;
}

}  // namespace boxoffice::http::json
