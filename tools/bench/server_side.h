// What a load needs of the server besides the load: shows to sell, and afterwards what its log and
// its reports say. By its API alone, with an admin's token where that is asked for.
//
// Threads: one.
#pragma once

#include <deque>
#include <string>

#include "tools/bench/connections.h"
#include "tools/bench/hall.h"
#include "tools/bench/ledger.h"
#include "tools/bench/scenario.h"

namespace boxoffice::tools::bench {

class ServerSide {
 public:
  /// `connections` has no request in flight whenever something is asked here.
  ServerSide(Connections& connections, const http::ServerUrl& server, const std::string& token);

  /// Makes a movie, a theatre and so many shows. Faults: `invalid`, `unavailable` by what the
  /// server answers; those of the connections.
  Result<std::deque<Hall>> make_shows(const Needs& needs);

  /// Registers somebody with a password that nobody knows; the address. Faults: as make_shows().
  Result<std::string> register_buyer();

  /// Ledger::Feed, from /api/events.
  Result<void> read_log(Position after, const std::function<bool(const LoggedEvent& event)>& take);
  /// Ledger::Captured, from the show's report.
  Result<Money> captured(ShowId show);

 private:
  Result<Connections::OwnAnswer> ask(const std::string& request);
  Result<std::string> get(const std::string& target);
  Result<std::string> post(const std::string& target, const std::string& json);

  Connections& connections_;
  const http::ServerUrl& server_;
  std::string fields_;
};

}  // namespace boxoffice::tools::bench
