// Raw bytes to requests: whatever comes, in whatever pieces, has one reading.
//
// The first byte says how the input is cut into pieces; the rest is what a client sends.
#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cctype>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "http/server/message_reader.h"
#include "tests/fuzz/input.h"

namespace boxoffice::tests::fuzz {
namespace {

using http::Message;
using http::MessageReader;

// Small, so that the fuzzer reaches every limit.
const http::ServerLimits limits = [] {
  http::ServerLimits small;
  small.header_bytes_max = 400;
  small.target_bytes_max = 60;
  small.body_bytes_max = 200;
  return small;
}();

struct Reading {
  std::vector<Message> messages;
  bool refused = false;
};

/// Shows the input to the reader, at most `piece` bytes at a time.
Reading read(std::string_view input, std::size_t piece) {
  Reading out;
  MessageReader reader(limits);
  for (;;) {
    switch (reader.next()) {
      case MessageReader::Next::refused: out.refused = true; return out;
      case MessageReader::Next::request: out.messages.push_back(reader.take()); continue;
      case MessageReader::Next::need_more: break;
    }
    if (input.empty()) return out;
    const auto space = reader.space();
    promised(space.size() > 0, "a reader that wants more has room for it");
    const std::size_t bytes = std::min({piece, space.size(), input.size()});
    std::memcpy(space.data(), input.data(), bytes);
    reader.commit(bytes);
    input.remove_prefix(bytes);
  }
}

std::size_t count(const Message& message, std::string_view name) {
  const auto& fields = message.head.headers.fields;
  return static_cast<std::size_t>(std::count_if(
      fields.begin(), fields.end(),
      [&](const auto& field) { return ascii_lower(field.first) == ascii_lower(name); }));
}

// What any other parser on the way would have to understand by it.
void has_one_reading(const Message& message) {
  const auto& head = message.head;
  const std::string* length = head.headers.find("Content-Length");
  const std::string* coding = head.headers.find("Transfer-Encoding");
  promised(count(message, "Host") == 1 || (head.version == 10 && count(message, "Host") == 0),
           "a request is for one host");
  promised(count(message, "Authorization") <= 1, "a request has one Authorization at most");
  promised(count(message, "Content-Length") <= 1, "a length is given once");
  promised(count(message, "Transfer-Encoding") <= 1, "a coding is given once");
  promised(length == nullptr || coding == nullptr, "a body has a length or is chunked");
  promised(length == nullptr || *length == std::to_string(message.body.size()) ||
               (length->starts_with('0') && std::stoul(*length) == message.body.size()),
           "a body is as long as it says");
  promised(coding == nullptr || ascii_lower(*coding) == "chunked", "chunked is the one coding");
  promised(coding == nullptr || head.version == 11, "HTTP/1.0 knows no coding");
  promised(length != nullptr || coding != nullptr || message.body.empty(),
           "a body without framing is none");
  promised(message.body.size() <= limits.body_bytes_max, "a body stays in its limit");
  promised(http::is_token(head.method), "a method is a token");
  promised(!head.target.empty() && head.target.size() <= limits.target_bytes_max,
           "a target stays in its limit");
  for (const char c : head.target) promised(c > 0x20 && c < 0x7F, "a target is visible ASCII");
  for (const auto& [name, value] : head.headers.fields) {
    promised(http::is_token(name), "a field's name is a token");
    for (const char c : value) {
      const auto byte = static_cast<unsigned char>(c);
      promised(byte == '\t' || (byte >= 0x20 && byte != 0x7F), "a field has no control characters");
    }
  }
}

/// The request as another parser would pass it on.
std::string passed_on(const Message& message) {
  std::string out = message.head.method + " " + message.head.target +
                    (message.head.version == 10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
  for (const auto& [name, value] : message.head.headers.fields) {
    if (ascii_lower(name) == "transfer-encoding" || ascii_lower(name) == "content-length") continue;
    out += name + ": " + value + "\r\n";
  }
  return out + "Content-Length: " + std::to_string(message.body.size()) + "\r\n\r\n" + message.body;
}

bool same(const Message& a, const Message& b) {
  return a.head.method == b.head.method && a.head.target == b.head.target &&
         a.head.version == b.head.version && a.body == b.body;
}

bool same(const std::vector<Message>& a, const std::vector<Message>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Message& x, const Message& y) { return same(x, y); });
}

}  // namespace
}  // namespace boxoffice::tests::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace boxoffice::tests::fuzz;
  Input input(data, size);
  const std::size_t piece = 1 + input.byte() % 64;
  const Reading whole = read(input.rest(), input.rest().size() + 1);
  const Reading pieces = read(input.rest(), piece);
  promised(same(whole.messages, pieces.messages), "pieces do not change what was asked");
  // The end of a broken chunk is looked at when more of it is there (chunked_rest_min).
  promised(whole.refused || !pieces.refused, "pieces do not change what is refused");
  for (const auto& message : whole.messages) {
    has_one_reading(message);
    const Reading again = read(passed_on(message), piece);
    if (again.refused) continue;  // a length in place of chunks may go beyond the header's limit
    promised(again.messages.size() == 1 && same(again.messages.front(), message),
             "a request that is passed on is the same");
  }
  return 0;
}
