// How a house is: looked up without a server, and put into words for a person.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/api/operations.h"

namespace boxoffice::tools::care {

struct Looked {
  http::api::HouseStatus status;
  std::optional<Fault> fault;  ///< of the log, or of the read models: what it is about is missing
};

/// What can be told of the data directory by looking, also beside the server that has it open: what
/// only that one knows is missing, and the read models are as they were last flushed. Faults:
/// `not_found` (there is no log).
Result<Looked> status_of(const std::filesystem::path& data);

/// One screen, each line ended. What is not known is "-". `where`: a server or a data directory.
std::string screen_of(const http::api::HouseStatus& status, std::string_view where);

/// What changes from moment to moment, in one line.
std::string line_of(const http::api::HouseStatus& status);

/// "3 h", "12 min": in the largest unit that fits.
std::string text_of(Duration time);
/// "1.5 GiB"
std::string bytes_text(std::int64_t bytes);

}  // namespace boxoffice::tools::care
