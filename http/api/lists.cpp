#include "http/api/lists.h"

#include <fmt/format.h>

namespace boxoffice::http::api {

using projections::ShowKey;
using projections::ShowOrder;

std::string cursor_of(const ShowKey& key, ShowOrder order) {
  if (order == ShowOrder::id) return cursor_of(key.id);
  return fmt::format("{}T{}_{}", to_string(key.date), to_string(key.time), key.id.value);
}

std::optional<ShowKey> parse_show_cursor(std::string_view text, ShowOrder order) {
  ShowKey key;
  if (order == ShowOrder::start) {
    constexpr std::size_t date_end = 10;  // 2030-06-15T
    constexpr std::size_t time_end = 19;  // 2030-06-15T20:00:00_
    if (text.size() <= time_end || text[date_end] != 'T' || text[time_end] != '_') {
      return std::nullopt;
    }
    const auto date = parse_date(text.substr(0, date_end));
    const auto time = parse_time_of_day(text.substr(date_end + 1, time_end - date_end - 1));
    if (!date || !time) return std::nullopt;
    key.date = *date;
    key.time = *time;
    text.remove_prefix(time_end + 1);
  }
  const auto id = parse_id_cursor<ShowId>(text);
  if (!id) return std::nullopt;
  key.id = *id;
  return key;
}

Response not_a_cursor(const std::string& after) {
  return invalid_parameter("after", "Value error, after is not a cursor of this list",
                           json::to_json(after));
}

std::optional<Response> check_dates(const std::optional<Date>& from,
                                    const std::optional<Date>& to) {
  if (!from || !to || *from <= *to) return std::nullopt;
  return invalid_parameter("to", "Value error, to is before from", json::to_json(*to));
}

}  // namespace boxoffice::http::api
