#include "http/client/client.h"

#include <fmt/format.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <utility>

namespace boxoffice::http {

namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using net::ip::tcp;

// Connects, writes, reads; each step begins the next one.
class Exchange {
 public:
  Exchange(const ServerUrl& server, beast::http::request<beast::http::empty_body> request)
      : server_(server), request_(std::move(request)) {}

  Result<Answer> run(std::chrono::milliseconds limit) {
    resolver_.async_resolve(server_.host, server_.port, [this](error_code error, auto found) {
      if (failed(error)) return;
      stream_.async_connect(found, [this](error_code e, const tcp::endpoint&) { write(e); });
    });
    context_.run_for(limit);
    const std::string where = "http://" + authority_of(server_);
    if (error_) {
      return fault(FaultKind::unavailable, fmt::format("{}: {}", where, error_.message()));
    }
    if (!done_) {
      return fault(FaultKind::unavailable,
                   fmt::format("{}: no answer within {} ms", where, limit.count()));
    }
    return Answer{static_cast<int>(response_.result_int()), std::move(response_.body())};
  }

 private:
  bool failed(error_code error) {
    error_ = error;
    return error.failed();
  }
  void write(error_code error) {
    if (failed(error)) return;
    beast::http::async_write(stream_, request_, [this](error_code e, std::size_t) { read(e); });
  }
  void read(error_code error) {
    if (failed(error)) return;
    beast::http::async_read(stream_, buffer_, response_,
                            [this](error_code e, std::size_t) { done_ = !failed(e); });
  }

  const ServerUrl& server_;
  net::io_context context_{1};
  tcp::resolver resolver_{context_};
  beast::tcp_stream stream_{context_};
  beast::flat_buffer buffer_;
  beast::http::request<beast::http::empty_body> request_;
  beast::http::response<beast::http::string_body> response_;
  error_code error_;
  bool done_ = false;
};

}  // namespace

std::string authority_of(const ServerUrl& server) {
  const bool is_v6 = server.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + server.host + "]" : server.host) + ":" + server.port;
}

Result<ServerUrl> parse_server_url(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  const auto wrong =
      fault(FaultKind::invalid,
            fmt::format("{}: expected an address such as http://127.0.0.1:8000", url));
  if (!url.starts_with(scheme)) return wrong;
  std::string_view rest = url.substr(scheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  ServerUrl out{.host = {}, .port = "80"};
  const std::size_t bracket = rest.rfind(']');
  const std::size_t colon = rest.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    out.port = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
  }
  if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
  out.host = rest;
  const bool digits = out.port.find_first_not_of("0123456789") == std::string::npos;
  if (out.host.empty() || out.port.empty() || !digits || out.host.find('/') != std::string::npos) {
    return wrong;
  }
  return out;
}

Result<Answer> fetch(const ServerUrl& server, std::string_view method, const std::string& target,
                     const std::string& token, std::chrono::milliseconds limit) {
  beast::http::request<beast::http::empty_body> request;
  request.version(11);
  request.method_string({method.data(), method.size()});
  request.target(target);
  request.set(beast::http::field::host, authority_of(server));
  request.set(beast::http::field::connection, "close");
  if (!token.empty()) request.set(beast::http::field::authorization, "Bearer " + token);
  request.prepare_payload();
  return Exchange(server, std::move(request)).run(limit);
}

}  // namespace boxoffice::http
