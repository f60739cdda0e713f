#include "http/server/entity_tag.h"

#include <xxhash.h>

#include "base/bytes.h"
#include "http/server/stream.h"

namespace boxoffice::http {

std::string entity_tag(std::string_view bytes) {
  XXH128_canonical_t hash;  // the number's bytes, the highest first
  XXH128_canonicalFromHash(&hash, XXH3_128bits(bytes.data(), bytes.size()));
  std::string tag = "\"";
  append_hex(tag, hash.digest);
  tag += '"';
  return tag;
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
  if (response.headers.has("ETag")) return;
  response.headers.add("ETag", entity_tag(response.payload()));
}

void answer_if_changed(std::string_view known, Response& response) {
  if (response.status != 200 || known.empty()) return;
  const auto field = response.headers.find("ETag");
  if (!field) return;
  // Tags are quoted, so none is a part of another.
  std::string_view tag = *field;
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  if (known != "*" && known.find(tag) == known.npos) return;
  response.status = 304;
  response.content_type = {};
  response.body.clear();
  response.shared_body = nullptr;
  response.headers.remove("Content-Encoding");
}

}  // namespace boxoffice::http
