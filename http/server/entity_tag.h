// Entity tags: a client that has an answer already is not sent it again
// (RFC 9110, 8.8.3 and 13.1.2).
//
// Threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/server/message.h"

namespace boxoffice::http {

/// The strong tag of these bytes, in its quotes. Whoever can choose the bytes could make two with
/// the same tag, but would only mislead the clients that asked for both.
std::string entity_tag(std::string_view bytes);

/// Gives a whole answer (200, no stream) to GET or HEAD its tag, unless it has one, and makes it a
/// 304 when `if_none_match`, the request's field, names it.
void answer_if_changed(const std::optional<std::string>& if_none_match, Response& response);

}  // namespace boxoffice::http
