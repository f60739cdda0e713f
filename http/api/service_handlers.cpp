#include "http/api/handlers.h"

namespace boxoffice::http::api {

Task<Response> welcome(Call) {
  co_return json_response(Welcome{"Movie Booking API - Visit /docs for API documentation"});
}

Task<Response> health(Call) { co_return json_response(Health{"healthy"}); }

}  // namespace boxoffice::http::api
