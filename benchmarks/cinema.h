// The whole program in one process, as `boxoffice serve` puts it together, on a log in the current
// directory (BENCH_DIRECTORY for another) that is removed afterwards.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "engine/domain/commands.h"
#include "engine/sequencer/submission.h"
#include "events/events.h"

namespace boxoffice::tools {
class FrontDoor;
}

namespace boxoffice::benchmarks {

class Cinema {
 public:
  /// `name`: of its folder; `settings`: by the names of command-line options. What a benchmark
  /// prints is its result: there is no access log unless it is asked for.
  explicit Cinema(const std::string& name = "bench_data",
                  const std::map<std::string, std::string>& settings = {});
  ~Cinema();
  Cinema(const Cinema&) = delete;
  Cinema& operator=(const Cinema&) = delete;

  std::uint16_t port() const;

  /// Locks the next three free seats, for a new session; a new show when the last one is full. The
  /// bytes are good until the next call.
  std::string_view next_lock();
  /// Makes the shows that so many next_lock() need, so that none of them waits for the engine.
  void prepare(std::size_t locks);

  ShowId show_of_seats(std::int32_t seats);

  /// Makes the seat map anew until `stop` is set; how many.
  std::size_t rebuild_until(const std::atomic<bool>& stop);

  std::uint64_t frames() const;

 private:
  static constexpr std::int32_t hall_seats = 18'000;
  static constexpr std::uint32_t seats_per_lock = 3;

  events::ShowCreated show_in(TheatreId theatre);
  engine::Reply call(engine::domain::Command command);

  std::filesystem::path directory_;
  std::unique_ptr<tools::FrontDoor> front_door_;
  std::deque<events::ShowCreated> prepared_;
  std::uint32_t show_ = 0;
  std::uint32_t next_seat_ = 0;
  std::uint32_t end_seat_ = 0;
  std::string request_;
};

}  // namespace boxoffice::benchmarks
