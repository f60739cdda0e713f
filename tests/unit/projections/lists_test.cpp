// Lists in pages, against a model: every walk along cursors meets what a look at everything would
// find, in the same order, whichever way the search takes, and while the catalogue changes.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/unit/projections/history.h"

namespace boxoffice::projections {
namespace {

constexpr std::uint32_t movies = 12;
constexpr std::uint32_t theatres = 10;
constexpr std::uint32_t shows = 80;
constexpr int days = 25;
constexpr std::array<const char*, 3> cities{"Mumbai", "New York", "Pune"};

struct ModelShow {
  MovieId movie_id;
  TheatreId theatre_id;
  Date date;
  TimeOfDay time;
};

std::string text_of(const ShowFilter& filter) {
  const auto date = [](const std::optional<Date>& d) { return d ? to_string(*d) : "any"; };
  return "movie " + std::to_string(filter.movie_id.value_or(MovieId()).value) + " theatre " +
         std::to_string(filter.theatre_id.value_or(TheatreId()).value) + " city " +
         filter.city.value_or("any") + " date " + date(filter.date) + " from " + date(filter.from) +
         " to " + date(filter.to);
}

/// A catalogue that changes at random, and what a naive reader makes of the same changes.
class Cinema {
 public:
  explicit Cinema(std::uint32_t seed) : random_(seed) {
    for (std::uint32_t id = 1; id <= movies; ++id) models_.given(movie_created(id));
    for (std::uint32_t id = 1; id <= theatres; ++id) {
      const std::string city = cities[pick(cities.size())];
      city_of_[TheatreId(id)] = city;
      models_.given(theatre_created(id, city));
    }
    while (next_show_ <= shows) create_show();
  }

  std::uint32_t pick(std::size_t below) {
    return static_cast<std::uint32_t>(random_() % static_cast<std::uint32_t>(below));
  }
  const ReadModels& operator*() { return *models_; }
  Position last() const { return models_.history().last(); }
  const std::map<ShowId, ModelShow>& all() const { return shows_; }

  void change_something() {
    switch (pick(4)) {
      case 0: create_show(); break;
      case 1: delete_show(); break;
      case 2: move_show(); break;
      default: move_theatre(); break;
    }
  }

  /// Shows that were created, moved or deleted, or whose theatre was, since the last call.
  std::set<ShowId> take_changed() { return std::exchange(changed_, {}); }

  ShowFilter random_filter() {
    ShowFilter filter;
    if (pick(4) == 0) filter.movie_id = MovieId(1 + pick(movies));
    if (pick(4) == 0) filter.theatre_id = TheatreId(1 + pick(theatres));
    if (pick(3) == 0) filter.city = cities[pick(cities.size())];
    if (pick(6) == 0) filter.date = day(pick(days));
    if (pick(3) == 0) filter.from = day(pick(days));
    if (pick(3) == 0)
      filter.to = filter.from && pick(2) == 0 ? add_days(*filter.from, 1) : day(pick(days));
    return filter;
  }

  std::vector<ShowKey> everything(const ShowFilter& filter, ShowOrder order) const {
    std::vector<ShowKey> keys;
    for (const auto& [id, show] : shows_) {
      if (filter.movie_id && show.movie_id != *filter.movie_id) continue;
      if (filter.theatre_id && show.theatre_id != *filter.theatre_id) continue;
      if (filter.city && city_of_.at(show.theatre_id) != *filter.city) continue;
      if (filter.date && show.date != *filter.date) continue;
      if (filter.from && show.date < *filter.from) continue;
      if (filter.to && *filter.to < show.date) continue;
      ShowKey key;
      key.id = id;
      if (order == ShowOrder::start) {
        key.date = show.date;
        key.time = show.time;
      }
      keys.push_back(key);
    }
    std::ranges::sort(keys);
    return keys;
  }

 private:
  static Date day(std::uint32_t n) { return {2030, 1, static_cast<std::uint8_t>(n + 1)}; }

  void create_show() {
    const ModelShow show{.movie_id = MovieId(1 + pick(movies)),
                         .theatre_id = TheatreId(1 + pick(theatres)),
                         .date = day(pick(days)),
                         .time = TimeOfDay{static_cast<std::int32_t>(pick(4) * 3600)}};
    const ShowId id(next_show_++);
    auto event = show_created(id.value, show.movie_id.value, show.theatre_id.value, show.date);
    event.show_time = show.time;
    models_.given(std::move(event));
    shows_[id] = show;
    changed_.insert(id);
  }
  void delete_show() {
    const ShowId id = some_show();
    models_.given(events::ShowDeleted{id});
    shows_.erase(id);
    changed_.insert(id);
  }
  void move_show() {
    const ShowId id = some_show();
    ModelShow& show = shows_[id];
    show.date = day(pick(days));
    show.time = TimeOfDay{static_cast<std::int32_t>(pick(4) * 3600)};
    models_.given(events::ShowChanged{id, show.date, show.time, Money{900}});
    changed_.insert(id);
  }
  void move_theatre() {
    const TheatreId id(1 + pick(theatres));
    city_of_[id] = cities[pick(cities.size())];
    models_.given(events::TheatreChanged{.theatre_id = id,
                                         .name = "Rex",
                                         .city = city_of_[id],
                                         .address = "",
                                         .total_seats = 6,
                                         .rows = {3, 3},
                                         .has_layout = false});
    for (const auto& [show_id, show] : shows_) {
      if (show.theatre_id == id) changed_.insert(show_id);
    }
  }
  ShowId some_show() { return std::next(shows_.begin(), pick(shows_.size()))->first; }

