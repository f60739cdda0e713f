// What the document says about each operation beyond what the table and its types say: a summary, a
// description, and examples. By the operation's name in the table (api.cpp).
#pragma once

#include <span>
#include <string_view>

namespace boxoffice::http::api {

struct OperationDoc {
  std::string_view name;
  std::string_view summary;
  std::string_view text;
  std::string_view request_example;  ///< JSON; empty: none
  std::string_view answer_example;   ///< JSON; empty: none
};

std::span<const OperationDoc> operation_docs();
/// Nothing when the operation has none: a row without its text is caught by the document's test.
const OperationDoc* operation_doc(std::string_view name);

}  // namespace boxoffice::http::api
