#include "http/server/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <ctime>
#include <exception>
#include <utility>

#include "http/server/response_bytes.h"
#include "http/server/socket_waits.h"

namespace boxoffice::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using ErrorCode = boost::system::error_code;

constexpr std::size_t out_kept_max = 4 * 1024;   // of a quiet connection's buffer of answers
constexpr std::size_t gathered_max = 64 * 1024;  // answers are written at this size at last
// How long a client gets to read the last answer before the socket is closed. Closing earlier, with
// unread input, would reset the connection and could take the answer from the client's own buffer.
constexpr std::chrono::milliseconds linger_time{1'000};
// The same for one that was idle when the server stopped: its last answer left long ago.
constexpr std::chrono::milliseconds idle_linger_time{100};

// Some milliseconds behind, for a fifth of the price: deadlines are looked at every quarter of a
// second.
Connection::Time coarse_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return Connection::Time(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

struct RememberFrame {
  std::coroutine_handle<>& frame;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> self) noexcept {
    frame = self;
    return false;
  }
  void await_resume() const noexcept {}
};

}  // namespace

Connection::Connection(IoLoop& loop, int native_socket, const IpAddress& peer,
                       const Admission& admission)
    : loop_(loop),
      limits_(loop.service().limits),
      socket_(loop.context()),
      peer_(peer),
      peer_address_(to_string(peer)),
      admission_(admission),
      reader_(limits_) {
  loop_.link(*this);
  ErrorCode error;
  // The protocol only matters to sockets that Asio opens or binds itself.
  socket_.assign(asio::ip::tcp::v4(), native_socket, error);
  if (!error) socket_.non_blocking(true, error);
  if (!error) socket_.set_option(asio::ip::tcp::no_delay(true), error);
  if (error) open_ = false;
  if (admission.entry == Entry::told) {
    const bool of_one = admission.reason == RejectReason::address_limit;
    // It was counted as it came in.
    reader_.refuse({503, of_one ? "too many connections of this address" : "too many connections"});
    open_ = false;
  }
}

Connection::~Connection() {
  drop_stream();
  tell_watches(false);
  close();
  loop_.service().kept_bytes -= kept_bytes_;
  loop_.service().connections.release(admission_);
}

void Connection::close() {
  ErrorCode ignored;
  socket_.close(ignored);
}

void Connection::cancel_if_late(Time now) {
  if (now < deadline_) return;
  ErrorCode ignored;
  socket_.cancel(ignored);
}

void Connection::cancel_if_idle() {
  if (phase_ != Phase::idle && stream_ == nullptr) return;
  ErrorCode ignored;
  socket_.cancel(ignored);
}

void Connection::enter(Phase phase, std::chrono::milliseconds time) {
  phase_ = phase;
  deadline_ = coarse_now() + time;
}

Detached serve(std::unique_ptr<Connection> owned) {
  Connection& c = *owned;
  co_await RememberFrame{c.frame_};
  try {
    while (c.open_) {
      const MessageReader::Next next = c.next();
      if (next == MessageReader::Next::refused) break;
      if (next == MessageReader::Next::request) {
        Response response;
        try {
          c.phase_ = Connection::Phase::handling;
          const Request request = c.take_request();
          Task<Response> task = c.loop_.service().handler(request);
          if (!task.start()) {
            c.deadline_ = Connection::Time::max();
            if (!c.write_now()) co_await c.write_rest();
            c.count_kept();
            c.phase_ = Connection::Phase::handling;
            c.deadline_ = Connection::Time::max();
          }
          response = co_await std::move(task);
        } catch (const std::exception& error) {
          response = c.internal_error(error.what());
        } catch (...) {
          response = c.internal_error("not a std::exception");
        }
        c.append(std::move(response));
        if (c.gathers_more()) continue;
        if (c.stream_) {
          auto streamed = c.send_stream();
          co_await std::move(streamed);
        }
        if (!c.write_now()) co_await c.write_rest();
      } else {
        if (!c.write_now()) co_await c.write_rest();
        if (!c.may_read()) continue;
        const auto space = c.reader_.space();
        if (!c.may_keep()) break;
        c.enter_reading();
        c.received(co_await ReadSome{c.socket_, space});
      }
    }
    const bool idle = c.phase_ == Connection::Phase::idle;
    if (c.reader_.refusal()) c.append_refusal();
    if (!c.write_now()) co_await c.write_rest();
    co_await c.linger(idle && c.loop_.draining() ? idle_linger_time : linger_time);
  } catch (const std::exception& error) {
    c.loop_.service().log(fmt::format("connection of {}: {}", c.peer_address_, error.what()));
  } catch (...) {
    c.loop_.service().log(fmt::format("connection of {}: unknown exception", c.peer_address_));
  }
}

// --- reading -----------------------------------------------------------------------------------

