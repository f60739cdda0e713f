#include "benchmarks/http_load.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "base/ensure.h"

namespace boxoffice::benchmarks {

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int one = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ENSURE(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0,
         "the server listens");
  return fd;
}

void send_whole(int socket, std::string_view request) {
  ENSURE(::send(socket, request.data(), request.size(), MSG_NOSIGNAL) ==
             static_cast<ssize_t>(request.size()),
         "an idle connection takes a request whole");
}

std::size_t size_of_answer(std::string_view answer) {
  constexpr std::string_view name = "Content-Length: ";
  const std::size_t head = answer.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  for (std::size_t line = 0; line < head; line = answer.find("\r\n", line) + 2) {
    // Servers differ in how they write the names of fields.
    if (::strncasecmp(answer.data() + line, name.data(), name.size()) != 0) continue;
    std::size_t body = 0;
    std::from_chars(answer.data() + line + name.size(), answer.data() + head, body);
    return head + 4 + body;
  }
  ENSURE(false, "every answer here says its length");
}

std::string get_request(std::string_view path, std::string_view fields) {
  return fmt::format(
      "GET {} HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nUser-Agent: bench\r\nAccept: */*\r\n{}\r\n", path,
      fields);
}

std::string post_request(std::string_view path, std::string_view json) {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nUser-Agent: bench\r\nAccept: */*\r\n"
      "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
      path, json.size(), json);
}

HttpLoad::HttpLoad(std::uint16_t port, std::size_t connections)
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), answers_(connections), asked_(connections) {
  for (std::uint32_t i = 0; i < connections; ++i) {
    sockets_.push_back(connect_to(port));
    epoll_event event{.events = EPOLLIN, .data = {.u32 = i}};
    ENSURE(::epoll_ctl(epoll_, EPOLL_CTL_ADD, sockets_[i], &event) == 0, "epoll takes sockets");
  }
}

HttpLoad::~HttpLoad() {
  for (const int socket : sockets_) ::close(socket);
  ::close(epoll_);
}

void HttpLoad::ask(std::uint32_t number, std::string_view request) {
  asked_[number] = Clock::now();
  send_whole(sockets_[number], request);
}

double HttpLoad::percentile(double share) {
  ENSURE(!latencies_.empty(), "something was asked");
  const auto at = static_cast<std::size_t>(share * static_cast<double>(latencies_.size() - 1));
  std::nth_element(latencies_.begin(), latencies_.begin() + static_cast<std::ptrdiff_t>(at),
                   latencies_.end());
  return latencies_[at];
}

bool HttpLoad::take_answer(std::uint32_t number, std::string_view expected) {
  std::array<char, 16'384> block;
  const ssize_t bytes = ::recv(sockets_[number], block.data(), block.size(), 0);
  ENSURE(bytes > 0, "the server keeps its connections");
  std::string& answer = answers_[number];
  answer.append(block.data(), static_cast<std::size_t>(bytes));
  const std::size_t size = size_of_answer(answer);
  if (size == 0 || answer.size() < size) return false;
  ENSURE(answer.starts_with("HTTP/1.1 200"), "the server answers 200");
  const std::string_view body = std::string_view(answer).substr(answer.find("\r\n\r\n") + 4);
  ENSURE(body.starts_with(expected), "the answer is the expected one");
  answer.clear();
  latencies_.push_back(std::chrono::duration<double>(Clock::now() - asked_[number]).count());
  return true;
}

double HttpLoad::run(std::size_t requests, const std::function<std::string_view()>& next,
                     std::string_view expected) {
  const auto start = Clock::now();
  latencies_.clear();
  std::uint32_t asked = 0;
  std::size_t answered = 0;
  for (; asked < std::min(requests, sockets_.size()); ++asked) ask(asked, next());
  std::array<epoll_event, 256> events;
  while (answered < requests) {
    const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < ready; ++i) {
      const std::uint32_t number = events[static_cast<std::size_t>(i)].data.u32;
      if (!take_answer(number, expected)) continue;
      ++answered;
      if (asked < requests) {
        ++asked;
        ask(number, next());
      }
    }
  }
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace boxoffice::benchmarks
