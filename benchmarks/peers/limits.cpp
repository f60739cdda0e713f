// What no peer can pass: a bare file, and a bare HTTP server.

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <unordered_map>

#include "base/ensure.h"
#include "benchmarks/http_load.h"
#include "benchmarks/peers/peers.h"

namespace boxoffice::benchmarks::peers {

RawFile::RawFile(const std::string& file, std::size_t bytes)
    : file_(::open(file.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_APPEND | O_CLOEXEC, 0600)),
      bytes_(bytes, 'x') {
  ENSURE(file_ >= 0, "the folder can be written to");
}

RawFile::~RawFile() { ::close(file_); }

void RawFile::append() {
  ENSURE(::write(file_, bytes_.data(), bytes_.size()) == static_cast<ssize_t>(bytes_.size()) &&
             ::fdatasync(file_) == 0,
         "the disk takes the bytes");
}

void serve_with_epoll() {
  constexpr std::string_view answer =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n"
      R"({"status":"healthy"})";
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  ENSURE(::bind(listener, generic, size) == 0 && ::listen(listener, 1024) == 0 &&
             ::getsockname(listener, generic, &size) == 0,
         "a free port is found");
  std::printf("listening on %d\n", ntohs(address.sin_port));
  std::fflush(stdout);

  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  const auto watch = [epoll](int socket) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = socket}};
    ENSURE(::epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event) == 0, "epoll takes sockets");
  };
  watch(listener);
  std::unordered_map<int, std::string> requests;  // what has come, by socket
  std::array<epoll_event, 256> events;
  std::array<char, 4096> block;
  while (true) {
    const int ready = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < ready; ++i) {
      const int socket = events[static_cast<std::size_t>(i)].data.fd;
      if (socket == listener) {
        const int accepted = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        const int one = 1;
        ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        watch(accepted);
        continue;
      }
      const ssize_t bytes = ::recv(socket, block.data(), block.size(), 0);
      if (bytes <= 0) {
        requests.erase(socket);
        ::close(socket);
        continue;
      }
      std::string& request = requests[socket];
      request.append(block.data(), static_cast<std::size_t>(bytes));
      const std::size_t whole = size_of_answer(request);  // a request is framed as an answer is
      if (whole == 0 || request.size() < whole) continue;
      request.clear();
      send_whole(socket, answer);
    }
  }
}

}  // namespace boxoffice::benchmarks::peers
