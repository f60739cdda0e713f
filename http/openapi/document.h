// The OpenAPI 3.1 document, from plain descriptions of the endpoints.
//
// The endpoint table makes one Operation per endpoint (its schemas come from schemas.h) and
// build_document() writes them down, in the order given.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace boxoffice::http::openapi {

/// The named schemas that operations refer to.
class Components {
 public:
  /// What is to be said about a struct's member; empty: nothing.
  using Describe = std::string_view (*)(std::string_view structure, std::string_view member);

  /// With the schemas of errors: HTTPValidationError, ValidationError, Problem, whose `code` is one
  /// of `codes` unless there are none.
  explicit Components(Describe describe = nullptr, std::span<const std::string_view> codes = {});

  std::string_view description(std::string_view structure, std::string_view member) const {
    return describe_ != nullptr ? describe_(structure, member) : std::string_view();
  }

  /// False when `name` is there already, or being made. `type` is what it names, in full.
  /// REQUIRES: no other type has that name.
  bool begin(std::string_view name, std::string_view type);
  /// REQUIRES: begin(name, …) was true.
  void set(std::string_view name, std::string schema);
  const std::map<std::string, std::string, std::less<>>& schemas() const { return schemas_; }

  /// {"$ref":"#/components/schemas/name"}
  static std::string reference(std::string_view name);

 private:
  Describe describe_;
  std::map<std::string, std::string, std::less<>> schemas_;
  std::map<std::string, std::string, std::less<>> types_;  ///< by name
};

struct Parameter {
  std::string name{};
  std::string in{};  ///< "path", "query" or "header"
  bool required = false;
  std::string schema{};  ///< JSON
  std::string description{};
  std::string example{};  ///< JSON; empty: none
};

struct Response {
  int status = 200;
  std::string description = "Successful Response";
  std::string schema{};  ///< JSON; empty: no content
  std::string media_type = "application/json";
  std::string other_media_type{};       ///< the same as text of this type; empty: no
  std::string problem_schema{};         ///< also answered as a problem; empty: not
  std::string example{};                ///< JSON, of what `schema` says; empty: none
  std::string other_example{};          ///< JSON, a text of `other_media_type`; empty: none
  std::vector<std::string> problems{};  ///< that it may be; of Info::examples
  std::vector<std::string> headers{};   ///< of Info::headers
};

/// 422 with HTTPValidationError, as FastAPI sends it.
Response validation_failed();
/// An error with a Problem, e.g. (404, "Movie not found"). `codes`: those that it may have, each
/// with its example in Info::examples; none: any.
Response problem(int status, std::string description, std::span<const std::string_view> codes = {});
/// What the response's `content` is in the document: its media types, as JSON.
std::string content_of(const Response& response);

enum class Security {
  none,
  optional_bearer,  ///< a token changes what the caller may do
  bearer,
  gateway,  ///< the payment gateway's signature, where it is demanded
  monitor,  ///< as optional_bearer, or METRICS_TOKEN
};

struct Operation {
  std::string method{};   ///< "GET"
  std::string path{};     ///< "/api/movies/{movie_id}"
  std::string name{};     ///< "get_movie"; the operation id is made of it
  std::string summary{};  ///< empty: made of the name, "Get Movie"
  std::string description{};
  std::string tag{};
  std::vector<Parameter> parameters{};
  std::vector<std::string> headers{};  ///< that requests may have; of Info::request_headers
  std::string request{};               ///< schema of the JSON body; empty: no body
  std::string request_example{};       ///< JSON; empty: none
  std::vector<Response> responses{};
  std::string other_responses{};  ///< what the rest is, of Info::responses; empty: nothing
  Security security = Security::none;
  bool deprecated = false;
};

struct Info {
  std::string title{};
  std::string version{};
  std::string description{};
  // Objects and lists of the document, as JSON; empty: none.
  std::string license{};
  std::string servers{};
  std::string tags{};
  // Of its components.
  std::string request_headers{};
  std::string headers{};
  std::string responses{};
  std::string examples{};  ///< of problems, by code
  std::string security_schemes{};
};

/// As FastAPI names them: "get_movie_api_movies__movie_id__get".
std::string operation_id(const Operation& operation);

/// REQUIRES: no two operations with one method and path.
std::string build_document(const Info& info, const std::vector<Operation>& operations,
                           const Components& components);

}  // namespace boxoffice::http::openapi
