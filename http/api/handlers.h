// Every handler, by area. Each is thin: inputs in, one question or one command, an answer out.
#pragma once

#include "http/api/call.h"
#include "http/api/endpoint.h"
#include "http/api/problem_pages.h"
#include "http/api/queries.h"
#include "http/api/wire.h"

namespace boxoffice::http::api {

// catalog_handlers.cpp
Task<Response> list_movies(Call& call, Query<MoviesQuery> query);
Task<Response> get_movie(Call& call, Path<MovieId> id);
Task<Response> list_movie_shows(Call& call, Path<MovieId> id, Query<MovieShowsQuery> query);
Task<Response> create_movie(Call& call, Body<MovieRequest> movie);
Task<Response> change_movie(Call& call, Path<MovieId> id, Body<MovieRequest> movie);
Task<Response> delete_movie(Call& call, Path<MovieId> id);
Task<Response> list_theatres(Call& call, Query<TheatresQuery> query);
Task<Response> get_theatre(Call& call, Path<TheatreId> id);
Task<Response> create_theatre(Call& call, Body<TheatreRequest> theatre);
Task<Response> change_theatre(Call& call, Path<TheatreId> id, Body<TheatreRequest> theatre);
Task<Response> delete_theatre(Call& call, Path<TheatreId> id);
Task<Response> list_shows(Call& call, Query<ShowsQuery> query);
Task<Response> get_show(Call& call, Path<ShowId> id);
Task<Response> create_show(Call& call, Body<ShowRequest> show);
Task<Response> change_show(Call& call, Path<ShowId> id, Body<ShowChangeRequest> change);
Task<Response> delete_show(Call& call, Path<ShowId> id);

// seat_handlers.cpp
Task<Response> list_seats(Call& call, Path<ShowId> id, Query<AsOfQuery> query);
Task<Response> stream_seats(Call& call, Path<ShowId> id, Query<ResumeQuery> query);
Task<Response> lock_seats(Call& call, Body<SeatsRequest> request);
Task<Response> release_seats(Call& call, Body<SeatsRequest> request);

// booking_handlers.cpp
Task<Response> create_booking(Call& call, Body<BookingRequest> request);
Task<Response> get_booking(Call& call, Path<BookingId> id, Query<AsOfQuery> query);
Task<Response> cancel_booking(Call& call, Path<BookingId> id);
Task<Response> list_user_bookings(Call& call, Path<UserId> id, Query<UserBookingsQuery> query);

// user_handlers.cpp
Task<Response> register_user(Call& call, Body<RegisterRequest> request);
Task<Response> log_in(Call& call, Body<LoginRequest> request);
Task<Response> get_me(Call& call);
Task<Response> change_me(Call& call, Body<UserChangeRequest> request);
Task<Response> erase_me(Call& call);

// payment_handlers.cpp
Task<Response> initiate_payment(Call& call, Body<PaymentRequest> request);
Task<Response> confirm_payment(Call& call, Body<PaymentResultRequest> request);
Task<Response> mock_callback(Call& call, Query<MockCallbackQuery> query);

// operation_handlers.cpp
Task<Response> list_read_models(Call& call);
Task<Response> get_read_model(Call& call, Path<std::string> name);
Task<Response> rebuild_read_model(Call& call, Path<std::string> name);
Task<Response> verify_read_model(Call& call, Path<std::string> name);
Task<Response> live(Call& call);
Task<Response> ready(Call& call, Query<ReadyQuery> query);
Task<Response> metrics(Call& call);
Task<Response> status(Call& call);

// report_handlers.cpp
Task<Response> report_sales(Call& call, Query<SalesQuery> query);
Task<Response> report_show(Call& call, Path<ShowId> id);
Task<Response> show_history(Call& call, Path<ShowId> id, Query<HistoryQuery> query);
Task<Response> seat_history(Call& call, Path<SeatId> id, Query<HistoryQuery> query);

// event_handlers.cpp
Task<Response> list_events(Call& call, Query<EventsQuery> query);

// service_handlers.cpp
Task<Response> welcome(Call& call);
Task<Response> health(Call& call);
Task<Response> list_problems(Call& call);
Task<Response> get_problem(Call& call, Path<std::string> code);

}  // namespace boxoffice::http::api
