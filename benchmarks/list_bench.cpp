// What does a page of a list cost when there is much to list?
//
// 10,000 movies, and 100,000 shows of 90 days in 500 theatres of 50 cities, made in the order of
// their days. Every page has 20 elements and is asked for with a cursor: by id near the beginning,
// by start in the middle. `ratio`: to the page that looks at nothing else (list_shows/by_id).
//
//   list_movies/by_id, title, title_none, genre
//   list_shows/by_id, by_start        no filter
//   skip_shows                        the seed's way to the middle
//   list_shows/city, city_by_start    one of 50
//   list_shows/week, week_by_start
//   list_shows/movie_by_start         its ten shows
//   list_shows/late                   the last third by id: all shows before it are looked at

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>

#include "base/ensure.h"
#include "base/time.h"
#include "events/events.h"
#include "projections/read_models.h"

namespace boxoffice::projections {
namespace {

constexpr std::uint32_t movie_count = 10'000;
constexpr std::uint32_t theatre_count = 500;
constexpr std::uint32_t city_count = 50;
constexpr std::uint32_t show_count = 100'000;
constexpr std::uint32_t day_count = 90;
constexpr std::size_t page_elements = 20;
constexpr Date first_day{.year = 2030, .month = 1, .day = 1};

std::string city_of(std::uint32_t theatre) { return fmt::format("City {}", theatre % city_count); }

class Catalogue {
 public:
  Catalogue() : models_(ReadModels::open(path_).value()) {
    for (std::uint32_t id = 1; id <= movie_count; ++id) add_movie(id);
    for (std::uint32_t id = 1; id <= theatre_count; ++id) add_theatre(id);
    for (std::uint32_t id = 1; id <= show_count; ++id) add_show(id);
    ENSURE(models_->apply(frame_).has_value(), "the catalogue was folded");
  }
  ~Catalogue() {
    models_.reset();
    std::filesystem::remove_all(path_);
  }
  Catalogue(const Catalogue&) = delete;
  Catalogue& operator=(const Catalogue&) = delete;

  const ReadModels& operator*() const { return *models_; }
  Position last() const { return last_; }

 private:
  static std::string new_directory() {
    std::string path = (std::filesystem::temp_directory_path() / "bench-XXXXXX").string();
    ENSURE(::mkdtemp(path.data()) != nullptr, "a temporary directory can be made");
    return path;
  }

  void add(events::EventBody body) {
    events::Event event;
    event.position = event.command = last_ = last_.next();
    event.body = std::move(body);
    frame_.events.push_back(std::move(event));
  }
  void add_movie(std::uint32_t id) {
    add(events::MovieCreated{.movie_id = MovieId(id),
                             .title = fmt::format("The Return of the Lion King, Part {}", id),
                             .description = {},
                             .genre = id % 10 == 0 ? "Western" : "Drama",
                             .rating = "R",
                             .poster_url = {},
                             .release_date = {}});
  }
  void add_theatre(std::uint32_t id) {
    add(events::TheatreCreated{.theatre_id = TheatreId(id),
                               .name = "Rex",
                               .city = city_of(id),
                               .address = "1 Road",
                               .rows = {10}});
  }
  void add_show(std::uint32_t id) {
    const std::uint32_t scattered = id * 2'654'435'761U >> 8;
    add(events::ShowCreated{
        .show_id = ShowId(id),
        .movie_id = MovieId(scattered % movie_count + 1),
        .theatre_id = TheatreId(scattered / 7 % theatre_count + 1),
        .show_date = add_days(first_day, static_cast<int>(id * day_count / (show_count + 1))),
        .show_time = TimeOfDay{static_cast<std::int32_t>(scattered % 86'400)},
        .price = {},
        .first_seat = SeatId(id * 10),
        .rows = {10}});
  }

  const std::string path_ = new_directory();
  std::unique_ptr<ReadModels> models_;
  events::Frame frame_;
  Position last_;
};

const Catalogue& catalogue() {
  static const Catalogue made;
  return made;
}

double plain_page_s() {
  static const double seconds = [] {
    constexpr int pages = 1'000;
    const ShowPage page{.limit = page_elements, .after = {.id = ShowId(20)}};
    catalogue();
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < pages; ++i) {
      benchmark::DoNotOptimize(
          (*catalogue()).shows({}, ShowOrder::id, page, catalogue().last()).size());
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / pages;
  }();
  return seconds;
}

/// Asks again and again; `ask` gives how many elements it got.
template <class Ask>
void measure(benchmark::State& state, Ask&& ask) {
  const double plain = plain_page_s();
  std::size_t elements = 0;
  const auto start = std::chrono::steady_clock::now();
  for (auto _ : state) elements = ask();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  state.counters["elements"] = static_cast<double>(elements);
  state.counters["ratio"] = took.count() / static_cast<double>(state.iterations()) / plain;
}

void list_movies(benchmark::State& state, const MovieFilter& filter) {
  const Page<MovieId> page{.limit = page_elements, .after = MovieId(movie_count / 2)};
  measure(state, [&] { return (*catalogue()).movies(filter, page, catalogue().last()).size(); });
}

void list_shows(benchmark::State& state, const ShowFilter& filter, ShowOrder order) {
  ShowPage page{.limit = page_elements};
  page.after.id = ShowId(20);
  if (order == ShowOrder::start) page.after.date = filter.from.value_or(add_days(first_day, 45));
  measure(state,
          [&] { return (*catalogue()).shows(filter, order, page, catalogue().last()).size(); });
}

void skip_shows(benchmark::State& state) {
  const ShowPage page{.skip = show_count / 2, .limit = page_elements};
  measure(state,
          [&] { return (*catalogue()).shows({}, ShowOrder::id, page, catalogue().last()).size(); });
}

const ShowFilter of_city{.city = city_of(7)};
const ShowFilter of_week{.from = add_days(first_day, 50), .to = add_days(first_day, 56)};
const ShowFilter of_movie{.movie_id = MovieId(77)};
const ShowFilter of_late{.from = add_days(first_day, 60)};

BENCHMARK_CAPTURE(list_movies, by_id, MovieFilter{});
BENCHMARK_CAPTURE(list_movies, title, MovieFilter{.title = "king 99"});
BENCHMARK_CAPTURE(list_movies, title_none, MovieFilter{.title = "king tiger"});
BENCHMARK_CAPTURE(list_movies, genre, MovieFilter{.genre = "western"});
BENCHMARK_CAPTURE(list_shows, by_id, ShowFilter{}, ShowOrder::id);
BENCHMARK_CAPTURE(list_shows, by_start, ShowFilter{}, ShowOrder::start);
BENCHMARK(skip_shows);
BENCHMARK_CAPTURE(list_shows, city, of_city, ShowOrder::id);
BENCHMARK_CAPTURE(list_shows, city_by_start, of_city, ShowOrder::start);
BENCHMARK_CAPTURE(list_shows, week, of_week, ShowOrder::id);
BENCHMARK_CAPTURE(list_shows, week_by_start, of_week, ShowOrder::start);
BENCHMARK_CAPTURE(list_shows, movie_by_start, of_movie, ShowOrder::start);
BENCHMARK_CAPTURE(list_shows, late, of_late, ShowOrder::id);

}  // namespace
}  // namespace boxoffice::projections

BENCHMARK_MAIN();
