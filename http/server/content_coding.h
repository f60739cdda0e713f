// gzip for answers that are worth it (RFC 9110, 8.4 and 12.5.3).
//
// Only what is read is compressed, never the answer to a command: those carry tokens, and a length
// that depends on secrets and on what a stranger sent tells about them (the BREACH attack).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "http/server/message.h"

namespace boxoffice::http {

/// Shorter bodies fit into a packet as they are.
inline constexpr std::size_t coded_bytes_min = 1'024;

/// Whether the client takes gzip, by all its Accept-Encoding fields.
bool accepts_gzip(const Headers& headers);

/// `bytes` as a gzip file, quickly rather than small: about a tenth of a seat map.
std::string gzip(std::string_view bytes);

/// Decides on the coding of a read's answer, which has its ETag: says in `Vary` that there is a
/// choice and, when gzip is chosen, makes the tag weak, since the bytes are others then. A body
/// that came with Content-Encoding stays. True: gzip_body() is to follow, if a body is sent.
bool choose_gzip(bool accepted, Response& response);

/// Compresses the body, unless it is already.
void gzip_body(Response& response);

}  // namespace boxoffice::http
