// A request as a line of the log: JSON for programs, or plain text for people.
//
// What a client has sent is escaped byte by byte, so that no request can forge a line, hide one or
// speak to a terminal. What could be secret is left out: values of the query, segments of the path
// that hold an e-mail address, header fields, bodies.
//
// Limits: a line is shorter than 4096 bytes, the most that a pipe takes in one piece.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"

namespace boxoffice::http::api {

enum class LineStyle { json, plain };

struct AccessRecord {
  Instant time;                   ///< when the answer was written
  std::string_view request_id{};  ///< what is empty is left out
  std::string_view trace_id{};
  std::string_view address{};
  std::optional<UserId> user{};
  std::string_view method{};
  std::string_view route{};  ///< its template
  std::string_view path{};
  std::string_view query{};
  int status = 0;           ///< 0: there was no answer
  std::uint64_t bytes = 0;  ///< of the answer's body
  std::chrono::microseconds duration{};
  bool cut_off = false;       ///< the client was gone before it had the answer
  std::string_view reason{};  ///< why it was refused
};

/// What a line shows of a method, a path, a query: who keeps one until the answer is taken needs no
/// more of it.
std::string shown_of_method(std::string_view method);
std::string shown_of_path(std::string_view path);
std::string shown_of_query(std::string_view query);

/// Appends the line, with its end.
void append_access_line(std::string& out, const AccessRecord& record, LineStyle style);

struct StageTime {
  std::string_view stage;
  std::chrono::microseconds time{};
};

/// Appends the warning that a request was slow, with what each stage took.
void append_slow_line(std::string& out, const AccessRecord& record,
                      std::span<const StageTime> stages, LineStyle style);

}  // namespace boxoffice::http::api
