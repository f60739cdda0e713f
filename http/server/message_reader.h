// MessageReader: the bytes of one connection to its requests, one after the other.
//
// Everything that decides where a request ends, and whether it may pass, is here, and no socket is:
// Connection feeds it what arrived, a fuzzer what it likes.
//
//   reader.commit(read into reader.space());
//   switch (reader.next()) {
//     case need_more: read on
//     case request:   reader.take()
//     case refused:   answer reader.refusal(), then close: what follows has no meaning any more
//   }
//
// Limits: input buffered <= header_bytes_max + 16 KB; wire bytes of a message <= wire_bytes_max().
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/server/guard.h"
#include "http/server/request_parser.h"
#include "http/server/server.h"

namespace boxoffice::http {

/// A request as it was sent.
struct Message {
  RequestHead head;
  std::string body;
  std::size_t kept_bytes = 0;  ///< memory that the two take, nearly
};

class MessageReader {
 public:
  enum class Next { need_more, request, refused };

  /// `limits` outlives the reader.
  explicit MessageReader(const ServerLimits& limits);

  /// Room for more input. REQUIRES: commit() follows before the next call of anything else.
  boost::asio::mutable_buffer space();
  /// So many bytes were put into space().
  void commit(std::size_t bytes);
  /// Forgets all input, and gives its memory back: nothing of it will be asked for.
  void discard();

  /// What the input amounts to. After `request` take() is called before the next next(); after
  /// `refused` nothing is read any more.
  Next next();

  /// REQUIRES: next() was `request`.
  Message take();
  /// Why the input was refused; others may refuse what is still on its way, as too slow.
  const std::optional<Refusal>& refusal() const { return refusal_; }
  void refuse(Refusal refusal) { refusal_ = refusal; }

  /// Whether a head is complete, and its body is not taken yet.
  bool in_message() const { return parser_.has_value(); }
  /// Memory that input takes, as far as it is not taken.
  std::size_t kept_bytes() const;
  /// Whether there is input that was not looked at as part of a complete message.
  bool has_input() const { return in_.size() > 0; }
  /// True once a message: its client waits for "100 Continue" before it sends the body.
  bool wants_continue() { return std::exchange(wants_continue_, false); }
  /// Whether the message is, or would have been, a request for a head alone.
  bool is_head_request() const { return parser_ && parser_->head.method == "HEAD"; }

 private:
  std::string_view buffered() const;
  std::optional<Next> read_head();
  std::optional<Refusal> parse_head(std::string_view bytes);
  Next read_body();
  Next refused(Refusal refusal);

  const ServerLimits& limits_;
  boost::beast::flat_buffer in_;
  std::size_t read_size_;
  HeadScan scan_;
  std::optional<RequestParser> parser_;  // from a complete head to the end of its body
  std::size_t message_bytes_ = 0;        // wire bytes consumed of the current message
  std::size_t head_bytes_ = 0;           // of them its head
  bool wants_continue_ = false;
  std::optional<Refusal> refusal_;
};

/// Drops what a burst has made larger than a quiet connection needs. REQUIRES: all of it was used.
template <class Buffer>
void clear_and_trim(Buffer& buffer, std::size_t keep) {
  buffer.clear();
  if (buffer.capacity() > keep) buffer.shrink_to_fit();
}

}  // namespace boxoffice::http
