#include "http/api/seat_streams.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/ensure.h"
#include "http/api/render.h"
#include "http/api/responses.h"

namespace boxoffice::http::api {

namespace {

Stream::Piece piece(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

// How soon a browser asks again after its stream has ended: not all of them at once.
Stream::Piece greeting(std::uint64_t number) {
  constexpr std::uint64_t soonest_ms = 1'000;
  constexpr std::uint64_t spread_ms = 2'000;
  constexpr std::uint64_t step_ms = 617;  // has no divisor in common with the spread
  return piece(fmt::format("retry: {}\n\n", soonest_ms + number * step_ms % spread_ms));
}

std::string event_head(std::string_view name, SeatMapId id) {
  return fmt::format("event: {}\nid: {}\ndata: ", name, to_string(id));
}

std::string event_of(ShowId show_id, const projections::SeatChanges& changes) {
  const SeatMapId id{.version = Position(changes.version), .edition = changes.edition};
  if (changes.deleted) return event_head("gone", id) + "{}\n\n";
  return event_head("seats", id) + render_changes(show_id, changes) + "\n\n";
}

}  // namespace

/// Is on its I/O thread's list for as long as it lives.
class SeatStreams::SeatStream final : public Stream {
 public:
  SeatStream(SeatStreams& all, ShowId show_id, std::size_t thread)
      : Stream({.heartbeat = heartbeat()}), all_(all), show_id_(show_id), thread_(thread) {
    all_.count_in(show_id_, thread_);
    auto& streams = all_.streams_[thread_][show_id_];
    index_ = streams.size();
    streams.push_back(this);
  }
  ~SeatStream() override {
    const auto room = all_.streams_[thread_].find(show_id_);
    auto& streams = room->second;
    std::swap(streams[index_], streams.back());
    streams[index_]->index_ = index_;
    streams.pop_back();
    if (streams.empty()) all_.streams_[thread_].erase(room);
    all_.count_out(show_id_, thread_);
  }

  void begin_with_map(SeatMapId id, Piece map) {
    send_asked_for(piece(event_head("snapshot", id)));
    send_asked_for(std::move(map));
    send_asked_for(piece("\n\n"));
    told_ = id.version;
  }
  void begin_after(Position seen, const std::deque<Change>& changes) {
    told_ = seen;
    for (const Change& change : changes) {
      if (change.position > told_) send_asked_for(change.text);
      told_ = std::max(told_, change.position);
      if (change.last) end();
    }
  }
  /// What the stream began with may hold the change already.
  void tell(const Change& change) {
    if (change.position <= told_) return;
    told_ = change.position;
    send(change.text);
    if (change.last) end();
  }

