// Sizes, times and counts that a client cannot exceed.
#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "tests/unit/http/server/support.h"

namespace boxoffice::http::test {
namespace {

using namespace std::chrono_literals;

constexpr ServerLimits small{
    .header_bytes_max = 1'000, .body_bytes_max = 2'000, .target_bytes_max = 300};

int status_of(RunningServer& server, const std::string& bytes) {
  Client client(server.port());
  client.send(bytes);
  return client.read_answer().status;
}

TEST(Limits, header_of_the_limit_passes_and_one_byte_more_is_431) {
  RunningServer server(describe, small);
  const std::string rest = "GET / HTTP/1.1\r\nHost: h\r\nX: \r\n\r\n";
  const std::string fill(small.header_bytes_max - rest.size(), 'x');
  const auto request = [](const std::string& value) {
    return "GET / HTTP/1.1\r\nHost: h\r\nX: " + value + "\r\n\r\n";
  };
  EXPECT_EQ(status_of(server, request(fill)), 200);
  EXPECT_EQ(status_of(server, request(fill + "x")), 431);
}

TEST(Limits, endless_headers_are_431) {
  RunningServer server(describe, small);
  std::string many = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 1'000; ++i) many += "X: y\r\n";
  EXPECT_EQ(status_of(server, many), 431);
  EXPECT_EQ(status_of(server, "GET / HTTP/1.1\r\nX: " + std::string(50'000, 'x')), 431);
  Client slow(server.port());
  slow.send_byte_by_byte(many);
  EXPECT_EQ(slow.read_answer().status, 431);
}

TEST(Limits, target_of_the_limit_passes_and_one_byte_more_is_414) {
  RunningServer server(describe, small);
  const std::string fill(small.target_bytes_max - 1, 't');
  EXPECT_EQ(status_of(server, get("/" + fill)), 200);
  EXPECT_EQ(status_of(server, get("/" + fill + "t")), 414);
  EXPECT_EQ(status_of(server, get("/" + std::string(50'000, 't'))), 414);
}

TEST(Limits, body_of_the_limit_passes_and_one_byte_more_is_413) {
  RunningServer server(describe, small);
  const std::string fill(small.body_bytes_max, 'b');
  EXPECT_EQ(status_of(server, post("/", fill)), 200);
  EXPECT_EQ(status_of(server, post("/", fill + "b")), 413);
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(status_of(server, head + "7d0\r\n" + fill + "\r\n0\r\n\r\n"), 200);  // 0x7d0 = 2000
  EXPECT_EQ(status_of(server, head + "7d0\r\n" + fill + "\r\n1\r\nb\r\n0\r\n\r\n"), 413);
  EXPECT_EQ(status_of(server, head + "ffffffffffffffff\r\n"), 413);
}

TEST(Limits, answer_to_a_refused_upload_can_be_read) {
  RunningServer server(describe, small);
  Client client(server.port());
  EXPECT_TRUE(client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" +
                          std::string(300'000, 'b')));
  EXPECT_EQ(client.read_answer().status, 413);
  EXPECT_TRUE(client.read_end()) << "reset instead of closed";
}

TEST(Limits, wire_bytes_are_capped_however_small_the_body_is) {
  RunningServer server(describe, small);
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string extension = "1;" + std::string(1'000, 'e') + "\r\nx\r\n";
  std::string extended = head;
  for (int i = 0; i < 100; ++i) extended += extension;
  EXPECT_EQ(status_of(server, extended), 413);
  EXPECT_EQ(status_of(server, head + "1;" + std::string(100'000, 'e')), 431);
  EXPECT_EQ(status_of(server, head + "0\r\nX: " + std::string(100'000, 't')), 431);
  std::string trailers = head + "0\r\n";
  for (int i = 0; i < 20'000; ++i) trailers += "X: y\r\n";
  EXPECT_EQ(status_of(server, trailers), 431);
}

TEST(Limits, a_trailer_beyond_64_kilobytes_is_harmless_where_it_is_allowed) {
  RunningServer server(describe, {.header_bytes_max = 200'000});
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string trailer = "X: " + std::string(70'000, 't') + "\r\n\r\n";
  EXPECT_EQ(status_of(server, head + "0\r\n" + trailer), 200);
}

TEST(Limits, slow_header_is_408) {
  RunningServer server(describe, {.header_time = 50ms});
  Client client(server.port());
  client.send("GET / HTTP/1.1\r\nHost:");
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.status, 408);
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_TRUE(client.read_end());
}

TEST(Limits, header_deadline_is_absolute_however_the_bytes_drip) {
  RunningServer server(describe, {.header_time = 300ms});
  Client client(server.port());
  client.send("GET / HTTP/1.1\r\nX: ");
  // Each byte arrives well within the time; together they would take a minute.
  for (int i = 0; i < 12'000 && !client.has_input(); ++i) {
    client.send("x");
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_TRUE(client.has_input()) << "the bytes moved the deadline";
  EXPECT_EQ(client.read_answer().status, 408);
}

TEST(Limits, slow_body_is_408) {
  RunningServer server(describe, {.body_time = 50ms});
  for (const std::string framing : {"Content-Length: 5", "Transfer-Encoding: chunked"}) {
    Client client(server.port());
    client.send("POST / HTTP/1.1\r\nHost: h\r\n" + framing + "\r\n\r\n2");
    EXPECT_EQ(client.read_answer().status, 408);
    EXPECT_TRUE(client.read_end());
  }
}

TEST(Limits, idle_connection_is_closed_without_a_word) {
  RunningServer server(describe, {.idle_time = 50ms});
  Client fresh(server.port());
  EXPECT_TRUE(fresh.read_end());
  Client used(server.port());
  used.send(get("/"));
  EXPECT_EQ(used.read_answer().status, 200);
  EXPECT_TRUE(used.read_end());
  EXPECT_EQ(server.server.counters().rejected_total, 0u);
}

Task<Response> huge(Request) { co_return Response{.body = std::string(64'000'000, 'x')}; }

constexpr int many_lines = 64;

Task<Response> lines(Request) {
  Response response;
  for (int i = 0; i < many_lines; ++i) response.body += std::string(1'000'000, 'x') + '\n';
  co_return response;
}

TEST(Limits, a_response_that_is_not_taken_ends_the_connection) {
  RunningServer server(huge, {.write_time = 50ms});
  Client client(server.port(), 4'096);
  client.send(get("/"));
  client.read_until("\r\n\r\n");
  server.await_open(0);
  EXPECT_LT(client.read_all().size(), 64'000'000u);
  EXPECT_EQ(
      server.server.counters().rejected.at(static_cast<std::size_t>(RejectReason::slow_reader)),
      1u);
}

TEST(Limits, a_client_that_goes_on_taking_has_the_time_that_it_needs) {
  RunningServer server(lines, {.write_time = 1s});
  Client client(server.port());
  client.send(get("/"));
  client.read_until("\r\n\r\n");
  // A pace, not a wait for something: all of it takes longer than the write time and a sweep.
  for (int i = 0; i < many_lines; ++i) {
    ASSERT_FALSE(client.read_until("\n").empty()) << "cut off after " << i;
    std::this_thread::sleep_for(40ms);
  }
}

TEST(Limits, connections_beyond_the_maximum_get_503) {
  RunningServer server(describe, {.connections_max = 3});
  std::vector<std::unique_ptr<Client>> within;
  for (int i = 0; i < 3; ++i) {
    within.push_back(std::make_unique<Client>(server.port()));
    within.back()->send(get("/"));
    EXPECT_EQ(within.back()->read_answer().status, 200);
  }
  {
    Client beyond(server.port());
    beyond.send(get("/"));
    EXPECT_EQ(beyond.read_answer().status, 503);
    EXPECT_TRUE(beyond.read_end());
  }
  within.pop_back();
  server.await_open(2);
  EXPECT_EQ(status_of(server, get("/")), 200);
}

std::uint64_t rejects(const RunningServer& server, RejectReason reason) {
  return server.server.counters().rejected.at(static_cast<std::size_t>(reason));
}

TEST(Limits, connections_of_one_address_beyond_its_maximum_get_503) {
  RunningServer server(describe, {.connections_per_address_max = 2}, 2);
  std::vector<std::unique_ptr<Client>> within;
  for (int i = 0; i < 2; ++i) {
    within.push_back(std::make_unique<Client>(server.port()));
    within.back()->send(get("/"));
    EXPECT_EQ(within.back()->read_answer().status, 200);
  }
  for (int i = 0; i < 3; ++i) {
    Client beyond(server.port());
    const Answer answer = beyond.read_answer();
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_TRUE(beyond.read_end());
  }
  EXPECT_EQ(rejects(server, RejectReason::address_limit), 3u);
  // Whichever way one ends, its place is free again.
  within[0]->send("nonsense\r\n\r\n");
  EXPECT_EQ(within[0]->read_answer().status, 400);
  within.erase(within.begin());
  server.await_open(1);
  EXPECT_EQ(status_of(server, get("/")), 200);
  within.clear();
  for (int i = 0; i < 100; ++i) {
    server.await_open(0);
    EXPECT_EQ(status_of(server, get("/")), 200) << i;
  }
}

TEST(Limits, rejects_are_counted_by_reason) {
  RunningServer server(
      describe,
      {.header_bytes_max = 1'000, .body_bytes_max = 2'000, .header_time = 50ms, .body_time = 50ms});
  EXPECT_EQ(status_of(server, "nonsense\r\n\r\n"), 400);
  EXPECT_EQ(status_of(server, get("/" + std::string(1'000, 't'))), 431);
  EXPECT_EQ(status_of(server, post("/", std::string(2'001, 'b'))), 413);
  EXPECT_EQ(status_of(server, "GET / HT"), 408);
  EXPECT_EQ(status_of(server, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nb"), 408);
  for (const RejectReason reason :
       {RejectReason::framing, RejectReason::header_too_large, RejectReason::body_too_large,
        RejectReason::header_timeout, RejectReason::body_timeout}) {
    EXPECT_EQ(rejects(server, reason), 1u) << enum_name(reason);
  }
  EXPECT_EQ(server.server.counters().rejected_total, 5u);
}

TEST(Limits, header_fields_of_the_limit_pass_and_one_more_is_431) {
  RunningServer server(describe, {.header_fields_max = 10});
  const auto request = [](int fields) {
    std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\n";
    for (int i = 1; i < fields; ++i) bytes += "X: y\r\n";
    return bytes + "\r\n";
  };
  EXPECT_EQ(status_of(server, request(10)), 200);
  EXPECT_EQ(status_of(server, request(11)), 431);
}

TEST(Limits, large_bodies_share_their_memory_and_small_requests_need_none_of_it) {
  RunningServer server(describe, {.kept_bytes_free = 20'000, .kept_bytes_max = 200'000});
  const std::string most(60'000, 'b');
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < 20; ++i) {
    slow.push_back(std::make_unique<Client>(server.port()));
    slow.back()->send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 60001\r\n\r\n" + most);
    server.settle();
  }
  for (int i = 0; i < 10; ++i) server.settle();  // the last answer is on its way
  int refused = 0;
  for (const auto& client : slow) {
    if (!client->has_input()) continue;
    EXPECT_EQ(client->read_answer().status, 503);
    ++refused;
  }
  EXPECT_GT(refused, 0);
  EXPECT_LT(refused, 20);
  EXPECT_EQ(rejects(server, RejectReason::memory_limit), static_cast<std::uint64_t>(refused));
  // One connection goes over the limit before it is refused, by one read at most.
  EXPECT_LE(server.server.counters().kept_bytes, 200'000u + 100'000u);
  EXPECT_EQ(status_of(server, post("/", "small")), 200);
  slow.clear();
  server.await_open(0);
  EXPECT_EQ(server.server.counters().kept_bytes, 0u);
  EXPECT_EQ(status_of(server, post("/", most)), 200);
}

// Larger than what the system takes for a client that does not read.
Task<Response> large(Request request) {
  Response response;
  response.body.assign(request.path == "/small" ? 10 : 8'000'000, 'x');
  co_return response;
}

TEST(Limits, large_answers_share_their_memory_but_commands_are_always_answered) {
  RunningServer server(large, {.kept_bytes_free = 20'000, .kept_bytes_max = 20'000'000});
  std::vector<std::unique_ptr<Client>> slow;
  const auto ask = [&](const std::string& request) {
    slow.push_back(std::make_unique<Client>(server.port(), 4'096));
    slow.back()->send(request);
    return slow.back()->read_until("\r\n\r\n").substr(9, 3);
  };
  EXPECT_EQ(ask(get("/")), "200");
  EXPECT_EQ(ask(get("/")), "200");
  EXPECT_EQ(ask(get("/")), "503");
  EXPECT_EQ(rejects(server, RejectReason::memory_limit), 1u);
  EXPECT_EQ(ask(get("/small")), "200");
  EXPECT_EQ(ask(post("/", "a command")), "200");
  slow.clear();
  server.await_open(0);
  EXPECT_EQ(server.server.counters().kept_bytes, 0u);
  EXPECT_EQ(ask(get("/")), "200");
}

TEST(Limits, a_body_takes_no_more_memory_than_it_may_be_long) {
  RunningServer server(describe, {.body_bytes_max = 100'000, .kept_bytes_free = 0});
  Client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1869F\r\n" +
              std::string(99'999, 'b'));
  while (server.server.counters().kept_bytes < 99'999) server.settle();
  // With the 32 KB that are read ahead at most, and the head.
  EXPECT_LE(server.server.counters().kept_bytes, 100'000u + 2 * 32'768u + 1'000u);
  client.send("\r\n0\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 200);
}

TEST(Limits, connections_far_beyond_the_maximum_are_just_closed) {
  RunningServer server(describe, {.connections_max = 1});
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 100; ++i) clients.push_back(std::make_unique<Client>(server.port()));
  for (std::size_t i = 1; i < clients.size(); ++i) {
    const std::string bytes = clients[i]->read_all();
    EXPECT_TRUE(bytes.empty() || bytes.starts_with("HTTP/1.1 503")) << bytes;
  }
  // Counted by the server's thread, perhaps after the client has read the end.
  while (server.server.counters().rejected_total < 99u) std::this_thread::yield();
  EXPECT_EQ(server.server.counters().rejected_total, 99u);
  clients.clear();
  server.await_open(0);
  EXPECT_EQ(status_of(server, get("/")), 200);
}

}  // namespace
}  // namespace boxoffice::http::test
