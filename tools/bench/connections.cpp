#include "tools/bench/connections.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <iterator>
#include <optional>
#include <utility>

#include "base/ensure.h"

namespace boxoffice::tools::bench {

namespace {

constexpr std::string_view head_end = "\r\n\r\n";

/// A socket that is connected, or -1.
int connect_to(const addrinfo& first) {
  for (const addrinfo* each = &first; each != nullptr; each = each->ai_next) {
    const int fd = ::socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) continue;
    if (::connect(fd, each->ai_addr, each->ai_addrlen) == 0) {
      const int one = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      return fd;
    }
    const int why = errno;
    ::close(fd);
    errno = why;
  }
  return -1;
}

std::size_t number_in(std::string_view text) {
  std::size_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::string_view ServerAnswer::field(std::string_view name) const {
  for (std::size_t line = head.find("\r\n"); line != head.npos;
       line = head.find("\r\n", line + 2)) {
    const std::string_view rest = head.substr(line + 2);
    if (!rest.starts_with(name) || !rest.substr(name.size()).starts_with(": ")) continue;
    const std::string_view value = rest.substr(name.size() + 2);
    return value.substr(0, value.find('\r'));
  }
  return {};
}

void Connections::FreeAddresses::operator()(addrinfo* found) const { ::freeaddrinfo(found); }

Connections::Connections(std::string where)
    : where_(std::move(where)), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

Connections::~Connections() {
  for (const Connection& each : all_) {
    if (each.socket >= 0) ::close(each.socket);
  }
  ::close(epoll_);
}

Result<std::unique_ptr<Connections>> Connections::open(const http::ServerUrl& server,
                                                       std::size_t count) {
  std::unique_ptr<Connections> made(new Connections(http::authority_of(server)));
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(server.host.c_str(), server.port.c_str(), &wanted, &found);
  made->addresses_.reset(found);
  if (error != 0) {
    return fault(FaultKind::unavailable, made->where_ + ": " + ::gai_strerror(error));
  }
  made->all_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    TRY(made->connect(i));
  }
  return made;
}

Result<void> Connections::connect(std::size_t number) {
  Connection& connection = all_[number];
  connection.socket = connect_to(*addresses_);
  epoll_event event{.events = EPOLLIN, .data = {.u64 = number}};
  if (connection.socket >= 0 &&
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.socket, &event) == 0) {
    return success();
  }
  return fault(FaultKind::unavailable,
               fmt::format("{}: connection {}: {}", where_, number + 1, std::strerror(errno)));
}

Result<void> Connections::send(std::size_t number, std::string_view request) {
  Connection& connection = all_[number];
  ENSURE(!connection.in_flight, "a connection has one request in flight");
  if (connection.socket < 0) {
    TRY(connect(number));
  }
  connection.in_flight = true;
  // A blocking socket with nothing in flight: it takes all of it.
  const ssize_t sent = ::send(connection.socket, request.data(), request.size(), MSG_NOSIGNAL);
  if (sent == static_cast<ssize_t>(request.size())) return success();
  return fault(FaultKind::unavailable, where_ + ": a request could not be sent");
}

Result<void> Connections::take(std::chrono::nanoseconds timeout, const Answered& answered) {
  std::array<epoll_event, 256> events;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(timeout);
  const timespec wait{.tv_sec = seconds.count(), .tv_nsec = (timeout - seconds).count()};
  const int ready =
      ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &wait, nullptr);
  for (int i = 0; i < ready; ++i) {
    TRY(read_from(events[static_cast<std::size_t>(i)].data.u64, answered));
  }
  return success();
}

Result<void> Connections::closed_by_server(Connection& connection) {
  ::close(connection.socket);
  connection.socket = -1;
  if (connection.in_flight) {
    return fault(FaultKind::unavailable,
                 where_ + ": the server has closed a connection and left its request unanswered");
  }
  if (connection.received.empty()) return success();  // it was idle for too long
  return fault(FaultKind::unavailable, where_ + ": the server turned a connection away: " +
                                           connection.received.substr(0, 400));
}

Result<void> Connections::read_from(std::size_t number, const Answered& answered) {
  Connection& connection = all_[number];
  std::array<char, 64 * 1024> block;
  const ssize_t bytes = ::recv(connection.socket, block.data(), block.size(), MSG_DONTWAIT);
  if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) return success();
  if (bytes <= 0) return closed_by_server(connection);
  connection.received.append(block.data(), static_cast<std::size_t>(bytes));
  if (!connection.in_flight) return success();  // it closes the connection next, and is told then
  const std::string_view received = connection.received;
  if (connection.answer_bytes == 0) {
    const std::size_t end = received.find(head_end);
    if (end == received.npos) return success();
    connection.head_bytes = end + head_end.size();
    const ServerAnswer head{.head = received.substr(0, connection.head_bytes)};
    const std::string_view length = head.field("Content-Length");
    if (!received.starts_with("HTTP/1.1 ") || length.empty()) {
      return fault(FaultKind::corrupt,
                   where_ + ": an answer that is not HTTP/1.1 with a Content-Length");
    }
    connection.answer_bytes = connection.head_bytes + number_in(length);
  }
  if (received.size() < connection.answer_bytes) return success();
  if (received.size() > connection.answer_bytes) {
    return fault(FaultKind::corrupt, where_ + ": more came than the answer to a request");
  }
  // Before who is told sends the next request.
  connection.in_flight = false;
  connection.answer_bytes = 0;
  auto told = answered(number, {.status = static_cast<int>(number_in(received.substr(9, 3))),
                                .head = received.substr(0, connection.head_bytes),
                                .body = received.substr(connection.head_bytes)});
  connection.received.clear();
  return told;
}

Result<Connections::OwnAnswer> Connections::ask(std::string_view request,
                                                std::chrono::milliseconds limit) {
  TRY(send(0, request));
  std::optional<OwnAnswer> got;
  const auto give_up = std::chrono::steady_clock::now() + limit;
  while (!got) {
    if (std::chrono::steady_clock::now() >= give_up) {
      return fault(FaultKind::unavailable,
                   fmt::format("{}: no answer within {} ms", where_, limit.count()));
    }
    TRY(take(std::chrono::milliseconds(100),
             [&](std::size_t, const ServerAnswer& answer) -> Result<void> {
               got = OwnAnswer{answer.status, std::string(answer.head), std::string(answer.body)};
               return success();
             }));
  }
  return *std::move(got);
}

std::string get_request(const http::ServerUrl& server, std::string_view target,
                        std::string_view fields) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: boxoffice-bench\r\n{}\r\n", target,
                     http::authority_of(server), fields);
}

void append_post_request(std::string& out, const http::ServerUrl& server, std::string_view target,
                         std::string_view fields, std::string_view json) {
  fmt::format_to(std::back_inserter(out),
                 "POST {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: boxoffice-bench\r\n"
                 "Content-Type: application/json\r\nContent-Length: {}\r\n{}\r\n{}",
                 target, http::authority_of(server), json.size(), fields, json);
}

}  // namespace boxoffice::tools::bench
