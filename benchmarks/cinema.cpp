#include "benchmarks/cinema.h"

#include <fmt/format.h>

#include <cstdlib>
#include <optional>
#include <utility>

#include "base/this_thread.h"
#include "base/ensure.h"
#include "benchmarks/http_load.h"
#include "tools/front_door.h"
#include "tools/house.h"
#include "tools/rebuild.h"

namespace boxoffice::benchmarks {

namespace domain = engine::domain;

namespace {

tools::config::Config config_in(const std::filesystem::path& directory,
                                std::map<std::string, std::string> given) {
  given.insert({{"port", "0"},
                {"access-log", "off"},
                {"slow-request-ms", "0"},
                {"database-url", "rocksdb:" + directory.string()}});
  auto config = tools::config::load_config(
      given,
      [](const std::string& name) -> std::optional<std::string> {
        if (name != "SECRET_KEY") return std::nullopt;
        return "the secret key of the benchmarks, which is nobody's";
      },
      directory / "no.env");
  ENSURE(config.has_value(), "the settings are accepted");
  return std::move(config).value();
}

}  // namespace

Cinema::Cinema(const std::string& name, const std::map<std::string, std::string>& settings) {
  const char* parent = std::getenv("BENCH_DIRECTORY");
  directory_ = std::filesystem::path(parent != nullptr ? parent : ".") / name;
  std::filesystem::remove_all(directory_);
  std::filesystem::create_directories(directory_);
  const auto config = config_in(directory_, settings);
  auto front_door = tools::FrontDoor::bind(config);
  ENSURE(front_door.has_value(), "a free port is found");
  front_door_ = std::move(front_door).value();
  auto house = tools::House::open(config);
  ENSURE(house.has_value(), "an empty directory is opened");
  front_door_->open(std::move(house).value());
  call(domain::CreateMovie{{.title = "Long",
                            .description = {},
                            .duration_min = 90,
                            .genre = "Drama",
                            .rating = "PG",
                            .poster_url = {},
                            .release_date = {}}});
  call(domain::CreateTheatre{
      {.name = "Big", .city = "X", .address = "", .total_seats = hall_seats, .layout = {}}});
}

Cinema::~Cinema() {
  front_door_->close();
  front_door_.reset();
  std::filesystem::remove_all(directory_);
}

std::uint16_t Cinema::port() const { return front_door_->port(); }

std::string_view Cinema::next_lock() {
  if (next_seat_ + seats_per_lock > end_seat_) {
    if (prepared_.empty()) prepare(1);
    const events::ShowCreated show = prepared_.front();
    prepared_.pop_front();
    show_ = show.show_id.value;
    next_seat_ = show.first_seat.value;
    end_seat_ = next_seat_ + hall_seats;
  }
  const auto seat = next_seat_;
  next_seat_ += seats_per_lock;
  request_ = post_request(
      "/api/seats/lock",
      fmt::format(R"({{"show_id": {}, "seat_ids": [{}, {}, {}], "user_session": "s{}"}})", show_,
                  seat, seat + 1, seat + 2, seat));
  return request_;
}

void Cinema::prepare(std::size_t locks) {
  constexpr std::size_t locks_a_show = hall_seats / seats_per_lock;
  while (prepared_.size() * locks_a_show < locks) prepared_.push_back(show_in(TheatreId(1)));
}

ShowId Cinema::show_of_seats(std::int32_t seats) {
  const auto reply = call(domain::CreateTheatre{
      {.name = "Small", .city = "X", .address = "", .total_seats = seats, .layout = {}}});
  const auto& theatre = std::get<events::TheatreCreated>(reply.events().front().body);
  return show_in(theatre.theatre_id).show_id;
}

std::size_t Cinema::rebuild_until(const std::atomic<bool>& stop) {
  become_background();  // as in a server
  std::size_t made = 0;
  while (!stop) {
    tools::RebuildReport report;
    const auto done = tools::rebuild(
        front_door_->house().rebuild_site(), "seat_map", tools::RebuildMode::replace,
        [&](Position) -> Result<void> {
          if (stop) return fault(FaultKind::unavailable, "enough");
          return success();
        },
        report);
    if (stop) return made;
    ENSURE(done.has_value(), "a read model can be made anew");
    ++made;
  }
  return made;
}

std::uint64_t Cinema::frames() const { return front_door_->house().engine().counters().frames; }

events::ShowCreated Cinema::show_in(TheatreId theatre) {
  const auto reply = call(domain::CreateShow{.movie_id = MovieId(1),
                                             .theatre_id = theatre,
                                             .show_date = {},
                                             .show_time = {},
                                             .price = Money{1000}});
  return std::get<events::ShowCreated>(reply.events().front().body);
}

engine::Reply Cinema::call(domain::Command command) {
  // Under overload the engine may say no; a benchmark's own commands can wait.
  while (true) {
    auto reply = front_door_->house().call(command);
    if (reply.has_value()) return std::move(reply).value();
  }
}

}  // namespace boxoffice::benchmarks
