#include <functional>
#include <string_view>

#include "http/api/csv.h"
#include "http/api/handlers.h"
#include "http/api/lists.h"
#include "http/api/reading.h"
#include "http/api/render.h"

namespace boxoffice::http::api {

namespace {

using projections::SalesBy;

projections::ShowView show_at(const projections::ReadModels& models, ShowId id, Position at) {
  auto show = models.show_even_deleted(id, at);
  if (!show || !show->movie || !show->theatre) {
    throw projections::StoreError(
        fault(FaultKind::corrupt, "the catalogue does not know a show that has sales"));
  }
  return *std::move(show);
}

/// What the lines are ordered by.
std::int64_t key_of(const projections::ShowSales& group, SalesBy by) {
  switch (by) {
    case SalesBy::show: return group.show_id.value;
    case SalesBy::movie: return group.movie_id.value;
    case SalesBy::theatre: return group.theatre_id.value;
    case SalesBy::day: break;
  }
  const Date day = group.show_date;
  return (std::int64_t{day.year} * 100 + day.month) * 100 + day.day;
}

/// Where the lines go on if these are not all of them.
struct WrittenReport {
  Response response;
  std::optional<std::int64_t> next_after;
};

Response response_of(const SalesReport& report, std::optional<ReportFormat> format) {
  if (format != ReportFormat::csv) return json_response(report);
  Response response;
  response.content_type = "text/csv; charset=utf-8";
  response.body = to_csv(report.lines);
  return response;
}

WrittenReport write(const projections::ReadModels& models, const projections::SalesView& view,
                    const SalesQuery& query) {
  SalesReport report{.by = query.by.value_or(SalesBy::show),
                     .from = query.from,
                     .to = query.to,
                     .lines = {},
                     .total = {}};
  const std::int64_t after = query.after ? query.after->value : -1;
  std::optional<std::int64_t> last;
  bool more = false;
  projections::SalesFigures total;
  for (const auto& group : projections::grouped(view.shows, report.by)) {
    total += group.figures;
    const std::int64_t key = key_of(group, report.by);
    if (key <= after) continue;
    more = std::ssize(report.lines) == query.limit.value;
    if (more) continue;
    report.lines.push_back(render(group, report.by, show_at(models, group.show_id, view.position)));
    last = key;
  }
  report.total = render(total);
  return {.response = response_of(report, query.format), .next_after = more ? last : std::nullopt};
}

Task<std::optional<projections::SalesView>> sales_of(const Call& call,
                                                     projections::SalesFilter filter) {
  return ask_aside<projections::SalesView>(
      call.services->readers, *call.request.io,
      [&models = call.models(), filter] { return models.sales(filter); });
}

using History = std::optional<projections::HistoryPage>;

/// What a guest is called: whoever reads a history can tell two guests apart, and cannot take over
/// the seats of either, since a session is what proves a lock.
std::optional<std::string> guest_name(const auth::Fingerprinter& fingerprints,
                                      std::string_view session) {
  constexpr std::size_t digits = 8;
  if (session.empty()) return std::nullopt;
  return "guest-" + to_hex(fingerprints.of({"guest", session}).bytes).substr(0, digits);
}

projections::HistoryWindow window_of(const Call& call, const HistoryQuery& query) {
  return {.after = Position(static_cast<Position::rep>(query.after)),
          .limit = static_cast<std::size_t>(query.limit),
          .at = call.read_position};
}

Response history_answer(const Call& call, const projections::HistoryPage& page) {
  HistoryPage out{.entries = {}, .next_after = page.next};
  for (const auto& entry : page.entries) {
    out.entries.push_back(render(entry, guest_name(call.services->fingerprints, entry.session)));
  }
  Response response = json_response(out);
  if (page.next) link_next(response, call.request, std::to_string(page.next->value));
  return call.read_answer(std::move(response));
}

Task<Response> tell_history(const Call& call, std::function<History()> question,
                            ProblemCode not_found) {
  auto asked = ask_aside<History>(call.services->readers, *call.request.io, std::move(question));
  const auto page = co_await std::move(asked);
  if (!page) co_return busy(readers_are_busy);
  if (!*page) co_return call.read_answer(problem(not_found));
  co_return history_answer(call, **page);
}

}  // namespace

Task<Response> report_sales(Call& call, Query<SalesQuery> query) {
  const SalesQuery& q = query.value;
  if (auto wrong = check_dates(q.from, q.to)) co_return *std::move(wrong);
  auto summed = sales_of(call, {.show_id = {}, .from = q.from, .to = q.to});
  auto view = co_await std::move(summed);
  if (!view) co_return busy(readers_are_busy);
  // The figures may be a moment ahead of the other read models, which know the names.
  const Position at = view->position;
  auto waiting = wait_for_position(*call.services, *call.request.io, at);
  const bool all_there = co_await std::move(waiting);
  if (!all_there) co_return problem(ProblemCode::read_model_behind);
  auto asked = ask_aside<WrittenReport>(
      call.services->readers, *call.request.io,
      [&models = call.models(), view = *std::move(view), q] { return write(models, view, q); });
  auto written = co_await std::move(asked);
  if (!written) co_return busy(readers_are_busy);
  if (written->next_after) {
    link_next(written->response, call.request, std::to_string(*written->next_after));
  }
  co_return Call::at(std::move(written->response), at);
}

Task<Response> report_show(Call& call, Path<ShowId> id) {
  auto summed = sales_of(call, {.show_id = id.value, .from = {}, .to = {}});
  const auto view = co_await std::move(summed);
  if (!view) co_return busy(readers_are_busy);
  auto waiting = wait_for_position(*call.services, *call.request.io, view->position);
  const bool all_there = co_await std::move(waiting);
  if (!all_there) co_return problem(ProblemCode::read_model_behind);
  if (view->shows.empty()) co_return Call::at(problem(ProblemCode::show_not_found), view->position);
  const auto show = show_at(call.models(), id.value, view->position);
  co_return Call::at(json_response(render(view->shows.front(), SalesBy::show, show)),
                     view->position);
}

Task<Response> show_history(Call& call, Path<ShowId> id, Query<HistoryQuery> query) {
  auto told = tell_history(
      call,
      [&models = call.models(), id = id.value, window = window_of(call, query.value)] {
        return models.show_history(id, window);
      },
      ProblemCode::show_not_found);
  Response response = co_await std::move(told);
  co_return response;
}

Task<Response> seat_history(Call& call, Path<SeatId> id, Query<HistoryQuery> query) {
  auto told = tell_history(
      call,
      [&models = call.models(), id = id.value, window = window_of(call, query.value)] {
        return models.seat_history(id, window);
      },
      ProblemCode::seat_not_found);
  Response response = co_await std::move(told);
  co_return response;
}

}  // namespace boxoffice::http::api
