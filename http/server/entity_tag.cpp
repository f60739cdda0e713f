#include "http/server/entity_tag.h"

#include <fmt/format.h>
#include <xxhash.h>

#include "http/server/stream.h"

namespace boxoffice::http {

namespace {

// "*" or a list of tags, which may be weak. Tags are quoted, so none is a part of another.
bool names_tag(std::string_view field, std::string_view tag) {
  return field == "*" || field.find(tag) != std::string_view::npos;
}

}  // namespace

std::string entity_tag(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return fmt::format("\"{:016x}{:016x}\"", hash.high64, hash.low64);
}

void answer_if_changed(const std::optional<std::string>& if_none_match, Response& response) {
  if (response.status != 200 || response.stream) return;
  if (response.headers.find("ETag") == nullptr) {
    response.headers.set("ETag", entity_tag(response.payload()));
  }
  if (!if_none_match || !names_tag(*if_none_match, *response.headers.find("ETag"))) return;
  response.status = 304;
  response.content_type.clear();
  response.body.clear();
  response.shared_body = nullptr;
}

}  // namespace boxoffice::http
