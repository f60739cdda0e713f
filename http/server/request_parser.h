// RequestParser: Beast's HTTP/1 parser, filling our own plain head and body.
//
// Built on basic_parser instead of Beast's message types for three reasons: fields are copied once;
// trailer fields, which Beast merges into the header, are dropped; and nothing here throws at large
// trailers.
#pragma once

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "http/server/guard.h"

namespace boxoffice::http {

/// Parses one message. REQUIRES: its first put() gets the whole head and nothing more; with a
/// chunked body no put() gets fewer than chunked_rest_min bytes.
class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  /// The shortest end of a chunked body, "0 CR LF CR LF". Beast 1.81 trips an assertion when it is
  /// shown the last chunk's line with fewer bytes than this.
  static constexpr std::size_t chunked_rest_min = 5;

  explicit RequestParser(std::size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {
    header_limit(std::numeric_limits<std::uint32_t>::max());  // HeadScan has bounded it
    body_limit(body_bytes_max);
  }

  RequestHead head;
  std::string body;

 private:
  using Text = boost::beast::string_view;
  using Error = boost::beast::error_code;

  static std::string string_of(Text text) { return {text.data(), text.size()}; }

  void on_request_impl(boost::beast::http::verb, Text method, Text target, int version,
                       Error&) override {
    head.method = string_of(method);
    head.target = string_of(target);
    head.version = version;
    head.headers.fields.reserve(8);  // what a browser's fetch() or curl sends fits
  }
  void on_response_impl(int, Text, int, Error&) override {}
  void on_field_impl(boost::beast::http::field, Text name, Text value, Error&) override {
    if (!in_body_) head.headers.add(string_of(name), string_of(value));
  }
  void on_header_impl(Error&) override { in_body_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Error&) override {
    // Beyond this the body must have arrived before memory is spent on it.
    constexpr std::uint64_t reserve_max = 16 * 1024;
    if (length) body.reserve(static_cast<std::size_t>(std::min(*length, reserve_max)));
  }
  std::size_t on_body_impl(Text bytes, Error&) override {
    append(bytes);
    return bytes.size();
  }
  /// Beast takes anything for a quoted extension: a bare LF too, where others see a line's end.
  void on_chunk_header_impl(std::uint64_t, Text extensions, Error& error) override {
    const auto is_control = [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f'; };
    if (std::any_of(extensions.begin(), extensions.end(), is_control)) {
      error = boost::beast::http::error::bad_chunk_extension;
    }
  }
  std::size_t on_chunk_body_impl(std::uint64_t, Text bytes, Error&) override {
    append(bytes);
    return bytes.size();
  }
  void on_finish_impl(Error&) override {}

  /// A body never takes more memory than it may be long.
  void append(Text bytes) {
    const std::size_t size = body.size() + bytes.size();
    if (size > body.capacity()) {
      std::string larger;  // reserve() of one that has something doubles it at least
      larger.reserve(std::max(size, std::min(2 * size, body_bytes_max_)));
      larger += body;
      body.swap(larger);
    }
    body.append(bytes.data(), bytes.size());
  }

  const std::size_t body_bytes_max_;
  bool in_body_ = false;
};

}  // namespace boxoffice::http
