#include "tools/demo_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <future>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/auth/password_pool.h"
#include "http/auth/random.h"

namespace boxoffice::tools {

namespace {

namespace domain = engine::domain;

struct UserData {
  std::string email;
  std::string first_name;
  std::string last_name;
};
struct ShowData {
  std::string movie;
  std::string theatre;
  int day = 1;  ///< after the base date
  TimeOfDay time;
  Money price;
};
struct BookingData {
  std::string email;
  std::size_t show = 0;  ///< index into the shows
  std::uint32_t first_seat = 0;
  std::uint32_t seats = 1;
  bool paid = true;
};
struct DataSet {
  std::vector<UserData> users;
  std::vector<domain::MovieFields> movies;
  std::vector<domain::TheatreFields> theatres;
  std::vector<ShowData> shows;
  std::vector<BookingData> bookings;
};

TimeOfDay at(int hour, int minute) { return TimeOfDay{hour * 3600 + minute * 60}; }

domain::MovieFields movie(std::string title, std::string description, std::int32_t duration,
                          std::string genre, std::string rating, Date release_date) {
  return {.title = std::move(title),
          .description = std::move(description),
          .duration_min = duration,
          .genre = std::move(genre),
          .rating = std::move(rating),
          .poster_url = std::nullopt,
          .release_date = release_date};
}

domain::TheatreFields theatre(std::string name, std::string city, std::string address,
                              std::int32_t total_seats) {
  return {.name = std::move(name),
          .city = std::move(city),
          .address = std::move(address),
          .total_seats = total_seats,
          .layout = {}};
}

DataSet small_set() {
  return {
      .users = {{demo_email, "John", "Doe"}},
      .movies = {movie("Avengers: Endgame",
                       "The Avengers assemble once more to undo what Thanos has done.", 181,
                       "Action", "PG-13", {2019, 4, 26}),
                 movie("The Lion King", "A young lion prince flees, and returns to his kingdom.",
                       118, "Animation", "PG", {2019, 7, 19}),
                 movie("Joker", "A failed comedian of Gotham City turns to crime.", 122, "Drama",
                       "R", {2019, 10, 4})},
      .theatres = {theatre("Cineplex Downtown", "New York", "123 Broadway, New York, NY 10001",
                           100),
                   theatre("AMC Times Square", "New York", "234 W 42nd St, New York, NY 10036",
                           150),
                   theatre("PVR Select", "Mumbai", "456 Marine Drive, Mumbai, MH 400001", 120)},
      .shows = {{"Avengers: Endgame", "Cineplex Downtown", 1, at(14, 30), Money{1250}},
                {"Avengers: Endgame", "Cineplex Downtown", 1, at(18, 0), Money{1500}},
                {"The Lion King", "AMC Times Square", 1, at(16, 15), Money{1000}},
                {"Joker", "PVR Select", 2, at(20, 30), Money{1375}}},
      .bookings = {}};
}

// ---- The large set: the same every time ---------------------------------------------------------

constexpr std::array adjectives{"Silent", "Golden", "Hidden",  "Broken",  "Endless", "Crimson",
                                "Winter", "Paper",  "Distant", "Burning", "Gentle",  "Hollow"};
constexpr std::array nouns{"Harbour", "Garden", "Empire", "River",   "Letter",
                           "Machine", "Voyage", "Season", "Station", "Shadow"};
constexpr std::array genres{"Action", "Comedy", "Drama", "Animation", "Horror", "Romance"};
constexpr std::array ratings{"G", "PG", "PG-13", "R"};
constexpr std::array cities{"New York", "Mumbai", "London", "Berlin",  "Paris",
                            "Madrid",   "Rome",   "Tokyo",  "Chicago", "Sydney"};
constexpr std::array chains{"Odeon",   "Lux",   "Palace", "Rialto",
                            "Capitol", "Plaza", "Regal",  "Astoria"};
constexpr std::array first_names{"Ada",    "Grace",   "Alan", "Edsger", "Barbara",
                                 "Donald", "Frances", "Tony", "Radia",  "Leslie"};
constexpr std::array last_names{"Novak", "Rossi",  "Meyer", "Dubois", "Garcia",
                                "Smith", "Tanaka", "Silva", "Jensen", "Patel"};

DataSet large_set() {
  constexpr std::size_t movies = 120;
  constexpr std::size_t theatres = 80;
  constexpr std::size_t shows = 600;
  constexpr std::size_t users = 250;
  constexpr std::size_t bookings = 400;
  constexpr std::size_t days = 45;
  constexpr std::array hours{11, 14, 16, 18, 20, 22};

  DataSet set;
  for (std::size_t i = 0; i < movies; ++i) {
    set.movies.push_back(movie(
        fmt::format("The {} {}", adjectives[i % adjectives.size()], nouns[i / adjectives.size()]),
        "From the catalogue of the large demo data.", 80 + static_cast<int>(i * 7 % 90),
        genres[i % genres.size()], ratings[i % ratings.size()],
        {static_cast<std::int16_t>(2015 + i % 10), static_cast<std::uint8_t>(1 + i % 12),
         static_cast<std::uint8_t>(1 + i % 28)}));
  }
  for (std::size_t i = 0; i < theatres; ++i) {
    const char* city = cities[i % cities.size()];
    const char* chain = chains[i / cities.size()];
    set.theatres.push_back(theatre(fmt::format("{} {}", chain, city), city,
                                   fmt::format("{} Station Road, {}", 1 + i, city),
                                   60 + static_cast<int>(i * 20 % 200)));
  }
  for (std::size_t i = 0; i < shows; ++i) {
    set.shows.push_back({.movie = set.movies[i % movies].title,
                         .theatre = set.theatres[i * 7 % theatres].name,
                         .day = static_cast<int>(1 + i % days),
                         .time = at(hours[i % hours.size()], 15 * static_cast<int>(i % 4)),
                         .price = Money{900 + static_cast<std::int64_t>(i % 9) * 125}});
  }
  for (std::size_t i = 0; i < users; ++i) {
    set.users.push_back({fmt::format("guest{:03}@example.com", i + 1),
                         first_names[i % first_names.size()],
                         last_names[i / first_names.size() % last_names.size()]});
  }
  for (std::size_t i = 0; i < bookings; ++i) {
    // The second booking of a show starts a row further back.
    set.bookings.push_back({.email = set.users[i % users].email,
                            .show = i * 3 % shows,
                            .first_seat = static_cast<std::uint32_t>(i * 3 / shows * 20 + i % 12),
                            .seats = static_cast<std::uint32_t>(1 + i % 6),
                            .paid = i % 10 != 9});
  }
  return set;
}

// ---- Writing ------------------------------------------------------------------------------------

// One hash serves all demo users: hashing is slow on purpose.
std::string hash_of(const std::string& password) {
  http::auth::PasswordPool pool({.cost = {}, .threads = 1, .queue_max = 1});
  std::promise<std::string> hashed;
  pool.hash(password, [&hashed](std::string hash) { hashed.set_value(std::move(hash)); });
  return hashed.get_future().get();
}

class Writer {
 public:
  Writer(House& house, DemoCounts& counts) : house_(house), counts_(counts) {}

