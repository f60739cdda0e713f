#include "http/openapi/schemas.h"

#include "base/ensure.h"

#include <limits>
#include <utility>

namespace boxoffice::http::openapi {

using json::ObjectWriter;

std::string text_schema(std::string_view format) {
  std::string out;
  ObjectWriter schema(out);
  schema.member("type", std::string_view("string"));
  if (!format.empty()) schema.member("format", format);
  schema.end();
  return out;
}

std::string text_schema(std::size_t min_length, std::size_t max_length) {
  std::string out;
  ObjectWriter schema(out);
  schema.member("type", std::string_view("string"));
  if (min_length > 0) schema.member("minLength", min_length);
  schema.member("maxLength", max_length).end();
  return out;
}

std::string integer_schema(std::int64_t min, std::int64_t max) {
  using Limits = std::numeric_limits<std::int64_t>;
  std::string out;
  ObjectWriter schema(out);
  schema.member("type", std::string_view("integer"));
  if (min != Limits::min()) schema.member("minimum", min);
  if (max != Limits::max()) schema.member("maximum", max);
  schema.end();
  return out;
}

std::string money_schema(std::optional<Money> min) {
  std::string out;
  ObjectWriter schema(out);
  schema.member("type", std::string_view("number"));
  if (min) schema.member("minimum", *min).member("maximum", money_max);
  schema.end();
  return out;
}

std::string choice_schema(std::span<const std::string_view> names) {
  std::string out;
  ObjectWriter(out)
      .member("type", std::string_view("string"))
      .member("enum", std::vector(names.begin(), names.end()))
      .end();
  return out;
}

std::string list_schema(std::string_view item, std::size_t min, std::optional<std::size_t> max) {
  std::string out;
  ObjectWriter schema(out);
  schema.member("type", std::string_view("array")).raw_member("items", item);
  if (min > 0) schema.member("minItems", min);
  if (max) schema.member("maxItems", *max);
  schema.end();
  return out;
}

std::string nullable_schema(std::string_view schema) {
  return R"({"anyOf":[)" + std::string(schema) + R"(,{"type":"null"}]})";
}

namespace {

std::string with_member(std::string schema, std::string_view name, std::string_view json) {
  ENSURE(schema.size() > 2 && schema.back() == '}', "a schema is an object with a member");
  schema.pop_back();
  json::write_text(schema += ',', name);
  (schema += ':') += json;
  return schema + '}';
}

}  // namespace

std::string with_default(std::string schema, std::string_view default_json) {
  return with_member(std::move(schema), "default", default_json);
}

std::string with_description(std::string schema, std::string_view text) {
  if (text.empty()) return schema;
  return with_member(std::move(schema), "description", json::to_json(text));
}

std::string any_of(std::initializer_list<std::string> schemas) {
  std::string out;
  for (const std::string& schema : schemas) (out += out.empty() ? "" : ",") += schema;
  return R"({"anyOf":[)" + out + "]}";
}

void ObjectSchema::add(std::string_view name, std::string_view schema, bool required) {
  if (!properties_.empty()) properties_ += ',';
  json::write_text(properties_, name);
  properties_ += ':';
  properties_ += schema;
  if (!required) return;
  if (!required_.empty()) required_ += ',';
  json::write_text(required_, name);
}

std::string ObjectSchema::text() const {
  std::string out = R"({"type":"object","properties":{)" + properties_ + "}";
  if (!required_.empty()) out += R"(,"required":[)" + required_ + "]";
  return out + "}";
}

}  // namespace boxoffice::http::openapi
