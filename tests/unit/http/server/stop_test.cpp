// Listening and stopping, alone and under load.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "http/server/one_shot.h"
#include "tests/unit/http/server/support.h"

namespace boxoffice::http::test {
namespace {

using namespace std::chrono_literals;

TEST(Listening, reports_a_port_in_use_as_locked) {
  RunningServer first;
  Server second;
  const auto result = second.listen({.port = first.port()});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, FaultKind::locked);
  EXPECT_NE(result.error().text.find(std::to_string(first.port())), std::string::npos);
}

TEST(Listening, reports_a_bad_address_as_invalid) {
  for (const std::string host : {"203.0.113.7", "not an address", "999.1.1.1"}) {
    SCOPED_TRACE(host);
    Server server;
    const auto result = server.listen({.host = host, .port = 0});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, FaultKind::invalid);
  }
}

TEST(Listening, takes_a_name_and_a_port_that_was_just_used) {
  std::uint16_t port = 0;
  {
    RunningServer server;
    port = server.port();
    Client client(port);
    client.send(get("/"));
    EXPECT_EQ(client.read_answer().status, 200);
  }
  Server again;
  EXPECT_TRUE(again.listen({.host = "localhost", .port = port}));
}

TEST(Listening, ends_without_having_started) {
  Server server;
  ASSERT_TRUE(server.listen({.port = 0, .io_threads = 2}));
  EXPECT_EQ(server.io_thread_count(), 2u);
  server.io_thread(1).post([] {});
  server.stop(1s);
}

TEST(Stopping, closes_idle_connections_at_once) {
  RunningServer server;
  Client fresh(server.port());
  Client used(server.port());
  used.send(get("/"));
  EXPECT_EQ(used.read_answer().status, 200);
  server.settle();
  std::thread stopper([&] { server.server.stop(1h); });
  EXPECT_TRUE(fresh.read_end());
  EXPECT_TRUE(used.read_end());
  fresh.close();
  used.close();
  stopper.join();
  EXPECT_EQ(server.server.counters().connections_open, 0u);
}

/// Answers when the test says so.
struct Waiting {
  std::atomic<int> arrived{0};
  std::mutex mutex;
  std::vector<std::function<void()>> answers;

  Task<Response> handle(Request request) {
    OneShot<int> done;
    {
      const std::lock_guard lock(mutex);
      answers.push_back([io = request.io, done] { io->post([done] { done.complete(1); }); });
    }
    ++arrived;
    arrived.notify_all();
    co_await done;
    co_return Response{.body = "finished"};
  }
  Handler handler() {
    return [this](Request request) { return handle(std::move(request)); };
  }
  void await_arrived(int count) {
    for (int seen = arrived; seen < count; seen = arrived) arrived.wait(seen);
  }
  void answer_all() {
    const std::lock_guard lock(mutex);
    for (const auto& answer : answers) answer();
  }
};

TEST(Stopping, lets_a_request_in_flight_finish_and_says_close) {
  Waiting waiting;
  RunningServer server(waiting.handler());
  Client client(server.port());
  client.send(get("/"));
  Client idle(server.port());
  waiting.await_arrived(1);
  std::thread stopper([&] { server.server.stop(1h); });
  EXPECT_TRUE(idle.read_end());  // so the stop has begun
  waiting.answer_all();
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.body, "finished");
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_TRUE(client.read_end());
  client.close();
  stopper.join();
}

TEST(Stopping, answers_who_has_asked_and_was_not_let_in_yet) {
  RunningServer server;
  std::atomic<bool> stopping{false};
  std::atomic<bool> busy{false};
  server.server.io_thread(0).post([&] {
    busy = true;
    busy.notify_all();
    stopping.wait(false);
    // Most likely the stop waits for this thread by now; if not, the client is simply let in.
    std::this_thread::sleep_for(50ms);
  });
  busy.wait(false);
  Client client(server.port());
  client.send(get("/"));
  std::thread stopper([&] {
    stopping = true;
    stopping.notify_all();
    server.server.stop(1h);
  });
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_TRUE(client.read_end());
  client.close();
  stopper.join();
}

TEST(Stopping, closes_what_is_not_finished_when_the_grace_is_over) {
  Waiting waiting;
  RunningServer server(waiting.handler(), {}, 2);
  Client client(server.port());
  client.send(get("/"));
  Client half(server.port());
  half.send("GET / HTTP/1.1\r\nHo");
  waiting.await_arrived(1);
  server.server.stop(10ms);
  EXPECT_EQ(client.read_answer().status, 0);
  EXPECT_EQ(server.server.counters().connections_open, 0u);
  waiting.answer_all();  // too late, and harmless
}

TEST(Stopping, refuses_new_connections_afterwards_and_may_be_repeated) {
  auto server = std::make_unique<RunningServer>();
  const std::uint16_t port = server->port();
  server->server.stop(1s);
  server->server.stop(1s);
  Server other;
  EXPECT_TRUE(other.listen({.port = port}));
  server->server.io_thread(0).post([] { ADD_FAILURE() << "ran after the stop"; });
}

Task<Response> hop(Request request) {
  OneShot<int> turn;
  request.io->post([turn] { turn.complete(1); });
  co_await turn;
  co_return Response{.body = "0123456789"};
}

TEST(Stopping, answers_fully_or_closes_cleanly_under_load) {
  RunningServer server(hop, {}, 2);
  std::atomic<int> answered{0};
  std::atomic<int> damaged{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back([&] {
      Client client(server.port());
      for (;;) {
        client.send(get("/"));
        const Answer answer = client.read_answer();
        if (answer.status == 0) break;
        if (answer.status != 200 || answer.body != "0123456789") ++damaged;
        ++answered;
        answered.notify_all();
        if (answer.field("Connection") == "close") break;
      }
      if (!client.read_all().empty()) ++damaged;
    });
  }
  for (int seen = answered; seen < 1'000; seen = answered) answered.wait(seen);
  server.server.stop(1h);
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(damaged, 0);
  EXPECT_EQ(server.server.counters().connections_open, 0u);
}

}  // namespace
}  // namespace boxoffice::http::test
