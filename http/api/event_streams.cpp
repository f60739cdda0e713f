#include "http/api/event_streams.h"

#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <iterator>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "http/api/reading.h"
#include "http/api/responses.h"

namespace boxoffice::http::api {

namespace {

// What is read at a time, some milliseconds of a reader's thread.
constexpr std::size_t looks_per_batch = 2'000;
constexpr std::size_t lines_per_batch = 250;
constexpr std::size_t bytes_per_batch = 128 * 1024;
// When the readers have too much to do.
constexpr std::chrono::milliseconds patience{100};
// A client that comes back does not look again at more than these that were not for it.
constexpr std::uint64_t unmarked_max = 1'000;

}  // namespace

/// Is on its I/O thread's list for as long as it lives.
class EventStreams::EventStream final : public Stream,
                                        public std::enable_shared_from_this<EventStream> {
 public:
  EventStream(EventStreams& all, EventFilter filter, Position after, std::function<bool()> allowed,
              IoThread& io)
      : Stream({.heartbeat = heartbeat()}),
        all_(all),
        filter_(std::move(filter)),
        allowed_(std::move(allowed)),
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
    if (reading_ || looked_at_ >= up_to) return;
    reading_ = true;
    auto question = [allowed = allowed_, read = all_.services_.read_events,
                     wanted = EventsWanted{.after = looked_at_,
                                           .up_to = up_to,
                                           .looks_max = looks_per_batch,
                                           .lines_max = lines_per_batch,
                                           .bytes_max = bytes_per_batch,
                                           .filter = filter_}]() -> Batch {
      if (!allowed()) return std::nullopt;
      return read(wanted);
    };
    auto then = [weak = weak_from_this()](Found<Batch>& found) {
      if (const auto self = weak.lock()) self->received(found);
    };
    if (ask_aside<Batch>(all_.services_.readers, io_, question, then)) return;
    io_.post_after(patience, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->look_again();
    });
  }

 private:
  using Batch = std::optional<Result<EventBatch>>;  // none: the client may not read any more

  void received(Found<Batch>& found) {
    if (found.thrown) {
      end();
      std::rethrow_exception(found.thrown);
    }
    const Batch& batch = *found.answer;
    if (!batch) return end();
    if (!*batch) {
      all_.services_.failed("event feed: " + batch->error().text);
      return end();
    }
    looked_at_ = batch->value().looked_at;
    send_lines(batch->value());
    look_again();
  }

  void look_again() {
    reading_ = false;
    wake();
  }

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

  EventStreams& all_;
  const EventFilter filter_;
  const std::function<bool()> allowed_;
  Position looked_at_;
  Position marked_;  // what the client was last given as an id
  IoThread& io_;
  bool reading_ = false;  // or waiting to be let
};

EventStreams::EventStreams(const Services& services, Server& server)
    : services_(services), streams_(server.io_thread_count()), open_(server.io_thread_count()) {
  for (std::size_t i = 0; i < server.io_thread_count(); ++i) {
    threads_.push_back(&server.io_thread(i));
  }
}

std::shared_ptr<Stream> EventStreams::open(EventFilter filter, Position after,
                                           std::function<bool()> allowed, IoThread& io) {
  {
    const std::lock_guard lock(mutex_);
    if (std::accumulate(open_.begin(), open_.end(), std::size_t{0}) >= streams_max) return nullptr;
  }
  return std::make_shared<EventStream>(*this, std::move(filter), after, std::move(allowed), io);
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
