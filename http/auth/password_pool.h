// Hashes and checks passwords with argon2id on threads of its own.
//
// One hash takes 19 MiB and about 43 ms of a core on purpose, so it must never run on an I/O
// thread, and a flood of logins must not queue up without bound: beyond `queue_max` waiting jobs
// the pool says no at once and the caller answers 503.
//
// Invariants: `done` of every accepted job is called exactly once; `done` of a refused one never.
// Copies of a password that the pool holds are zeroed after use.
// Threads: hash(), verify() and stop() from any thread but the pool's own; `done` runs on a pool
// thread and must not throw.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "base/worker_pool.h"

namespace boxoffice::http::auth {

/// Parameters of argon2id (one lane). Tests use the least: {.passes = 1, .memory_bytes = 8192}.
struct PasswordCost {
  std::uint64_t passes = 2;
  std::size_t memory_bytes = 19 * 1024 * 1024;
};

struct PasswordPoolOptions {
  PasswordCost cost{};
  std::size_t threads = 2;
  std::size_t queue_max = 64;  ///< jobs that wait; those being worked on do not count
};

class PasswordPool {
 public:
  /// Takes the time of one hash: it makes the dummy that unknown users are compared with.
  /// Throws std::bad_alloc when the memory for one hash cannot be had.
  /// REQUIRES: at least one thread; a cost that libsodium accepts.
  explicit PasswordPool(PasswordPoolOptions options);

  /// Hashes `password` with a fresh salt; `done` gets "$argon2id$…", or an empty string when the
  /// memory for it could not be had (answer 503). False: the queue is full or the pool stopped.
  bool hash(std::string password, std::function<void(std::string hash)> done);

  /// Compares `password` with `hash`, whatever cost it was made with. `done` gets true only for a
  /// match; false also when `hash` is malformed or memory is short. An empty `hash` stands for an
  /// unknown user: a dummy is compared, which takes the same time, and the answer is false.
  /// False as return value: as for hash().
  bool verify(std::string hash, std::string password, std::function<void(bool matches)> done);

  /// Whether `hash` was made with the cost that hash() has. Those that were not still verify, but
  /// take another time than an unknown user does, until they are made anew.
  bool has_todays_cost(const std::string& hash) const;

  /// Takes no more jobs, works off those already accepted (at most queue_max, so about
  /// 64 × 43 ms / 2 threads = 1.4 s) and joins the threads. Calling it again does nothing.
  void stop() { workers_.stop(); }

 private:
  const PasswordCost cost_;
  const std::string dummy_hash_;
  WorkerPool workers_;
};

}  // namespace boxoffice::http::auth
