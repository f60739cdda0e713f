// Ours and the FastAPI program, over HTTP.

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "base/ensure.h"
#include "benchmarks/http_load.h"
#include "benchmarks/peers/peers.h"

namespace boxoffice::benchmarks::peers {
namespace {

class HttpConnection : public Connection {
 public:
  HttpConnection(std::uint16_t port, std::string locked)
      : socket_(connect_to(port)), locked_(std::move(locked)) {}
  ~HttpConnection() override { ::close(socket_); }

  int socket() const override { return socket_; }

  void ask(const SeatRequest& request) override {
    const auto& seats = request.seats;
    send_whole(socket_, post_request("/api/seats/lock",
                                     fmt::format(R"({{"show_id": {}, "seat_ids": [{}, {}, {}], )"
                                                 R"("user_session": "{}"}})",
                                                 request.show, seats[0], seats[1], seats[2],
                                                 request.owner)));
  }

  Answer take() override {
    std::array<char, 4096> block;
    const ssize_t bytes = ::recv(socket_, block.data(), block.size(), 0);
    ENSURE(bytes > 0, "the server keeps its connections");
    answer_.append(block.data(), static_cast<std::size_t>(bytes));
    const std::size_t size = size_of_answer(answer_);
    if (size == 0 || answer_.size() < size) return Answer::pending;
    const std::string_view body = std::string_view(answer_).substr(answer_.find("\r\n\r\n") + 4);
    const bool is_lock = body.starts_with(locked_);
    if (!answer_.starts_with("HTTP/1.1 200") ||
        (!is_lock && !body.starts_with(R"({"success":false)"))) {
      std::fprintf(stderr, "not an answer to a lock:\n%s\n", answer_.c_str());
      std::exit(1);
    }
    answer_.clear();
    return is_lock ? Answer::locked : Answer::refused;
  }

 private:
  int socket_;
  std::string locked_;
  std::string answer_;  // what has come of it
};

}  // namespace

std::unique_ptr<Connection> connect_http(std::uint16_t port, std::string locked) {
  return std::make_unique<HttpConnection>(port, std::move(locked));
}

}  // namespace boxoffice::benchmarks::peers
