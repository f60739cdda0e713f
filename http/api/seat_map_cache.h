// The seat map of each show as JSON, made once per change and shared between all who ask.
//
// Threads: any. Limits: about `bytes_max` in all, about 110 bytes a seat; beyond it a shard starts
// afresh.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/ids.h"
#include "projections/read_models.h"

namespace boxoffice::http::api {

class SeatMapCache {
 public:
  explicit SeatMapCache(const projections::ReadModels& models) : models_(models) {}

  struct Answer {
    std::shared_ptr<const std::string> json;  ///< null: no such show
    std::uint64_t version = 0;
    std::string etag;   ///< quoted
    Position position;  ///< where it is exactly true
  };
  Answer get(ShowId id);

 private:
  struct Entry {
    std::uint64_t version = 0;
    std::uint32_t generation = 0;
    std::shared_ptr<const std::string> json;
  };
  static constexpr std::size_t bytes_max = 256 << 20;

  struct Shard {
    std::mutex mutex;
    std::size_t bytes = 0;
    std::unordered_map<ShowId, Entry> entries;
  };

  const projections::ReadModels& models_;
  std::array<Shard, 16> shards_;
};

}  // namespace boxoffice::http::api