 private:
  SeatStreams& all_;
  const ShowId show_id_;
  const std::size_t thread_;
  std::size_t index_ = 0;  // on the list
  Position told_;
};

SeatStreams::SeatStreams(const projections::ReadModels& models, SeatMapCache& maps, Server& server)
    : models_(models), maps_(maps), streams_(server.io_thread_count()) {
  for (std::size_t i = 0; i < server.io_thread_count(); ++i) {
    threads_.push_back(&server.io_thread(i));
  }
}

// The order matters: first the stream is counted in, then it is found out what it begins with. A
// change that is told meanwhile comes by the mailbox, after this.
SeatStreams::Opened SeatStreams::open(ShowId show_id, std::optional<SeatMapId> seen, IoThread& io) {
  const auto now = models_.seat_map_version(show_id);
  if (!now) return {};
  auto stream = std::make_shared<SeatStream>(*this, show_id, io.index());
  stream->send_asked_for(greeting(greeted_.fetch_add(1, std::memory_order_relaxed)));
  // A position beyond ours is another log's.
  if (seen && seen->version <= now->position) {
    if (const auto changes = changes_after(*seen, show_id)) {
      stream->begin_after(seen->version, *changes);
      return {.stream = std::move(stream), .position = now->position};
    }
  }
  const auto map = maps_.get(show_id);
  if (!map.json) return {};
  auto bytes = maps_.to_send(map.json);
  if (bytes == nullptr) return {.stream = nullptr, .position = {}, .too_many = true};
  stream->begin_with_map(map.id, std::move(bytes));
  return {.stream = std::move(stream), .position = map.position};
}

void SeatStreams::count_in(ShowId show_id, std::size_t thread) {
  const std::lock_guard lock(mutex_);
  const auto now = models_.seat_map_version(show_id);
  Watched& watched = watched_[show_id];
  watched.streams.resize(threads_.size());
  // What is told from now on is kept, and everything else is in this version.
  if (watched.since == never && now) {
    watched.since = Position(now->version);
    watched.edition = now->edition;
  }
  ++watched.streams[thread];
  watched.left = 0;
}

void SeatStreams::count_out(ShowId show_id, std::size_t thread) {
  const std::lock_guard lock(mutex_);
  Watched& watched = watched_.at(show_id);
  auto& streams = watched.streams;
  ENSURE(streams[thread] > 0, "a stream is counted out after it was counted in");
  --streams[thread];
  if (std::any_of(streams.begin(), streams.end(), [](std::size_t n) { return n > 0; })) return;
  watched.left = ++last_left_;
  left_.emplace_back(show_id, last_left_);
  if (left_.size() <= left_shows_max) return;
  const auto [oldest, when] = left_.front();
  left_.pop_front();
  const auto forgotten = watched_.find(oldest);
  // Watched again meanwhile, perhaps left again later.
  if (forgotten != watched_.end() && forgotten->second.left == when) watched_.erase(forgotten);
}

std::optional<std::deque<SeatStreams::Change>> SeatStreams::changes_after(SeatMapId seen,
                                                                          ShowId show_id) {
  const std::lock_guard lock(mutex_);
  const Watched& watched = watched_.at(show_id);
  // What a client has of another edition was perhaps mended since.
  if (seen.edition != watched.edition || seen.version < watched.since) return std::nullopt;
  return watched.recent;
}

void SeatStreams::keep(Watched& watched, Change change) {
  watched.recent_bytes += change.text->size();
  watched.recent.push_back(std::move(change));
  while (watched.recent_bytes > recent_bytes_max) {
    watched.recent_bytes -= watched.recent.front().text->size();
    watched.since = watched.recent.front().position;
    watched.recent.pop_front();
  }
}

void SeatStreams::folded(std::span<const projections::SeatChanges> changes) {
  std::vector<std::vector<Delivery>> of_threads(threads_.size());
  {
    const std::lock_guard lock(mutex_);
    for (const projections::SeatChanges& changed : changes) {
      const auto at = watched_.find(changed.show_id);
      if (at == watched_.end()) continue;
      const Change change{.position = Position(changed.version),
                          .text = piece(event_of(changed.show_id, changed)),
                          .last = changed.deleted};
      for (std::size_t i = 0; i < threads_.size(); ++i) {
        if (at->second.streams[i] > 0) of_threads[i].emplace_back(changed.show_id, change);
      }
      keep(at->second, change);
    }
  }
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    if (of_threads[i].empty()) continue;
    threads_[i]->post([this, i, deliveries = std::move(of_threads[i])] { deliver(i, deliveries); });
  }
}

void SeatStreams::end_all() {
  std::vector<bool> has_streams(threads_.size());
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(watched_, [](const auto& entry) { return entry.second.left != 0; });
    for (auto& [show_id, watched] : watched_) {
      watched.since = never;
      watched.recent.clear();
      watched.recent_bytes = 0;
      for (std::size_t i = 0; i < threads_.size(); ++i) {
        if (watched.streams[i] > 0) has_streams[i] = true;
      }
    }
  }
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    if (!has_streams[i]) continue;
    threads_[i]->post([this, i] {
      for (const auto& [show_id, streams] : streams_[i]) {
        for (SeatStream* const stream : streams) stream->end();
      }
    });
  }
}

void SeatStreams::deliver(std::size_t thread, const std::vector<Delivery>& deliveries) {
  for (const auto& [show_id, change] : deliveries) {
    const auto room = streams_[thread].find(show_id);
    if (room == streams_[thread].end()) continue;
    for (SeatStream* const stream : room->second) stream->tell(change);
  }
}

}  // namespace boxoffice::http::api
