#include "base/ensure.h"
#include "http/api/handlers.h"
#include "http/api/render.h"
#include "http/auth/random.h"

namespace boxoffice::http::api {

namespace domain = engine::domain;

namespace {

constexpr int mock_success_percent = 80;

projections::PaymentView payment_at(const Call& call, PaymentId id, Position position) {
  const auto payment = call.models().payment(id, position);
  ENSURE(payment.has_value(), "a payment can be read at its position");
  return *payment;
}

// The payment that a command created, settled or found settled.
PaymentId payment_of(const Outcome& outcome) {
  if (const auto* e = outcome.find<events::PaymentInitiated>()) return e->payment_id;
  if (const auto* e = outcome.find<events::PaymentSucceeded>()) return e->payment_id;
  if (const auto* e = outcome.find<events::PaymentFailed>()) return e->payment_id;
  if (const auto* e = outcome.find<events::CommandRepeated>()) return e->payment_id;
  ENSURE(false, "an accepted payment command is about a payment");
  return {};
}

// As Call::refusal, but a payment that was settled the other way says how.
std::optional<Response> result_refusal(const Call& call, const Outcome& outcome) {
  auto answer = call.refusal(outcome);
  const auto* refused = outcome.failed ? nullptr : outcome.refused();
  if (refused == nullptr || refused->reason != events::Refusal::payment_already_settled) {
    return answer;
  }
  const auto payment = payment_at(call, refused->payment_id, outcome.position());
  return call.command_answer(outcome,
                             problem(ProblemCode::payment_already_settled,
                                     "Payment already " + std::string(enum_name(payment.status))));
}

}  // namespace

Task<Response> initiate_payment(Call& call, Body<PaymentRequest> request) {
  const PaymentRequest& r = request.value;
  const std::string method = r.payment_method ? std::string(*r.payment_method) : "card";
  auto submitted = submit(
      call, domain::InitiatePayment{
                .booking_id = r.booking_id,
                .amount = r.amount,
                .payment_method = method,
                .transaction_id = auth::random_uuid(),
                .user_session = r.user_session ? std::string(*r.user_session) : std::string()});
  const auto outcome = co_await std::move(submitted);
  if (outcome.failed) co_return *outcome.failed;
  if (const auto* refused = outcome.refused();
      refused != nullptr && refused->reason == events::Refusal::not_authorized) {
    co_return call.command_answer(outcome, problem(ProblemCode::booking_not_found));
  }
  if (auto refused = call.refusal(outcome)) co_return *std::move(refused);
  const auto payment = payment_at(call, payment_of(outcome), outcome.position());
  co_return call.command_answer(outcome, json_response(render(payment)));
}

Task<Response> confirm_payment(Call& call, Body<PaymentResultRequest> request) {
  const auto transaction_id = parse_uuid(request.value.transaction_id);
  const Uuid id = transaction_id.value_or(Uuid());  // no payment has the zero id
  auto submitted = submit(
      call, domain::RecordPaymentResult{.transaction_id = id,
                                        .succeeded = request.value.status == PaymentResult::success,
                                        .drawn = false});
  const auto outcome = co_await std::move(submitted);
  if (auto refused = result_refusal(call, outcome)) co_return *std::move(refused);
  const auto payment = payment_at(call, payment_of(outcome), outcome.position());
  co_return call.command_answer(outcome, json_response(render(payment)));
}

Task<Response> mock_callback(Call& call, Query<MockCallbackQuery> query) {
  const MockCallbackQuery& q = query.value;
  const Uuid id = parse_uuid(q.transaction_id).value_or(Uuid());
  const bool succeeded =
      q.status ? *q.status == PaymentResult::success : auth::draw_percent() < mock_success_percent;
  auto submitted = submit(
      call, domain::RecordPaymentResult{
                .transaction_id = id, .succeeded = succeeded, .drawn = !q.status.has_value()});
  const auto outcome = co_await std::move(submitted);
  if (auto refused = result_refusal(call, outcome)) co_return *std::move(refused);
  const auto payment = payment_at(call, payment_of(outcome), outcome.position());
  const bool failed = payment.status == PaymentStatus::failed;
  co_return call.command_answer(
      outcome, json_response(MockCallbackAnswer{
                   .status = failed ? PaymentResult::failed : PaymentResult::success,
                   .transaction_id = to_string(payment.transaction_id)}));
}

}  // namespace boxoffice::http::api
