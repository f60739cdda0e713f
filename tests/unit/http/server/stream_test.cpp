// Answers that go on: their framing, their end, and clients that are too slow for them.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/server/stream.h"
#include "tests/unit/http/server/support.h"

namespace boxoffice::http::test {
namespace {

using namespace std::chrono_literals;

Stream::Piece piece(std::string text) { return std::make_shared<const std::string>(text); }

/// Counts itself while it lives.
class Counted : public Stream {
 public:
  Counted(Options options, std::atomic<int>& alive) : Stream(std::move(options)), alive_(alive) {
    ++alive_;
  }
  ~Counted() override { --alive_; }

 private:
  std::atomic<int>& alive_;
};

/// Answers each request with a stream that the test speaks through.
class Streams {
 public:
  Task<Response> handle(Request request) {
    auto stream = std::make_shared<Counted>(options, alive);
    for (const auto& text : asked_for) stream->send_asked_for(text);
    if (request.path == "/short") stream->end();
    {
      const std::lock_guard lock(mutex_);
      open_.push_back(stream);
      io_ = request.io;
    }
    co_return Response{.content_type = "text/event-stream", .stream = std::move(stream)};
  }
  Handler handler() {
    return [this](Request request) { return handle(std::move(request)); };
  }

  /// Does `what` with every stream that is open, on the I/O thread, and waits for it.
  void with_each(const std::function<void(Stream&)>& what) {
    std::atomic<bool> done = false;
    io_->post([&] {
      const std::lock_guard lock(mutex_);
      for (const auto& weak : open_) {
        if (const auto stream = weak.lock()) what(*stream);
      }
      done = true;
      done.notify_all();
    });
    done.wait(false);
  }
  std::shared_ptr<Stream> first() {
    const std::lock_guard lock(mutex_);
    return open_.front().lock();
  }
  void send(const std::string& text) {
    with_each([&](Stream& stream) { stream.send(piece(text)); });
  }
  void end() {
    with_each([](Stream& stream) { stream.end(); });
  }
  void await_gone() const {
    while (alive != 0) std::this_thread::yield();
  }

