// Do the read models keep up with the engine, and what does a question cost?
//
// At its peak the engine writes 35,000 locks of three seats a second; folding one must cost at most
// 3 µs, so that the read models take a tenth of a core. `ratio` compares folding with writing the
// same number of bare rows of the same size to the same store: the part that is RocksDB's own.
//
//   fold_locks/spread   random shows of 1,000
//   fold_locks/hot      all of them in one show
//   bare_rows           three puts an event, nothing else
//   rebuild/seat_map    the same locks, spread, into a seat map made anew: goal 500 k events/s
//   seat_map, past_seat_map, booking, shows_of_movie   one question each

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <rocksdb/db.h>
#include <stdlib.h>

#include <filesystem>
#include <map>
#include <random>

#include "base/ensure.h"
#include "events/events.h"
#include "projections/read_models.h"
#include "projections/row_key.h"

namespace boxoffice::projections {
namespace {

constexpr std::uint32_t show_count = 1'000;
constexpr std::uint32_t seats_per_show = 100;
constexpr std::size_t events_per_frame = 64;
constexpr std::uint32_t booking_count = 100'000;

class TempDirectory {
 public:
  TempDirectory() : path_((std::filesystem::temp_directory_path() / "bench-XXXXXX").string()) {
    ENSURE(::mkdtemp(path_.data()) != nullptr, "a temporary directory can be made");
  }
  ~TempDirectory() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Read models with a catalogue, and frames for them.
class Bench {
 public:
  Bench() : models_(ReadModels::open(directory_.path()).value()) {
    add(events::MovieCreated{.movie_id = MovieId(1),
                             .title = "Joker",
                             .description = {},
                             .genre = "",
                             .rating = "",
                             .poster_url = {},
                             .release_date = {}});
    add(events::TheatreCreated{
        .theatre_id = TheatreId(1), .name = "Hall", .city = "Mumbai", .address = "", .rows = {}});
    for (std::uint32_t show = 1; show <= show_count; ++show) {
      add(events::ShowCreated{.show_id = ShowId(show),
                              .movie_id = MovieId(1),
                              .theatre_id = TheatreId(1),
                              .show_date = {},
                              .show_time = {},
                              .price = {},
                              .first_seat = first_seat(show),
                              .rows = {seats_per_show}});
    }
    catalog_ = frame_;
    apply();
  }

  const events::Frame& catalog() const { return catalog_; }
  events::Frame take_frame() { return std::exchange(frame_, {}); }

  static SeatId first_seat(std::uint32_t show) { return SeatId((show - 1) * seats_per_show + 1); }

  void add(events::EventBody body) {
    events::Event event;
    event.position = event.command = last_ = last_.next();
    event.body = std::move(body);
    frame_.events.push_back(std::move(event));
  }

