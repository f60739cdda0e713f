// Stream: the body of an answer that goes on, piece by piece, until it ends.
//
//   whoever has something to say ── send() ──> pieces pending ── the connection ──> the client
//
// A handler puts one into Response::stream. The connection then writes the head without a length
// and each piece as it comes (a chunk to HTTP/1.1), and closes after the end. The stream is
// destroyed with its connection, so a class derived from it can say goodbye in its destructor.
//
// Threads: all calls on the connection's I/O thread. Limits: a client is cut off when more than
// `behind_bytes_max` came while it took what it was being sent (or as much as that, if it is more),
// when 16 times `behind_bytes_max` waits for it, and when it is slower than write_time says. What
// piles up while the server itself is late is not held against it.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace boxoffice::http {

class Stream {
 public:
  /// Shared between all streams that send the same.
  using Piece = std::shared_ptr<const std::string>;

  struct Options {
    Piece heartbeat{};  ///< sent after ServerLimits::heartbeat_time without a piece; null: none
    std::size_t behind_bytes_max = 64 * 1024;
  };
  explicit Stream(Options options) : options_(std::move(options)) {}
  virtual ~Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// A piece that the client asked for with its request, however long: it does not count as behind.
  void send_asked_for(Piece piece);
  /// A further piece. One that leaves the client too far behind cuts it off.
  void send(Piece piece);
  /// Nothing follows; what is pending is still written.
  void end();

 protected:
  /// Everything sent so far has been taken: a stream that makes its pieces itself sends more.
  virtual void refill() {}
  /// Asks the connection to look again: to refill() a stream that had nothing before.
  void wake() const {
    if (wake_) wake_();
  }

 private:
  friend class Connection;

  struct Pending {
    Piece piece;
    std::size_t counted_bytes = 0;
  };

  /// The next piece; null when there is none now.
  Piece take();
  /// The connection waits for the client to take so many bytes; 0: it does not wait any more.
  void set_blocked(std::size_t unsent_bytes);
  bool over() const { return cut_ || (ended_ && pending_.empty()); }
  Options options_;
  std::deque<Pending> pending_;
  std::size_t pending_bytes_ = 0;
  std::size_t unsent_bytes_ = 0;  // that the client is to take now
  std::size_t behind_bytes_ = 0;  // that came while it does
  bool ended_ = false;
  bool cut_ = false;
  std::function<void()> wake_;  // tells the connection that something has changed
};

}  // namespace boxoffice::http
