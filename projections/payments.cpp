#include "projections/payments.h"

#include <algorithm>
#include <vector>

// Rows:  'p' payment     -> PaymentRow
//        't' transaction -> PaymentId

namespace boxoffice::projections {

namespace {

/// What can change about a payment, from `since` on.
struct PaymentState {
  Position since;
  PaymentStatus status = PaymentStatus::pending;
  bool late = false;
};
BOOST_DESCRIBE_STRUCT(PaymentState, (), (since, status, late))

struct PaymentRow {
  PaymentId payment_id;
  BookingId booking_id;
  Money amount;
  std::string payment_method;
  Uuid transaction_id;
  Instant created_at;
  std::vector<PaymentState> states;  // never empty, ascending
};
BOOST_DESCRIBE_STRUCT(PaymentRow, (),
                      (payment_id, booking_id, amount, payment_method, transaction_id, created_at,
                       states))

std::string payment_key(PaymentId payment) { return row_key('p', payment); }
std::string transaction_key(const Uuid& transaction) {
  return 't' + std::string(transaction.bytes.begin(), transaction.bytes.end());
}

struct PaymentFold {
  const events::Event& event;
  Rows& rows;

  Result<void> operator()(const events::PaymentInitiated& e) const {
    PaymentState state;
    state.since = event.position;
    rows.put(payment_key(e.payment_id), PaymentRow{.payment_id = e.payment_id,
                                                   .booking_id = e.booking_id,
                                                   .amount = e.amount,
                                                   .payment_method = e.payment_method,
                                                   .transaction_id = e.transaction_id,
                                                   .created_at = event.time,
                                                   .states = {state}});
    rows.put(transaction_key(e.transaction_id), e.payment_id);
    return success();
  }

  Result<void> operator()(const events::PaymentSucceeded& e) const {
    return change(e.payment_id, [&](PaymentState& s) {
      s.status = PaymentStatus::success;
      s.late = e.late;
    });
  }
  Result<void> operator()(const events::PaymentFailed& e) const {
    return change(e.payment_id, [](PaymentState& s) { s.status = PaymentStatus::failed; });
  }
  Result<void> operator()(const events::RefundRequested& e) const {
    return change(e.payment_id, [](PaymentState& s) { s.status = PaymentStatus::refunded; });
  }

  template <class Other>
  Result<void> operator()(const Other&) const {
    return success();
  }

  /// Appends a state that differs from the last one by `apply`.
  template <class Change>
  Result<void> change(PaymentId payment_id, Change&& apply) const {
    TRY(auto row, rows.find<PaymentRow>(payment_key(payment_id)));
    if (!row) return unknown("payment", payment_id);
    PaymentState state = row->states.back();
    state.since = event.position;
    apply(state);
    row->states.push_back(state);
    rows.put(payment_key(payment_id), *row);
    return success();
  }
};

}  // namespace

Result<void> Payments::fold(const events::Event& event, Rows& rows) {
  return std::visit(PaymentFold{event, rows}, event.body);
}

std::optional<PaymentView> Payments::payment(PaymentId payment_id, Position at) const {
  const auto row = value_or_throw(table_.find<PaymentRow>(payment_key(payment_id)));
  if (!row) return std::nullopt;
  const auto after = std::ranges::upper_bound(row->states, at, {}, &PaymentState::since);
  if (after == row->states.begin()) return std::nullopt;
  const PaymentState& state = *std::prev(after);
  return PaymentView{.payment_id = row->payment_id,
                     .booking_id = row->booking_id,
                     .amount = row->amount,
                     .payment_method = row->payment_method,
                     .transaction_id = row->transaction_id,
                     .status = state.status,
                     .late = state.late,
                     .created_at = row->created_at};
}

std::optional<PaymentView> Payments::payment(const Uuid& transaction_id, Position at) const {
  const auto payment_id = value_or_throw(table_.find<PaymentId>(transaction_key(transaction_id)));
  return payment_id ? payment(*payment_id, at) : std::nullopt;
}

}  // namespace boxoffice::projections
