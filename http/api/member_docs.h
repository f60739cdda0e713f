// What the document says about members of bodies, parameters and headers: one line each.
#pragma once

#include <string_view>

namespace boxoffice::http::api {

/// Of a struct's member, or of a parameter (`structure` is then its query struct, or "path"): its
/// own text, or that of all members of that name. Empty when there is none.
std::string_view member_doc(std::string_view structure, std::string_view member);

}  // namespace boxoffice::http::api
