#include "http/openapi/document.h"

#include "base/ensure.h"
#include "base/text.h"
#include "http/json/write.h"

#include <algorithm>
#include <cctype>

namespace boxoffice::http::openapi {

using json::ObjectWriter;

namespace {

constexpr std::string_view http_validation_error = R"({"type":"object",
"description":"What is wrong with the values of a request.","properties":{
"detail":{"type":"array","items":{"$ref":"#/components/schemas/ValidationError"}},
"type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},
"code":{"type":"string"}},"required":["detail","type","title","status","code"]})";

constexpr std::string_view validation_error = R"({"type":"object",
"description":"One fault of a request, as FastAPI tells it.","properties":{
"type":{"type":"string"},
"loc":{"type":"array","items":{"anyOf":[{"type":"string"},{"type":"integer"}]}},
"msg":{"type":"string"},"input":{},"ctx":{"type":"object"}},
"required":["type","loc","msg"]})";

std::string without_newlines(std::string_view text) {
  std::string out(text);
  std::erase(out, '\n');
  return out;
}

std::string codes_schema(std::span<const std::string_view> codes) {
  std::string out;
  ObjectWriter schema(out);
  schema.member("type", std::string_view("string"));
  if (!codes.empty()) schema.member("enum", std::vector(codes.begin(), codes.end()));
  schema.end();
  return out;
}

