#include "http/server/message_reader.h"

#include <algorithm>
#include <boost/beast/http/error.hpp>

namespace boxoffice::http {
namespace {

namespace asio = boost::asio;
using HttpError = boost::beast::http::error;
using ErrorCode = boost::system::error_code;

constexpr std::size_t read_ahead_max = 16 * 1024;
constexpr std::size_t read_size_min = 4 * 1024;  // an idle connection keeps no more than this
constexpr std::size_t read_size_max = 16 * 1024;

constexpr Refusal body_too_large{413, "request body too large", RejectReason::body_too_large};

/// Whether the parser, which wants more than these bytes to understand a chunk's first line, has
/// all of that line: it looks for the end of a quoted extension beyond it.
bool is_broken_chunk_line(std::string_view bytes) {
  if (bytes.starts_with("\r\n")) bytes.remove_prefix(2);  // the end of the chunk before
  if (bytes.find("\r\n") == bytes.npos) return false;
  const std::string_view size = bytes.substr(0, bytes.find_first_not_of("0123456789abcdefABCDEF"));
  const bool is_last = size.find_first_not_of('0') == size.npos;
  return !is_last || bytes.find("\r\n\r\n") != bytes.npos;
}

/// What a message may take on the wire: a body in chunks of some ten bytes still fits.
std::size_t wire_bytes_max(const ServerLimits& limits) {
  return limits.header_bytes_max + 2 * limits.body_bytes_max + read_ahead_max;
}

}  // namespace

MessageReader::MessageReader(const ServerLimits& limits)
    : limits_(limits), in_(limits.header_bytes_max + read_ahead_max), read_size_(read_size_min) {}

asio::mutable_buffer MessageReader::space() {
  if (in_.size() == 0) clear_and_trim(in_, read_size_);
  return in_.prepare(std::min(read_size_, in_.max_size() - in_.size()));
}

void MessageReader::commit(std::size_t bytes) {
  in_.commit(bytes);
  // A client that fills the buffer has more to say; one that does not needs no large one.
  read_size_ = bytes == read_size_ ? read_size_max : read_size_min;
}

void MessageReader::discard() {
  parser_.reset();
  head_bytes_ = 0;
  in_.clear();
  in_.shrink_to_fit();
}

std::size_t MessageReader::kept_bytes() const {
  return in_.capacity() + head_bytes_ + (parser_ ? parser_->body.capacity() : 0);
}

std::string_view MessageReader::buffered() const {
  return {static_cast<const char*>(in_.data().data()), in_.size()};
}

MessageReader::Next MessageReader::refused(Refusal refusal) {
  refuse(refusal);
  return Next::refused;
}

MessageReader::Next MessageReader::next() {
  if (!parser_) {
    if (const auto known = read_head()) return *known;
  }
  return parser_->is_done() ? Next::request : read_body();
}

/// Empty when the head is complete and sound.
std::optional<MessageReader::Next> MessageReader::read_head() {
  // RFC 9112, 2.2: an empty line before the request line is ignored, at least one.
  if (message_bytes_ == 0 && buffered().starts_with("\r\n")) {
    in_.consume(2);
    message_bytes_ = 2;
  }
  if (in_.size() == 0 || buffered() == "\r") return Next::need_more;
  if (!is_token(buffered().substr(0, 1))) return refused({400, "malformed request"});

  const std::size_t size = scan_.find_end(buffered());
  const std::string_view bytes = size > 0 ? buffered().substr(0, size) : buffered();
  if (const auto refusal = refuse_size({bytes, scan_.lines(), size > 0}, limits_)) {
    return refused(*refusal);
  }
  if (scan_.refusal()) return refused(*scan_.refusal());
  if (size == 0) return Next::need_more;

  if (const auto refusal = parse_head(bytes)) return refused(*refusal);
  in_.consume(size);
  message_bytes_ += size;
  head_bytes_ = size;
  wants_continue_ = !parser_->is_done() && in_.size() == 0 && expects_continue(parser_->head);
  return {};
}

std::optional<Refusal> MessageReader::parse_head(std::string_view bytes) {
  parser_.emplace(limits_.body_bytes_max);
  ErrorCode error;
  parser_->put(asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error == HttpError::body_limit) return body_too_large;
  if (error == HttpError::bad_version) {
    return refuse_request_line(bytes.substr(0, bytes.find('\r')));
  }
  if (error || !parser_->is_header_done()) return Refusal{400, "malformed request"};
  parser_->eager(true);
  return refuse_head(parser_->head, limits_);
}

MessageReader::Next MessageReader::read_body() {
  if (in_.size() < (parser_->chunked() ? RequestParser::chunked_rest_min : 1)) {
    return Next::need_more;
  }
  ErrorCode error;
  const std::size_t bytes = parser_->put(in_.data(), error);
  in_.consume(bytes);
  message_bytes_ += bytes;
  if (message_bytes_ + (parser_->is_done() ? 0 : in_.size()) > wire_bytes_max(limits_)) {
    return refused({413, "request takes too many bytes", RejectReason::body_too_large});
  }
  if (error == HttpError::body_limit) return refused(body_too_large);
  if (error && error != HttpError::need_more) return refused({400, "malformed request body"});
  if (parser_->is_done()) return Next::request;
  if (error && parser_->chunked() && is_broken_chunk_line(buffered())) {
    return refused({400, "malformed request body"});
  }
  if (in_.size() == in_.max_size()) {
    return refused({431, "chunk extension or trailer too large", RejectReason::header_too_large});
  }
  return Next::need_more;
}

Message MessageReader::take() {
  Message message{.head = std::move(parser_->head),
                  .body = std::move(parser_->body),
                  .kept_bytes = head_bytes_ + parser_->body.capacity()};
  head_bytes_ = 0;
  parser_.reset();
  scan_ = HeadScan();
  message_bytes_ = 0;
  return message;
}

}  // namespace boxoffice::http