  Stream::Options options{};
  std::vector<Stream::Piece> asked_for;
  std::atomic<int> alive = 0;

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<Stream>> open_;
  IoThread* io_ = nullptr;
};

const std::string huge(64'000'000, 'x');

TEST(Streaming, sends_pieces_in_chunks_and_closes_after_the_end) {
  Streams streams;
  streams.asked_for = {piece("first")};
  RunningServer server(streams.handler());
  Client client(server.port());
  client.send(get("/"));
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Content-Type"), "text/event-stream");
  EXPECT_EQ(answer.field("Transfer-Encoding"), "chunked");
  EXPECT_EQ(answer.field("Content-Length"), "");
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_EQ(client.read_until("first\r\n"), "5\r\nfirst\r\n");
  streams.send("and the second");
  EXPECT_EQ(client.read_until("second\r\n"), "e\r\nand the second\r\n");
  streams.end();
  EXPECT_EQ(client.read_all(), "0\r\n\r\n");
  streams.await_gone();
  server.await_open(0);
}

TEST(Streaming, a_large_piece_is_one_whole_chunk_among_small_ones) {
  Streams streams;
  const std::string large(1'000'000, 'l');
  streams.asked_for = {piece("a"), piece(large), piece(""), piece("b")};
  RunningServer server(streams.handler());
  Client client(server.port());
  client.send(get("/short"));
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_EQ(client.read_all(), "1\r\na\r\nf4240\r\n" + large + "\r\n1\r\nb\r\n0\r\n\r\n");
}

TEST(Streaming, the_last_bytes_of_a_large_piece_do_not_wait_for_the_next_one) {
  Streams streams;
  streams.asked_for = {piece(std::string(20'000, 'l'))};
  RunningServer server(streams.handler());
  Client client(server.port());
  client.send(get("/"));
  client.read_answer();
  EXPECT_EQ(client.read_until("l\r\n").size(), 4 + 2 + 20'000 + 2u);
}

TEST(Streaming, an_old_client_gets_plain_bytes_and_the_end_of_the_connection) {
  Streams streams;
  streams.asked_for = {piece("one "), piece("two")};
  RunningServer server(streams.handler());
  Client client(server.port());
  client.send("GET /short HTTP/1.0\r\nHost: cinema\r\n\r\n");
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.field("Transfer-Encoding"), "");
  EXPECT_EQ(client.read_all(), "one two");
}

TEST(Streaming, head_is_answered_with_the_head_alone_and_goes_on) {
  Streams streams;
  streams.asked_for = {piece("first")};
  RunningServer server(streams.handler());
  Client client(server.port());
  for (int i = 0; i < 2; ++i) {
    client.send("HEAD / HTTP/1.1\r\nHost: cinema\r\n\r\n");
    const Answer answer = client.read_answer(true);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Transfer-Encoding"), "chunked");
  }
  streams.await_gone();
  EXPECT_FALSE(client.has_input());
}

TEST(Streaming, comes_after_the_answers_to_earlier_requests) {
  Streams streams;
  streams.asked_for = {piece("stream")};
  RunningServer server([&](Request request) {
    return request.path == "/stream" ? streams.handle(std::move(request))
                                     : describe(std::move(request));
  });
  Client client(server.port());
  client.send(get("/before") + get("/stream") + get("/after"));
  EXPECT_EQ(client.read_answer().body, "GET /before ");
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_EQ(client.read_until("stream\r\n"), "6\r\nstream\r\n");
  streams.end();
  EXPECT_EQ(client.read_all(), "0\r\n\r\n") << "what follows a stream is not answered";
}

TEST(Streaming, silence_is_broken_by_heartbeats_and_not_ended_by_any_time_limit) {
  Streams streams;
  streams.options.heartbeat = piece(":\n\n");
  // The sweep beats every quarter of a second: four beats take longer than every other limit.
  RunningServer server(streams.handler(), {.header_time = 500ms,
                                           .body_time = 500ms,
                                           .idle_time = 500ms,
                                           .write_time = 500ms,
                                           .heartbeat_time = 1ms});
  Client client(server.port());
  client.send(get("/"));
  const Answer answer = client.read_answer();
  ASSERT_EQ(answer.status, 200);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(client.read_until("\n\n\r\n"), "3\r\n:\n\n\r\n");
  EXPECT_EQ(server.server.counters().connections_open, 1u);
}

TEST(Streaming, is_destroyed_as_soon_as_its_client_leaves) {
  Streams streams;
  RunningServer server(streams.handler());
  Client client(server.port());
  client.send(get("/"));
  client.read_answer();
  client.send("words that nobody hears");
  EXPECT_EQ(streams.alive, 1);
  client.close();
  streams.await_gone();
  server.await_open(0);
}

TEST(SlowReader, is_cut_off_when_it_is_too_far_behind) {
  Streams streams;
  RunningServer server(streams.handler(), {.write_time = 1h});
  Client client(server.port(), 4'096);
  client.send(get("/"));
  client.read_answer();
  const std::string text(10'000, 'x');
  int sent = 0;
  for (; streams.alive != 0 && sent < 10'000; ++sent) streams.send(text);
  streams.await_gone();
  server.await_open(0);
  EXPECT_LT(sent, 1'000) << "what a slow reader leaves is kept";
  EXPECT_LT(client.read_all().size(), 10'000u * static_cast<std::size_t>(sent));
}

// One that was late itself: pieces came faster than it wrote.
TEST(SlowReader, is_not_who_has_a_slow_server) {
  Streams streams;
  RunningServer server(streams.handler());
  Client client(server.port(), 4'096);
  client.send(get("/"));
  client.read_answer();
  const std::string text(10'000, 'x');
  streams.with_each([&](Stream& stream) {
    for (int i = 0; i < 100; ++i) stream.send(piece(text));
  });
  for (int i = 0; i < 100; ++i) EXPECT_EQ(client.read_until("x\r\n"), "2710\r\n" + text + "\r\n");
  EXPECT_EQ(streams.alive, 1);
}

TEST(SlowReader, is_cut_off_when_too_much_has_piled_up_at_once) {
  Streams streams;
  RunningServer server(streams.handler());
  Client client(server.port(), 4'096);
  client.send(get("/"));
  client.read_answer();
  const auto text = piece(std::string(10'000, 'x'));
  streams.with_each([&](Stream& stream) {
    for (int i = 0; i < 200; ++i) stream.send(text);
  });
  streams.await_gone();
}

TEST(Streaming, a_client_that_does_not_stop_talking_is_not_listened_to_for_ever) {
  Streams streams;
  RunningServer server(streams.handler());
  Client client(server.port());
  client.send(get("/"));
  client.read_answer();
  client.send(std::string(200'000, 'x'));
  streams.await_gone();
}

TEST(SlowReader, that_takes_nothing_is_cut_off_after_the_write_time) {
  Streams streams;
  streams.asked_for = {piece(huge)};
  RunningServer server(streams.handler(), {.write_time = 50ms});
  Client client(server.port(), 4'096);
  client.send(get("/"));
  client.read_until("\r\n\r\n");
  server.await_open(0);
  EXPECT_EQ(streams.alive, 0);
  EXPECT_LT(client.read_all().size(), huge.size());
}

TEST(SlowReader, of_a_large_piece_is_given_time_for_it) {
  Streams streams;
  streams.asked_for = {piece(huge)};
  RunningServer server(streams.handler(), {.write_time = 1h});
  Client client(server.port(), 4'096);
  client.send(get("/"));
  client.read_until("\r\n\r\n");
  // 64 KB and more, but less than what it is being sent.
  const std::string text(10'000, 'x');
  for (int i = 0; i < 50; ++i) streams.send(text);
  EXPECT_EQ(streams.alive, 1);
  for (int i = 0; i < 100 && streams.alive == 1; ++i) streams.send(text);
  EXPECT_EQ(streams.alive, 0) << "what waits is bounded all the same";
}

TEST(SlowReader, gets_what_it_asked_for_however_long) {
  Streams streams;
  streams.options.behind_bytes_max = 100;
  for (int i = 0; i < 100; ++i) streams.asked_for.push_back(piece(std::string(100'000, 'x')));
  RunningServer server(streams.handler());
  Client client(server.port(), 4'096);
  client.send(get("/short"));
  client.read_answer();
  EXPECT_GT(client.read_all().size(), 10'000'000u);
}

TEST(SlowReader, does_not_disturb_the_others) {
  Streams streams;
  RunningServer server(streams.handler(), {.write_time = 1h});
  Client slow(server.port(), 4'096);
  Client quick(server.port());
  slow.send(get("/"));
  slow.read_answer();
  quick.send(get("/"));
  quick.read_answer();
  const std::string text(10'000, 'x');
  while (streams.alive == 2) {
    streams.send(text);
    EXPECT_EQ(quick.read_until("x\r\n"), "2710\r\n" + text + "\r\n");
  }
}

/// Sends numbers, each when the one before has been taken.
class Numbers : public Stream {
 public:
  Numbers() : Stream({.behind_bytes_max = 10}) {}

 protected:
  void refill() override {
    send(piece(std::to_string(next_) + "\n"));
    if (++next_ == 100'000) end();
  }

 private:
  int next_ = 0;
};

Task<Response> count(Request) {
  co_return Response{.content_type = "text/plain", .stream = std::make_shared<Numbers>()};
}

TEST(Streaming, a_stream_that_makes_its_pieces_itself_goes_at_its_readers_pace) {
  RunningServer server(count);
  Client client(server.port(), 4'096);
  client.send("GET / HTTP/1.0\r\nHost: cinema\r\n\r\n");
  client.read_answer();
  std::string wanted;
  for (int i = 0; i < 100'000; ++i) wanted += std::to_string(i) + "\n";
  EXPECT_EQ(client.read_all(), wanted);
}

TEST(Streaming, so_many_and_no_more) {
  Streams streams;
  RunningServer server(streams.handler(), {.streams_max = 2});
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<Client>(server.port()));
    clients.back()->send(get("/"));
    EXPECT_EQ(clients.back()->read_answer().status, i < 2 ? 200 : 503);
  }
  EXPECT_EQ(server.server.counters().streams_open, 2u);
  clients.front()->close();
  while (server.server.counters().streams_open == 2) std::this_thread::yield();
  clients.back()->send(get("/"));
  EXPECT_EQ(clients.back()->read_answer().status, 200);
}

TEST(StoppingStreams, end_cleanly_at_once_whatever_the_grace) {
  Streams streams;
  RunningServer server(streams.handler());
  Client client(server.port());
  client.send(get("/"));
  client.read_answer();
  streams.send("last words");
  std::thread stopper([&] { server.server.stop(1h); });
  EXPECT_EQ(client.read_all(), "a\r\nlast words\r\n0\r\n\r\n");
  client.close();
  stopper.join();
  EXPECT_EQ(streams.alive, 0);
}

TEST(StoppingStreams, do_not_wait_for_a_client_that_takes_nothing) {
  Streams streams;
  streams.asked_for = {piece(huge)};
  RunningServer server(streams.handler(), {.write_time = 1h});
  Client client(server.port(), 4'096);
  client.send(get("/"));
  client.read_answer();
  server.server.stop(1h);
  EXPECT_EQ(streams.alive, 0);
}

TEST(Streaming, a_stream_may_be_spoken_to_after_its_connection_is_gone) {
  Streams streams;
  RunningServer server(streams.handler());
  Client client(server.port());
  client.send(get("/"));
  client.read_answer();
  const std::shared_ptr<Stream> kept = streams.first();
  client.close();
  server.await_open(0);
  kept->send(piece("to nobody"));
  kept->end();
}

}  // namespace
}  // namespace boxoffice::http::test
