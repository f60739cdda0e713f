// Order, keep-alive, handlers that wait or throw, clients that leave.
#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <stdexcept>
#include <thread>

#include "http/server/one_shot.h"
#include "tests/unit/http/server/support.h"

namespace boxoffice::http::test {
namespace {

/// Holds each request until the test lets it go, by path.
class Gate {
 public:
  Task<Response> handle(Request request) {
    if (request.path == "/settle") co_return Response{.body = request.path};
    OneShot<std::string> opened;
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back({request.path, opened, request.io});
    }
    arrived_.notify_all();
    const std::string text = co_await opened;
    co_return Response{.body = request.path + text};
  }
  Handler handler() {
    return [this](Request request) { return handle(std::move(request)); };
  }
  /// Waits until this many requests are held.
  void await_waiting(std::size_t count) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return waiting_.size() == count; });
  }
  std::size_t waiting() {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }
  void let_go(const std::string& path, const std::string& text) {
    const std::lock_guard lock(mutex_);
    for (auto held = waiting_.begin(); held != waiting_.end(); ++held) {
      if (held->path != path) continue;
      held->io->post([opened = held->opened, text] { opened.complete(text); });
      waiting_.erase(held);
      return;
    }
    FAIL() << path << " is not waiting";
  }

 private:
  struct Held {
    std::string path;
    OneShot<std::string> opened;
    IoThread* io;
  };
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Held> waiting_;
};

TEST(Answering, keeps_the_order_of_pipelined_requests) {
  RunningServer server;
  Client client(server.port());
  std::string all;
  for (int i = 0; i < 2'000; ++i) all += get("/" + std::to_string(i));
  std::thread sender([&] { client.send(all); });
  for (int i = 0; i < 2'000; ++i) {
    ASSERT_EQ(client.read_answer().body, "GET /" + std::to_string(i) + " ");
  }
  sender.join();
}

TEST(Answering, starts_a_pipelined_request_only_after_the_one_before_it) {
  Gate gate;
  RunningServer server(gate.handler());
  Client client(server.port());
  client.send(get("/1") + get("/2"));
  gate.await_waiting(1);
  server.settle();
  EXPECT_EQ(gate.waiting(), 1u);
  gate.let_go("/1", "!");
  EXPECT_EQ(client.read_answer().body, "/1!");
  gate.await_waiting(1);
  gate.let_go("/2", "?");
  EXPECT_EQ(client.read_answer().body, "/2?");
}

TEST(Answering, sends_what_is_ready_before_it_waits_for_a_handler) {
  Gate gate;
  RunningServer server(gate.handler());
  Client client(server.port());
  client.send(get("/settle") + get("/slow"));
  EXPECT_EQ(client.read_answer().body, "/settle");
  gate.await_waiting(1);
  gate.let_go("/slow", "");
  EXPECT_EQ(client.read_answer().body, "/slow");
}

TEST(Answering, gives_each_connection_its_own_answer_when_handlers_finish_out_of_order) {
  Gate gate;
  RunningServer server(gate.handler());
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<Client>(server.port()));
    clients.back()->send(get("/" + std::to_string(i)));
  }
  gate.await_waiting(20);
  for (int i = 19; i >= 0; --i) {
    const std::string path = "/" + std::to_string(i);
    gate.let_go(path, "");
    EXPECT_EQ(clients[static_cast<std::size_t>(i)]->read_answer().body, path);
  }
}

TEST(Answering, keeps_the_connection_as_the_version_and_the_client_say) {
  RunningServer server;
  {
    Client client(server.port());
    client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: foo, Close\r\n\r\n");
    EXPECT_EQ(client.read_answer().field("Connection"), "close");
    EXPECT_TRUE(client.read_end());
  }
  {
    Client client(server.port());
    client.send("GET / HTTP/1.0\r\n\r\n");
    EXPECT_EQ(client.read_answer().field("Connection"), "close");
    EXPECT_TRUE(client.read_end());
  }
  {
    Client client(server.port());
    client.send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(client.read_answer().field("Connection"), "keep-alive");
    client.send("GET /2 HTTP/1.0\r\n\r\n");
    EXPECT_EQ(client.read_answer().body, "GET /2 ");
    EXPECT_TRUE(client.read_end());
  }
}

