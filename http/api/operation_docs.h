// What the document says about each operation beyond what the table and its types say: a summary, a
// description, and examples. By the operation's name in the table (api.cpp).
#pragma once

#include <string>
#include <string_view>

namespace boxoffice::http::api {

struct OperationDoc {
  std::string_view name;
  std::string_view summary;
  std::string_view text;
  std::string_view request_example;  ///< JSON, for spelled_out(); empty: none
  std::string_view answer_example;   ///< the same
  std::string_view text_example{};   ///< JSON, the answer as the row's other media type, if shown
};

/// Nothing when the operation has none: a row without its text is caught by the document's test.
const OperationDoc* operation_doc(std::string_view name);

/// An example with what its words ("$movie") stand for.
std::string spelled_out(std::string_view example);

}  // namespace boxoffice::http::api