/// Whether to wait for bytes. A draining server takes one last look at an idle connection, so that
/// a request which is already here is answered, and else closes it.
bool Connection::may_read() {
  if (!open_ || !loop_.draining() || reader_.in_message() || reader_.has_input()) return open_;
  ErrorCode error;
  const std::size_t bytes = socket_.read_some(reader_.space(), error);
  if (error) open_ = false;
  reader_.commit(error ? 0 : bytes);
  return false;
}

/// The deadlines are absolute: more bytes of the same head or body do not move them.
void Connection::enter_reading() {
  if (reader_.in_message()) {
    if (phase_ != Phase::body) enter(Phase::body, limits_.body_time);
  } else if (reader_.has_input()) {
    if (phase_ != Phase::header) enter(Phase::header, limits_.header_time);
  } else {
    enter(Phase::idle, limits_.idle_time);
  }
}

void Connection::received(IoResult result) {
  if (!result.error) {
    read_at_ = std::chrono::steady_clock::now();
    if (!reader_.in_message() && !reader_.has_input()) begun_ = read_at_;
    return reader_.commit(result.bytes);
  }
  const bool late = result.error == asio::error::operation_aborted &&
                    std::chrono::steady_clock::now() >= deadline_;
  if (late && phase_ == Phase::header) {
    refuse({408, "request header took too long", RejectReason::header_timeout});
  } else if (late && phase_ == Phase::body) {
    refuse({408, "request body took too long", RejectReason::body_timeout});
  } else if (late || !loop_.draining() || result.error != asio::error::operation_aborted) {
    open_ = false;
  }
}

/// Tells the server how much this connection keeps, before each wait.
void Connection::count_kept() {
  std::size_t kept = reader_.kept_bytes() + request_bytes_ + out_.capacity();
  if (!tail_owner_.shared_body) kept += tail_owner_.body.capacity();
  const std::size_t counted = kept - std::min(kept, limits_.kept_bytes_free);
  if (counted == kept_bytes_) return;
  loop_.service().kept_bytes += counted - std::exchange(kept_bytes_, counted);
}

/// Whether there is memory for what is read next. Whoever keeps little may always go on.
bool Connection::may_keep() {
  count_kept();
  if (kept_bytes_ == 0 || loop_.service().kept_bytes <= limits_.kept_bytes_max) return true;
  refuse({503, "too many large requests", RejectReason::memory_limit});
  return false;
}

void Connection::refuse(Refusal refusal) {
  loop_.count_reject(refusal.reason);
  reader_.refuse(refusal);
  open_ = false;
}

/// What the input amounts to.
MessageReader::Next Connection::next() {
  const MessageReader::Next next = reader_.next();
  if (next == MessageReader::Next::refused) refuse(*reader_.refusal());
  if (reader_.wants_continue()) out_ += "HTTP/1.1 100 Continue\r\n\r\n";
  return next;
}

Request Connection::take_request() {
  Message message = reader_.take();
  request_bytes_ = message.kept_bytes;
  RequestHead& head = message.head;
  to_head_ = head.method == "HEAD";
  is_read_ = head.method == "GET";
  keep_alive_ = wants_keep_alive(head);
  http_10_ = head.version == 10;

  Request request;
  request.method = std::move(head.method);
  const std::size_t mark = head.target.find('?');
  if (mark != std::string::npos) {
    request.query = head.target.substr(mark + 1);
    head.target.resize(mark);
  }
  request.path = std::move(head.target);
  request.headers = std::move(head.headers);
  request.body = std::move(message.body);
  request.peer = peer_;
  request.io = &loop_;
  request.begun = std::exchange(begun_, read_at_);
  request.received = read_at_;

  loop_.counters().requests.fetch_add(1, std::memory_order_relaxed);
  return request;
}

// --- writing -----------------------------------------------------------------------------------

Response Connection::internal_error(std::string_view what) {
  loop_.service().log(fmt::format("request of {}: handler failed: {}", peer_address_, what));
  return loop_.service().error_responder(500, "internal error");
}

void Connection::append(Response response) {
  request_bytes_ = 0;
  if (!is_sendable(response)) {
    auto watch = std::move(response.watch);
    response = internal_error("the response's status or a header cannot be sent");
    response.watch = std::move(watch);
  }
  std::string_view too_many;
  if (response.stream != nullptr && loop_.service().streams_open >= limits_.streams_max) {
    too_many = "too many streams";
  } else if (lacks_memory_for(response)) {
    loop_.count_reject(RejectReason::memory_limit);
    too_many = "too many large answers";
  }
  if (!too_many.empty()) {
    auto watch = std::move(response.watch);
    response = loop_.service().error_responder(503, too_many);
    response.watch = std::move(watch);
  }
  const bool streams = response.stream != nullptr && has_body(response, to_head_);
  if (response.close || streams || !keep_alive_ || loop_.draining()) open_ = false;
  append_head(out_, response,
              {.to_head = to_head_,
               .close = !open_,
               .keep_alive = open_ && http_10_,
               .chunked = !http_10_,
               .date = loop_.date()});
  loop_.count_answer(response.status);
  if (response.watch) watch(response, streams);
  if (streams) {
    stream_ = std::move(response.stream);
    ++loop_.service().streams_open;
  }
  if (streams || !has_body(response, to_head_)) return;
  if (response.payload().size() <= copied_body_max) {
    out_ += response.payload();
  } else {
    tail_owner_ = std::move(response);
    tail_ = tail_owner_.payload();
  }
}

