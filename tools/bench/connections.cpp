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

struct FreeAddresses {
  void operator()(addrinfo* found) const { ::freeaddrinfo(found); }
};

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

Connections::Connections(std::string where)
    : where_(std::move(where)), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

Connections::~Connections() {
  for (const Connection& each : all_) ::close(each.socket);
  ::close(epoll_);
}

Result<std::unique_ptr<Connections>> Connections::open(const http::ServerUrl& server,
                                                       std::size_t count) {
  std::unique_ptr<Connections> made(new Connections(server.host + ":" + server.port));
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(server.host.c_str(), server.port.c_str(), &wanted, &found);
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
  if (error != 0) {
    return fault(FaultKind::unavailable, made->where_ + ": " + ::gai_strerror(error));
  }
  made->all_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const int fd = connect_to(*addresses);
    if (fd < 0) {
      return fault(FaultKind::unavailable,
                   fmt::format("{}: connection {}: {}", made->where_, i + 1, std::strerror(errno)));
    }
    made->all_.push_back({.socket = fd});
    epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
    ENSURE(::epoll_ctl(made->epoll_, EPOLL_CTL_ADD, fd, &event) == 0, "epoll takes sockets");
  }
  return made;
}

Result<void> Connections::send(std::size_t number, std::string_view request) {
  Connection& connection = all_[number];
  ENSURE(!connection.in_flight, "a connection has one request in flight");
  connection.in_flight = true;
  // A blocking socket with nothing in flight: it takes all of it.
  const ssize_t sent = ::send(connection.socket, request.data(), request.size(), MSG_NOSIGNAL);
  if (sent == static_cast<ssize_t>(request.size())) return success();
  return fault(FaultKind::unavailable,
               fmt::format("{}: a request could not be sent: {}", where_, std::strerror(errno)));
}

Result<void> Connections::take(std::chrono::milliseconds timeout, const Answered& answered) {
  std::array<epoll_event, 256> events;
  const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                 static_cast<int>(timeout.count()));
  for (int i = 0; i < ready; ++i) {
    TRY(read_from(events[static_cast<std::size_t>(i)].data.u64, answered));
  }
  return success();
}

Result<void> Connections::read_from(std::size_t number, const Answered& answered) {
  Connection& connection = all_[number];
  std::array<char, 64 * 1024> block;
  const ssize_t bytes = ::recv(connection.socket, block.data(), block.size(), MSG_DONTWAIT);
  if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) return success();
  if (bytes <= 0) {
    return fault(FaultKind::unavailable, where_ + ": the server has closed a connection");
  }
  connection.received.append(block.data(), static_cast<std::size_t>(bytes));
  const std::string_view received = connection.received;
  if (connection.answer_bytes == 0) {
    const std::size_t end = received.find(head_end);
    if (end == received.npos) return success();
    connection.head_bytes = end + head_end.size();
    const ServerAnswer head{.head = received.substr(0, connection.head_bytes)};
    connection.answer_bytes = connection.head_bytes + number_in(head.field("Content-Length"));
  }
  if (received.size() < connection.answer_bytes) return success();
  if (!received.starts_with("HTTP/1.1 ") || !connection.in_flight ||
      received.size() > connection.answer_bytes) {
    return fault(FaultKind::corrupt, where_ + ": what came is not the answer to a request");
  }
  // Before who is told sends the next request.
  connection.in_flight = false;
  connection.answer_bytes = 0;
  answered(number, {.status = static_cast<int>(number_in(received.substr(9, 3))),
                    .head = received.substr(0, connection.head_bytes),
                    .body = received.substr(connection.head_bytes)});
  connection.received.clear();
  return success();
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
    TRY(take(std::chrono::milliseconds(100), [&](std::size_t, const ServerAnswer& answer) {
      got = OwnAnswer{answer.status, std::string(answer.head), std::string(answer.body)};
    }));
  }
  return *std::move(got);
}

std::string get_request(const http::ServerUrl& server, std::string_view target,
                        std::string_view fields) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: {}:{}\r\nUser-Agent: boxoffice-bench\r\n{}\r\n",
                     target, server.host, server.port, fields);
}

void append_post_request(std::string& out, const http::ServerUrl& server, std::string_view target,
                         std::string_view fields, std::string_view json) {
  fmt::format_to(std::back_inserter(out),
                 "POST {} HTTP/1.1\r\nHost: {}:{}\r\nUser-Agent: boxoffice-bench\r\n"
                 "Content-Type: application/json\r\nContent-Length: {}\r\n{}\r\n{}",
                 target, server.host, server.port, json.size(), fields, json);
}

}  // namespace boxoffice::tools::bench