// RFC 9457, with the `detail` that clients know as its first member.
std::string problem_schema(std::span<const std::string_view> codes) {
  return without_newlines(R"({"type":"object",
"description":"An error: RFC 9457, with a stable code.","properties":{
"detail":{"type":"string","description":"What was wrong, in words."},
"type":{"type":"string","format":"uri-reference",
"description":"The address of the page about this kind of error."},
"title":{"type":"string","description":"The kind of error, in words."},
"status":{"type":"integer","description":"The status of the answer."},
"code":)") +
         codes_schema(codes) + R"(},"required":["detail","type","title","status","code"]})";
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

void write_parameters(std::string& out, const std::vector<Parameter>& parameters,
                      const std::vector<std::string>& headers) {
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
    if (!parameter.example.empty()) object.raw_member("example", parameter.example);
    object.end();
  }
  for (const std::string& name : headers) {
    out += separator;
    separator = ',';
    ObjectWriter(out).member("$ref", "#/components/parameters/" + name).end();
  }
  out += ']';
}

void write_media_type(std::string& out, std::string_view schema, std::string_view example,
                      const std::vector<std::string>& problems = {}) {
  ObjectWriter type(out);
  type.raw_member("schema", schema);
  if (!example.empty()) type.raw_member("example", example);
  if (!problems.empty()) {
    ObjectWriter examples(type.begin("examples"));
    for (const std::string& name : problems) {
      ObjectWriter(examples.begin(name)).member("$ref", "#/components/examples/" + name).end();
    }
    examples.end();
  }
  type.end();
}

void write_headers(std::string& out, const std::vector<std::string>& names) {
  ObjectWriter headers(out);
  for (const std::string& name : names) {
    ObjectWriter(headers.begin(name)).member("$ref", "#/components/headers/" + name).end();
  }
  headers.end();
}

void write_responses(std::string& out, const Operation& operation) {
  ObjectWriter object(out);
  for (const Response& response : operation.responses) {
    ObjectWriter one(object.begin(std::to_string(response.status)));
    one.member("description", response.description);
    if (!response.headers.empty()) write_headers(one.begin("headers"), response.headers);
    if (!response.schema.empty()) one.raw_member("content", content_of(response));
    one.end();
  }
  if (!operation.other_responses.empty()) {
    ObjectWriter(object.begin("default"))
        .member("$ref", "#/components/responses/" + operation.other_responses)
        .end();
  }
  object.end();
}

std::string_view text_of(Security security) {
  switch (security) {
    case Security::none: return {};
    case Security::optional_bearer: return R"([{},{"HTTPBearer":[]}])";
    case Security::bearer: return R"([{"HTTPBearer":[]}])";
    case Security::gateway: return R"([{},{"WebhookSignature":[]}])";
    case Security::monitor: return R"([{},{"HTTPBearer":[]},{"MetricsToken":[]}])";
  }
  return {};
}

void write_operation(std::string& out, const Operation& operation) {
  ObjectWriter object(out);
  if (!operation.tag.empty()) object.member("tags", std::vector{operation.tag});
  object.member("summary",
                operation.summary.empty() ? title_of(operation.name) : operation.summary);
  if (!operation.description.empty()) object.member("description", operation.description);
  object.member("operationId", operation_id(operation));
  if (operation.deprecated) object.member("deprecated", true);
  if (!operation.parameters.empty() || !operation.headers.empty()) {
    write_parameters(object.begin("parameters"), operation.parameters, operation.headers);
  }
  if (!operation.request.empty()) {
    ObjectWriter body(object.begin("requestBody"));
    body.member("required", true);
    ObjectWriter content(body.begin("content"));
    write_media_type(content.begin("application/json"), operation.request,
                     operation.request_example);
    content.end();
    body.end();
  }
  write_responses(object.begin("responses"), operation);
  const std::string_view security = text_of(operation.security);
  if (!security.empty()) object.raw_member("security", security);
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

Components::Components(Describe describe, std::span<const std::string_view> codes)
    : describe_(describe) {
  schemas_.emplace("HTTPValidationError", without_newlines(http_validation_error));
  schemas_.emplace("ValidationError", without_newlines(validation_error));
  schemas_.emplace("Problem", problem_schema(codes));
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

Response problem(int status, std::string description, std::span<const std::string_view> codes) {
  std::string schema = Components::reference("Problem");
  if (!codes.empty()) {
    schema = R"({"allOf":[)" + schema + R"(,{"type":"object","properties":{"code":)" +
             codes_schema(codes) + "}}]}";
  }
  return {.status = status,
          .description = std::move(description),
          .schema = std::move(schema),
          .media_type = "application/problem+json",
          .problems = {codes.begin(), codes.end()}};
}

std::string content_of(const Response& response) {
  std::string out;
  ObjectWriter content(out);
  const bool also_a_problem = !response.problem_schema.empty();
  write_media_type(content.begin(response.media_type), response.schema, response.example,
                   also_a_problem ? std::vector<std::string>() : response.problems);
  if (!response.other_media_type.empty()) {
    write_media_type(content.begin(response.other_media_type), R"({"type":"string"})",
                     response.other_example);
  }
  if (also_a_problem) {
    write_media_type(content.begin("application/problem+json"), response.problem_schema, {},
                     response.problems);
  }
  content.end();
  return out;
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
  const auto add = [](ObjectWriter& to, std::string_view name, const std::string& json) {
    if (!json.empty()) to.raw_member(name, json);
  };
  document.member("openapi", std::string_view("3.1.0"));
  ObjectWriter about(document.begin("info"));
  about.member("title", info.title);
  if (!info.description.empty()) about.member("description", info.description);
  about.member("version", info.version);
  add(about, "license", info.license);
  about.end();
  add(document, "servers", info.servers);
  add(document, "tags", info.tags);
  write_paths(document.begin("paths"), operations);

  ObjectWriter parts(document.begin("components"));
  ObjectWriter schemas(parts.begin("schemas"));
  for (const auto& [name, schema] : components.schemas()) schemas.raw_member(name, schema);
  schemas.end();
  add(parts, "parameters", info.request_headers);
  add(parts, "headers", info.headers);
  add(parts, "responses", info.responses);
  add(parts, "examples", info.examples);
  add(parts, "securitySchemes",
      info.security_schemes.empty()
          ? R"({"HTTPBearer":{"type":"http","scheme":"bearer","bearerFormat":"JWT"}})"
          : info.security_schemes);
  parts.end();
  document.end();
  return out;
}

}  // namespace boxoffice::http::openapi
