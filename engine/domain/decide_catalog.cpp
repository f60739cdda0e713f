#include <algorithm>
#include <numeric>

#include "base/ensure.h"
#include "engine/domain/ladders.h"

namespace boxoffice::engine::domain {

namespace {

// The rows of a hall: the given layout, or rows of 20 with a short last one.
std::vector<std::uint16_t> rows_of(const TheatreFields& fields) {
  ENSURE(fields.total_seats > 0 && fields.total_seats <= hall_seats_max, "a hall has seats");
  if (!fields.layout.empty()) {
    ENSURE(std::accumulate(fields.layout.begin(), fields.layout.end(), 0) == fields.total_seats,
           "a layout has as many seats as the hall");
    return fields.layout;
  }
  std::vector<std::uint16_t> rows;
  for (std::int32_t left = fields.total_seats; left > 0; left -= row_seats_default) {
    rows.push_back(static_cast<std::uint16_t>(std::min<std::int32_t>(left, row_seats_default)));
  }
  return rows;
}

template <class Event>
Event movie_event(MovieId id, const MovieFields& f) {
  return Event{.movie_id = id,
               .title = f.title,
               .description = f.description,
               .duration = f.duration_min,
               .genre = f.genre,
               .rating = f.rating,
               .poster_url = f.poster_url,
               .release_date = f.release_date};
}

template <class Event>
Event theatre_event(TheatreId id, const TheatreFields& f) {
  return Event{.theatre_id = id,
               .name = f.name,
               .city = f.city,
               .address = f.address,
               .total_seats = f.total_seats,
               .rows = rows_of(f),
               .has_layout = !f.layout.empty()};
}

}  // namespace

Decision decide_on(const State& state, const CreateMovie& c, const Context&) {
  return accept(movie_event<events::MovieCreated>(state.next_movie, c.fields));
}

Decision decide_on(const State& state, const ChangeMovie& c, const Context&) {
  if (!state.movies.contains(c.movie_id)) return refuse(Refusal::movie_not_found);
  return accept(movie_event<events::MovieChanged>(c.movie_id, c.fields));
}

Decision decide_on(const State& state, const DeleteMovie& c, const Context&) {
  const Movie* movie = find_or_null(state.movies, c.movie_id);
  if (movie == nullptr) return refuse(Refusal::movie_not_found);
  if (movie->shows > 0) return refuse(Refusal::movie_has_shows);
  return accept(events::MovieDeleted{c.movie_id});
}

Decision decide_on(const State& state, const CreateTheatre& c, const Context&) {
  return accept(theatre_event<events::TheatreCreated>(state.next_theatre, c.fields));
}

Decision decide_on(const State& state, const ChangeTheatre& c, const Context&) {
  const Theatre* theatre = find_or_null(state.theatres, c.theatre_id);
  if (theatre == nullptr) return refuse(Refusal::theatre_not_found);
  auto changed = theatre_event<events::TheatreChanged>(c.theatre_id, c.fields);
  if (theatre->shows > 0 && changed.rows != theatre->rows) {
    return refuse(Refusal::theatre_has_shows);
  }
  return accept(std::move(changed));
}

Decision decide_on(const State& state, const DeleteTheatre& c, const Context&) {
  const Theatre* theatre = find_or_null(state.theatres, c.theatre_id);
  if (theatre == nullptr) return refuse(Refusal::theatre_not_found);
  if (theatre->shows > 0) return refuse(Refusal::theatre_has_shows);
  return accept(events::TheatreDeleted{c.theatre_id});
}

Decision decide_on(const State& state, const CreateShow& c, const Context&) {
  if (!state.movies.contains(c.movie_id)) return refuse(Refusal::movie_not_found);
  const Theatre* theatre = find_or_null(state.theatres, c.theatre_id);
  if (theatre == nullptr) return refuse(Refusal::theatre_not_found);
  return accept(events::ShowCreated{.show_id = state.next_show,
                                    .movie_id = c.movie_id,
                                    .theatre_id = c.theatre_id,
                                    .show_date = c.show_date,
                                    .show_time = c.show_time,
                                    .price = c.price,
                                    .first_seat = state.next_seat,
                                    .rows = theatre->rows});
}

Decision decide_on(const State& state, const ChangeShow& c, const Context&) {
  const Show* show = find_or_null(state.shows, c.show_id);
  if (show == nullptr) return refuse(Refusal::show_not_found);
  const events::ShowChanged changed{.show_id = c.show_id,
                                    .show_date = c.show_date.value_or(show->show_date),
                                    .show_time = c.show_time.value_or(show->show_time),
                                    .price = c.price.value_or(show->price)};
  const bool moves = changed.show_date != show->show_date || changed.show_time != show->show_time;
  if (moves && show->live_bookings > 0) return refuse(Refusal::show_has_bookings);
  return accept(changed);
}

Decision decide_on(const State& state, const DeleteShow& c, const Context&) {
  const Show* show = find_or_null(state.shows, c.show_id);
  if (show == nullptr) return refuse(Refusal::show_not_found);
  if (show->live_bookings > 0) return refuse(Refusal::show_has_bookings);
  // Whoever held a lock loses it first, so that the history of each seat is complete.
  Accepted accepted;
  std::vector<SeatId> locked;
  for (std::size_t i = 0; i < show->seats.size(); ++i) {
    if (show->seats[i].status() == SeatStatus::locked) {
      locked.push_back(SeatId(show->first_seat.value + static_cast<std::uint32_t>(i)));
    }
  }
  if (!locked.empty()) accepted.emplace_back(events::SeatsReleased{c.show_id, std::move(locked)});
  accepted.emplace_back(events::ShowDeleted{c.show_id});
  return accepted;
}

}  // namespace boxoffice::engine::domain
