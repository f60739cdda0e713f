#include "http/openapi/document.h"

#include "base/ensure.h"
#include "base/text.h"
#include "http/json/write.h"

#include <algorithm>
#include <cctype>

namespace boxoffice::http::openapi {

using json::ObjectWriter;

namespace {

constexpr std::string_view http_validation_error = R"({"type":"object","properties":{
"detail":{"type":"array","items":{"$ref":"#/components/schemas/ValidationError"}},
"type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"}},
"required":["detail"]})";

constexpr std::string_view validation_error = R"({"type":"object","properties":{
"type":{"type":"string"},
"loc":{"type":"array","items":{"anyOf":[{"type":"string"},{"type":"integer"}]}},
"msg":{"type":"string"},"input":{},"ctx":{"type":"object"}},
"required":["type","loc","msg"]})";

// RFC 9457, with the `detail` that clients know as its first member.
constexpr std::string_view problem_schema = R"({"type":"object","properties":{
"detail":{"type":"string"},"type":{"type":"string"},"title":{"type":"string"},
"status":{"type":"integer"}},"required":["detail"]})";

std::string without_newlines(std::string_view text) {
  std::string out(text);
  std::erase(out, '\n');
  return out;
}

// "get_movie" -> "Get Movie"
std::string title_of(std::string_view name) {
  std::string out(name);
  bool starts_word = true;
  for (char& c : out) {
    if (c == '_') c = ' ';
    if (starts_word && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    starts_word = c == ' ';
  }
  return out;
}

void write_parameters(std::string& out, const std::vector<Parameter>& parameters) {
  char separator = '[';
  for (const Parameter& parameter : parameters) {
    out += separator;
    separator = ',';
    ObjectWriter object(out);
    object.member("name", parameter.name)
        .member("in", parameter.in)
        .member("required", parameter.required)
        .raw_member("schema", parameter.schema);
    if (!parameter.description.empty()) object.member("description", parameter.description);
    object.end();
  }
  out += ']';
}

void write_content(std::string& out, std::string_view media_type, std::string_view schema,
                   std::string_view other_media_type = {}) {
  ObjectWriter content(out);
  ObjectWriter(content.begin(media_type)).raw_member("schema", schema).end();
  if (!other_media_type.empty()) {
    ObjectWriter(content.begin(other_media_type))
        .raw_member("schema", R"({"type":"string"})")
        .end();
  }
  content.end();
}

void write_responses(std::string& out, const std::vector<Response>& responses) {
  ObjectWriter object(out);
  for (const Response& response : responses) {
    ObjectWriter one(object.begin(std::to_string(response.status)));
    one.member("description", response.description);
    if (!response.schema.empty()) {
      write_content(one.begin("content"), response.media_type, response.schema,
                    response.other_media_type);
    }
    one.end();
  }
  object.end();
}

void write_operation(std::string& out, const Operation& operation) {
  ObjectWriter object(out);
  if (!operation.tag.empty()) object.member("tags", std::vector{operation.tag});
  object.member("summary",
                operation.summary.empty() ? title_of(operation.name) : operation.summary);
  if (!operation.description.empty()) object.member("description", operation.description);
  object.member("operationId", operation_id(operation));
  if (!operation.parameters.empty()) {
    write_parameters(object.begin("parameters"), operation.parameters);
  }
  if (!operation.request.empty()) {
    ObjectWriter body(object.begin("requestBody"));
    body.member("required", true);
    write_content(body.begin("content"), "application/json", operation.request);
    body.end();
  }
  write_responses(object.begin("responses"), operation.responses);
  if (operation.security == Security::bearer) {
    object.raw_member("security", R"([{"HTTPBearer":[]}])");
  } else if (operation.security == Security::optional_bearer) {
    object.raw_member("security", R"([{},{"HTTPBearer":[]}])");
  }
  object.end();
}

// Operations of one path stand together, where the first of them was.
void write_paths(std::string& out, const std::vector<Operation>& operations) {
  ObjectWriter paths(out);
  for (auto first = operations.begin(); first != operations.end(); ++first) {
    const auto same_path = [&](const Operation& o) { return o.path == first->path; };
    if (std::any_of(operations.begin(), first, same_path)) continue;
    ObjectWriter item(paths.begin(first->path));
    std::vector<std::string> methods;
    for (auto it = first; it != operations.end(); ++it) {
      if (!same_path(*it)) continue;
      const std::string method = ascii_lower(it->method);
      ENSURE(std::find(methods.begin(), methods.end(), method) == methods.end(),
             "two operations with one method and path");
      methods.push_back(method);
      write_operation(item.begin(method), *it);
    }
    item.end();
  }
  paths.end();
}

}  // namespace

Components::Components() {
  schemas_.emplace("HTTPValidationError", without_newlines(http_validation_error));
  schemas_.emplace("ValidationError", without_newlines(validation_error));
  schemas_.emplace("Problem", without_newlines(problem_schema));
}

bool Components::begin(std::string_view name, std::string_view type) {
  if (!schemas_.emplace(std::string(name), "{}").second) {
    const auto known = types_.find(name);
    ENSURE(known == types_.end() || known->second == type, "two structs share a schema's name");
    return false;
  }
  types_.emplace(std::string(name), std::string(type));
  return true;
}

void Components::set(std::string_view name, std::string schema) {
  const auto found = schemas_.find(name);
  ENSURE(found != schemas_.end(), "set() without begin()");
  found->second = std::move(schema);
}

std::string Components::reference(std::string_view name) {
  std::string out;
  ObjectWriter(out).member("$ref", "#/components/schemas/" + std::string(name)).end();
  return out;
}

Response validation_failed() {
  return {.status = 422,
          .description = "Validation Error",
          .schema = Components::reference("HTTPValidationError")};
}

Response problem(int status, std::string description) {
  return {.status = status,
          .description = std::move(description),
          .schema = Components::reference("Problem"),
          .media_type = "application/problem+json"};
}

std::string operation_id(const Operation& operation) {
  std::string id = operation.name + operation.path;
  for (char& c : id) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return id + "_" + ascii_lower(operation.method);
}

std::string build_document(const Info& info, const std::vector<Operation>& operations,
                           const Components& components) {
  std::string out;
  ObjectWriter document(out);
  document.member("openapi", std::string_view("3.1.0"));
  ObjectWriter about(document.begin("info"));
  about.member("title", info.title);
  if (!info.description.empty()) about.member("description", info.description);
  about.member("version", info.version).end();
  write_paths(document.begin("paths"), operations);

  ObjectWriter parts(document.begin("components"));
  ObjectWriter schemas(parts.begin("schemas"));
  for (const auto& [name, schema] : components.schemas()) schemas.raw_member(name, schema);
  schemas.end();
  parts.raw_member("securitySchemes",
                   R"({"HTTPBearer":{"type":"http","scheme":"bearer","bearerFormat":"JWT"}})");
  parts.end();
  document.end();
  return out;
}

}  // namespace boxoffice::http::openapi
