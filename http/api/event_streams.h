// The live event feed: each stream reads the log at its client's own pace, and is woken when there
// is more of it.
//
// A stream keeps nothing but its position, so a client that is slow costs nothing, and one that
// comes back goes on where it was. It reads one batch in a turn of its I/O thread, so that the
// thread's other connections are served meanwhile.
//
// Threads: folded() by the folding one, the rest on the streams' I/O threads.
#pragma once

#include <cstddef>
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

  /// Every event after `after` that the filter lets through, for a connection of `io`.
  std::shared_ptr<Stream> open(EventFilter filter, Position after, IoThread& io);

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
