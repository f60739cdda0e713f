// Entity tags: a client that has an answer already is not sent it again
// (RFC 9110, 8.8.3 and 13.1.2).
//
// Threads: any.
#pragma once

#include <string>
#include <string_view>

#include "http/server/message.h"

namespace boxoffice::http {

/// The strong tag of these bytes, in its quotes. Whoever can choose the bytes could make two with
/// the same tag, but would only mislead the clients that asked for both.
std::string entity_tag(std::string_view bytes);

/// What the client has, by If-None-Match: "*" or a list of tags; empty when it does not say.
std::string known_tags(const Headers& headers);

/// Gives a whole answer (200, no stream) to GET or HEAD its tag, unless it has one.
void give_tag(Response& response);

/// Makes an answer that has a tag a 304 when `known` has that, weak or strong.
void answer_if_changed(std::string_view known, Response& response);

}  // namespace boxoffice::http
