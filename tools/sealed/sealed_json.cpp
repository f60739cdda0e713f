#include "tools/sealed/sealed_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <system_error>

#include "base/bytes.h"
#include "engine/log/sha256.h"
#include "http/auth/private_file.h"

namespace boxoffice::tools::sealed {

namespace {

constexpr std::string_view seal_begin = R"(,"sha256":")";
constexpr std::string_view seal_end = "\"}\n";
constexpr std::size_t hex_digits = 64;
constexpr std::size_t seal_bytes = seal_begin.size() + hex_digits + seal_end.size();

std::string seal_of(std::string_view text) {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const Sha256 hash = engine::log::sha256(std::span(bytes, text.size()));
  return fmt::format("{}{}{}", seal_begin, to_hex(hash.bytes), seal_end);
}

}  // namespace

std::string seal_text(std::string json) {
  json.pop_back();  // the brace, which the seal ends with
  return json + seal_of(json);
}

std::optional<std::string> unseal_text(std::string_view text) {
  if (text.size() < seal_bytes) return std::nullopt;
  const std::string_view body = text.substr(0, text.size() - seal_bytes);
  if (text.substr(body.size()) != seal_of(body)) return std::nullopt;
  return std::string(body) + "}";
}

Fault damaged(const std::string& name, std::string_view why) {
  return fault(FaultKind::corrupt, fmt::format("{}: {}", name, why));
}

Result<std::string> read_file(const std::filesystem::path& path, std::uintmax_t bytes_max) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  // What cannot be measured, read_small_file has words for.
  return http::auth::read_small_file(path, std::min(error ? 0 : size, bytes_max));
}

Result<void> create_file(const std::filesystem::path& path, std::string_view content) {
  TRY(const bool created, http::auth::create_private_file(path, content));
  if (created) return success();
  return fault(FaultKind::invalid, path.string() + ": exists already, and is not overwritten");
}

}  // namespace boxoffice::tools::sealed
