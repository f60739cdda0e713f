#include "projections/sales.h"

#include <numeric>

// Rows:  's' show    -> SalesRow
//        'b' booking -> SaleRow
//        'p' payment -> PaymentRow

namespace boxoffice::projections {

namespace {

struct SalesRow {
  Position changed;
  ShowSales sales;
};
BOOST_DESCRIBE_STRUCT(SalesRow, (), (changed, sales))

/// What a booking counts as in the figures of its show.
struct SaleRow {
  ShowId show_id;
  std::uint64_t seats = 0;
  BookingStatus status = BookingStatus::pending;
  std::optional<events::CancelReason> cancel_reason;  // when cancelled
};
BOOST_DESCRIBE_STRUCT(SaleRow, (), (show_id, seats, status, cancel_reason))

struct PaymentRow {
  ShowId show_id;
  Money amount;
};
BOOST_DESCRIBE_STRUCT(PaymentRow, (), (show_id, amount))

std::string sales_key(ShowId show) { return row_key('s', show); }
std::string sale_key(BookingId booking) { return row_key('b', booking); }
std::string payment_key(PaymentId payment) { return row_key('p', payment); }

/// Takes the booking out of the figures again. A fault when it is not in them: rows that drifted.
Result<void> uncount(SalesFigures& figures, const SaleRow& sale) {
  if (sale.status == BookingStatus::confirmed) {
    if (figures.confirmed == 0 || figures.seats_sold < sale.seats) {
      return fault(FaultKind::corrupt, "a confirmed booking is not in its show's figures");
    }
    --figures.confirmed;
    figures.seats_sold -= sale.seats;
  }
  if (sale.cancel_reason) {
    const auto counted = figures.cancelled.find(*sale.cancel_reason);
    if (counted == figures.cancelled.end()) {
      return fault(FaultKind::corrupt, "a cancelled booking is not in its show's figures");
    }
    if (--counted->second == 0) figures.cancelled.erase(counted);
  }
  return success();
}

void count(SalesFigures& figures, const SaleRow& sale) {
  if (sale.status == BookingStatus::confirmed) {
    ++figures.confirmed;
    figures.seats_sold += sale.seats;
  }
  if (sale.cancel_reason) ++figures.cancelled[*sale.cancel_reason];
}

struct SalesFold {
  const events::Event& event;
  Rows& rows;

  Result<void> operator()(const events::ShowCreated& e) const {
    ShowSales sales{.show_id = e.show_id,
                    .movie_id = e.movie_id,
                    .theatre_id = e.theatre_id,
                    .show_date = e.show_date,
                    .figures = {}};
    sales.figures.shows = 1;
    sales.figures.seats = std::accumulate(e.rows.begin(), e.rows.end(), std::uint64_t{0});
    rows.put(sales_key(e.show_id), SalesRow{.changed = event.position, .sales = std::move(sales)});
    return success();
  }
  Result<void> operator()(const events::ShowChanged& e) const {
    return change(e.show_id, [&](ShowSales& sales) { sales.show_date = e.show_date; });
  }
  Result<void> operator()(const events::ShowDeleted& e) const {
    return change(e.show_id,
                  [](ShowSales& sales) { sales.figures.shows = sales.figures.seats = 0; });
  }

  Result<void> operator()(const events::BookingCreated& e) const {
    TRY(change(e.show_id, [](ShowSales& sales) { ++sales.figures.bookings; }));
    rows.put(sale_key(e.booking_id), SaleRow{.show_id = e.show_id,
                                             .seats = e.seat_ids.size(),
                                             .status = BookingStatus::pending,
                                             .cancel_reason = {}});
    return success();
  }
  Result<void> operator()(const events::BookingConfirmed& e) const {
    return become(e.booking_id, BookingStatus::confirmed, std::nullopt);
  }
  Result<void> operator()(const events::BookingCancelled& e) const {
    return become(e.booking_id, BookingStatus::cancelled, e.reason);
  }
  Result<void> operator()(const events::BookingExpired& e) const {
    return become(e.booking_id, BookingStatus::cancelled, events::CancelReason::expired);
  }

