#include "http/server/entity_tag.h"

#include <fmt/format.h>
#include <xxhash.h>

#include "http/server/stream.h"

namespace boxoffice::http {

std::string entity_tag(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return fmt::format("\"{:016x}{:016x}\"", hash.high64, hash.low64);
}

std::string known_tags(const Headers& headers) {
  std::string known;
  for (const auto& [name, value] : headers.fields) {
    if (!equal_without_case(name, "If-None-Match")) continue;
    if (!known.empty()) known += ", ";
    known += value;
  }
  return known;
}

void give_tag(Response& response) {
  if (response.status != 200 || response.stream) return;
  if (response.headers.find("ETag") != nullptr) return;
  response.headers.set("ETag", entity_tag(response.payload()));
}

void answer_if_changed(std::string_view known, Response& response) {
  const std::string* field = response.headers.find("ETag");
  if (field == nullptr || response.status != 200) return;
  // Tags are quoted, so none is a part of another.
  std::string_view tag = *field;
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  if (known != "*" && known.find(tag) == known.npos) return;
  response.status = 304;
  response.content_type.clear();
  response.body.clear();
  response.shared_body = nullptr;
  std::erase_if(response.headers.fields,
                [](const auto& header) { return header.first == "Content-Encoding"; });
}

}  // namespace boxoffice::http
