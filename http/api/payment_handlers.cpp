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

// In production only the gateway's signed word settles a payment.
struct Claim {
  std::optional<Response> refused;
  events::Actor actor;
};
Claim who_claims(const Call& call) {
  if (call.signed_by_gateway()) {
    return {.refused = std::nullopt, .actor = {.kind = events::ActorKind::gateway, .user_id = {}}};
  }
  if (call.production())
    return {.refused = problem(401, "Signature is missing or not valid"), .actor = {}};
  return {.refused = std::nullopt, .actor = call.actor()};
}

// A payment that has been settled the other way: says how.
Response settled_answer(const Call& call, const Outcome& outcome, const Uuid& transaction_id) {
  const auto payment = call.models().payment(transaction_id, outcome.position());
  ENSURE(payment.has_value(), "a settled payment can be read");
  return call.command_answer(
      outcome, problem(409, "Payment already " + std::string(enum_name(payment->status))));
}

std::optional<Response> result_refusal(const Call& call, const Outcome& outcome,
                                       const Uuid& transaction_id) {
  const auto* refused = outcome.failed ? nullptr : outcome.refused();
  if (refused != nullptr && refused->reason == events::Refusal::payment_already_settled) {
    return settled_answer(call, outcome, transaction_id);
  }
  return call.refusal(outcome);
}

}  // namespace

Task<Response> initiate_payment(Call call, Body<PaymentRequest> request) {
  const PaymentRequest& r = request.value;
  const std::string method = r.payment_method ? std::string(*r.payment_method) : "card";
  auto submitted = submit(call, domain::InitiatePayment{.booking_id = r.booking_id,
                                                        .amount = r.amount,
                                                        .payment_method = method,
                                                        .transaction_id = auth::random_uuid()});
  const auto outcome = co_await std::move(submitted);
  if (outcome.failed) co_return *outcome.failed;
  if (const auto* refused = outcome.refused();
      refused != nullptr && refused->reason == events::Refusal::not_authorized) {
    co_return call.command_answer(outcome, problem(404, "Booking not found"));
  }
  if (auto refused = call.refusal(outcome)) co_return *std::move(refused);
  const auto payment = payment_at(call, payment_of(outcome), outcome.position());
  co_return call.command_answer(outcome, json_response(render(payment)));
}

Task<Response> confirm_payment(Call call, Body<PaymentResultRequest> request) {
  auto claim = who_claims(call);
  if (claim.refused) co_return *std::move(claim.refused);
  const auto transaction_id = parse_uuid(request.value.transaction_id);
  const Uuid id = transaction_id.value_or(Uuid());  // no payment has the zero id
  auto submitted = submit(
      call,
      domain::RecordPaymentResult{.transaction_id = id,
                                  .succeeded = request.value.status == PaymentResult::success,
                                  .drawn = false},
      claim.actor);
  const auto outcome = co_await std::move(submitted);
  if (auto refused = result_refusal(call, outcome, id)) co_return *std::move(refused);
  const auto payment = payment_at(call, payment_of(outcome), outcome.position());
  co_return call.command_answer(outcome, json_response(render(payment)));
}

Task<Response> mock_callback(Call call, Query<MockCallbackQuery> query) {
  auto claim = who_claims(call);
  if (claim.refused) co_return *std::move(claim.refused);
  const MockCallbackQuery& q = query.value;
  const Uuid id = parse_uuid(q.transaction_id).value_or(Uuid());
  const bool succeeded =
      q.status ? *q.status == PaymentResult::success : auth::draw_percent() < mock_success_percent;
  auto submitted =
      submit(call,
             domain::RecordPaymentResult{
                 .transaction_id = id, .succeeded = succeeded, .drawn = !q.status.has_value()},
             claim.actor);
  const auto outcome = co_await std::move(submitted);
  if (auto refused = result_refusal(call, outcome, id)) co_return *std::move(refused);
  const auto payment = payment_at(call, payment_of(outcome), outcome.position());
  const bool failed = payment.status == PaymentStatus::failed;
  co_return call.command_answer(
      outcome, json_response(MockCallbackAnswer{
                   .status = failed ? PaymentResult::failed : PaymentResult::success,
                   .transaction_id = to_string(payment.transaction_id)}));
}

}  // namespace boxoffice::http::api
