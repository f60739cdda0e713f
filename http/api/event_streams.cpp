#include "http/api/event_streams.h"

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <utility>

namespace boxoffice::http::api {

namespace {

// A turn takes some milliseconds of its I/O thread: events to look at, and lines to send.
constexpr std::size_t looks_per_turn = 2'000;
constexpr std::size_t lines_per_turn = 250;
// A client that comes back does not look again at more than these that were not for it.
constexpr std::uint64_t unmarked_max = 1'000;

Stream::Piece heartbeat() {
  static const Stream::Piece text = std::make_shared<const std::string>(":\n\n");
  return text;
}

}  // namespace

/// Is on its I/O thread's list for as long as it lives.
class EventStreams::EventStream final : public Stream,
                                        public std::enable_shared_from_this<EventStream> {
 public:
  EventStream(EventStreams& all, EventFilter filter, Position after, IoThread& io)
      : Stream({.heartbeat = heartbeat()}),
        all_(all),
        filter_(std::move(filter)),
        looked_at_(after),
        marked_(after),
        io_(io) {
    all_.streams_[io_.index()].push_back(this);
    const std::lock_guard lock(all_.mutex_);
    ++all_.open_[io_.index()];
  }
  ~EventStream() override {
    std::erase(all_.streams_[io_.index()], this);
    const std::lock_guard lock(all_.mutex_);
    --all_.open_[io_.index()];
  }

  using Stream::wake;

 protected:
  void refill() override {
    const Position up_to = all_.services_.models.position();
    if (resting_ || looked_at_ >= up_to) return;
    const auto batch = all_.services_.read_events({.after = looked_at_,
                                                   .up_to = up_to,
                                                   .looks_max = looks_per_turn,
                                                   .lines_max = lines_per_turn,
                                                   .filter = filter_});
    if (!batch) {
      all_.services_.alarm("event feed: " + batch.error().text);
      return end();
    }
    looked_at_ = batch.value().looked_at;
    send_lines(batch.value());
    rest();
  }

 private:
  void send_lines(const EventBatch& batch) {
    std::string text;
    for (const EventBatch::Line& line : batch.lines) {
      fmt::format_to(std::back_inserter(text), "id: {}\ndata: {}\n\n", line.position.value,
                     line.json);
      marked_ = line.position;
    }
    if (looked_at_.value - marked_.value > unmarked_max) {
      // An id alone is no event to a client, but it is what it comes back with.
      fmt::format_to(std::back_inserter(text), "id: {}\n\n", looked_at_.value);
      marked_ = looked_at_;
    }
    if (!text.empty()) send(std::make_shared<const std::string>(std::move(text)));
  }

  /// Lets the thread's other work go first.
  void rest() {
    resting_ = true;
    io_.post([weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self == nullptr) return;
      self->resting_ = false;
      self->wake();
    });
  }

  EventStreams& all_;
  const EventFilter filter_;
  Position looked_at_;
  Position marked_;  // what the client was last given as an id
  IoThread& io_;
  bool resting_ = false;
};

EventStreams::EventStreams(const Services& services, Server& server)
    : services_(services), streams_(server.io_thread_count()), open_(server.io_thread_count()) {
  for (std::size_t i = 0; i < server.io_thread_count(); ++i) {
    threads_.push_back(&server.io_thread(i));
  }
}

std::shared_ptr<Stream> EventStreams::open(EventFilter filter, Position after, IoThread& io) {
  return std::make_shared<EventStream>(*this, std::move(filter), after, io);
}

// A stream counts itself before it looks how far the models are, and they are there before this
// looks who is counted: one of the two sees the other.
void EventStreams::folded() {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    if (open_[i] > 0) threads_[i]->post([this, i] { wake_all(i); });
  }
}

void EventStreams::wake_all(std::size_t thread) {
  for (const EventStream* const stream : streams_[thread]) stream->wake();
}

}  // namespace boxoffice::http::api
