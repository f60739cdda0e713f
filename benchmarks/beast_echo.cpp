#include "benchmarks/beast_echo.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <thread>
#include <utility>

namespace boxoffice::benchmarks {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Coroutine = asio::awaitable<void, Executor>;
constexpr asio::use_awaitable_t<Executor> use_awaitable;

Coroutine serve(Socket socket) {
  socket.set_option(tcp::no_delay(true));
  boost::beast::flat_buffer buffer;
  try {
    for (;;) {
      http::request<http::string_body> request;
      co_await http::async_read(socket, buffer, request, use_awaitable);
      http::response<http::string_body> response(http::status::ok, request.version());
      response.set(http::field::content_type, "application/json");
      response.body() = R"({"status":"healthy"})";
      response.prepare_payload();
      co_await http::async_write(socket, response, use_awaitable);
    }
  } catch (const boost::system::system_error&) {
    // The client closed the connection.
  }
}

Coroutine accept(Acceptor& acceptor) {
  for (;;) {
    Socket socket = co_await acceptor.async_accept(use_awaitable);
    const Executor executor = socket.get_executor();
    asio::co_spawn(executor, serve(std::move(socket)), asio::detached);
  }
}

}  // namespace

struct BeastEcho::Impl {
  asio::io_context context{1};
  Acceptor acceptor{context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::thread thread;
};

BeastEcho::BeastEcho() : impl_(std::make_unique<Impl>()) {
  asio::co_spawn(impl_->context, accept(impl_->acceptor), asio::detached);
  impl_->thread = std::thread([&context = impl_->context] { context.run(); });
}

BeastEcho::~BeastEcho() {
  impl_->context.stop();
  impl_->thread.join();
}

std::uint16_t BeastEcho::port() const { return impl_->acceptor.local_endpoint().port(); }

}  // namespace boxoffice::benchmarks
