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

const CatalogIndex::ShowList& CatalogIndex::shows(MovieId id) const {
  return list_of(by_movie_, id);
}
const CatalogIndex::ShowList& CatalogIndex::shows(TheatreId id) const {
  return list_of(by_theatre_, id);
}

ShowView CatalogIndex::joined(const ShowView& view, Position at) const {
  ShowView whole = view;
  if (const auto* const movie = find(view.movie_id)) whole.movie = movie->ever(at);
  if (const auto* const theatre = find(view.theatre_id)) whole.theatre = theatre->ever(at);
  return whole;
}

}  // namespace boxoffice::projections
