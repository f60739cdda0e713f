#include "base/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/ensure.h"

namespace boxoffice {

namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

std::optional<IpNetwork> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_ip_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  IpNetwork network{.address = *address};
  if (slash == std::string_view::npos) return network;
  const std::string_view digits = text.substr(slash + 1);
  const unsigned bits_max = address->is_v4() ? 32 : 128;
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size() || bits > bits_max) {
    return std::nullopt;
  }
  network.prefix_bits = 128 - bits_max + bits;
  return network;
}

}  // namespace

bool IpAddress::is_v4() const {
  return std::equal(v4_prefix.begin(), v4_prefix.end(), bytes.begin());
}

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes[12] == 127;
  return std::all_of(bytes.begin(), bytes.end() - 1, [](std::uint8_t b) { return b == 0; }) &&
         bytes[15] == 1;
}

std::uint64_t IpAddress::client() const {
  // The first half of an IPv4 address is always 0: nobody's network in IPv6.
  std::uint64_t half = 0;
  std::memcpy(&half, bytes.data() + (is_v4() ? 8 : 0), sizeof half);
  return half;
}

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size()) return std::nullopt;
  std::copy(text.begin(), text.end(), terminated.begin());
  IpAddress address;
  if (text.find(':') == std::string_view::npos) {
    std::copy(v4_prefix.begin(), v4_prefix.end(), address.bytes.begin());
    if (::inet_pton(AF_INET, terminated.data(), &address.bytes[12]) != 1) return std::nullopt;
  } else if (::inet_pton(AF_INET6, terminated.data(), address.bytes.data()) != 1) {
    return std::nullopt;
  }
  // A NUL within the text would end it early.
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  return address;
}

std::string to_string(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const char* written = address.is_v4()
                            ? ::inet_ntop(AF_INET, &address.bytes[12], text.data(), text.size())
                            : ::inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size());
  ENSURE(written != nullptr, "every address has a text of at most so many characters");
  return written;
}

bool IpNetwork::contains(const IpAddress& other) const {
  const std::size_t whole = prefix_bits / 8;
  const auto& ours = address.bytes;
  const auto equal_until = static_cast<std::ptrdiff_t>(whole);
  if (!std::equal(ours.begin(), ours.begin() + equal_until, other.bytes.begin())) return false;
  const unsigned rest = prefix_bits % 8;
  return rest == 0 || (ours[whole] ^ other.bytes[whole]) >> (8 - rest) == 0;
}

std::optional<std::vector<IpNetwork>> parse_ip_networks(std::string_view text) {
  std::vector<IpNetwork> networks;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view one = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    const auto network = parse_network(one);
    if (!network) return std::nullopt;
    networks.push_back(*network);
  }
  return networks;
}

}  // namespace boxoffice
