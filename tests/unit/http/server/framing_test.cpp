// Raw bytes in, status out: what the server takes, and every ambiguous message that it refuses.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/http/server/support.h"

namespace boxoffice::http::test {
namespace {

struct Row {
  std::string name;
  std::string bytes;
  int status;
  std::string body = "";  ///< of a 200: what the handler saw
};

/// A request with these field lines (each ended by CR LF) and this body.
std::string with(std::string_view fields, std::string_view body = "") {
  return fmt::format("POST /p HTTP/1.1\r\nHost: h\r\n{}\r\n{}", fields, body);
}
std::string line(std::string_view request_line) {
  return fmt::format("{}\r\nHost: h\r\n\r\n", request_line);
}
std::string chunked(std::string_view body) { return with("Transfer-Encoding: chunked\r\n", body); }
std::string host(std::string_view fields, std::string_view version = "1.1") {
  return fmt::format("GET / HTTP/{}\r\n{}\r\n", version, fields);
}

std::vector<Row> taken() {
  return {
      {"plain GET", get("/a"), 200, "GET /a "},
      {"query", get("/a?b=c?d"), 200, "GET /a?b=c?d "},
      {"empty query", get("/a?"), 200, "GET /a "},
      {"escapes are left alone", get("/%2e%2E/%00"), 200, "GET /%2e%2E/%00 "},
      {"body", post("/a", "hello"), 200, "POST /a hello"},
      {"GET with a body", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi", 200,
       "GET / hi"},
      {"empty body", post("/a", ""), 200, "POST /a "},
      {"Content-Length with leading zeros", with("Content-Length: 003\r\n", "abc"), 200,
       "POST /p abc"},
      {"no body at all", with(""), 200, "POST /p "},
      {"one chunk", chunked("3\r\nabc\r\n0\r\n\r\n"), 200, "POST /p abc"},
      {"chunks", chunked("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"), 200, "POST /p abc"},
      {"no chunk", chunked("0\r\n\r\n"), 200, "POST /p "},
      {"chunk size in capitals", chunked("A\r\n0123456789\r\n0\r\n\r\n"), 200,
       "POST /p 0123456789"},
      {"chunk extension", chunked("3;a=b\r\nabc\r\n0;c\r\n\r\n"), 200, "POST /p abc"},
      {"trailer", chunked("3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n"), 200, "POST /p abc"},
      {"chunked in capitals", with("Transfer-Encoding: CHUNKED\r\n", "0\r\n\r\n"), 200, "POST /p "},
      {"field names in any case", "GET / HTTP/1.1\r\nhOsT: h\r\ncOnTeNt-LeNgTh: 1\r\n\r\nx", 200,
       "GET / x"},
      {"spaces around a value", with("Content-Length: \t 2 \t\r\n", "ok"), 200, "POST /p ok"},
      {"obs-text in a value", with("X-Name: J\xc3\xbcrgen\r\n"), 200, "POST /p "},
      {"empty value", with("X-Empty:\r\n"), 200, "POST /p "},
      {"an empty line first", "\r\n" + get("/"), 200, "GET / "},
      {"HTTP/1.0 without Host", host("", "1.0"), 200, "GET / "},
      {"HTTP/1.0 with body", "POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi", 200, "POST / hi"},
      {"Host with port", host("Host: cinema.example:8000\r\n"), 200, "GET / "},
      {"Host as IPv4", host("Host: 127.0.0.1:80\r\n"), 200, "GET / "},
      {"Host as IPv6", host("Host: [::1]:8000\r\n"), 200, "GET / "},
      {"Host with underscore", host("Host: box_office\r\n"), 200, "GET / "},
      {"OPTIONS *", line("OPTIONS * HTTP/1.1"), 200, "OPTIONS * "},
      {"CONNECT", line("CONNECT h:443 HTTP/1.1"), 200, "CONNECT h:443 "},
      {"TRACE", line("TRACE / HTTP/1.1"), 200, "TRACE / "},
      {"unknown method", line("BREW /pot HTTP/1.1"), 200, "BREW /pot "},
      {"one Authorization", with("Authorization: Bearer x\r\n"), 200, "POST /p "},
      {"an unrelated repeated field", with("X-A: 1\r\nX-A: 2\r\n"), 200, "POST /p "},
      {"Upgrade is not taken up", with("Connection: upgrade\r\nUpgrade: h2c\r\n"), 200, "POST /p "},
  };
}

std::vector<Row> refused() {
  using namespace std::string_literals;
  return {
      // --- the length of the message
      {"TE beside CL", with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"CL beside TE", with("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 400},
      {"CL 0 beside TE", with("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"TE twice", with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"TE chunked twice", with("Transfer-Encoding: chunked, chunked\r\n"), 400},
      {"TE identity first", with("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n"),
       400},
      {"TE gzip", with("Transfer-Encoding: gzip\r\n"), 400},
      {"TE gzip, chunked", with("Transfer-Encoding: gzip, chunked\r\n"), 400},
      {"TE chunked, gzip", with("Transfer-Encoding: chunked, gzip\r\n"), 400},
      {"TE identity", with("Transfer-Encoding: identity\r\n"), 400},
      {"TE empty", with("Transfer-Encoding:\r\n"), 400},
      {"TE quoted", with("Transfer-Encoding: \"chunked\"\r\n"), 400},
      {"TE with parameter", with("Transfer-Encoding: chunked;q=1\r\n"), 400},
      {"TE with comma", with("Transfer-Encoding: ,chunked\r\n"), 400},
      {"TE with vertical tab",
       with("Transfer-Encoding: \x0b"
            "chunked\r\n"),
       400},
      {"TE xchunked", with("Transfer-Encoding: xchunked\r\n"), 400},
      {"TE on HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"CL twice, equal", with("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400},
      {"CL twice, different", with("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"), 400},
      {"CL list", with("Content-Length: 3, 3\r\n", "abc"), 400},
      {"CL with sign", with("Content-Length: +3\r\n", "abc"), 400},
      {"CL negative", with("Content-Length: -3\r\n"), 400},
      {"CL hexadecimal", with("Content-Length: 0x3\r\n", "abc"), 400},
      {"CL with text", with("Content-Length: 3a\r\n", "abc"), 400},
      {"CL fraction", with("Content-Length: 3.0\r\n", "abc"), 400},
      {"CL with inner space", with("Content-Length: 3 3\r\n", "abc"), 400},
      {"CL empty", with("Content-Length:\r\n"), 400},
      {"CL beyond 64 bits", with("Content-Length: 18446744073709551619\r\n", "abc"), 400},
      // --- names that only look like others
      {"Content_Length", with("Content_Length: 3\r\n", "abc"), 400},
      {"Transfer_Encoding", with("Transfer_Encoding: chunked\r\n"), 400},
      {"ContentLength", with("ContentLength: 3\r\n"), 400},
      {"Transfer-Encoding-", with("Transfer-Encoding-: chunked\r\n"), 400},
      {"_Transfer.Encoding", with("_Transfer.Encoding: chunked\r\n"), 400},
      {"name with space before colon", with("Content-Length : 3\r\n", "abc"), 400},
      {"name with tab", with("Transfer-Encoding\t: chunked\r\n"), 400},
      {"name with space inside", with("X Y: 1\r\n"), 400},
      {"name with NUL", with("X\0Y: 1\r\n"s), 400},
      {"name with obs-text", with("X\xff: 1\r\n"), 400},
      {"name in quotes", with("\"X\": 1\r\n"), 400},
      {"empty name", with(": 1\r\n"), 400},
      {"line without colon", with("nonsense\r\n"), 400},
      // --- values
      {"value with NUL", with("X: a\0b\r\n"s), 400},
      {"value with bell", with("X: a\x07\r\n"), 400},
      {"value with DEL", with("X: a\x7f\r\n"), 400},
      {"value with bare CR", with("X: a\rContent-Length: 3\r\n"), 400},
      {"value with bare LF", with("X: a\nContent-Length: 3\r\n"), 400},
      {"folded value", with("X: a\r\n b\r\n"), 400},
      {"folded by tab", with("X: a\r\n\tb\r\n"), 400},
      {"folded Transfer-Encoding", with("Transfer-Encoding:\r\n chunked\r\n"), 400},
      {"space before the first field", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400},
      {"lines end in LF", "GET / HTTP/1.1\nHost: h\n\n", 400},
      {"two Authorizations", with("Authorization: a\r\nAuthorization: b\r\n"), 400},
      {"two Authorizations, equal", with("Authorization: a\r\nauthorization: a\r\n"), 400},
      // --- whom it is for
      {"no Host", host(""), 400},
      {"two Hosts", host("Host: a\r\nHost: b\r\n"), 400},
      {"two Hosts, equal", host("Host: a\r\nHost: a\r\n"), 400},
      {"two Hosts on HTTP/1.0", host("Host: a\r\nHost: b\r\n", "1.0"), 400},
      {"empty Host", host("Host:\r\n"), 400},
      {"Host with path", host("Host: a/b\r\n"), 400},
      {"Host with user", host("Host: u@a\r\n"), 400},
      {"Host with space", host("Host: a b\r\n"), 400},
      {"Host list", host("Host: a,b\r\n"), 400},
      {"Host with two ports", host("Host: a:1:2\r\n"), 400},
      {"Host with a port of letters", host("Host: a:http\r\n"), 400},
      {"Host of a port only", host("Host: :80\r\n"), 400},
      {"Host with open bracket", host("Host: [::1\r\n"), 400},
      {"Host with bad IPv6", host("Host: [zz]\r\n"), 400},
      {"Host with obs-text", host("Host: \xe9\r\n"), 400},
      {"absolute target", line("GET http://other/ HTTP/1.1"), 400},
      {"authority target for GET", line("GET h:80 HTTP/1.1"), 400},
      {"asterisk for GET", line("GET * HTTP/1.1"), 400},
      {"relative target", line("GET a HTTP/1.1"), 400},
      {"CONNECT with a URL", line("CONNECT http://h/ HTTP/1.1"), 400},
      {"CONNECT with a path", line("CONNECT /a HTTP/1.1"), 400},
      {"CONNECT without a port", line("CONNECT h1 HTTP/1.1"), 400},
      {"CONNECT with an empty port", line("CONNECT h: HTTP/1.1"), 400},
      {"CONNECT with an address without a port", line("CONNECT [::1] HTTP/1.1"), 400},
      {"target with obs-text", line("GET /\xc3\xbc HTTP/1.1"), 400},
      {"target with DEL", line("GET /\x7f HTTP/1.1"), 400},
      {"target with tab", line("GET /a\tb HTTP/1.1"), 400},
      {"target with space", line("GET /a b HTTP/1.1"), 400},
      {"target with NUL", line("GET /\0 HTTP/1.1"s), 400},
      {"target with fragment", line("GET /a#b HTTP/1.1"), 400},
      {"no target", line("GET HTTP/1.1"), 400},
      // --- the request line
      {"two spaces", line("GET  / HTTP/1.1"), 400},
      {"space at the end", line("GET / HTTP/1.1 "), 400},
      {"space in front", line(" GET / HTTP/1.1"), 400},
      {"method not a token", line("GE(T / HTTP/1.1"), 400},
      {"HTTP/0.9", "GET /\r\n\r\n", 400},
      {"HTTP/2.0", line("GET / HTTP/2.0"), 505},
      {"HTTP/1.2", line("GET / HTTP/1.2"), 505},
      {"HTTP/0.9 by name", line("GET / HTTP/0.9"), 505},
      {"http in small letters", line("GET / http/1.1"), 400},
      {"HTTP/1", line("GET / HTTP/1"), 400},
      {"HTTP/1.10", line("GET / HTTP/1.10"), 400},
      {"an HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"a TLS greeting", "\x16\x03\x01\x02"s, 400},
      // --- chunks
      {"chunk size with sign", chunked("+3\r\nabc\r\n0\r\n\r\n"), 400},
      {"chunk size with 0x", chunked("0x3\r\nabc\r\n0\r\n\r\n"), 400},
      {"chunk size not hex", chunked("zz\r\nabc\r\n0\r\n\r\n"), 400},
      {"chunk size beyond 64 bits", chunked("10000000000000003\r\nabc\r\n0\r\n\r\n"), 400},
      {"no chunk size", chunked("\r\nabc\r\n0\r\n\r\n"), 400},
      {"chunk longer than its size", chunked("2\r\nabc\r\n0\r\n\r\n"), 400},
      {"chunk line ends in LF", chunked("3\nabc\r\n0\r\n\r\n"), 400},
      {"chunk ends in LF", chunked("3\r\nabc\n0\r\n\r\n"), 400},
      {"chunk extension with LF in quotes", chunked("3;a=\"b\nc\"\r\nabc\r\n0\r\n\r\n"), 400},
      {"chunk extension without end", chunked("3;a=\"b\r\nabc\r\n0\r\n\r\n"), 400},
      {"last chunk's extension without end", chunked("3\r\nabc\r\n0;a=\"b\r\n\r\n"), 400},
      {"chunk size then space", chunked("3 x\r\nabc\r\n0\r\n\r\n"), 400},
      {"trailer that is no field", chunked("0\r\nno field\r\n\r\n"), 400},
      {"Content-Length in the trailer", chunked("0\r\nContent-Length: 3\r\n\r\n"), 400},
      // --- other refusals
      {"other expectation", with("Expect: 200-ok\r\n"), 417},
      {"another expectation too", with("Expect: 100-continue\r\nExpect: x\r\n"), 417},
  };
}

TEST(Framing, takes_what_has_one_reading) {
  RunningServer server;
  for (const Row& row : taken()) {
    SCOPED_TRACE(row.name);
    Client client(server.port());
    client.send(row.bytes + get("/next"));
    const Answer answer = client.read_answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, row.body);
    if (row.bytes.find("HTTP/1.0") == std::string::npos) {
      EXPECT_EQ(client.read_answer().body, "GET /next ") << "the message ended elsewhere";
    }
  }
}

TEST(Framing, refuses_what_two_parsers_could_read_differently_and_closes) {
  RunningServer server;
  for (const Row& row : refused()) {
    SCOPED_TRACE(row.name);
    Client client(server.port());
    client.send(row.bytes + get("/smuggled"));
    const Answer answer = client.read_answer();
    EXPECT_EQ(answer.status, row.status) << answer.head << answer.body;
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_TRUE(client.read_end()) << "nothing is answered after a refusal";
  }
  EXPECT_EQ(server.server.counters().rejected_total, refused().size());
  EXPECT_EQ(server.server.counters().requests_total, 0u);
}

TEST(Framing, does_not_depend_on_how_the_bytes_arrive) {
  RunningServer server;
  for (const std::vector<Row>& rows : {taken(), refused()}) {
    for (const Row& row : rows) {
      SCOPED_TRACE(row.name);
      Client client(server.port());
      client.send_byte_by_byte(row.bytes);
      const Answer answer = client.read_answer();
      EXPECT_EQ(answer.status, row.status);
      if (row.status == 200) {
        EXPECT_EQ(answer.body, row.body);
      }
    }
  }
}

TEST(Framing, reads_a_chunked_body_whatever_the_reads_are) {
  RunningServer server;
  const std::string head = with("Transfer-Encoding: chunked\r\n");
  for (const std::string_view body :
       {"0\r\n\r\n", "3\r\nabc\r\n0\r\n\r\n", "1;x=y\r\na\r\n0;z\r\nA: b\r\n\r\n"}) {
    SCOPED_TRACE(body);
    Client client(server.port());
    client.send(head);
    for (const char byte : body) {
      client.send({&byte, 1});
      server.settle();
    }
    EXPECT_EQ(client.read_answer().status, 200);
  }
}

TEST(Framing, answers_or_closes_whatever_is_sent) {
  RunningServer server;
  std::vector<Row> rows = taken();
  for (Row& row : refused()) rows.push_back(std::move(row));
  std::mt19937 random(1);  // NOLINT: the same bytes in every run
  const auto below = [&random](std::size_t limit) { return random() % limit; };
  for (int i = 0; i < 2'000; ++i) {
    std::string bytes = rows[below(rows.size())].bytes + get("/next");
    for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
      const std::size_t at = below(bytes.size());
      switch (below(3)) {
        case 0: bytes[at] = static_cast<char>(below(256)); break;
        case 1: bytes.erase(at, 1 + below(4)); break;
        default: bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(8))); break;
      }
    }
    SCOPED_TRACE(bytes);
    Client client(server.port());
    client.send(bytes);
    client.shut_down_sending();
    const std::string answers = client.read_all();
    EXPECT_TRUE(answers.empty() || answers.starts_with("HTTP/1.1 ")) << answers;
  }
  server.settle();
}

Task<Response> list_fields(Request request) {
  Response response;
  for (const auto& [name, value] : request.headers.fields) {
    response.body += name + "=" + value + ";";
  }
  co_return response;
}

TEST(Framing, hides_trailer_fields_from_the_handler) {
  RunningServer server(list_fields);
  Client client(server.port());
  client.send(chunked("3\r\nabc\r\n0\r\nAuthorization: Bearer stolen\r\nHost: other\r\n\r\n"));
  EXPECT_EQ(client.read_answer().body, "Host=h;Transfer-Encoding=chunked;");
}

TEST(Framing, keeps_the_fields_in_order_and_as_sent) {
  RunningServer server(list_fields);
  Client client(server.port());
  client.send("GET / HTTP/1.1\r\nB: 1\r\nhost: h\r\na:  two words \r\nB: 3\r\n\r\n");
  EXPECT_EQ(client.read_answer().body, "B=1;host=h;a=two words;B=3;");
}

}  // namespace
}  // namespace boxoffice::http::test
