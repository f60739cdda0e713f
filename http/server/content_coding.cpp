#include "http/server/content_coding.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>
#include <new>
#include <optional>

#include "base/ensure.h"

namespace boxoffice::http {
namespace {

constexpr int level = 1;  // the quickest

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The part before `separator`, which is taken off `rest` with it.
std::string_view next_part(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = trimmed(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

/// "q=0", "q=0.000": not wanted.
bool is_zero_weight(std::string_view parameter) {
  if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return false;
  const std::string_view weight = parameter.substr(2);
  return !weight.empty() && weight.find_first_not_of("0.") == weight.npos;
}

bool is_text(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  return type.starts_with("text/") || type.ends_with("json") || type.ends_with("javascript") ||
         type.ends_with("xml");
}

libdeflate_compressor& compressor() {
  struct Free {
    void operator()(libdeflate_compressor* c) const { libdeflate_free_compressor(c); }
  };
  thread_local const std::unique_ptr<libdeflate_compressor, Free> made(
      libdeflate_alloc_compressor(level));
  if (made == nullptr) throw std::bad_alloc();
  return *made;
}

}  // namespace

bool accepts_gzip(const Headers& headers) {
  std::optional<bool> gzip;
  std::optional<bool> anything;
  for (const auto& [name, value] : headers.fields) {
    if (!equal_without_case(name, "Accept-Encoding")) continue;
    for (std::string_view rest = value; !rest.empty();) {
      std::string_view member = next_part(rest, ',');
      const std::string_view coding = next_part(member, ';');
      const bool wanted = !is_zero_weight(trimmed(member));
      if (equal_without_case(coding, "gzip") || equal_without_case(coding, "x-gzip")) {
        gzip = wanted;
      } else if (coding == "*") {
        anything = wanted;
      }
    }
  }
  return gzip.value_or(anything.value_or(false));
}

std::string gzip(std::string_view bytes) {
  libdeflate_compressor& made = compressor();
  std::string out(libdeflate_gzip_compress_bound(&made, bytes.size()), '\0');
  const std::size_t size =
      libdeflate_gzip_compress(&made, bytes.data(), bytes.size(), out.data(), out.size());
  ENSURE(size > 0, "the bound is enough for any input");
  out.resize(size);
  return out;
}

bool choose_gzip(bool accepted, Response& response) {
  if (response.status != 200 || response.stream || !is_text(response.content_type)) return false;
  const bool is_coded = response.headers.has("Content-Encoding");
  if (!is_coded && response.payload().size() < coded_bytes_min) return false;
  response.headers.add("Vary", "Accept-Encoding");
  if (!accepted) return false;
  const auto tag = response.headers.find("ETag");
  if (tag && !tag->starts_with("W/")) {
    const std::string weak = "W/" + std::string(*tag);
    response.headers.remove("ETag");
    response.headers.add("ETag", weak);
  }
  return true;
}

void gzip_body(Response& response) {
  if (response.headers.has("Content-Encoding")) return;
  response.body = gzip(response.payload());
  response.shared_body = nullptr;
  response.headers.add("Content-Encoding", "gzip");
}

}  // namespace boxoffice::http
