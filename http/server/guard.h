// The framing guard: refuses every request head that two parsers could read differently.
//
// Request smuggling needs a proxy and a server that disagree about where a message ends or whom it
// is for. The parser library accepts more than it should here (repeated Content-Length, absolute
// targets, folded lines, look-alike names), so what it accepted is judged once more, by pure
// functions over plain text.
//
// Invariants: a head that passes has exactly one reading of its length (no body, one
// Content-Length, or one `chunked`), one host, at most one Authorization.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "http/server/message.h"
#include "http/server/server.h"

namespace boxoffice::http {

/// The request line and fields, as the parser read them.
struct RequestHead {
  std::string method;
  std::string target;
  int version = 11;  ///< 10 or 11
  Headers headers;
};

/// The HTTP status to refuse with, and one line that says why.
struct Refusal {
  int status = 400;
  std::string_view detail;
  RejectReason reason = RejectReason::framing;
};

/// Finds the empty line that ends a head, in bytes that grow.
class HeadScan {
 public:
  /// `bytes`: everything received of this message so far. The size of the head with its empty line
  /// once it is there, 0 while it is not. Looks at each byte once over all calls.
  std::size_t find_end(std::string_view bytes);
  /// Lines that have ended, the request line too.
  std::size_t lines() const { return lines_; }
  /// A line that cannot be part of any head was seen (a bare LF, a folded field).
  const std::optional<Refusal>& refusal() const { return refusal_; }

 private:
  std::size_t next_ = 0;        // bytes before it have been looked at
  std::size_t line_start_ = 0;  // where the line that next_ lies in begins
  std::size_t lines_ = 0;
  std::optional<Refusal> refusal_;
};

/// How large a head is, or as much of it as is there.
struct HeadSize {
  std::string_view bytes;
  std::size_t lines = 0;
  bool complete = false;
};
/// Judges it: 414 when it is the target that is too long, else 431.
std::optional<Refusal> refuse_size(const HeadSize& head, const ServerLimits& limits);

/// Judges a parsed head. Empty when it may pass.
std::optional<Refusal> refuse_head(const RequestHead& head, const ServerLimits& limits);

/// 505 when the request line is sound but for a version that is not ours, else 400.
Refusal refuse_request_line(std::string_view line);

/// Whether a comma-separated field value holds this token, compared without case.
bool has_token(std::string_view list, std::string_view token);

/// Whether the connection stays open after the answer, by the request's version and Connection.
bool wants_keep_alive(const RequestHead& head);

/// Whether the client waits for `100 Continue` before it sends the body.
bool expects_continue(const RequestHead& head);

/// Whether `name` is a token of RFC 9110 and so may name a field.
bool is_token(std::string_view name);

}  // namespace boxoffice::http
