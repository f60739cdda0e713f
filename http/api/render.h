// From what the read models answer to what clients see.
#pragma once

#include "http/api/wire.h"
#include "projections/read_models.h"
#include "projections/views.h"

namespace boxoffice::http::api {

Movie render(const projections::MovieView& view);
Theatre render(const projections::TheatreView& view);
Show render(const projections::ShowView& view);
Payment render(const projections::PaymentView& view);
/// `show`: the booking's, as of the same position.
Booking render(const projections::BookingView& view, const projections::ShowView& show);
/// Without what tells one line of a report from another.
SalesLine render(const projections::SalesFigures& figures);
/// `show`: the group's first.
SalesLine render(const projections::ShowSales& group, projections::SalesBy by,
                 const projections::ShowView& show);
/// `guest`: what the session is called.
HistoryEntry render(const projections::HistoryEntry& entry, std::optional<std::string> guest);
/// The list of seats as JSON text (it may hold thousands).
std::string render_seats(ShowId show_id, const projections::SeatMapView& map);
/// The list of those that have changed.
std::string render_changes(ShowId show_id, const projections::SeatChanges& changes);

}  // namespace boxoffice::http::api
