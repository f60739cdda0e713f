#include <numeric>

#include "base/ensure.h"
#include "http/api/handlers.h"
#include "http/api/lists.h"
#include "http/api/render.h"

namespace boxoffice::http::api {

namespace domain = engine::domain;

namespace {

domain::MovieFields fields_of(MovieRequest request) {
  domain::MovieFields fields{.title = std::move(request.title),
                             .description = std::nullopt,
                             .duration_min = request.duration,
                             .genre = std::move(request.genre),
                             .rating = std::move(request.rating),
                             .poster_url = std::nullopt,
                             .release_date = request.release_date};
  if (request.description) fields.description = *std::move(request.description);
  if (request.poster_url) fields.poster_url = *std::move(request.poster_url);
  return fields;
}

// What is wrong with the hall itself: more seats than a hall may have, or two different numbers.
std::optional<Response> check_hall(const TheatreRequest& request) {
  if (!request.layout) return std::nullopt;
  const auto sum = std::accumulate(request.layout->begin(), request.layout->end(), std::int64_t{0});
  const std::string input = json::to_json(*request.layout);
  if (sum > domain::hall_seats_max) {
    return invalid_member("layout", "Value error, a theatre has at most 20000 seats", input);
  }
  if (request.total_seats && *request.total_seats != sum) {
    return invalid_member("layout", "Value error, the rows do not add up to total_seats", input);
  }
  return std::nullopt;
}

// REQUIRES: check_hall() has nothing against it.
domain::TheatreFields fields_of(TheatreRequest request) {
  domain::TheatreFields fields{.name = std::move(request.name),
                               .city = std::move(request.city),
                               .address = std::move(request.address),
                               .total_seats = 100,
                               .layout = {}};
  if (request.layout) {
    for (const auto row : *request.layout) {
      fields.layout.push_back(static_cast<std::uint16_t>(row.value));
    }
    fields.total_seats = std::accumulate(fields.layout.begin(), fields.layout.end(), 0);
  } else if (request.total_seats) {
    fields.total_seats = *request.total_seats;
  }
  return fields;
}

// A booking of as many seats as anyone may hold can still be paid.
constexpr Money price_max{money_max.cents / 1'000};

std::optional<Response> check_price(const std::optional<Money>& price) {
  if (!price || *price <= price_max) return std::nullopt;
  return invalid_member("price", "Value error, a price is at most " + to_string(price_max),
                        to_string(*price));
}

Response movie_answer(const Call& call, const Outcome& outcome, MovieId id) {
  const auto movie = call.models().movie(id, outcome.position());
  ENSURE(movie != nullptr, "what was created can be read at its position");
  return call.command_answer(outcome, json_response(render(*movie)));
}

Response theatre_answer(const Call& call, const Outcome& outcome, TheatreId id) {
  const auto theatre = call.models().theatre(id, outcome.position());
  ENSURE(theatre != nullptr, "what was created can be read at its position");
  return call.command_answer(outcome, json_response(render(*theatre)));
}

Response show_answer(const Call& call, const Outcome& outcome, ShowId id) {
  const auto show = call.models().show(id, outcome.position());
  ENSURE(show.has_value(), "what was created can be read at its position");
  return call.command_answer(outcome, json_response(render(*show)));
}

std::optional<std::string> unless_empty(const std::optional<std::string>& text) {
  return text && text->empty() ? std::nullopt : text;
}

// What both lists of shows have in common. `Query`: ShowsQuery or MovieShowsQuery.
template <class Query>
projections::ShowFilter filter_of(const Query& query) {
  return {.city = unless_empty(query.city), .date = query.date, .from = query.from, .to = query.to};
}

// So much is passed over on the I/O thread.
constexpr std::int64_t skipped_at_once_max = 1'000;

template <class Query>
Task<Response> shows_answer(const Call& call, projections::ShowFilter filter, Query query,
                            std::int64_t skip, std::optional<std::int64_t> limit) {
  if (auto wrong = check_dates(query.from, query.to)) co_return *std::move(wrong);
  const auto order = query.sort.value_or(projections::ShowOrder::id);
  std::optional after(projections::ShowKey{});
  if (query.after) after = parse_show_cursor(*query.after, order);
  if (!after) co_return not_a_cursor(*query.after);
  const Position at = call.read_position;
  // What the clients of old may ask is found by the index.
  const bool takes_long = query.from || query.to || query.sort || skip > skipped_at_once_max;
  auto answered = list_answer<projections::ShowKey>(
      call, page_of(skip, limit, *after), at, takes_long,
      [&models = call.models(), filter = std::move(filter), order,
       at](const projections::ShowPage& page) {
        return write_page(
            models.shows(filter, order, one_more(page), at), page,
            [](const auto& view) { return render(view); },
            [&](const auto& view) { return cursor_of(key_of(view, order), order); });
      });
  Response response = co_await std::move(answered);
  co_return response;
}

}  // namespace

// ---- Movies -------------------------------------------------------------------------------------

Task<Response> list_movies(Call& call, Query<MoviesQuery> query) {
  const MoviesQuery& q = query.value;
  const auto after = q.after ? parse_id_cursor<MovieId>(*q.after) : MovieId();
  if (!after) co_return not_a_cursor(*q.after);
  projections::MovieFilter filter;
  if (q.title) filter.title = *q.title;
  if (q.genre && !q.genre->empty()) filter.genre = *q.genre;
  const Position at = call.read_position;
  const bool takes_long = !filter.title.empty() || filter.genre || q.skip > skipped_at_once_max;
  auto answered = list_answer<MovieId>(
      call, page_of(q.skip, q.limit, *after), at, takes_long,
      [&models = call.models(), filter, at](const projections::Page<MovieId>& page) {
        return write_page(
            models.movies(filter, one_more(page), at), page,
            [](const auto& view) { return render(*view); },
            [](const auto& view) { return cursor_of(view->movie_id); });
      });
  Response response = co_await std::move(answered);
  co_return response;
}

Task<Response> get_movie(Call& call, Path<MovieId> id) {
  const auto movie = call.models().movie(id.value, call.read_position);
  co_return call.read_answer(movie ? json_response(render(*movie))
                                   : problem(ProblemCode::movie_not_found));
}

Task<Response> list_movie_shows(Call& call, Path<MovieId> id, Query<MovieShowsQuery> query) {
  if (!call.models().movie(id.value, call.read_position)) {
    co_return call.read_answer(problem(ProblemCode::movie_not_found));
  }
  auto filter = filter_of(query.value);
  filter.movie_id = id.value;
  auto answered = shows_answer(call, std::move(filter), query.value, 0, query.value.limit);
  Response response = co_await std::move(answered);
  co_return response;
}

Task<Response> create_movie(Call& call, Body<MovieRequest> movie) {
  auto submitted = submit(call, domain::CreateMovie{fields_of(std::move(movie.value))});
  const auto outcome = co_await std::move(submitted);
  if (auto refused = call.refusal(outcome)) co_return *std::move(refused);
  co_return movie_answer(call, outcome, outcome.find<events::MovieCreated>()->movie_id);
}

Task<Response> change_movie(Call& call, Path<MovieId> id, Body<MovieRequest> movie) {
  auto submitted = submit(call, domain::ChangeMovie{id.value, fields_of(std::move(movie.value))});
  const auto outcome = co_await std::move(submitted);
  if (auto refused = call.refusal(outcome)) co_return *std::move(refused);
  co_return movie_answer(call, outcome, id.value);
}

Task<Response> delete_movie(Call& call, Path<MovieId> id) {
  auto submitted = submit(call, domain::DeleteMovie{id.value});
  const auto outcome = co_await std::move(submitted);
  if (auto refused = call.refusal(outcome)) co_return *std::move(refused);
  co_return call.command_answer(outcome, json_response(Deleted{true, id.value.value}));
}

// ---- Theatres -----------------------------------------------------------------------------------

Task<Response> list_theatres(Call& call, Query<TheatresQuery> query) {
  const TheatresQuery& q = query.value;
  const auto after = q.after ? parse_id_cursor<TheatreId>(*q.after) : TheatreId();
  if (!after) co_return not_a_cursor(*q.after);
  const Position at = call.read_position;
  auto answered = list_answer<TheatreId>(
      call, page_of(0, q.limit, *after), at, false,
      [&models = call.models(), city = q.city, at](const projections::Page<TheatreId>& page) {
        return write_page(
            models.theatres(city, one_more(page), at), page,
            [](const auto& view) { return render(*view); },
            [](const auto& view) { return cursor_of(view->theatre_id); });
      });
  Response response = co_await std::move(answered);
  co_return response;
}

Task<Response> get_theatre(Call& call, Path<TheatreId> id) {
  const auto theatre = call.models().theatre(id.value, call.read_position);
  co_return call.read_answer(theatre ? json_response(render(*theatre))
                                     : problem(ProblemCode::theatre_not_found));
}

Task<Response> create_theatre(Call& call, Body<TheatreRequest> theatre) {
  if (auto wrong = check_hall(theatre.value)) co_return *std::move(wrong);
  auto submitted = submit(call, domain::CreateTheatre{fields_of(std::move(theatre.value))});
  const auto outcome = co_await std::move(submitted);
  if (auto refused = call.refusal(outcome)) co_return *std::move(refused);
  co_return theatre_answer(call, outcome, outcome.find<events::TheatreCreated>()->theatre_id);
}

Task<Response> change_theatre(Call& call, Path<TheatreId> id, Body<TheatreRequest> theatre) {
  if (auto wrong = check_hall(theatre.value)) co_return *std::move(wrong);
  auto submitted =
      submit(call, domain::ChangeTheatre{id.value, fields_of(std::move(theatre.value))});
  const auto outcome = co_await std::move(submitted);
  if (auto refused = call.refusal(outcome)) co_return *std::move(refused);
  co_return theatre_answer(call, outcome, id.value);
}

Task<Response> delete_theatre(Call& call, Path<TheatreId> id) {
  auto submitted = submit(call, domain::DeleteTheatre{id.value});
  const auto outcome = co_await std::move(submitted);
  if (auto refused = call.refusal(outcome)) co_return *std::move(refused);
  co_return call.command_answer(outcome, json_response(Deleted{true, id.value.value}));
}

// ---- Shows --------------------------------------------------------------------------------------

Task<Response> list_shows(Call& call, Query<ShowsQuery> query) {
  const ShowsQuery& q = query.value;
  auto filter = filter_of(q);
  filter.movie_id = q.movie_id;
  filter.theatre_id = q.theatre_id;
  auto answered = shows_answer(call, std::move(filter), q, q.skip, q.limit);
  Response response = co_await std::move(answered);
  co_return response;
}

Task<Response> get_show(Call& call, Path<ShowId> id) {
  const auto show = call.models().show(id.value, call.read_position);
  co_return call.read_answer(show ? json_response(render(*show))
                                  : problem(ProblemCode::show_not_found));
}

Task<Response> create_show(Call& call, Body<ShowRequest> show) {
  const ShowRequest& s = show.value;
  if (auto wrong = check_price(s.price)) co_return *std::move(wrong);
  auto submitted = submit(call, domain::CreateShow{.movie_id = s.movie_id,
                                                   .theatre_id = s.theatre_id,
                                                   .show_date = s.show_date,
                                                   .show_time = s.show_time,
                                                   .price = s.price});
  const auto outcome = co_await std::move(submitted);
  if (outcome.failed) co_return *outcome.failed;
  if (const auto* refused = outcome.refused()) {
    // The request names something that does not exist: its own fault, not a missing page.
    if (refused->reason == events::Refusal::movie_not_found) {
      co_return call.command_answer(
          outcome, invalid_member("movie_id", "Movie not found", json::to_json(s.movie_id)));
    }
    if (refused->reason == events::Refusal::theatre_not_found) {
      co_return call.command_answer(
          outcome, invalid_member("theatre_id", "Theatre not found", json::to_json(s.theatre_id)));
    }
    co_return *call.refusal(outcome);
  }
  co_return show_answer(call, outcome, outcome.find<events::ShowCreated>()->show_id);
}

Task<Response> change_show(Call& call, Path<ShowId> id, Body<ShowChangeRequest> change) {
  const ShowChangeRequest& c = change.value;
  if (auto wrong = check_price(c.price)) co_return *std::move(wrong);
  domain::ChangeShow command{.show_id = id.value,
                             .show_date = c.show_date,
                             .show_time = c.show_time,
                             .price = std::nullopt};
  if (c.price) command.price = *c.price;
  auto submitted = submit(call, command);
  const auto outcome = co_await std::move(submitted);
  if (auto refused = call.refusal(outcome)) co_return *std::move(refused);
  co_return show_answer(call, outcome, id.value);
}

Task<Response> delete_show(Call& call, Path<ShowId> id) {
  auto submitted = submit(call, domain::DeleteShow{id.value});
  const auto outcome = co_await std::move(submitted);
  if (auto refused = call.refusal(outcome)) co_return *std::move(refused);
  co_return call.command_answer(outcome, json_response(Deleted{true, id.value.value}));
}

}  // namespace boxoffice::http::api