TEST(Answering, answers_head_with_the_length_of_the_body_it_leaves_out) {
  RunningServer server;
  Client client(server.port());
  client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n" + get("/b"));
  const Answer answer = client.read_answer(true);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Content-Length"), "8");  // "HEAD /a "
  EXPECT_EQ(client.read_answer().body, "GET /b ");
}

TEST(Answering, asks_for_a_body_that_the_client_holds_back) {
  RunningServer server;
  Client client(server.port());
  client.send("POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 100);
  client.send("hi");
  EXPECT_EQ(client.read_answer().body, "POST /a hi");
}

TEST(Answering, does_not_ask_for_a_body_that_it_would_refuse) {
  RunningServer server;
  Client client(server.port());
  client.send(
      "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n"
      "\r\n");
  EXPECT_EQ(client.read_answer().status, 413);
}

TEST(Answering, does_not_ask_http_1_0_clients_or_for_no_body) {
  RunningServer server;
  Client client(server.port());
  client.send("POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 200);
  client.send("POST /b HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  server.settle();
  client.send("hi");
  EXPECT_EQ(client.read_answer().status, 200);
}

Task<Response> throwing(Request request) {
  if (request.path == "/late") {
    OneShot<int> turn;
    request.io->post([turn] { turn.complete(1); });
    co_await turn;
  }
  if (request.path == "/odd") throw 42;
  if (request.path != "/ok") throw std::runtime_error("broken seat");
  co_return Response{.body = "ok"};
}

TEST(Answering, answers_500_and_goes_on_when_a_handler_throws) {
  RunningServer server(throwing);
  Client client(server.port());
  client.send(get("/early") + get("/late") + get("/odd") + get("/ok"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.read_answer().status, 500);
  EXPECT_EQ(client.read_answer().body, "ok");
  ASSERT_EQ(server.log_lines().size(), 3u);
  EXPECT_NE(server.log_lines()[0].find("broken seat"), std::string::npos);
}

TEST(Answering, answers_500_when_the_handler_throws_before_it_is_a_task) {
  RunningServer server([](Request) -> Task<Response> { throw std::runtime_error("no route"); });
  Client client(server.port());
  client.send(get("/"));
  EXPECT_EQ(client.read_answer().status, 500);
}

Task<Response> splitting(Request request) {
  Response response;
  if (request.path == "/value") response.headers.add("Location", "/\r\nSet-Cookie: evil=1");
  if (request.path == "/name") response.headers.add("X: 1\r\nY", "2");
  if (request.path == "/type") response.content_type = "text/html\nX: 1";
  if (request.path == "/informational") response.status = 100;
  co_return response;
}

TEST(Answering, never_lets_a_header_split_the_response) {
  RunningServer server(splitting);
  for (const std::string path : {"/value", "/name", "/type", "/informational"}) {
    SCOPED_TRACE(path);
    Client client(server.port());
    client.send(get(path));
    const Answer answer = client.read_answer();
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.head.find("evil"), std::string::npos);
  }
  EXPECT_EQ(server.log_lines().size(), 4u);
}

TEST(Answering, survives_a_client_that_leaves_while_its_handler_waits) {
  Gate gate;
  RunningServer server(gate.handler());
  auto client = std::make_unique<Client>(server.port());
  client->send(get("/1") + get("/2"));
  gate.await_waiting(1);
  client.reset();
  server.settle();
  gate.let_go("/1", std::string(1'000'000, 'x'));
  server.settle();
  // The answer to /1 met a closed socket or not; when not, /2 waits and ends the same way.
  if (gate.waiting() == 1) gate.let_go("/2", "");
  Client next(server.port());
  next.send(get("/settle"));
  EXPECT_EQ(next.read_answer().status, 200);
}

TEST(Answering, answers_a_client_that_has_shut_down_its_side) {
  Gate gate;
  RunningServer server(gate.handler());
  Client client(server.port());
  client.send(get("/1"));
  client.shut_down_sending();
  gate.await_waiting(1);
  gate.let_go("/1", "!");
  EXPECT_EQ(client.read_answer().body, "/1!");
  EXPECT_TRUE(client.read_end());
}

TEST(Answering, closes_silently_when_a_client_ends_in_mid_request) {
  RunningServer server;
  for (const std::string bytes : {"", "GET / HT",
                                  "POST / HTTP/1.1\r\nHost: h\r\n"
                                  "Content-Length: 9\r\n\r\nabc"}) {
    SCOPED_TRACE(bytes);
    Client client(server.port());
    client.send(bytes);
    client.shut_down_sending();
    EXPECT_TRUE(client.read_end());
  }
}

Task<Response> large(Request request) {
  Response response;
  const auto size = std::stoul(request.query);
  if (request.path == "/shared") {
    response.shared_body = std::make_shared<const std::string>(size, 's');
  } else {
    response.body.assign(size, 'b');
  }
  co_return response;
}

TEST(Answering, writes_a_large_response_to_a_slow_reader) {
  RunningServer server(large);
  Client client(server.port(), 4'096);
  client.send(get("/own?9000000") + get("/shared?8000000") + get("/own?10") + get("/shared?16385"));
  EXPECT_EQ(client.read_answer().body, std::string(9'000'000, 'b'));
  EXPECT_EQ(client.read_answer().body, std::string(8'000'000, 's'));
  EXPECT_EQ(client.read_answer().body, std::string(10, 'b'));
  EXPECT_EQ(client.read_answer().body, std::string(16'385, 's'));
}

TEST(Answering, serves_a_thousand_connections_on_several_threads) {
  RunningServer server(describe, {}, 3);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 1'000; ++i) clients.push_back(std::make_unique<Client>(server.port()));
  for (int round = 0; round < 2; ++round) {
    for (const auto& client : clients) client->send(post("/p", "x"));
    for (const auto& client : clients) ASSERT_EQ(client->read_answer().body, "POST /p x");
  }
  EXPECT_EQ(server.server.counters().connections_open, 1'000u);
  EXPECT_EQ(server.server.counters().requests_total, 2'000u);
}

Task<Response> where(Request request) {
  co_return Response{.body = std::to_string(request.io->index()) + " " + to_string(request.peer)};
}

TEST(Answering, deals_connections_out_in_turn_and_tells_who_asks) {
  RunningServer server(where, {}, 2);
  Client first(server.port());
  first.send(get("/"));
  EXPECT_EQ(first.read_answer().body, "0 127.0.0.1");
  Client second(server.port());
  second.send(get("/"));
  EXPECT_EQ(second.read_answer().body, "1 127.0.0.1");
  first.send(get("/"));
  EXPECT_EQ(first.read_answer().body, "0 127.0.0.1");
}

Task<Response> later(Request request) {
  OneShot<int> turn;
  request.io->post_after(std::chrono::milliseconds(std::stoi(request.query)),
                         [turn] { turn.complete(1); });
  co_await turn;
  co_return Response{.body = request.query};
}

TEST(Answering, runs_delayed_work_in_the_order_of_its_time) {
  RunningServer server(later);
  Client slow(server.port());
  slow.send(get("/?3600000"));
  Client quick(server.port());
  quick.send(get("/?30"));
  EXPECT_EQ(quick.read_answer().body, "30");
  // The hour is over at once when the server stops.
  server.server.stop(std::chrono::seconds(10));
  EXPECT_EQ(slow.read_answer().body, "3600000");
}

}  // namespace
}  // namespace boxoffice::http::test
