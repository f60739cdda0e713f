#include "tools/proofs/head_file.h"

#include <fmt/format.h>

#include <optional>
#include <system_error>

#include "base/bytes.h"
#include "base/time.h"
#include "tools/sealed/sealed_json.h"

namespace boxoffice::tools::proofs {

namespace {

using engine::log::SignedHead;
using engine::log::SigningPublicKey;
using engine::log::SigningSeed;

// A frontier has at most 64 hashes of 64 digits.
constexpr std::uintmax_t head_bytes_max = 16 << 10;
constexpr std::uintmax_t key_bytes_max = 256;
constexpr std::string_view secret_key_begin = "boxoffice-secret-key-1 ";
constexpr std::string_view public_key_begin = "boxoffice-public-key-1 ";

// A key file is one line: what it is, and 32 bytes as hexadecimal.
template <class Key>
Result<Key> load_key(const std::filesystem::path& path, std::string_view begin) {
  TRY(const std::string line, sealed::read_file(path, key_bytes_max));
  const std::string_view text = line;
  Key key;
  if (text.starts_with(begin) && text.ends_with('\n') &&
      parse_hex(text.substr(begin.size(), text.size() - begin.size() - 1), key.bytes)) {
    return key;
  }
  return fault(FaultKind::invalid,
               fmt::format("{}: does not begin with \"{}\" and a key", path.string(), begin));
}

template <class Key>
std::string key_line(std::string_view begin, const Key& key) {
  return fmt::format("{}{}\n", begin, to_hex(key.bytes));
}

bool read_frontier(const std::vector<std::string>& texts, std::vector<Sha256>& out) {
  out.resize(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (!read_hash(texts[i], out[i])) return false;
  }
  return true;
}

}  // namespace

bool read_hash(std::string_view text, Sha256& out) { return parse_hex(text, out.bytes); }

HeadText to_text(const SignedHead& head) {
  HeadText text;
  text.log = to_hex(head.log.bytes);
  text.last_position = static_cast<std::int64_t>(head.head.last.value);
  text.frames = static_cast<std::int64_t>(head.frames);
  text.chain = to_hex(head.head.chain.bytes);
  text.root = to_hex(head.root.bytes);
  for (const Sha256& root : head.frontier) text.frontier.push_back(to_hex(root.bytes));
  text.log_time = to_string(head.time);
  text.public_key = to_hex(head.signer.bytes);
  text.signature = to_hex(head.signature.bytes);
  return text;
}

Result<SignedHead> from_text(const HeadText& text, const std::string& name) {
  const HeadText expected;
  SignedHead head;
  head.head.last = Position(static_cast<std::uint64_t>(text.last_position));
  head.frames = static_cast<std::uint64_t>(text.frames);
  const std::optional<Instant> time = parse_instant(text.log_time);
  const bool sound = text.format == expected.format && text.version == expected.version &&
                     text.last_position > 0 && text.frames > 0 && time &&
                     to_string(*time) == text.log_time && read_hash(text.log, head.log) &&
                     read_hash(text.chain, head.head.chain) && read_hash(text.root, head.root) &&
                     read_frontier(text.frontier, head.frontier) &&
                     parse_hex(text.public_key, head.signer.bytes) &&
                     parse_hex(text.signature, head.signature.bytes);
  if (!sound) return sealed::damaged(name, "is not a signed head");
  head.time = *time;
  return head;
}

Result<SignedHead> load_head(const std::filesystem::path& path) {
  TRY(const std::string text, sealed::read_file(path, head_bytes_max));
  TRY(const auto head, sealed::unseal<HeadText>(text, path.string()));
  return from_text(head, path.string());
}

std::string print_head(const SignedHead& head) { return sealed::seal(to_text(head)); }

Result<SigningPublicKey> create_keys(const std::filesystem::path& path) {
  const std::filesystem::path public_path = path.string() + ".pub";
  if (std::filesystem::exists(public_path)) {
    return fault(FaultKind::invalid, public_path.string() + ": exists already");
  }
  const SigningSeed seed = engine::log::random_signing_seed();
  const SigningPublicKey key = engine::log::public_key_of(seed);
  TRY(sealed::create_file(path, key_line(secret_key_begin, seed)));
  TRY(sealed::create_file(public_path, key_line(public_key_begin, key)));
  // This one is there to be given away.
  std::error_code ignored;
  using std::filesystem::perms;
  std::filesystem::permissions(public_path, perms::group_read | perms::others_read,
                               std::filesystem::perm_options::add, ignored);
  return key;
}

Result<SigningSeed> load_secret_key(const std::filesystem::path& path) {
  return load_key<SigningSeed>(path, secret_key_begin);
}

Result<SigningPublicKey> load_public_key(const std::filesystem::path& path) {
  return load_key<SigningPublicKey>(path, public_key_begin);
}

}  // namespace boxoffice::tools::proofs
