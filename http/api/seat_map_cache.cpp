#include "http/api/seat_map_cache.h"

#include <fmt/format.h>

#include "http/api/render.h"

namespace boxoffice::http::api {

namespace {

// A seat map that was made anew may differ at the same version: that is what it was made anew for.
std::string etag_of(std::uint64_t version, std::uint32_t generation) {
  return fmt::format("\"{}-{}\"", version, generation);
}

}  // namespace

SeatMapCache::Answer SeatMapCache::get(ShowId id) {
  const auto current = models_.seat_map_version(id);
  Shard& shard = shards_[id.value % shards_.size()];
  {
    const std::lock_guard lock(shard.mutex);
    if (!current) {
      if (const auto gone = shard.entries.find(id); gone != shard.entries.end()) {
        shard.bytes -= gone->second.json->size();
        shard.entries.erase(gone);
      }
      return {};
    }
    const auto entry = shard.entries.find(id);
    if (entry != shard.entries.end() && entry->second.version == current->version &&
        entry->second.generation == current->generation) {
      return {.json = entry->second.json,
              .version = current->version,
              .etag = etag_of(current->version, current->generation),
              .position = current->position};
    }
  }
  const auto map = models_.seat_map(id);
  if (!map) return {};
  auto json = std::make_shared<const std::string>(render_seats(id, *map));
  const std::lock_guard lock(shard.mutex);
  if (shard.bytes > bytes_max / shards_.size()) {
    shard.entries.clear();
    shard.bytes = 0;
  }
  Entry& entry = shard.entries[id];
  // Another reader may have made a newer one meanwhile.
  if (map->generation > entry.generation ||
      (map->generation == entry.generation && map->version >= entry.version)) {
    shard.bytes += json->size() - (entry.json ? entry.json->size() : 0);
    entry = {.version = map->version, .generation = map->generation, .json = json};
  }
  return {.json = std::move(json),
          .version = map->version,
          .etag = etag_of(map->version, map->generation),
          .position = map->position};
}

}  // namespace boxoffice::http::api
