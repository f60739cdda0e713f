// Finds a page of shows without looking at all of them.
//
// A narrow list that holds every match (a movie's shows, a theatre's, a city's, those of some
// dates) is looked through as a whole and then put in order. When there is none, shows are looked
// at in the order wanted, by id or day by day, until the page is full: where much matches, a page
// is soon full.
//
//   order   narrow                    wide
//   id      collect, sort by id       all shows, from the cursor on
//   start   collect, sort by start    the days, from the cursor on; each one sorted by start (also
//                                     where days are the narrowest there is)
//
// Cost: the worst is one look at every show, when filters that match much each have next to
// nothing in common.
#pragma once

#include <cstddef>
#include <optional>
#include <unordered_set>
#include <vector>

#include "projections/catalog_index.h"
#include "projections/read_models.h"
#include "projections/views.h"

namespace boxoffice::projections {

class ShowSearch {
 public:
  /// REQUIRES: `index` and `filter` outlive the search, and nothing is added to the index.
  ShowSearch(const CatalogIndex& index, const ShowFilter& filter, ShowOrder order, Position at);

  std::vector<ShowView> page(const ShowPage& page);

 private:
  using ShowList = CatalogIndex::ShowList;
  using Days = std::map<Date, ShowList>;

  /// Lists that together hold every show that can match, and how many shows that are.
  struct Source {
    std::vector<const ShowList*> lists{};
    std::size_t shows = 0;
    bool is_of_days = false;

    void add(const ShowList& list) {
      lists.push_back(&list);
      shows += list.size();
    }
  };

  struct Match {
    ShowKey key;
    const ShowView* view = nullptr;
  };

  Source narrowest() const;
  Days::const_iterator first_day() const;
  bool is_too_late(Date day) const;

  void walk_ids();
  void walk_days();
  void collect(const Source& source);

  /// The show as it was, if it matches and comes after the cursor.
  std::optional<Match> match(const CatalogIndex::Shows::value_type& show) const;
  bool passes(const ShowView& view) const;
  /// Puts them in order and as many into the page as belong there.
  void take(std::vector<Match>& matches);
  bool is_full() const { return found_.size() >= page_.limit; }

  const CatalogIndex& index_;
  const ShowFilter& filter_;
  const ShowOrder order_;
  const Position at_;
  std::unordered_set<TheatreId> in_city_;  // when the filter has a city
  ShowPage page_;                          // its `skip` counts down
  std::vector<ShowView> found_;
};

}  // namespace boxoffice::projections
