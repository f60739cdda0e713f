#include "http/api/seat_map_cache.h"

#include <fmt/format.h>

#include <charconv>

#include "http/api/render.h"
#include "http/server/content_coding.h"

namespace boxoffice::http::api {

std::string to_string(SeatMapId id) {
  return fmt::format("{}-{:08x}", id.version.value, id.edition);
}

std::optional<SeatMapId> parse_seat_map_id(std::string_view text) {
  SeatMapId id;
  const char* const end = text.data() + text.size();
  auto parsed = std::from_chars(text.data(), end, id.version.value);
  if (parsed.ec == std::errc() && parsed.ptr != end && *parsed.ptr == '-') {
    parsed = std::from_chars(parsed.ptr + 1, end, id.edition, 16);
  }
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return id;
}

std::shared_ptr<const std::string> SeatMapCache::to_send(std::shared_ptr<const std::string> map) {
  if (map->size() < large_bytes) return map;
  if (unsent_bytes_.fetch_add(map->size()) + map->size() > unsent_bytes_max) {
    unsent_bytes_ -= map->size();
    return nullptr;
  }
  const std::string* const bytes = map.get();
  return {bytes,
          [this, map = std::move(map)](const std::string*) { unsent_bytes_ -= map->size(); }};
}

SeatMapCache::Answer SeatMapCache::get(ShowId id, Form form) {
  Answer answer = get_plain(id);
  if (form == Form::gzip && answer.json && !answer.gzip) add_gzip(id, answer);
  return answer;
}

void SeatMapCache::add_gzip(ShowId id, Answer& answer) {
  answer.gzip = std::make_shared<const std::string>(gzip(*answer.json));
  Shard& shard = shards_[id.value % shards_.size()];
  const std::lock_guard lock(shard.mutex);
  const auto entry = shard.entries.find(id);
  if (entry == shard.entries.end() || entry->second.json != answer.json || entry->second.gzip) {
    return;
  }
  entry->second.gzip = answer.gzip;
  shard.bytes += answer.gzip->size();
}

SeatMapCache::Answer SeatMapCache::get_plain(ShowId id) {
  const auto current = models_.seat_map_version(id);
  Shard& shard = shards_[id.value % shards_.size()];
  {
    const std::lock_guard lock(shard.mutex);
    if (!current) {
      if (const auto gone = shard.entries.find(id); gone != shard.entries.end()) {
        shard.bytes -= gone->second.bytes();
        shard.entries.erase(gone);
      }
      return {};
    }
    const auto entry = shard.entries.find(id);
    if (entry != shard.entries.end() && entry->second.id.version.value == current->version &&
        entry->second.id.edition == current->edition) {
      return {.json = entry->second.json,
              .gzip = entry->second.gzip,
              .id = entry->second.id,
              .position = current->position};
    }
  }
  const auto map = models_.seat_map(id);
  if (!map) return {};
  const SeatMapId map_id{.version = Position(map->version), .edition = map->edition};
  auto json = std::make_shared<const std::string>(render_seats(id, *map));
  const std::lock_guard lock(shard.mutex);
  if (shard.bytes > bytes_max / shards_.size()) {
    shard.entries.clear();
    shard.bytes = 0;
  }
  Entry& entry = shard.entries[id];
  // Another reader may have made a newer one meanwhile. One of another edition is found out by the
  // next who asks.
  if (map_id.edition != entry.id.edition || map_id.version >= entry.id.version) {
    shard.bytes += json->size() - entry.bytes();
    entry = {.id = map_id, .json = json};
  }
  return {.json = std::move(json), .gzip = nullptr, .id = map_id, .position = map->position};
}

}  // namespace boxoffice::http::api
