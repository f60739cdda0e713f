// Writes a Response as HTTP/1.1 bytes.
//
// Our own few lines and not the library's serializer: an answer is laid into one flat buffer that
// several pipelined answers share, so that one write takes them all.
//
// Invariants: the bytes of one Response can never read as two. Values that hold CR, LF or NUL make
// it unsendable; framing fields come from here alone.
#pragma once

#include <string>
#include <string_view>

#include "http/server/message.h"

namespace boxoffice::http {

/// What the bytes depend on besides the Response.
struct ResponseFraming {
  bool to_head = false;     ///< the request was HEAD: Content-Length of the body, but no body
  bool close = false;       ///< say `Connection: close`
  bool keep_alive = false;  ///< say `Connection: keep-alive`, as HTTP/1.0 clients need to hear
  bool chunked = false;     ///< a stream comes in chunks; without, the connection's end is its end
  std::string_view date;    ///< "Sun, 06 Nov 1994 08:49:37 GMT"
};

/// False for a Response that would not be one answer on the wire: a status outside 200..599, header
/// fields that are not sound, a content type that holds CR, LF or NUL.
bool is_sendable(const Response& response);

/// Whether a body follows the head: not to HEAD, nor with 204 and 304.
bool has_body(const Response& response, bool to_head);

/// Appends what stands before a chunk of `size` bytes; CR LF follows the chunk.
/// REQUIRES: `size` > 0, since a chunk without bytes is the last one.
void append_chunk_head(std::string& out, std::size_t size);

/// Appends the status line, the fields and the empty line.
/// REQUIRES: is_sendable(response).
void append_head(std::string& out, const Response& response, const ResponseFraming& framing);

/// "OK" for 200; "Unknown" for a code without a registered phrase.
std::string_view reason_phrase(int status);

/// The Date field's value for a time in seconds since 1970.
std::string http_date(long long unix_seconds);

}  // namespace boxoffice::http
