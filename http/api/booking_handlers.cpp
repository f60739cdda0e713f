#include "base/ensure.h"
#include "http/api/as_of.h"
#include "http/api/handlers.h"
#include "http/api/lists.h"
#include "http/api/render.h"

namespace boxoffice::http::api {

namespace domain = engine::domain;

namespace {

Booking booking_at(const projections::ReadModels& models, const projections::BookingView& view,
                   Position position) {
  const auto show = models.show_even_deleted(view.show_id, position);
  ENSURE(show.has_value(), "a booking's show is kept");
  return render(view, *show);
}

Response booking_answer(const Call& call, const Outcome& outcome, BookingId id) {
  const auto view = call.models().booking(id, outcome.position());
  ENSURE(view.has_value(), "a booking can be read at its position");
  return call.command_answer(outcome,
                             json_response(booking_at(call.models(), *view, outcome.position())));
}

}  // namespace

Task<Response> create_booking(Call& call, Body<BookingRequest> request) {
  BookingRequest& r = request.value;
  const std::string session = r.user_session ? *r.user_session : std::string();
  const Fingerprint payer = call.services->personal.fingerprint_of_email(r.user_email);
  auto submitted = submit(call,
                          domain::CreateBooking{.show_id = r.show_id,
                                                .seat_ids = std::move(r.seat_ids),
                                                .email_fingerprint = payer,
                                                .user_session = session},
                          session);
  const auto outcome = co_await std::move(submitted);
  if (auto refused = call.refusal(outcome)) co_return *std::move(refused);
  co_return booking_answer(call, outcome, outcome.find<events::BookingCreated>()->booking_id);
}

Task<Response> get_booking(Call& call, Path<BookingId> id, Query<AsOfQuery> query) {
  auto asked = as_of(call, query.value.at_seq, query.value.at_time);
  const AsOf moment = co_await std::move(asked);
  if (moment.refused) co_return *moment.refused;
  const auto view = call.models().booking(id.value, moment.position);
  const bool own = view && call.user && call.user->user_id == view->user_id;
  // In production a stranger's question gets the answer of a booking that does not exist.
  if (!view || (call.production() && !own && !call.is_admin())) {
    co_return Call::at(problem(ProblemCode::booking_not_found), moment.position);
  }
  co_return Call::at(json_response(booking_at(call.models(), *view, moment.position)),
                     moment.position);
}

Task<Response> cancel_booking(Call& call, Path<BookingId> id) {
  auto submitted = submit(call, domain::CancelBooking{id.value});
  const auto outcome = co_await std::move(submitted);
  if (auto refused = call.refusal(outcome)) co_return *std::move(refused);
  co_return booking_answer(call, outcome, id.value);
}

Task<Response> list_user_bookings(Call& call, Path<UserId> id, Query<UserBookingsQuery> query) {
  const UserBookingsQuery& q = query.value;
  if (call.user->user_id != id.value && !call.is_admin()) {
    co_return problem(ProblemCode::not_owner, "Not authorized to access these bookings");
  }
  const auto after = q.after ? parse_id_cursor<BookingId>(*q.after) : BookingId();
  if (!after) co_return not_a_cursor(*q.after);
  auto asked = as_of(call, q.at_seq, q.at_time);
  const AsOf moment = co_await std::move(asked);
  if (moment.refused) co_return *moment.refused;
  const Position at = moment.position;
  auto answered = list_answer<BookingId>(
      call, page_of(0, q.limit, *after), at, false,
      [&models = call.models(), user = id.value, at](const projections::Page<BookingId>& page) {
        return write_page(
            models.bookings_of(user, one_more(page), at), page,
            [&](const auto& view) { return booking_at(models, view, at); },
            [](const auto& view) { return cursor_of(view.booking_id); });
      });
  Response response = co_await std::move(answered);
  co_return response;
}

}  // namespace boxoffice::http::api
