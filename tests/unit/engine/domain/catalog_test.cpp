// The catalogue: movies, theatres and shows, created, changed and deleted; each ladder rung by
// rung.

#include <gtest/gtest.h>

#include "tests/unit/engine/domain/cinema.h"

namespace boxoffice::tests {
namespace {

const MovieFields joker{.title = "Joker",
                        .description = {},
                        .duration_min = 122,
                        .genre = "Drama",
                        .rating = "R",
                        .poster_url = {},
                        .release_date = {2019, 10, 4}};

TheatreFields hall(std::int32_t total_seats, std::vector<std::uint16_t> layout = {}) {
  return {.name = "Rex",
          .city = "Cologne",
          .address = "Ring 1",
          .total_seats = total_seats,
          .layout = std::move(layout)};
}

std::vector<std::uint16_t> rows_of_new_hall(const TheatreFields& fields) {
  const Bodies happened = given({}).when(CreateTheatre{fields}).happened();
  return std::get<events::TheatreCreated>(happened.at(0)).rows;
}

// ---- Movies -------------------------------------------------------------------------------------

TEST(Movies, are_created_with_ids_from_1) {
  auto second = movie_created();
  second.movie_id = MovieId(2);
  given({})
      .when(CreateMovie{joker})
      .then({movie_created()})
      .when(CreateMovie{joker})
      .then({second});
}

TEST(Movies, are_changed_as_a_whole) {
  MovieFields changed = joker;
  changed.title = "Joker II";
  changed.description = "more";
  given({movie_created()})
      .when(ChangeMovie{MovieId(1), changed})
      .then({events::MovieChanged{
          MovieId(1), "Joker II", "more", 122, "Drama", "R", {}, {2019, 10, 4}}});
}

TEST(Movies, that_do_not_exist_cannot_be_changed_or_deleted) {
  given({}).when(ChangeMovie{MovieId(1), joker}).then(Refusal::movie_not_found);
  given({}).when(DeleteMovie{MovieId(1)}).then(Refusal::movie_not_found);
}

TEST(Movies, with_shows_cannot_be_deleted_until_the_last_show_is) {
  given(cinema())
      .when(DeleteMovie{MovieId(1)})
      .then(Refusal::movie_has_shows)
      .when(DeleteShow{show1})
      .then({events::ShowDeleted{show1}})
      .when(DeleteMovie{MovieId(1)})
      .then(Refusal::movie_has_shows)
      .when(DeleteShow{show2})
      .then({events::ShowDeleted{show2}})
      .when(DeleteMovie{MovieId(1)})
      .then({events::MovieDeleted{MovieId(1)}})
      .when(DeleteMovie{MovieId(1)})
      .then(Refusal::movie_not_found);
}

TEST(Movies, ids_are_not_used_again) {
  auto second = movie_created();
  second.movie_id = MovieId(2);
  given({movie_created(), events::MovieDeleted{MovieId(1)}})
      .when(CreateMovie{joker})
      .then({second});
}

// ---- Theatres -----------------------------------------------------------------------------------

TEST(Theatres, have_rows_of_twenty_with_a_short_last_one) {
  using Rows = std::vector<std::uint16_t>;
  EXPECT_EQ(rows_of_new_hall(hall(100)), (Rows{20, 20, 20, 20, 20}));
  EXPECT_EQ(rows_of_new_hall(hall(41)), (Rows{20, 20, 1}));
  EXPECT_EQ(rows_of_new_hall(hall(7)), (Rows{7}));
  EXPECT_EQ(rows_of_new_hall(hall(hall_seats_max)), Rows(rows_max, 20));
}

TEST(Theatres, keep_a_layout_as_it_is_given) {
  given({}).when(CreateTheatre{hall(12, {8, 4})}).then({theatre_created()});
}

TEST(Theatres, that_do_not_exist_cannot_be_changed_or_deleted) {
  given({}).when(ChangeTheatre{TheatreId(1), hall(12)}).then(Refusal::theatre_not_found);
  given({}).when(DeleteTheatre{TheatreId(1)}).then(Refusal::theatre_not_found);
}

TEST(Theatres, with_shows_may_change_their_name_but_not_their_seats) {
  TheatreFields renamed = hall(12, {8, 4});
  renamed.name = "Lux";
  given(cinema())
      .when(ChangeTheatre{TheatreId(1), renamed})
      .then({events::TheatreChanged{TheatreId(1), "Lux", "Cologne", "Ring 1", 12, {8, 4}, true}})
      .when(ChangeTheatre{TheatreId(1), hall(12, {6, 6})})
      .then(Refusal::theatre_has_shows)
      .when(ChangeTheatre{TheatreId(1), hall(13)})
      .then(Refusal::theatre_has_shows);
}

TEST(Theatres, without_shows_may_change_their_seats_and_new_shows_have_the_new_ones) {
  auto show = show_created(show1, SeatId(1));
  show.rows = {3};
  given({movie_created(), theatre_created()})
      .when(ChangeTheatre{TheatreId(1), hall(3)})
      .then({events::TheatreChanged{TheatreId(1), "Rex", "Cologne", "Ring 1", 3, {3}, false}})
      .when(CreateShow{MovieId(1), TheatreId(1), show_day, eight, price})
      .then({show});
}

TEST(Theatres, with_shows_cannot_be_deleted) {
  given(cinema()).when(DeleteTheatre{TheatreId(1)}).then(Refusal::theatre_has_shows);
  given({movie_created(), theatre_created()})
      .when(DeleteTheatre{TheatreId(1)})
      .then({events::TheatreDeleted{TheatreId(1)}});
}

// ---- Shows --------------------------------------------------------------------------------------

TEST(Shows, number_their_seats_on_from_the_show_before) {
  given({movie_created(), theatre_created()})
      .when(CreateShow{MovieId(1), TheatreId(1), show_day, eight, price})
      .then({show_created(show1, SeatId(1))})
      .when(CreateShow{MovieId(1), TheatreId(1), show_day, eight, price})
      .then({show_created(show2, SeatId(13))});
}

TEST(Shows, need_a_movie_first_and_then_a_theatre) {
  given({theatre_created()})
      .when(CreateShow{MovieId(1), TheatreId(9), show_day, eight, price})
      .then(Refusal::movie_not_found);
  given({movie_created()})
      .when(CreateShow{MovieId(1), TheatreId(1), show_day, eight, price})
      .then(Refusal::theatre_not_found);
}

TEST(Shows, keep_what_a_change_leaves_out) {
  given(cinema())
      .when(ChangeShow{show1, {}, {}, Money{900}})
      .then({events::ShowChanged{show1, show_day, eight, Money{900}}})
      .when(ChangeShow{show1, Date{2024, 7, 1}, {}, {}})
      .then({events::ShowChanged{show1, {2024, 7, 1}, eight, Money{900}}})
      .when(ChangeShow{show1, {}, TimeOfDay{60}, {}})
      .then({events::ShowChanged{show1, {2024, 7, 1}, TimeOfDay{60}, Money{900}}});
}

TEST(Shows, with_bookings_may_change_their_price_but_not_their_time) {
  const Scenario start = given(cinema(), booked(booking1, {1}));
  Scenario(start)
      .when(ChangeShow{show1, show_day, eight, Money{900}})
      .then({events::ShowChanged{show1, show_day, eight, Money{900}}});
  Scenario(start).when(ChangeShow{show1, {}, TimeOfDay{60}, {}}).then(Refusal::show_has_bookings);
  Scenario(start)
      .when(ChangeShow{show1, Date{2024, 7, 1}, {}, {}})
      .then(Refusal::show_has_bookings);
  Scenario(start)
      .when(ChangeShow{show2, Date{2024, 7, 1}, {}, {}})
      .then({events::ShowChanged{show2, {2024, 7, 1}, eight, price}});
}

TEST(Shows, that_do_not_exist_cannot_be_changed_or_deleted) {
  given(cinema()).when(ChangeShow{ShowId(9), {}, {}, {}}).then(Refusal::show_not_found);
  given(cinema()).when(DeleteShow{ShowId(9)}).then(Refusal::show_not_found);
}

TEST(Shows, with_pending_or_confirmed_bookings_cannot_be_deleted) {
  given(cinema(), booked(booking1, {1})).when(DeleteShow{show1}).then(Refusal::show_has_bookings);
  given(cinema(), booked(booking1, {1}), initiated(1, price), succeeded(1), confirmed(1))
      .when(DeleteShow{show1})
      .then(Refusal::show_has_bookings)
      .when(CancelBooking{booking1})
      .then({cancelled(1, CancelReason::user), refund(1, price)})
      .when(DeleteShow{show1})
      .then({events::ShowDeleted{show1}});
}

TEST(Shows, take_their_locks_with_them) {
  auto story = given(cinema(), locked({5, 6}, {.session = "a"}), locked({2}, {.session = "b"}));
  story.when(DeleteShow{show1})
      .then({events::SeatsReleased{show1, seats({2, 5, 6})}, events::ShowDeleted{show1}})
      .when(lock({1}, "a"))
      .then(Refusal::show_not_found);
  EXPECT_TRUE(story.state().locks.empty());
}

}  // namespace
}  // namespace boxoffice::tests
