// What stands in the query of an address, by endpoint: as wire.h, for parameters.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/describe.h"
#include "base/ids.h"
#include "base/time.h"
#include "http/api/wire.h"
#include "http/json/types.h"
#include "projections/read_models.h"
#include "projections/views.h"

namespace boxoffice::http::api {

// `after`: the cursor of a list's next page (http/api/lists.h).

struct MoviesQuery {
  Defaulted<Int<0>> skip = 0;
  Defaulted<Int<0>> limit = 100;
  std::optional<Text<0, 100>> title;
  std::optional<Text<0, 100>> genre;
  std::optional<std::string> after;
};
BOOST_DESCRIBE_STRUCT(MoviesQuery, (), (skip, limit, title, genre, after))

struct TheatresQuery {
  std::string city;
  std::optional<Int<0>> limit;  ///< all
  std::optional<std::string> after;
};
BOOST_DESCRIBE_STRUCT(TheatresQuery, (), (city, limit, after))

/// `from` and `to` are included.
struct MovieShowsQuery {
  std::optional<std::string> city;
  std::optional<Date> date;
  std::optional<Date> from;
  std::optional<Date> to;
  std::optional<projections::ShowOrder> sort;  ///< id
  std::optional<Int<0>> limit;                 ///< all
  std::optional<std::string> after;
};
BOOST_DESCRIBE_STRUCT(MovieShowsQuery, (), (city, date, from, to, sort, limit, after))

/// A position or a time of the past; neither: now.
struct AsOfQuery {
  std::optional<Int<0>> at_seq;
  std::optional<Instant> at_time;
};
BOOST_DESCRIBE_STRUCT(AsOfQuery, (), (at_seq, at_time))

struct UserBookingsQuery {
  std::optional<Int<0>> limit;  ///< all
  std::optional<std::string> after;
  std::optional<Int<0>> at_seq;
  std::optional<Instant> at_time;
};
BOOST_DESCRIBE_STRUCT(UserBookingsQuery, (), (limit, after, at_seq, at_time))

struct ResumeQuery {
  std::optional<std::string> last_event_id;
};
BOOST_DESCRIBE_STRUCT(ResumeQuery, (), (last_event_id))

struct EventsQuery {
  Defaulted<Int<0>> after = 0;
  Defaulted<Int<1, 1'000>> limit = 1'000;
  std::optional<std::string> type;
  std::optional<ShowId> show_id;
  std::optional<BookingId> booking_id;
  std::optional<UserId> user_id;
  std::optional<std::string> last_event_id;  ///< of the stream
};
BOOST_DESCRIBE_STRUCT(EventsQuery, (),
                      (after, limit, type, show_id, booking_id, user_id, last_event_id))

struct ShowsQuery {
  std::optional<MovieId> movie_id;
  std::optional<TheatreId> theatre_id;
  std::optional<std::string> city;
  std::optional<Date> date;
  std::optional<Date> from;
  std::optional<Date> to;
  std::optional<projections::ShowOrder> sort;  ///< id
  Defaulted<Int<0>> skip = 0;
  Defaulted<Int<0>> limit = 100;
  std::optional<std::string> after;
};
BOOST_DESCRIBE_STRUCT(ShowsQuery, (),
                      (movie_id, theatre_id, city, date, from, to, sort, skip, limit, after))

struct ReadyQuery {
  std::optional<std::string> verbose;  ///< whatever it is: each check on a line
};
BOOST_DESCRIBE_STRUCT(ReadyQuery, (), (verbose))

struct MockCallbackQuery {
  std::string transaction_id;
  std::optional<PaymentResult> status;
};
BOOST_DESCRIBE_STRUCT(MockCallbackQuery, (), (transaction_id, status))

BOOST_DEFINE_FIXED_ENUM_CLASS(ReportFormat, std::uint8_t, json, csv)

/// Dates of shows, both included.
struct SalesQuery {
  std::optional<projections::SalesBy> by;  ///< show
  std::optional<Date> from;
  std::optional<Date> to;
  std::optional<ReportFormat> format;  ///< json
  Defaulted<Int<1, 10'000>> limit = 1'000;
  std::optional<Int<0>> after;  ///< the last line's id, or its day: 20300615
};
BOOST_DESCRIBE_STRUCT(SalesQuery, (), (by, from, to, format, limit, after))

struct HistoryQuery {
  Defaulted<Int<0>> after = 0;  ///< a position
  Defaulted<Int<1, 1'000>> limit = 100;
};
BOOST_DESCRIBE_STRUCT(HistoryQuery, (), (after, limit))

}  // namespace boxoffice::http::api
