// The part of a connection's life in which its answer goes on.
#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <utility>

#include "http/server/connection.h"
#include "http/server/response_bytes.h"
#include "http/server/socket_waits.h"

namespace boxoffice::http {
namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

// What is gathered of a stream before it is written; there are thousands of them.
constexpr std::size_t gathered_pieces_max = 16 * 1024;
// What the kernel keeps for a stream's client. It doubles this, and would else go up to megabytes.
constexpr int stream_send_buffer = 64 * 1024;
// A client that says more than this while it is sent a stream is not one that listens.
constexpr std::size_t ignored_bytes_max = 64 * 1024;

}  // namespace

void Connection::begin_stream() {
  stream_->wake_ = [this] { wake_stream(); };
  reader_.discard();
  ErrorCode ignored;
  socket_.set_option(asio::socket_base::send_buffer_size(stream_send_buffer), ignored);
}

void Connection::drop_stream() {
  if (stream_ == nullptr) return;
  stream_->wake_ = nullptr;
  stream_.reset();
  --loop_.service().streams_open;
  tell_watches(socket_.is_open() && !unsent());
}

/// Ends the wait for a next piece; when the client is to be cut off, also the wait to write.
void Connection::wake_stream() {
  if (phase_ != Phase::streaming && !stream_->cut_) return;
  ErrorCode ignored;
  socket_.cancel(ignored);
}

/// Takes what the stream has, as long as the buffer has room.
void Connection::append_pieces() {
  if (std::exchange(chunk_open_, false)) out_ += "\r\n";
  while (tail_.empty() && out_.size() < gathered_pieces_max) {
    Stream::Piece piece = stream_->take();
    if (!piece) return;
    if (piece->empty()) continue;
    if (!watched_.empty()) watched_.back().end.body_bytes += piece->size();
    if (!http_10_) append_chunk_head(out_, piece->size());
    if (piece->size() <= copied_body_max) {
      out_ += *piece;
      if (!http_10_) out_ += "\r\n";
    } else {
      tail_owner_.shared_body = std::move(piece);
      tail_ = tail_owner_.payload();
      chunk_open_ = !http_10_;
    }
  }
}

/// Writes what the stream gives until it ends or cuts the client off, the client leaves or takes
/// nothing any more, or the server stops.
Task<bool> Connection::send_stream() {
  begin_stream();
  using SteadyClock = std::chrono::steady_clock;
  std::size_t heard_bytes = 0;
  auto beat_at = SteadyClock::now() + limits_.heartbeat_time;  // moved by what is written alone
  while (socket_.is_open()) {
    append_pieces();
    if (!unsent()) {
      stream_->refill();
      append_pieces();
    }
    if (unsent()) {
      if (!write_now()) {
        stream_->set_blocked(out_.size() + tail_.size() - sent_);
        co_await write_rest();
        stream_->set_blocked(0);
      }
      beat_at = SteadyClock::now() + limits_.heartbeat_time;
    } else if (stream_->over() || loop_.draining()) {
      break;
    } else {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(beat_at - SteadyClock::now());
      enter(Phase::streaming, std::max(left, std::chrono::milliseconds(1)));
      std::array<char, 64> ignored;
      const IoResult heard = co_await ReadSome{socket_, asio::buffer(ignored)};
      phase_ = Phase::handling;
      const bool woken = heard.error == asio::error::operation_aborted;
      heard_bytes += heard.bytes;
      if ((heard.error && !woken) || heard_bytes > ignored_bytes_max) close();
      const bool late = SteadyClock::now() >= beat_at;
      if (woken && late && stream_->options_.heartbeat) stream_->send(stream_->options_.heartbeat);
    }
    if (stream_->cut_) close();
  }
  if (!http_10_) out_ += "0\r\n\r\n";
  if (!write_now()) co_await write_rest();
  drop_stream();
  co_return true;
}

}  // namespace boxoffice::http