  /// Three random neighbouring seats of one of the first `shows` shows.
  void add_lock(std::uint32_t shows) {
    const auto show = static_cast<std::uint32_t>(random_() % shows + 1);
    const SeatId first(first_seat(show).value +
                       static_cast<std::uint32_t>(random_() % (seats_per_show - 2)));
    add(events::SeatsLocked{.show_id = ShowId(show),
                            .seat_ids = {first, first.next(), first.next().next()},
                            .user_session = "3f2b8c1e-1111-4222-8333-444455556666",
                            .user_id = {},
                            .since = Instant{1'700'000'000'000'000},
                            .until = Instant{1'700'000'300'000'000}});
  }

  void add_booking(std::uint32_t booking) {
    const std::uint32_t show = booking % show_count + 1;
    add(events::BookingCreated{.booking_id = BookingId(booking),
                               .user_id = UserId(booking),
                               .show_id = ShowId(show),
                               .seat_ids = {first_seat(show), first_seat(show).next()},
                               .total_amount = Money{2500},
                               .expires_at = {},
                               .guest = false,
                               .user_session = ""});
  }

  void apply() {
    ENSURE(models_->apply(frame_).has_value(), "the frame was folded");
    frame_.events.clear();
  }

  ReadModels& models() { return *models_; }
  Position last() const { return last_; }

 private:
  TempDirectory directory_;
  std::unique_ptr<ReadModels> models_;
  events::Frame frame_;
  events::Frame catalog_;
  Position last_;
  std::mt19937_64 random_{1};
};

void count_events(benchmark::State& state) {
  const auto events = static_cast<double>(state.iterations()) * events_per_frame;
  state.counters["events/s"] = benchmark::Counter(events, benchmark::Counter::kIsRate);
  state.counters["s/event"] =
      benchmark::Counter(events, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void fold_locks(benchmark::State& state, std::uint32_t shows) {
  Bench bench;
  for (auto _ : state) {
    state.PauseTiming();
    for (std::size_t i = 0; i < events_per_frame; ++i) bench.add_lock(shows);
    state.ResumeTiming();
    bench.apply();
  }
  count_events(state);
}
BENCHMARK_CAPTURE(fold_locks, spread, show_count);
BENCHMARK_CAPTURE(fold_locks, hot, 1U);

void bare_rows(benchmark::State& state) {
  TempDirectory directory;
  rocksdb::Options options;
  options.create_if_missing = true;
  options.allow_concurrent_memtable_write = false;
  rocksdb::DB* opened = nullptr;
  ENSURE(rocksdb::DB::Open(options, directory.path(), &opened).ok(), "the store opens");
  const std::unique_ptr<rocksdb::DB> db(opened);
  rocksdb::WriteOptions without_wal;
  without_wal.disableWAL = true;
  const std::string value(14, 'v');  // as long as the row of a locked seat
  std::mt19937_64 random(1);
  for (auto _ : state) {
    rocksdb::WriteBatch batch;
    for (std::size_t i = 0; i < 3 * events_per_frame; ++i) {
      const SeatId seat(static_cast<std::uint32_t>(random() % (show_count * seats_per_show)));
      ENSURE(batch.Put(row_key('t', ShowId(seat.value / seats_per_show), seat), value).ok(), "put");
    }
    ENSURE(db->Write(without_wal, &batch).ok(), "the rows are written");
  }
  count_events(state);
}
BENCHMARK(bare_rows);

void rebuild(benchmark::State& state, const char* name) {
  constexpr std::size_t locks = 1'000'000;
  constexpr std::size_t frame_locks = 512;
  Bench bench;
  std::vector<events::Frame> frames;
  for (std::size_t i = 0; i < locks; ++i) {
    bench.add_lock(show_count);
    if ((i + 1) % frame_locks == 0) frames.push_back(bench.take_frame());
  }
  for (auto _ : state) {
    const auto rebuilt = bench.models().begin_rebuild(name).value();
    ENSURE(rebuilt->apply(bench.catalog()).has_value(), "the catalogue is folded");
    for (const events::Frame& frame : frames) {
      ENSURE(rebuilt->apply(frame).has_value(), "the frame is folded");
    }
    ENSURE(rebuilt->write().has_value(), "the rows are written");
  }
  const auto events = static_cast<double>(state.iterations()) * locks;
  state.counters["events/s"] = benchmark::Counter(events, benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(rebuild, seat_map, "seat_map")->Unit(benchmark::kMillisecond);

void seat_map(benchmark::State& state) {
  Bench bench;
  for (std::size_t i = 0; i < 10'000; ++i) bench.add_lock(show_count);
  bench.apply();
  std::uint32_t show = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(bench.models().seat_map(ShowId(show++ % show_count + 1)));
  }
}
BENCHMARK(seat_map);

/// As of the end of a history of so many locks.
void past_seat_map(benchmark::State& state) {
  Bench bench;
  for (std::int64_t i = 0; i < state.range(0); ++i) bench.add_lock(1);
  bench.apply();
  ENSURE(bench.models().flush().has_value(), "the rows are flushed");
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        bench.models().seat_map(ShowId(1), bench.last(), [] { return success(); }));
  }
}
BENCHMARK(past_seat_map)->ArgName("locks")->Arg(100)->Arg(10'000)->Arg(100'000);

void booking(benchmark::State& state) {
  Bench bench;
  for (std::uint32_t id = 1; id <= booking_count; ++id) bench.add_booking(id);
  bench.apply();
  if (state.range(0) != 0) ENSURE(bench.models().flush().has_value(), "the rows are flushed");
  std::mt19937_64 random(1);
  for (auto _ : state) {
    const BookingId id(static_cast<std::uint32_t>(random() % booking_count + 1));
    benchmark::DoNotOptimize(bench.models().booking(id, bench.last()));
  }
}
BENCHMARK(booking)->ArgName("on_disk")->Arg(0)->Arg(1);

void shows_of_movie(benchmark::State& state) {
  Bench bench;
  ShowFilter filter;
  filter.movie_id = MovieId(1);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        bench.models().shows(filter, ShowOrder::id, {.limit = 100}, bench.last()));
  }
}
BENCHMARK(shows_of_movie);

}  // namespace
}  // namespace boxoffice::projections

BENCHMARK_MAIN();
