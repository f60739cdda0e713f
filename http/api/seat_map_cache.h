// The seat map of each show as JSON, plain and compressed, made once per change and shared by all
// who ask.
//
// Threads: any. Limits: about `bytes_max` in all, about 110 bytes a seat; beyond it a shard starts
// afresh.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/ids.h"
#include "projections/read_models.h"

namespace boxoffice::http::api {

/// Which seat map a client has: `version` of its show, and the edition of the rows that it was made
/// of. It is the tag of the map, and the id of what a stream tells.
struct SeatMapId {
  Position version;
  std::uint32_t edition = 0;
};
/// "42-1f00ba4e"
std::string to_string(SeatMapId id);
/// Empty for another form; "42" alone is of no edition that there is.
std::optional<SeatMapId> parse_seat_map_id(std::string_view text);

class SeatMapCache {
 public:
  explicit SeatMapCache(const projections::ReadModels& models) : models_(models) {}

  enum class Form { plain, gzip };
  struct Answer {
    std::shared_ptr<const std::string> json;  ///< null: no such show
    std::shared_ptr<const std::string> gzip;  ///< the same; null unless it was asked for
    SeatMapId id;
    Position position;  ///< where it is exactly true
  };
  Answer get(ShowId id, Form form = Form::plain);

  /// A map, in either form, as the body of an answer. A slow client keeps its bytes in memory,
  /// whatever newer maps there are: null when large maps of `unsent_bytes_max` are with clients
  /// already.
  std::shared_ptr<const std::string> to_send(std::shared_ptr<const std::string> map);

 private:
  struct Entry {
    SeatMapId id;
    std::shared_ptr<const std::string> json;
    std::shared_ptr<const std::string> gzip{};  // made for the first who takes it

    std::size_t bytes() const { return (json ? json->size() : 0) + (gzip ? gzip->size() : 0); }
  };
  static constexpr std::size_t bytes_max = 256 << 20;
  static constexpr std::size_t unsent_bytes_max = 512 << 20;
  static constexpr std::size_t large_bytes = 64 << 10;  // smaller ones are bounded by connections

  struct Shard {
    std::mutex mutex;
    std::size_t bytes = 0;
    std::unordered_map<ShowId, Entry> entries;
  };

  Answer get_plain(ShowId id);
  void add_gzip(ShowId id, Answer& answer);

  const projections::ReadModels& models_;
  std::array<Shard, 16> shards_;
  std::atomic<std::size_t> unsent_bytes_{0};  // of large maps
};

}  // namespace boxoffice::http::api
