#include "projections/show_search.h"

#include <algorithm>
#include <utility>

namespace boxoffice::projections {

namespace {

// To look at one show of a list costs about as much in either way; sorting adds little to it. A
// list that has one show in so many is worth looking through as a whole.
constexpr std::size_t narrow_part = 8;

}  // namespace

ShowKey key_of(const ShowView& show, ShowOrder order) {
  ShowKey key;
  key.id = show.show_id;
  if (order == ShowOrder::id) return key;
  key.date = show.show_date;
  key.time = show.show_time;
  return key;
}

ShowSearch::ShowSearch(const CatalogIndex& index, const ShowFilter& filter, ShowOrder order,
                       Position at)
    : index_(index), filter_(filter), order_(order), at_(at) {
  if (!filter_.city) return;
  for (const auto& [theatre_id, versions] : index_.all(TheatreId())) {
    const auto theatre = versions.ever(at_);
    if (theatre != nullptr && theatre->city == *filter_.city) in_city_.insert(theatre_id);
  }
}

std::vector<ShowView> ShowSearch::page(const ShowPage& page) {
  page_ = page;
  found_.clear();
  const Source source = narrowest();
  const bool is_narrow = source.shows < index_.shows().size() / narrow_part;
  if (order_ == ShowOrder::start && (source.is_of_days || !is_narrow)) {
    walk_days();
  } else if (is_narrow) {
    collect(source);
  } else {
    walk_ids();
  }
  return std::move(found_);
}

ShowSearch::Source ShowSearch::narrowest() const {
  std::vector<Source> sources(1);
  sources.back().add(index_.shows());
  if (filter_.movie_id) sources.emplace_back().add(index_.shows(*filter_.movie_id));
  if (filter_.theatre_id) sources.emplace_back().add(index_.shows(*filter_.theatre_id));
  if (filter_.city) {
    Source& of_city = sources.emplace_back();
    for (const TheatreId theatre : in_city_) of_city.add(index_.shows(theatre));
  }
  if (filter_.date || filter_.from || filter_.to) {
    Source& of_days = sources.emplace_back();
    of_days.is_of_days = true;
    const auto end = index_.shows_by_date().end();
    for (auto day = first_day(); day != end && !is_too_late(day->first); ++day) {
      of_days.add(day->second);
    }
  }
  return *std::ranges::min_element(sources, {}, &Source::shows);
}

ShowSearch::Days::const_iterator ShowSearch::first_day() const {
  Date first{.year = 1, .month = 1, .day = 1};
  if (filter_.date) first = std::max(first, *filter_.date);
  if (filter_.from) first = std::max(first, *filter_.from);
  if (order_ == ShowOrder::start) first = std::max(first, page_.after.date);
  return index_.shows_by_date().lower_bound(first);
}

bool ShowSearch::is_too_late(Date day) const {
  return (filter_.date && day > *filter_.date) || (filter_.to && day > *filter_.to);
}

void ShowSearch::walk_ids() {
  const ShowList& shows = index_.shows();
  auto show = std::ranges::upper_bound(shows, page_.after.id, {},
                                       [](const auto* listed) { return listed->first; });
  for (; show != shows.end() && !is_full(); ++show) {
    const auto found = match(**show);
    if (!found) continue;
    if (page_.skip > 0) {
      --page_.skip;
      continue;
    }
    found_.push_back(index_.joined(*found->view, at_));
  }
}

void ShowSearch::walk_days() {
  std::vector<Match> matches;
  const auto end = index_.shows_by_date().end();
  for (auto day = first_day(); day != end && !is_too_late(day->first) && !is_full(); ++day) {
    matches.clear();
    for (const auto* const show : day->second) {
      const auto found = match(*show);
      // It is listed under the other dates that it ever had, too.
      if (found && found->view->show_date == day->first) matches.push_back(*found);
    }
    take(matches);
  }
}

void ShowSearch::collect(const Source& source) {
  std::vector<Match> matches;
  for (const ShowList* const list : source.lists) {
    for (const auto* const show : *list) {
      if (const auto found = match(*show)) matches.push_back(*found);
    }
  }
  // A show that was moved stands in the lists of both dates.
  const auto by_key = [](const Match& match) { return match.key; };
  if (source.lists.size() > 1) {
    std::ranges::sort(matches, {}, by_key);
    const auto repeated = std::ranges::unique(matches, {}, by_key);
    matches.erase(repeated.begin(), repeated.end());
  }
  take(matches);
}

std::optional<ShowSearch::Match> ShowSearch::match(
    const CatalogIndex::Shows::value_type& show) const {
  const auto* const version = show.second.alive_version(at_);
  if (version == nullptr || !passes(*version->view)) return std::nullopt;
  const Match match{.key = key_of(*version->view, order_), .view = version->view.get()};
  if (match.key <= page_.after) return std::nullopt;
  return match;
}

bool ShowSearch::passes(const ShowView& view) const {
  if (filter_.movie_id && view.movie_id != *filter_.movie_id) return false;
  if (filter_.theatre_id && view.theatre_id != *filter_.theatre_id) return false;
  if (filter_.date && view.show_date != *filter_.date) return false;
  if (filter_.from && view.show_date < *filter_.from) return false;
  if (filter_.to && view.show_date > *filter_.to) return false;
  return !filter_.city || in_city_.contains(view.theatre_id);
}

void ShowSearch::take(std::vector<Match>& matches) {
  if (page_.skip >= matches.size()) {
    page_.skip -= matches.size();
    return;
  }
  const std::size_t taken = std::min(matches.size() - page_.skip, page_.limit - found_.size());
  const auto first = matches.begin() + static_cast<std::ptrdiff_t>(page_.skip);
  const auto end = first + static_cast<std::ptrdiff_t>(taken);
  std::ranges::partial_sort(matches, end, {}, [](const Match& match) { return match.key; });
  for (auto match = first; match != end; ++match) {
    found_.push_back(index_.joined(*match->view, at_));
  }
  page_.skip = 0;
}

}  // namespace boxoffice::projections
