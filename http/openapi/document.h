// The OpenAPI 3.1 document, from plain descriptions of the endpoints.
//
// The endpoint table makes one Operation per endpoint (its schemas come from schemas.h) and
// build_document() writes them down, in the order given.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace boxoffice::http::openapi {

/// The named schemas that operations refer to.
class Components {
 public:
  /// With the schemas of errors: HTTPValidationError, ValidationError, Problem.
  Components();

  /// False when `name` is there already, or being made. `type` is what it names, in full.
  /// REQUIRES: no other type has that name.
  bool begin(std::string_view name, std::string_view type);
  /// REQUIRES: begin(name, …) was true.
  void set(std::string_view name, std::string schema);
  const std::map<std::string, std::string, std::less<>>& schemas() const { return schemas_; }

  /// {"$ref":"#/components/schemas/name"}
  static std::string reference(std::string_view name);

 private:
  std::map<std::string, std::string, std::less<>> schemas_;
  std::map<std::string, std::string, std::less<>> types_;  ///< by name
};

struct Parameter {
  std::string name{};
  std::string in{};  ///< "path", "query" or "header"
  bool required = false;
  std::string schema{};  ///< JSON
  std::string description{};
};

struct Response {
  int status = 200;
  std::string description = "Successful Response";
  std::string schema{};  ///< JSON; empty: no content
  std::string media_type = "application/json";
  std::string other_media_type{};  ///< the same as text of this type; empty: no
};

/// 422 with HTTPValidationError, as FastAPI sends it.
Response validation_failed();
/// An error with a Problem, e.g. (404, "Movie not found").
Response problem(int status, std::string description);

enum class Security {
  none,
  optional_bearer,  ///< a token changes what the caller may do
  bearer,
};

struct Operation {
  std::string method{};   ///< "GET"
  std::string path{};     ///< "/api/movies/{movie_id}"
  std::string name{};     ///< "get_movie"; the operation id is made of it
  std::string summary{};  ///< empty: made of the name, "Get Movie"
  std::string description{};
  std::string tag{};
  std::vector<Parameter> parameters{};
  std::string request{};  ///< schema of the JSON body; empty: no body
  std::vector<Response> responses{};
  Security security = Security::none;
};

struct Info {
  std::string title{};
  std::string version{};
  std::string description{};
};

/// As FastAPI names them: "get_movie_api_movies__movie_id__get".
std::string operation_id(const Operation& operation);

/// REQUIRES: no two operations with one method and path.
std::string build_document(const Info& info, const std::vector<Operation>& operations,
                           const Components& components);

}  // namespace boxoffice::http::openapi
