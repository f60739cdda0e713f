#include "tests/unit/http/server/support.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <thread>

namespace boxoffice::http::test {
namespace {

int connect_to(std::uint16_t port, int receive_buffer) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  if (receive_buffer > 0) {
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  const int one = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  const timeval bound{.tv_sec = 30, .tv_usec = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  return fd;
}

}  // namespace

Task<Response> describe(Request request) {
  Response response;
  response.content_type = "text/plain";
  response.body = request.method + " " + request.path;
  if (!request.query.empty()) response.body += "?" + request.query;
  response.body += " " + request.body;
  co_return response;
}

RunningServer::RunningServer(Handler handler, ServerLimits limits, std::size_t io_threads) {
  const auto listening = server.listen({.port = 0, .io_threads = io_threads, .limits = limits});
  EXPECT_TRUE(listening) << (listening ? "" : listening.error().text);
  server.start(
      std::move(handler),
      [](int status, std::string_view detail) {
        Response response;
        response.status = status;
        response.content_type = "text/plain";
        response.body = detail;
        return response;
      },
      [this](std::string_view line) {
        const std::lock_guard lock(mutex_);
        log_.emplace_back(line);
      });
}

void RunningServer::settle() {
  Client other(port());
  other.send(get("/settle"));
  EXPECT_EQ(other.read_answer().status, 200);
}

void RunningServer::await_open(std::uint64_t count) const {
  while (server.counters().connections_open != count) std::this_thread::yield();
}

std::vector<std::string> RunningServer::log_lines() const {
  const std::lock_guard lock(mutex_);
  return log_;
}

std::string Answer::field(std::string_view name) const {
  std::string_view rest = head;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find("\r\n"), rest.size());
    const std::string_view line = rest.substr(0, end);
    const std::size_t colon = line.find(": ");
    if (colon != line.npos && equal_without_case(line.substr(0, colon), name)) {
      return std::string(line.substr(colon + 2));
    }
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  return "";
}

Client::Client(std::uint16_t port) : Client(port, 0) {}
Client::Client(std::uint16_t port, int receive_buffer)
    : socket_(connect_to(port, receive_buffer)) {}
Client::~Client() { close(); }

void Client::close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

void Client::shut_down_sending() { ::shutdown(socket_, SHUT_WR); }

bool Client::has_input() const {
  pollfd input{.fd = socket_, .events = POLLIN, .revents = 0};
  return ::poll(&input, 1, 0) > 0;
}

bool Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Client::send_byte_by_byte(std::string_view bytes) {
  for (const char byte : bytes) send({&byte, 1});
}

bool Client::read_more() {
  std::array<char, 64 * 1024> block;
  const ssize_t bytes = ::recv(socket_, block.data(), block.size(), 0);
  if (bytes < 0) {
    EXPECT_NE(errno, EAGAIN) << "the server neither answers nor closes";
    reset_ = true;
  }
  if (bytes <= 0) return false;
  buffered_.append(block.data(), static_cast<std::size_t>(bytes));
  return true;
}

Answer Client::read_answer(bool to_head) {
  Answer answer;
  std::size_t end = 0;
  while ((end = buffered_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more()) return answer;
  }
  answer.head = buffered_.substr(0, end + 2);
  buffered_.erase(0, end + 4);
  EXPECT_TRUE(answer.head.starts_with("HTTP/1.1 ")) << "bytes between two answers: " << answer.head;
  const std::string_view status = std::string_view(answer.head).substr(9, 3);
  std::from_chars(status.data(), status.data() + 3, answer.status);
  const std::string length = answer.field("Content-Length");
  const std::size_t size = to_head || length.empty() ? 0 : std::stoul(length);
  while (buffered_.size() < size) {
    if (!read_more()) return Answer{};
  }
  answer.body = buffered_.substr(0, size);
  buffered_.erase(0, size);
  return answer;
}

bool Client::read_end() { return buffered_.empty() && !read_more() && !reset_; }

std::string Client::read_until(std::string_view end) {
  std::size_t found = 0;
  while ((found = buffered_.find(end)) == std::string::npos) {
    if (!read_more()) return "";
  }
  std::string bytes = buffered_.substr(0, found + end.size());
  buffered_.erase(0, bytes.size());
  return bytes;
}

std::string Client::read_all() {
  while (read_more()) {
  }
  return std::exchange(buffered_, "");
}

std::string get(std::string_view path) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: cinema\r\n\r\n", path);
}

std::string post(std::string_view path, std::string_view body) {
  return fmt::format("POST {} HTTP/1.1\r\nHost: cinema\r\nContent-Length: {}\r\n\r\n{}", path,
                     body.size(), body);
}

}  // namespace boxoffice::http::test
