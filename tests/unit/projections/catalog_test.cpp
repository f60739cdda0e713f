#include <gtest/gtest.h>

#include "tests/unit/projections/history.h"

namespace boxoffice::projections {
namespace {

std::vector<std::uint32_t> ids(const std::vector<ShowView>& shows) {
  std::vector<std::uint32_t> out;
  for (const ShowView& show : shows) out.push_back(show.show_id.value);
  return out;
}

std::vector<std::uint32_t> ids(const std::vector<std::shared_ptr<const MovieView>>& movies) {
  std::vector<std::uint32_t> out;
  for (const auto& movie : movies) out.push_back(movie->movie_id.value);
  return out;
}

using Ids = std::vector<std::uint32_t>;

TEST(Catalog, a_movie_is_what_its_event_says) {
  Models models;
  const Position at = models.given(movie_created(1));
  const auto movie = models->movie(MovieId(1), at);
  ASSERT_NE(movie, nullptr);
  EXPECT_EQ(movie->title, "Joker");
  EXPECT_EQ(movie->description, std::nullopt);
  EXPECT_EQ(movie->duration, 122);
  EXPECT_EQ(movie->genre, "Drama");
  EXPECT_EQ(movie->rating, "R");
  EXPECT_EQ(movie->poster_url, "/poster.png");
  EXPECT_EQ(movie->release_date, (Date{2019, 10, 4}));
  EXPECT_EQ(movie->created_at, time_of(1));
  EXPECT_EQ(models->movie(MovieId(2), at), nullptr);
}

TEST(Catalog, a_change_replaces_every_field_but_the_time_of_creation) {
  Models models;
  const Position created = models.given(movie_created(1));
  events::MovieChanged change{.movie_id = MovieId(1),
                              .title = "Joker 2",
                              .description = "more",
                              .duration = 138,
                              .genre = "Musical",
                              .rating = "PG",
                              .poster_url = std::nullopt,
                              .release_date = {2024, 10, 2}};
  const Position changed = models.given(change);
  const auto movie = models->movie(MovieId(1), changed);
  EXPECT_EQ(movie->title, "Joker 2");
  EXPECT_EQ(movie->description, "more");
  EXPECT_EQ(movie->duration, 138);
  EXPECT_EQ(movie->genre, "Musical");
  EXPECT_EQ(movie->rating, "PG");
  EXPECT_EQ(movie->poster_url, std::nullopt);
  EXPECT_EQ(movie->release_date, (Date{2024, 10, 2}));
  EXPECT_EQ(movie->created_at, time_of(1));
  EXPECT_EQ(models->movie(MovieId(1), created)->title, "Joker");
}

TEST(Catalog, a_deleted_movie_leaves_lists_and_look_ups_but_not_its_past) {
  Models models;
  const Position before = models.given(movie_created(1), movie_created(2));
  const Position after = models.given(events::MovieDeleted{MovieId(1)});
  EXPECT_EQ(ids(models->movies({}, {}, after)), (Ids{2}));
  EXPECT_EQ(models->movie(MovieId(1), after), nullptr);
  EXPECT_EQ(ids(models->movies({}, {}, before)), (Ids{1, 2}));
  EXPECT_NE(models->movie(MovieId(1), before), nullptr);
}

TEST(Catalog, a_page_skips_and_limits_what_is_alive) {
  Models models;
  models.given(movie_created(1), movie_created(2), movie_created(3), movie_created(4));
  const Position at = models.given(events::MovieDeleted{MovieId(2)});
  EXPECT_EQ(ids(models->movies({}, {.skip = 1, .limit = 1}, at)), (Ids{3}));
  EXPECT_EQ(ids(models->movies({}, {.skip = 1, .limit = 100}, at)), (Ids{3, 4}));
  EXPECT_EQ(ids(models->movies({}, {.skip = 3, .limit = 1}, at)), Ids{});
  EXPECT_EQ(ids(models->movies({}, {.skip = 0, .limit = 0}, at)), Ids{});
}

TEST(Catalog, theatres_are_found_by_exact_city_as_it_was) {
  Models models;
  const Position before = models.given(theatre_created(1, "Mumbai"), theatre_created(2));
  const Position after = models.given(events::TheatreChanged{.theatre_id = TheatreId(1),
                                                             .name = "PVR",
                                                             .city = "Pune",
                                                             .address = "2 Road",
                                                             .total_seats = 4,
                                                             .rows = {4},
                                                             .has_layout = false});
  EXPECT_EQ(models->theatres("Mumbai", {}, before).size(), 1U);
  EXPECT_EQ(models->theatres("Mumbai", {}, after).size(), 0U);
  EXPECT_EQ(models->theatres("mumbai", {}, before).size(), 0U);
  ASSERT_EQ(models->theatres("Pune", {}, after).size(), 1U);
  const auto theatre = models->theatre(TheatreId(1), after);
  EXPECT_EQ(theatre->name, "PVR");
  EXPECT_EQ(theatre->address, "2 Road");
  EXPECT_EQ(theatre->total_seats, 4);
  EXPECT_EQ(theatre->rows, (std::vector<std::uint16_t>{4}));
  EXPECT_FALSE(theatre->has_layout);
  EXPECT_EQ(theatre->created_at, time_of(1));
  const Position deleted = models.given(events::TheatreDeleted{TheatreId(1)});
  EXPECT_EQ(models->theatre(TheatreId(1), deleted), nullptr);
  EXPECT_EQ(models->theatres("Pune", {}, deleted).size(), 0U);
}

TEST(Catalog, a_show_comes_with_its_movie_and_theatre_as_of_the_same_position) {
  Models models;
  const Position before = models.given(movie_created(1), theatre_created(1), show_created(1));
  const Position after = models.given(events::MovieChanged{.movie_id = MovieId(1),
                                                           .title = "Joker 2",
                                                           .description = {},
                                                           .duration = 1,
                                                           .genre = "",
                                                           .rating = "",
                                                           .poster_url = {},
                                                           .release_date = {}});
  EXPECT_EQ(models->show(ShowId(1), before)->movie->title, "Joker");
  EXPECT_EQ(models->show(ShowId(1), after)->movie->title, "Joker 2");
  const auto show = models->show(ShowId(1), after);
  EXPECT_EQ(show->theatre->name, "Cineplex");
  EXPECT_EQ(show->show_time, TimeOfDay{72000});
  EXPECT_EQ(show->price, Money{1250});
  EXPECT_EQ(show->first_seat, SeatId(1));
  EXPECT_EQ(show->rows, (std::vector<std::uint16_t>{3, 3}));
  EXPECT_EQ(show->created_at, time_of(3));
}

TEST(Catalog, a_changed_show_moves_to_its_new_date_and_keeps_its_place) {
  Models models;
  const Position before =
      models.given(movie_created(1), theatre_created(1), show_created(1, 1, 1, {2030, 1, 1}),
                   show_created(2, 1, 1, {2030, 1, 2}));
  const Position after =
      models.given(events::ShowChanged{ShowId(1), {2030, 1, 2}, TimeOfDay{60}, Money{900}});
  ShowFilter first_day;
  first_day.date = Date{2030, 1, 1};
  ShowFilter second_day;
  second_day.date = Date{2030, 1, 2};
  EXPECT_EQ(ids(models->shows(first_day, ShowOrder::id, {}, before)), (Ids{1}));
  EXPECT_EQ(ids(models->shows(second_day, ShowOrder::id, {}, before)), (Ids{2}));
  EXPECT_EQ(ids(models->shows(first_day, ShowOrder::id, {}, after)), Ids{});
  EXPECT_EQ(ids(models->shows(second_day, ShowOrder::id, {}, after)), (Ids{1, 2}));
  EXPECT_EQ(models->show(ShowId(1), after)->price, Money{900});
  EXPECT_EQ(models->show(ShowId(1), after)->show_time, TimeOfDay{60});
}

TEST(Catalog, shows_are_filtered_by_every_combination) {
  Models models;
  models.given(movie_created(1), movie_created(2), theatre_created(1, "Mumbai"),
               theatre_created(2, "New York"), theatre_created(3, "Mumbai"));
  // In order of ids, the theatres of one city alternate with those of the other.
  const Position at =
      models.given(show_created(1, 1, 3, {2030, 1, 1}), show_created(2, 2, 2, {2030, 1, 1}),
                   show_created(3, 1, 1, {2030, 1, 2}), show_created(4, 1, 2, {2030, 1, 2}));
  const auto find = [&](std::uint32_t movie, std::uint32_t theatre, std::string city, int day) {
    ShowFilter filter;
    if (movie != 0) filter.movie_id = MovieId(movie);
    if (theatre != 0) filter.theatre_id = TheatreId(theatre);
    if (!city.empty()) filter.city = city;
    if (day != 0) filter.date = Date{2030, 1, static_cast<std::uint8_t>(day)};
    return ids(models->shows(filter, ShowOrder::id, {}, at));
  };
  EXPECT_EQ(find(0, 0, "", 0), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(find(1, 0, "", 0), (Ids{1, 3, 4}));
  EXPECT_EQ(find(0, 2, "", 0), (Ids{2, 4}));
  EXPECT_EQ(find(0, 0, "Mumbai", 0), (Ids{1, 3}));
  EXPECT_EQ(find(0, 0, "", 2), (Ids{3, 4}));
  EXPECT_EQ(find(1, 2, "", 0), (Ids{4}));
  EXPECT_EQ(find(1, 0, "Mumbai", 2), (Ids{3}));
  EXPECT_EQ(find(0, 2, "Mumbai", 0), Ids{});
  EXPECT_EQ(find(0, 0, "New York", 1), (Ids{2}));
  EXPECT_EQ(find(9, 0, "", 0), Ids{});
  EXPECT_EQ(ids(models->shows({}, ShowOrder::id, {.skip = 1, .limit = 2}, at)), (Ids{2, 3}));
}

TEST(Catalog, a_deleted_show_is_found_only_by_those_who_ask_for_deleted_ones) {
  Models models;
  const Position before = models.given(movie_created(1), theatre_created(1), show_created(1));
  models.given(events::ShowDeleted{ShowId(1)}, events::MovieDeleted{MovieId(1)});
  const Position after = models.given(events::TheatreDeleted{TheatreId(1)});
  EXPECT_FALSE(models->show(ShowId(1), after));
  EXPECT_TRUE(models->shows({}, ShowOrder::id, {}, after).empty());
  const auto show = models->show_even_deleted(ShowId(1), after);
  ASSERT_TRUE(show);
  EXPECT_EQ(show->movie->title, "Joker");
  EXPECT_EQ(show->theatre->name, "Cineplex");
  EXPECT_TRUE(models->show(ShowId(1), before));
  EXPECT_FALSE(models->show_even_deleted(ShowId(1), Position(2)));
}

}  // namespace
}  // namespace boxoffice::projections
