// Live seat maps: who watches which show, and what has changed there lately.
//
//   folding thread ── folded() ──> one text for a show and frame ──> the show's recent changes
//                                     └── one post for an I/O thread ──> its streams
//
// A stream begins with the whole map, or with what changed since the position that its client saw
// last. The last changes of a show are kept from its first stream on, for a while also after its
// last one. A client that has missed more, or what was before the server started, gets a new map:
// so there is never a gap, and never a repeat.
//
// Nobody pays for a show that is not watched.
//
// Threads: folded() by the folding one, open() and the streams on their I/O threads.
// Limits: see the constants; a stream's own are in http/server/stream.h.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "http/api/seat_map_cache.h"
#include "http/server/server.h"
#include "http/server/stream.h"
#include "projections/read_models.h"

namespace boxoffice::http::api {

class SeatStreams {
 public:
  /// Changes of a show that are kept. A map of 100 seats is half as long: more would not help.
  static constexpr std::size_t recent_bytes_max = 32 * 1024;
  /// Of so many shows whose last stream has ended, recent changes are kept.
  static constexpr std::size_t left_shows_max = 1'024;

  /// `server` has bound its port. All of them outlive this.
  SeatStreams(const projections::ReadModels& models, SeatMapCache& maps, Server& server);

  struct Opened {
    std::shared_ptr<Stream> stream;  ///< null: no such show
    Position position;               ///< the read models are to be here before it is answered
    bool too_many = false;           ///< SeatMapCache::to_send has no room for one more
  };
  /// A stream of the show's seats for a connection of `io`. `seen`: the id of the last event that
  /// the client has, if it has one.
  Opened open(ShowId show_id, std::optional<SeatMapId> seen, IoThread& io);

  /// What a frame has changed. Threads: the folding one.
  void folded(std::span<const projections::SeatChanges> changes);
  /// A frame may have changed anything. Every stream ends, and who comes back needs a map.
  /// Threads: the folding one.
  void end_all();

 private:
  class SeatStream;

  struct Change {
    Position position;
    Stream::Piece text;
    bool last = false;  // the show is gone
  };
  static constexpr Position never{~Position::rep{0}};
  struct Watched {
    Position since = never;     // `recent` has every change after it
    std::uint32_t edition = 0;  // of the rows that the changes are of
    std::deque<Change> recent;
    std::size_t recent_bytes = 0;
    std::vector<std::size_t> streams;  // open ones, of each I/O thread
    std::uint64_t left = 0;            // when the last one ended; 0 while there is one
  };
  using Delivery = std::pair<ShowId, Change>;

  void count_in(ShowId show_id, std::size_t thread);
  void count_out(ShowId show_id, std::size_t thread);
  /// The show's recent changes when they reach back to `seen`. REQUIRES: a stream is counted in.
  std::optional<std::deque<Change>> changes_after(SeatMapId seen, ShowId show_id);
  void keep(Watched& watched, Change change);
  void deliver(std::size_t thread, const std::vector<Delivery>& deliveries);

  const projections::ReadModels& models_;
  SeatMapCache& maps_;
  std::vector<IoThread*> threads_;
  /// The open streams of each I/O thread, which alone touches them.
  std::vector<std::unordered_map<ShowId, std::vector<SeatStream*>>> streams_;

  std::atomic<std::uint64_t> greeted_{0};

  std::mutex mutex_;  // guards what follows
  std::unordered_map<ShowId, Watched> watched_;
  std::deque<std::pair<ShowId, std::uint64_t>> left_;  // in the order of `Watched::left`
  std::uint64_t last_left_ = 0;
};

}  // namespace boxoffice::http::api
