// The Link header of an answer that goes on elsewhere (RFC 8288).
#pragma once

#include <string>
#include <string_view>

#include "base/ids.h"
#include "http/server/message.h"

namespace boxoffice::http::api {

/// Says that `request` asked again with `after` (which needs no percent-encoding) gives what comes
/// next. `skip` is left out: what it passed over lies before the cursor. `at`: the position that
/// stands for the request's `at_time`, so that all pages are of one moment.
void link_next(Response& response, const Request& request, std::string_view after,
               Position at = {});

}  // namespace boxoffice::http::api
