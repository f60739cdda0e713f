#include "http/server/server.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "base/ensure.h"
#include "http/server/io_loop.h"

namespace boxoffice::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr int backlog = 4096;
// How long to wait when the process is out of descriptors: accepting again at once would spin.
constexpr std::chrono::milliseconds accept_pause{100};

IpAddress address_of(const tcp::endpoint& peer) {
  const asio::ip::address address = peer.address();
  if (address.is_v6()) return {address.to_v6().to_bytes()};
  return {asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()).to_bytes()};
}

Fault fault_of_bind(const tcp::endpoint& endpoint, const ErrorCode& error) {
  const std::string text =
      fmt::format("cannot listen on {} port {}: {}", endpoint.address().to_string(),
                  endpoint.port(), error.message());
  if (error == asio::error::address_in_use) return fault(FaultKind::locked, text);
  if (error == boost::system::errc::address_not_available) return fault(FaultKind::invalid, text);
  return fault(FaultKind::io, text);
}

}  // namespace

/// One acceptor, on loop 0, deals sockets out in turn. Not SO_REUSEPORT: with it a second server on
/// the same port would start without an error, and each would get half of the connections.
struct Server::Impl {
  Service service;
  std::vector<std::unique_ptr<IoLoop>> loops;
  std::optional<tcp::acceptor> acceptor;  // closed and destroyed before the loops are
  std::vector<std::thread> threads;
  std::uint16_t port = 0;
  std::size_t next_loop = 0;
  bool stopped = false;

  Result<void> bind(const tcp::endpoint& endpoint);
  void wait_for_clients();
  void accept_all();
  void hand_over(int native_socket, const tcp::endpoint& peer);
};

Result<void> Server::Impl::bind(const tcp::endpoint& endpoint) {
  ErrorCode error;
  tcp::acceptor opened(loops.front()->context());
  opened.open(endpoint.protocol(), error);
  if (!error) opened.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) opened.bind(endpoint, error);
  if (!error) opened.listen(backlog, error);
  if (!error) opened.non_blocking(true, error);
  if (error) return fault_of_bind(endpoint, error);
  port = opened.local_endpoint().port();
  acceptor.emplace(std::move(opened));
  return success();
}

void Server::Impl::wait_for_clients() {
  acceptor->async_wait(tcp::acceptor::wait_read, [this](ErrorCode error) {
    if (!error) accept_all();
  });
}

void Server::Impl::accept_all() {
  for (;;) {
    tcp::endpoint peer;
    auto size = static_cast<socklen_t>(peer.capacity());
    // Straight from the system: an Asio socket would first belong to this loop, not to its own.
    const int accepted =
        ::accept4(acceptor->native_handle(), peer.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted >= 0) {
      peer.resize(size);
      hand_over(accepted, peer);
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return wait_for_clients();
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      service.log(fmt::format("cannot accept a connection: {}", std::strerror(errno)));
      loops.front()->post_after(accept_pause, [this] {
        if (acceptor->is_open()) wait_for_clients();
      });
      return;
    }
    // Anything else is the end of that one connection, not of the acceptor (accept(2)).
  }
}

void Server::Impl::hand_over(int native_socket, const tcp::endpoint& peer) {
  const IpAddress address = address_of(peer);
  const Admission admission = service.connections.admit(address, service.limits);
  service.connections_total.fetch_add(1);
  IoLoop* loop = loops[next_loop++ % loops.size()].get();
  if (admission.entry != Entry::served) loop->count_reject(admission.reason);
  if (admission.entry == Entry::closed) {
    ::close(native_socket);
    return;
  }
  loop->post([loop, native_socket, address, admission] {
    loop->adopt(native_socket, address, admission);
  });
}

Server::Server() : impl_(std::make_unique<Impl>()) {}

Server::~Server() { stop(std::chrono::milliseconds(0)); }

Result<void> Server::listen(const ServerOptions& options) {
  ENSURE(impl_->loops.empty(), "listen() is called once");
  if (options.io_threads == 0) return fault(FaultKind::invalid, "io_threads must be at least 1");
  impl_->service.limits = options.limits;
  for (std::size_t i = 0; i < options.io_threads; ++i) {
    impl_->loops.push_back(std::make_unique<IoLoop>(i, impl_->service));
  }
  // localhost is the loopback by definition (RFC 6761), also on a machine without /etc/hosts.
  const std::string host = options.host == "localhost" ? "127.0.0.1" : options.host;
  ErrorCode error;
  tcp::resolver resolver(impl_->loops.front()->context());
  const auto endpoints =
      resolver.resolve(host, std::to_string(options.port), tcp::resolver::passive, error);
  Fault why = fault(FaultKind::invalid,
                    fmt::format("cannot listen on '{}': {}", options.host, error.message()));
  if (!error) {
    for (const auto& entry : endpoints) {
      Result<void> bound = impl_->bind(entry.endpoint());
      if (bound) return success();
      why = bound.error();
    }
  }
  impl_->loops.clear();
  return why;
}

std::uint16_t Server::port() const {
  ENSURE(impl_->acceptor.has_value(), "port() follows listen()");
  return impl_->port;
}

std::size_t Server::io_thread_count() const { return impl_->loops.size(); }

IoThread& Server::io_thread(std::size_t index) {
  ENSURE(index < impl_->loops.size(), "an I/O thread's number is below io_thread_count()");
  return *impl_->loops[index];
}

void Server::start(Handler handler, ErrorResponder error_responder, ServerLog log) {
  ENSURE(impl_->acceptor && impl_->threads.empty(), "start() follows listen(), once");
  impl_->service.handler = std::move(handler);
  impl_->service.error_responder = std::move(error_responder);
  impl_->service.log = std::move(log);
  impl_->wait_for_clients();
  for (const auto& loop : impl_->loops) {
    impl_->threads.emplace_back([&loop = *loop] { loop.run(); });
  }
}

void Server::stop(std::chrono::milliseconds grace) {
  if (std::exchange(impl_->stopped, true) || impl_->threads.empty()) return;
  // No socket is handed over once this is done, so that "empty" below means empty.
  std::promise<void> closed;
  impl_->loops.front()->post([this, &closed] {
    // Closing a port resets those who have knocked but were not let in yet.
    impl_->accept_all();
    ErrorCode ignored;
    impl_->acceptor->close(ignored);
    closed.set_value();
  });
  closed.get_future().wait();

  for (const auto& loop : impl_->loops) loop->post([&loop = *loop] { loop.drain(); });
  impl_->service.connections.wait_until_empty(grace);
  for (const auto& loop : impl_->loops) loop->post([&loop = *loop] { loop.finish(); });
  for (std::thread& thread : impl_->threads) thread.join();
  for (const auto& loop : impl_->loops) loop->abandon_all();
}

Server::Counters Server::counters() const {
  Counters counters;
  counters.connections_open = impl_->service.connections.open();
  counters.connections_total = impl_->service.connections_total;
  counters.kept_bytes = impl_->service.kept_bytes;
  counters.streams_open = impl_->service.streams_open;
  for (const auto& loop : impl_->loops) {
    counters.requests_total += loop->counters().requests;
    for (std::size_t i = 0; i < counters.rejected.size(); ++i) {
      const std::uint64_t count = loop->counters().rejected[i];
      counters.rejected[i] += count;
      counters.rejected_total += count;
    }
    for (std::size_t i = 0; i < counters.answers_total.size(); ++i) {
      counters.answers_total[i] += loop->counters().answers[i];
    }
  }
  return counters;
}

}  // namespace boxoffice::http