  Result<void> write(const DataSet& set) {
    for (const auto& user : set.users) {
      TRY(write_user(user));
    }
    base_ = date_of(house_.user(demo_email)->created_at);
    for (const auto& fields : set.movies) {
      TRY(write_movie(fields));
    }
    for (const auto& fields : set.theatres) {
      TRY(write_theatre(fields));
    }
    std::vector<projections::ShowView> shows;
    for (const auto& data : set.shows) {
      TRY(auto show, write_show(data));
      shows.push_back(std::move(show));
    }
    for (const auto& data : set.bookings) {
      TRY(write_booking(data, shows[data.show]));
    }
    return success();
  }

 private:
  Position now() const { return house_.models().position(); }

  // Counts, and turns a refusal into a fault: nothing stands in the way of demo data.
  Result<engine::Reply> written(domain::Command command) {
    TRY(auto reply, house_.call(std::move(command)));
    const auto& first = reply.events().front().body;
    if (const auto* refused = std::get_if<events::CommandRefused>(&first)) {
      return fault(FaultKind::unavailable,
                   fmt::format("the demo data was refused: {} ({})", enum_name(refused->command),
                               enum_name(refused->reason)));
    }
    ++counts_.written;
    return reply;
  }

  Result<void> write_user(const UserData& data) {
    if (house_.user(data.email)) {
      ++counts_.present;
      return success();
    }
    if (password_hash_.empty()) password_hash_ = hash_of(demo_password);
    TRY(auto registration, house_.personal().seal({.email = data.email,
                                                   .password_hash = password_hash_,
                                                   .first_name = data.first_name,
                                                   .last_name = data.last_name}));
    TRY(written(std::move(registration)));
    return success();
  }

