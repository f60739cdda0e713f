// The API: a request in, an answer out. The table of all endpoints is in api.cpp.
//
// Threads: handle() on any I/O thread of the server it was made for.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "http/api/call.h"
#include "http/api/endpoint.h"
#include "http/api/rate_gate.h"
#include "http/api/router.h"
#include "http/api/services.h"
#include "http/api/traffic.h"
#include "http/server/server.h"

namespace boxoffice::http::api {

/// Every endpoint, in the order of the document.
const std::vector<Endpoint>& endpoints();

/// The OpenAPI document of all endpoints.
std::string openapi_document();

class Api : public projections::FoldListener {
 public:
  /// `server` has bound its port; both it and the services outlive the Api.
  Api(Services services, Server& server);

  /// `request` outlives the task.
  Task<Response> handle(const Request& request);

  /// To be told of every frame, for the streams.
  void folded(Position position,
              std::optional<std::span<const projections::SeatChanges>> changes) override;

  /// The answer to what never became a request (Server's ErrorResponder).
  Response error(int status, std::string_view detail);

 private:
  Task<Response> dispatch(const Request& request, const Router::Match& match, Exchange& exchange);
  std::optional<Response> admit(const Router::Match& match, Exchange& exchange);
  std::optional<Response> let_in(const Router::Match& match, Call& call);
  static Response failed(ProblemCode code, Position done_at);
  std::optional<Response> answer_without_endpoint(const Request& request,
                                                  const Router::Match& match) const;
  std::optional<Response> document_at(const std::string& path) const;
  std::string request_id_of(const Request& request);
  std::shared_ptr<Exchange> begin(const Request& request, const Endpoint* endpoint);

  Services services_;
  Router router_;
  SeatMapCache seat_maps_;
  SeatStreams seat_streams_;
  EventStreams event_streams_;
  KeysInFlight keys_in_flight_;
  RateGate rates_;
  std::vector<std::unique_ptr<ReplyMailbox>> mailboxes_;  // one an I/O thread
  std::shared_ptr<const std::string> document_;
  std::string document_etag_;
  std::string request_id_prefix_;
  std::atomic<std::uint64_t> requests_{0};
};

}  // namespace boxoffice::http::api
