// ConnectionCounts: who may come in, while how many are there, in all and from each client.
//
// A client is an IPv4 address, or the first 64 bits of an IPv6 one: a household or a rented machine
// is given that many addresses, and could else be everybody. Whoever is turned away is told so,
// which takes a connection for a moment: only told_max of them at a time, the others are closed at
// once, so that turning away costs less than knocking.
//
// Threads: any. Limits: an entry for each client with an open connection, none for the others.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "base/ip_address.h"
#include "http/server/server.h"

namespace boxoffice::http {

/// What becomes of a connection that was just accepted.
enum class Entry : std::uint8_t { served, told, closed };

/// A place that admit() gave, to be handed back as it is.
struct Admission {
  Entry entry = Entry::closed;
  RejectReason reason = RejectReason::connection_limit;  ///< of those that are not served
  std::optional<std::uint64_t> client{};                 ///< whom it is counted to, if to anybody
};

class ConnectionCounts {
 public:
  /// Of those that are turned away, so many are told at a time.
  static constexpr std::size_t told_max = 64;

  /// Takes a place unless the entry is `closed`. REQUIRES: release() follows for every place.
  Admission admit(const IpAddress& address, const ServerLimits& limits);
  void release(const Admission& admission);

  /// Places that are taken, of those who are told too.
  std::uint64_t open() const;
  /// Clients that are counted.
  std::size_t clients() const;
  /// Waits until no place is taken; false when `grace` passed first.
  bool wait_until_empty(std::chrono::milliseconds grace);

 private:
  mutable std::mutex mutex_;
  std::condition_variable emptied_;
  std::size_t served_ = 0;
  std::size_t told_ = 0;
  std::map<std::uint64_t, std::size_t> by_client_;  // ordered: nobody can choose colliding hashes
};

/// Whom an address is counted to; nobody when it may open as many connections as there are.
std::optional<std::uint64_t> client_of(const IpAddress& address, const ServerLimits& limits);

}  // namespace boxoffice::http