  std::mt19937 random_;
  Models models_;
  std::map<ShowId, ModelShow> shows_;
  std::map<TheatreId, std::string> city_of_;
  std::set<ShowId> changed_;
  std::uint32_t next_show_ = 1;
};

std::vector<ShowKey> keys_of(const std::vector<ShowView>& views, ShowOrder order) {
  std::vector<ShowKey> keys;
  for (const ShowView& view : views) keys.push_back(key_of(view, order));
  return keys;
}

/// All pages, one after the other; `between` is called after each.
template <class Between>
std::vector<ShowKey> walk(Cinema& cinema, const ShowFilter& filter, ShowOrder order,
                          std::size_t limit, Between&& between) {
  std::vector<ShowKey> met;
  ShowPage page{.limit = limit};
  while (true) {
    const auto keys = keys_of((*cinema).shows(filter, order, page, cinema.last()), order);
    EXPECT_LE(keys.size(), limit);
    met.insert(met.end(), keys.begin(), keys.end());
    const bool goes_on = keys.empty() || page.after < keys.back();
    EXPECT_TRUE(goes_on) << "or the walk never ends";
    if (keys.size() < limit || !goes_on) return met;
    page.after = keys.back();
    between();
  }
}

TEST(Lists, a_walk_along_cursors_is_the_whole_filtered_and_sorted) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    Cinema cinema(seed);
    for (int change = 0; change < 40; ++change) cinema.change_something();
    for (int question = 0; question < 60; ++question) {
      const ShowFilter filter = cinema.random_filter();
      const ShowOrder order = cinema.pick(2) == 0 ? ShowOrder::id : ShowOrder::start;
      SCOPED_TRACE("seed " + std::to_string(seed) + " " + text_of(filter));
      const auto whole = cinema.everything(filter, order);
      EXPECT_EQ(keys_of((*cinema).shows(filter, order, ShowPage::all(), cinema.last()), order),
                whole);
      EXPECT_EQ(walk(cinema, filter, order, 1 + cinema.pick(9), [] {}), whole);

      const std::size_t skip = cinema.pick(12);
      const std::size_t limit = cinema.pick(12);
      const std::size_t first = std::min(skip, whole.size());
      const std::size_t end = std::min(first + limit, whole.size());
      EXPECT_EQ(
          keys_of((*cinema).shows(filter, order, {.skip = skip, .limit = limit}, cinema.last()),
                  order),
          std::vector(whole.begin() + static_cast<std::ptrdiff_t>(first),
                      whole.begin() + static_cast<std::ptrdiff_t>(end)));
    }
  }
}

TEST(Lists, what_stays_as_it_is_during_a_walk_is_met_once_whatever_else_changes) {
  std::size_t met_in_all = 0;
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    Cinema cinema(seed);
    for (int question = 0; question < 20; ++question) {
      const ShowFilter filter = cinema.random_filter();
      const ShowOrder order = cinema.pick(2) == 0 ? ShowOrder::id : ShowOrder::start;
      SCOPED_TRACE("seed " + std::to_string(seed) + " " + text_of(filter));
      auto expected = cinema.everything(filter, order);
      cinema.take_changed();
      const auto met = walk(cinema, filter, order, 1 + cinema.pick(9), [&] {
        for (int i = 0; i < 2; ++i) cinema.change_something();
      });
      EXPECT_TRUE(std::ranges::is_sorted(met, std::less_equal<>()) || met.empty());
      EXPECT_EQ(std::ranges::adjacent_find(met), met.end()) << "nothing comes twice";
      const auto changed = cinema.take_changed();
      const auto is_other = [&](const ShowKey& key) { return changed.contains(key.id); };
      auto unchanged = met;
      std::erase_if(unchanged, is_other);
      std::erase_if(expected, is_other);
      EXPECT_EQ(unchanged, expected);
      met_in_all += unchanged.size();
    }
  }
  EXPECT_GT(met_in_all, 1'000U) << "or there was nothing to see";
}

// ---- Movies -------------------------------------------------------------------------------------

std::vector<std::uint32_t> ids(const std::vector<std::shared_ptr<const MovieView>>& found) {
  std::vector<std::uint32_t> out;
  for (const auto& movie : found) out.push_back(movie->movie_id.value);
  return out;
}

using Ids = std::vector<std::uint32_t>;

