#include "projections/views.h"

#include <algorithm>
#include <tuple>

#include "base/ensure.h"

namespace boxoffice::projections {

std::string row_name(std::uint16_t row) {
  // Bijective base 26: there is no digit for zero, so "Z" is followed by "AA".
  std::string name;
  for (unsigned rest = row + 1U; rest > 0; rest = (rest - 1) / 26) {
    name += static_cast<char>('A' + (rest - 1) % 26);
  }
  std::reverse(name.begin(), name.end());
  return name;
}

SeatPlace seat_place(const std::vector<std::uint16_t>& rows, std::uint32_t index) {
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (index < rows[row]) {
      return {static_cast<std::uint16_t>(row), static_cast<std::uint16_t>(index + 1)};
    }
    index -= rows[row];
  }
  ENSURE(false, "a seat's index lies inside its show");
  return {};
}

SalesFigures& SalesFigures::operator+=(const SalesFigures& other) {
  shows += other.shows;
  seats += other.seats;
  seats_sold += other.seats_sold;
  bookings += other.bookings;
  confirmed += other.confirmed;
  for (const auto& [reason, count] : other.cancelled) cancelled[reason] += count;
  payments += other.payments;
  captured += other.captured;
  refunds += other.refunds;
  refunds_due += other.refunds_due;
  for (const auto& [reason, count] : other.refusals) refusals[reason] += count;
  return *this;
}

namespace {

/// What the shows of one group have in common; it sorts as groups do.
std::tuple<Date, std::uint32_t> group_of(const ShowSales& show, SalesBy by) {
  switch (by) {
    case SalesBy::show: return {Date{}, show.show_id.value};
    case SalesBy::movie: return {Date{}, show.movie_id.value};
    case SalesBy::theatre: return {Date{}, show.theatre_id.value};
    case SalesBy::day: return {show.show_date, 0};
  }
  return {};
}

}  // namespace

std::vector<ShowSales> grouped(const std::vector<ShowSales>& shows, SalesBy by) {
  std::map<std::tuple<Date, std::uint32_t>, ShowSales> groups;
  for (const ShowSales& show : shows) {
    const auto [group, is_new] = groups.try_emplace(group_of(show, by), show);
    if (!is_new) group->second.figures += show.figures;
  }
  std::vector<ShowSales> out;
  out.reserve(groups.size());
  for (auto& [key, group] : groups) out.push_back(std::move(group));
  return out;
}

}  // namespace boxoffice::projections
