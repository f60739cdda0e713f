#include "projections/catalog_index.h"

namespace boxoffice::projections {

namespace {

/// Keeps `list` ascending and without repetition. New shows have the highest id: the usual case
/// appends.
void insert(CatalogIndex::ShowList& list, const CatalogIndex::Shows::value_type* show) {
  const auto place = std::ranges::lower_bound(list, show->first, {},
                                              [](const auto* listed) { return listed->first; });
  if (place == list.end() || *place != show) list.insert(place, show);
}

template <class Lists, class Key>
const CatalogIndex::ShowList& list_of(const Lists& lists, const Key& key) {
  static const CatalogIndex::ShowList none;
  const auto found = lists.find(key);
  return found == lists.end() ? none : found->second;
}

}  // namespace

void CatalogIndex::add(Version<ShowView> version) {
  const auto& view = *version.view;
  const auto node = shows_.try_emplace(view.show_id).first;
  insert(every_show_, &*node);
  insert(by_movie_[view.movie_id], &*node);
  insert(by_theatre_[view.theatre_id], &*node);
  insert(by_date_[view.show_date], &*node);
  node->second.add(std::move(version));
}

std::vector<ShowView> CatalogIndex::shows(const ShowFilter& filter, Page page, Position at) const {
  std::vector<ShowView> found;
  ShowList of_city;
  for (const auto* const show : candidates(filter, at, of_city)) {
    if (found.size() == page.limit) break;
    const auto view = show->second.alive(at);
    if (view == nullptr || !matches(*view, filter, at)) continue;
    if (page.skip > 0) {
      --page.skip;
      continue;
    }
    found.push_back(joined(*view, at));
  }
  return found;
}

const CatalogIndex::ShowList& CatalogIndex::candidates(const ShowFilter& filter, Position at,
                                                       ShowList& of_city) const {
  if (filter.movie_id) return list_of(by_movie_, *filter.movie_id);
  if (filter.theatre_id) return list_of(by_theatre_, *filter.theatre_id);
  if (filter.date) return list_of(by_date_, *filter.date);
  if (filter.city) return of_city = shows_in_city(*filter.city, at);
  return every_show_;
}

CatalogIndex::ShowList CatalogIndex::shows_in_city(const std::string& city, Position at) const {
  ShowList found;
  for (const auto& [theatre_id, versions] : theatres_) {
    const auto theatre = versions.ever(at);
    if (theatre == nullptr || theatre->city != city) continue;
    const ShowList& shows = list_of(by_theatre_, theatre_id);
    found.insert(found.end(), shows.begin(), shows.end());
  }
  std::ranges::sort(found, {}, [](const auto* show) { return show->first; });
  return found;
}

bool CatalogIndex::matches(const ShowView& view, const ShowFilter& filter, Position at) const {
  if (filter.movie_id && view.movie_id != *filter.movie_id) return false;
  if (filter.theatre_id && view.theatre_id != *filter.theatre_id) return false;
  if (filter.date && view.show_date != *filter.date) return false;
  if (!filter.city) return true;
  const auto* const theatre = find(view.theatre_id);
  const auto as_it_was = theatre == nullptr ? nullptr : theatre->ever(at);
  return as_it_was != nullptr && as_it_was->city == *filter.city;
}

ShowView CatalogIndex::joined(const ShowView& view, Position at) const {
  ShowView whole = view;
  if (const auto* const movie = find(view.movie_id)) whole.movie = movie->ever(at);
  if (const auto* const theatre = find(view.theatre_id)) whole.theatre = theatre->ever(at);
  return whole;
}

}  // namespace boxoffice::projections