TEST(Lists, a_title_is_found_by_its_words_in_either_case) {
  Models models;
  const Position at =
      models.given(movie_created(1, "The Lion King"), movie_created(2, "LIONHEART"),
                   movie_created(3, "Am\u00e9lie"), movie_created(4, "AM\u00c9LIE returns"),
                   movie_created(5, "King Kong"), movie_created(6, "\u0422\u0435\u043d\u0438"));
  const auto find = [&](std::string title) {
    return ids(models->movies({.title = std::move(title)}, {}, at));
  };
  EXPECT_EQ(find("lion"), (Ids{1, 2}));
  EXPECT_EQ(find("king LION"), (Ids{1})) << "words in any order";
  EXPECT_EQ(find("  king\t "), (Ids{1, 5})) << "spaces around them";
  EXPECT_EQ(find("on ki"), (Ids{1, 5})) << "parts of words";
  EXPECT_EQ(find("lion tiger"), Ids{}) << "all of them";
  EXPECT_EQ(find(""), (Ids{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(find(" "), (Ids{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(find("Am\u00e9lie"), (Ids{3})) << "only ASCII letters have a case";
  EXPECT_EQ(find("am"), (Ids{3, 4}));
  EXPECT_EQ(find("\u0422\u0435"), (Ids{6}));
}

TEST(Lists, a_genre_is_found_as_a_whole_in_either_case) {
  Models models;
  auto western = movie_created(1, "Django");
  western.genre = "Western";
  auto spaghetti = movie_created(2, "Django 2");
  spaghetti.genre = "Spaghetti Western";
  const Position before = models.given(western, spaghetti, movie_created(3, "Django 3"));
  const Position at = models.given(events::MovieChanged{.movie_id = MovieId(3),
                                                        .title = "Joker",
                                                        .description = {},
                                                        .duration = 1,
                                                        .genre = "Western",
                                                        .rating = "",
                                                        .poster_url = {},
                                                        .release_date = {}});
  EXPECT_EQ(ids(models->movies({.genre = "western"}, {}, before)), (Ids{1}));
  EXPECT_EQ(ids(models->movies({.genre = "WESTERN"}, {}, at)), (Ids{1, 3}));
  EXPECT_EQ(ids(models->movies({.title = "django", .genre = "Western"}, {}, at)), (Ids{1}));
  EXPECT_EQ(ids(models->movies({.genre = "Wester"}, {}, at)), Ids{});
}

TEST(Lists, movies_theatres_and_bookings_go_on_after_a_cursor) {
  Models models;
  for (std::uint32_t id = 1; id <= 6; ++id) models.given(movie_created(id), theatre_created(id));
  models.given(show_created(1), show_created(2));
  for (std::uint32_t id = 1; id <= 6; ++id) {
    models.given(
        booking_created(id, 1 + (id - 1) / 3, {SeatId((id - 1) / 3 * 6 + id % 3 + 1)}, 1 + id % 2));
  }
  const Position at = models.given(events::MovieDeleted{MovieId(4)});
  EXPECT_EQ(ids(models->movies({}, {.limit = 2, .after = MovieId(2)}, at)), (Ids{3, 5}));
  EXPECT_EQ(ids(models->movies({}, {.skip = 1, .limit = 9, .after = MovieId(2)}, at)), (Ids{5, 6}));
  EXPECT_EQ(ids(models->movies({}, {.limit = 2, .after = MovieId(4)}, at)), (Ids{5, 6}));
  EXPECT_EQ(ids(models->movies({}, {.limit = 2, .after = MovieId(6)}, at)), Ids{});

  const auto of_city = models->theatres("New York", {.limit = 2, .after = TheatreId(3)}, at);
  ASSERT_EQ(of_city.size(), 2U);
  EXPECT_EQ(of_city[0]->theatre_id, TheatreId(4));
  EXPECT_EQ(of_city[1]->theatre_id, TheatreId(5));

  const auto bookings = [&](const Page<BookingId>& page, Position when) {
    Ids out;
    for (const auto& view : models->bookings_of(UserId(1), page, when)) {
      out.push_back(view.booking_id.value);
    }
    return out;
  };
  EXPECT_EQ(bookings({}, at), (Ids{2, 4, 6}));
  EXPECT_EQ(bookings({.limit = 1}, at), (Ids{2}));
  EXPECT_EQ(bookings({.limit = 1, .after = BookingId(2)}, at), (Ids{4}));
  EXPECT_EQ(bookings({.skip = 1, .limit = 5, .after = BookingId(2)}, at), (Ids{6}));
  EXPECT_EQ(bookings({.limit = 0}, at), Ids{});
  EXPECT_EQ(bookings({.after = BookingId(6)}, at), Ids{});
  EXPECT_EQ(bookings({.after = BookingId(~0U)}, at), Ids{});
  EXPECT_EQ(bookings({}, Position(at.value - 2)), (Ids{2, 4})) << "before the last one was made";
}

}  // namespace
}  // namespace boxoffice::projections
