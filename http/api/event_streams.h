// The live event feed: each stream reads the log at its client's own pace, and is woken when there
// is more of it.
//
// A stream keeps nothing but its position, so a client that is slow costs nothing, and one that
// comes back goes on where it was. It reads one batch at a time, on a reader's thread, and only
// while its client may: whoever lost the right to read is told no more.
//
// Threads: folded() by the folding one, the rest on the streams' I/O threads.
// Limits: `streams_max`.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/ids.h"
#include "http/api/services.h"
#include "http/server/server.h"
#include "http/server/stream.h"

namespace boxoffice::http::api {

class EventStreams {
 public:
  /// `server` has bound its port. Both outlive this.
  EventStreams(const Services& services, Server& server);

  static constexpr std::size_t streams_max = 64;

  /// Every event after `after` that the filter lets through, as long as `allowed` says so, for a
  /// connection of `io`. Null: there are too many. `allowed` is asked on any thread.
  std::shared_ptr<Stream> open(EventFilter filter, Position after, std::function<bool()> allowed,
                               IoThread& io);

  /// There is more to read. Threads: the folding one.
  void folded();

 private:
  class EventStream;

  void wake_all(std::size_t thread);

  const Services& services_;
  std::vector<IoThread*> threads_;
  /// The open streams of each I/O thread, which alone touches them.
  std::vector<std::vector<EventStream*>> streams_;

  std::mutex mutex_;
  std::vector<std::size_t> open_;  // how many streams each I/O thread has
};

}  // namespace boxoffice::http::api