/// Whether there is no memory for an answer that its client may be slow to take. Only a read can be
/// answered otherwise: what a command has done must be told.
bool Connection::lacks_memory_for(const Response& response) const {
  const std::size_t bytes = response.shared_body ? 0 : response.body.size();
  return is_read_ && bytes > limits_.kept_bytes_free &&
         loop_.service().kept_bytes + bytes > limits_.kept_bytes_max;
}

void Connection::watch(Response& response, bool streams) {
  const bool body = !streams && has_body(response, to_head_);
  watched_.push_back({.watch = std::move(response.watch),
                      .end = {.peer_address = peer_address_,
                              .status = response.status,
                              .reason = response.reason,
                              .body_bytes = body ? response.payload().size() : 0}});
}

void Connection::tell_watches(bool whole, std::size_t but_last) {
  if (watched_.size() <= but_last) return;
  const Time now = std::chrono::steady_clock::now();
  const auto rest = watched_.end() - static_cast<std::ptrdiff_t>(but_last);
  for (auto each = watched_.begin(); each != rest; ++each) {
    each->end.whole = whole;
    each->end.time = now;
    each->watch->ended(each->end);
  }
  watched_.erase(watched_.begin(), rest);
}

/// The answer to what never became a Request.
void Connection::append_refusal() {
  to_head_ = reader_.is_head_request();
  keep_alive_ = false;
  append(loop_.service().error_responder(reader_.refusal()->status, reader_.refusal()->detail));
}

/// Whether the next answer may join this one in the buffer before it is written.
bool Connection::gathers_more() const {
  return open_ && reader_.has_input() && tail_.empty() && out_.size() < gathered_max;
}

/// Writes as much as the socket takes. False when the rest has to wait.
bool Connection::write_now() {
  while (unsent()) {
    const std::size_t of_out = std::min(sent_, out_.size());
    const std::size_t of_tail = sent_ - of_out;
    ErrorCode error;
    std::size_t bytes = 0;
    if (tail_.empty()) {
      bytes = socket_.write_some(asio::buffer(out_.data() + of_out, out_.size() - of_out), error);
    } else {
      const std::array<asio::const_buffer, 2> both = {
          asio::buffer(out_.data() + of_out, out_.size() - of_out),
          asio::buffer(tail_.data() + of_tail, tail_.size() - of_tail)};
      bytes = socket_.write_some(both, error);
    }
    if (error == asio::error::would_block) return false;
    if (error) {
      open_ = false;
      close();
      break;
    }
    sent_ += bytes;
  }
  clear_and_trim(out_, out_kept_max);
  tail_ = {};
  tail_owner_ = {};
  sent_ = 0;
  tell_watches(socket_.is_open(), stream_ == nullptr ? 0 : 1);  // a stream's is not over yet
  return true;
}

/// A client that goes on taking bytes has more time, whatever the answer's length; not one that
/// takes them one by one.
void Connection::earn_time(std::size_t bytes_taken) {
  constexpr std::size_t bytes_per_ms = 16;
  const auto latest = std::chrono::steady_clock::now() + limits_.write_time;
  deadline_ = std::min(latest, deadline_ + std::chrono::milliseconds(bytes_taken / bytes_per_ms));
}

Task<bool> Connection::write_rest() {
  enter(Phase::writing, limits_.write_time);
  std::size_t taken = sent_;
  count_kept();
  while (!write_now()) {
    earn_time(sent_ - std::exchange(taken, sent_));
    const ErrorCode error = co_await Writable{socket_};
    // After a wait that failed or was cancelled the answer cannot be completed.
    if (error) {
      const bool late = std::chrono::steady_clock::now() >= deadline_;
      if (late && socket_.is_open()) loop_.count_reject(RejectReason::slow_reader);
      open_ = false;
      close();
    }
  }
  co_return true;
}

Task<bool> Connection::linger(std::chrono::milliseconds time) {
  ErrorCode error;
  socket_.shutdown(asio::socket_base::shutdown_send, error);
  reader_.discard();
  count_kept();
  enter(Phase::lingering, time);
  while (!error) {
    reader_.discard();
    const IoResult result = co_await ReadSome{socket_, reader_.space()};
    error = result.error;
  }
  co_return true;
}

}  // namespace boxoffice::http