  // Only this event says how much; those that follow name the payment.
  Result<void> operator()(const events::PaymentInitiated& e) const {
    TRY(const auto sale, find<SaleRow>("booking", sale_key(e.booking_id), e.booking_id));
    rows.put(payment_key(e.payment_id), PaymentRow{.show_id = sale.show_id, .amount = e.amount});
    return success();
  }
  Result<void> operator()(const events::PaymentSucceeded& e) const {
    TRY(const auto payment, find<PaymentRow>("payment", payment_key(e.payment_id), e.payment_id));
    return change(payment.show_id, [&](ShowSales& sales) {
      ++sales.figures.payments;
      sales.figures.captured += payment.amount;
    });
  }
  Result<void> operator()(const events::RefundRequested& e) const {
    TRY(const auto payment, find<PaymentRow>("payment", payment_key(e.payment_id), e.payment_id));
    return change(payment.show_id, [&](ShowSales& sales) {
      ++sales.figures.refunds;
      sales.figures.refunds_due += e.amount;
    });
  }

  // A client may name anything: what is about no show of ours counts nowhere.
  Result<void> operator()(const events::CommandRefused& e) const {
    ShowId show_id = e.show_id;
    if (e.booking_id) {
      TRY(const auto sale, rows.find<SaleRow>(sale_key(e.booking_id)));
      if (sale) show_id = sale->show_id;
    }
    TRY(const auto row, rows.find<SalesRow>(sales_key(show_id)));
    if (!row) return success();
    return change(show_id, [&](ShowSales& sales) { ++sales.figures.refusals[e.reason]; });
  }

  template <class Other>
  Result<void> operator()(const Other&) const {
    return success();
  }

  Result<void> become(BookingId booking_id, BookingStatus status,
                      std::optional<events::CancelReason> reason) const {
    TRY(auto sale, find<SaleRow>("booking", sale_key(booking_id), booking_id));
    const SaleRow before = sale;
    sale.status = status;
    sale.cancel_reason = reason;
    TRY(auto row, find<SalesRow>("show", sales_key(sale.show_id), sale.show_id));
    TRY(uncount(row.sales.figures, before));
    count(row.sales.figures, sale);
    row.changed = event.position;
    rows.put(sales_key(sale.show_id), row);
    rows.put(sale_key(booking_id), sale);
    return success();
  }

  template <class Row, class Id>
  Result<Row> find(std::string_view what, const std::string& key, Id id) const {
    TRY(auto row, rows.find<Row>(key));
    if (!row) return unknown(what, id);
    return *std::move(row);
  }

  template <class Change>
  Result<void> change(ShowId show_id, Change&& apply) const {
    TRY(auto row, find<SalesRow>("show", sales_key(show_id), show_id));
    apply(row.sales);
    row.changed = event.position;
    rows.put(sales_key(show_id), row);
    return success();
  }
};

}  // namespace

Result<void> Sales::fold(const events::Event& event, Rows& rows) {
  return std::visit(SalesFold{event, rows}, event.body);
}

// A scan sees the rows of one moment, which is `folded` or later. Every change that it shows is at
// or before the newest of them, and no row changed between that one and the moment: whichever of
// the two is later is a position at which all of it is exactly true. A show that the filter leaves
// out counts too, since a change may have moved it out.
SalesView Sales::sales(const SalesFilter& filter, Position folded) const {
  SalesView view{.position = folded, .shows = {}};
  const std::string prefix = filter.show_id ? sales_key(*filter.show_id) : "s";
  const auto collect = [&](std::string_view, SalesRow row) {
    view.position = std::max(view.position, row.changed);
    if (filter.from && row.sales.show_date < *filter.from) return;
    if (filter.to && row.sales.show_date > *filter.to) return;
    view.shows.push_back(std::move(row.sales));
  };
  value_or_throw(table_.scan_rows<SalesRow>(prefix, collect));
  return view;
}

}  // namespace boxoffice::projections
