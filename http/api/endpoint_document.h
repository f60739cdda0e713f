// What the document says about a row of the table, as far as the types of its handler do not say it
// (endpoint.h adds those).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/api/call.h"
#include "http/api/deprecation.h"
#include "http/api/problems.h"
#include "http/openapi/document.h"

namespace boxoffice::http::api {

/// What the document says beyond what the handler's signature says.
struct Doc {
  std::string_view name;  ///< the operation's, as the existing clients know it
  std::string_view tag;
  std::vector<ProblemCode> problems{};  ///< of its own
  std::string_view also_as{};  ///< a media type that the client may ask for instead of JSON
  std::string_view media_type = "application/json";  ///< of the answer; the schema is of its data
  int status = 200;
  int also_status = 0;  ///< another one that is no plain error; 0: none
  std::string (*also_schema)(openapi::Components&) = nullptr;  ///< of its body
  std::optional<Deprecation> deprecated{};
};

/// The row's name, texts and security; without parameters, body and answers.
openapi::Operation begin_operation(std::string_view method, std::string_view path, Who who,
                                   const Doc& doc);

/// Adds examples, headers and answers to an operation whose parameters and body are there.
/// `schema`: of its answer. `takes_input`: it has values that can be wrong.
void finish_operation(openapi::Operation& operation, Who who, const Doc& doc, std::string schema,
                      bool takes_input, openapi::Components& components);

}  // namespace boxoffice::http::api