  std::shared_ptr<const projections::MovieView> find_movie(const std::string& title) const {
    for (auto& view : house_.models().movies({}, projections::Page<MovieId>::all(), now())) {
      if (view->title == title) return view;
    }
    return nullptr;
  }
  Result<void> write_movie(const domain::MovieFields& fields) {
    if (find_movie(fields.title)) {
      ++counts_.present;
      return success();
    }
    TRY(written(domain::CreateMovie{fields}));
    return success();
  }

  std::shared_ptr<const projections::TheatreView> find_theatre(const std::string& name,
                                                               const std::string& city) const {
    for (auto& view : house_.models().theatres(city, projections::Page<TheatreId>::all(), now())) {
      if (view->name == name) return view;
    }
    return nullptr;
  }
  Result<void> write_theatre(const domain::TheatreFields& fields) {
    if (auto view = find_theatre(fields.name, fields.city)) {
      ++counts_.present;
      theatres_.emplace_back(fields.name, view->theatre_id);
      return success();
    }
    TRY(const auto reply, written(domain::CreateTheatre{fields}));
    const auto& created = std::get<events::TheatreCreated>(reply.events().front().body);
    theatres_.emplace_back(fields.name, created.theatre_id);
    return success();
  }

  Result<projections::ShowView> write_show(const ShowData& data) {
    const MovieId movie_id = find_movie(data.movie)->movie_id;
    const TheatreId theatre_id =
        std::find_if(theatres_.begin(), theatres_.end(), [&](const auto& entry) {
          return entry.first == data.theatre;
        })->second;
    const Date date = add_days(base_, data.day);
    for (auto& view :
         house_.models().shows({.movie_id = movie_id, .theatre_id = theatre_id, .date = date},
                               projections::ShowOrder::id, projections::ShowPage::all(), now())) {
      if (view.show_time == data.time) {
        ++counts_.present;
        return view;
      }
    }
    TRY(const auto reply, written(domain::CreateShow{.movie_id = movie_id,
                                                     .theatre_id = theatre_id,
                                                     .show_date = date,
                                                     .show_time = data.time,
                                                     .price = data.price}));
    const auto& created = std::get<events::ShowCreated>(reply.events().front().body);
    return *house_.models().show(created.show_id, reply.last);
  }

  Result<void> write_booking(const BookingData& data, const projections::ShowView& show) {
    const UserId user_id = house_.user(data.email)->user_id;
    for (const auto& view :
         house_.models().bookings_of(user_id, projections::Page<BookingId>::all(), now())) {
      if (view.show_id == show.show_id) {
        ++counts_.present;
        return success();
      }
    }
    std::vector<SeatId> seat_ids;
    for (std::uint32_t i = 0; i < data.seats; ++i) {
      seat_ids.push_back(SeatId(show.first_seat.value + data.first_seat + i));
    }
    TRY(const auto reply,
        written(domain::CreateBooking{
            .show_id = show.show_id,
            .seat_ids = std::move(seat_ids),
            .email_fingerprint = house_.personal().fingerprint_of_email(data.email),
            .user_session = {}}));
    if (!data.paid) return success();
    const auto& booking = std::get<events::BookingCreated>(reply.events().front().body);
    const Uuid transaction_id = http::auth::random_uuid();
    TRY(house_.call(domain::InitiatePayment{.booking_id = booking.booking_id,
                                            .amount = booking.total_amount,
                                            .payment_method = "card",
                                            .transaction_id = transaction_id}));
    TRY(house_.call(domain::RecordPaymentResult{
        .transaction_id = transaction_id, .succeeded = true, .drawn = false}));
    return success();
  }

  House& house_;
  DemoCounts& counts_;
  Date base_;
  std::string password_hash_;
  std::vector<std::pair<std::string, TheatreId>> theatres_;
};

}  // namespace

Result<DemoCounts> write_demo_data(House& house, bool large) {
  DemoCounts counts;
  TRY(Writer(house, counts).write(small_set()));
  if (large) {
    TRY(Writer(house, counts).write(large_set()));
  }
  return counts;
}

}  // namespace boxoffice::tools
