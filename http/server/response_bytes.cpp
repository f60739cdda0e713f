#include "http/server/response_bytes.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <iterator>

#include "base/ensure.h"

namespace boxoffice::http {
namespace {

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits;  // 2^64 has 20
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  ENSURE(error == std::errc(), "20 digits hold every size");
  out.append(digits.data(), end);
}

}  // namespace

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Entity";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Unknown";
  }
}

bool is_sendable(const Response& response) {
  return response.status >= 200 && response.status <= 599 && response.headers.is_sound() &&
         is_field_value(response.content_type);
}

bool has_body(const Response& response, bool to_head) {
  return !to_head && response.status != 204 && response.status != 304;
}

void append_chunk_head(std::string& out, std::size_t size) {
  ENSURE(size > 0, "an empty piece would end the stream");
  fmt::format_to(std::back_inserter(out), "{:x}\r\n", size);
}

void append_head(std::string& out, const Response& response, const ResponseFraming& framing) {
  ENSURE(is_sendable(response), "a response that could split is replaced before it is written");
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(response.status));
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\nServer: boxoffice\r\nDate: ";
  out += framing.date;
  if (response.status != 204 && response.status != 304) {
    if (!response.content_type.empty()) {
      out += "\r\nContent-Type: ";
      out += response.content_type;
    }
    if (!response.stream) {
      out += "\r\nContent-Length: ";
      append_number(out, response.payload().size());
    } else if (framing.chunked) {
      out += "\r\nTransfer-Encoding: chunked";
    }
  }
  if (framing.close) {
    out += "\r\nConnection: close";
  } else if (framing.keep_alive) {
    out += "\r\nConnection: keep-alive";
  }
  out += response.headers.lines();
  out += "\r\n\r\n";
}

std::string http_date(long long unix_seconds) {
  using namespace std::chrono;
  constexpr std::array<std::string_view, 7> day_names = {"Sun", "Mon", "Tue", "Wed",
                                                         "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> month_names = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_seconds time{seconds(unix_seconds)};
  const auto midnight = floor<days>(time);
  const year_month_day date{midnight};
  const hh_mm_ss clock{time - midnight};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     day_names[weekday{midnight}.c_encoding()], static_cast<unsigned>(date.day()),
                     month_names[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

}  // namespace boxoffice::http
