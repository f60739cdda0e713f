// The catalogue in memory: every version of every movie, theatre and show, and the lists that find
// shows. Made from versions alone, in the order of their positions. No locking of its own.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "projections/read_models.h"
#include "projections/views.h"

namespace boxoffice::projections {

/// What a thing was, from `since` on. A deleted one keeps its last value.
template <class View>
struct Version {
  Position since;
  bool deleted = false;
  std::shared_ptr<const View> view;
};

/// All versions of one thing, oldest first.
template <class View>
class Versions {
 public:
  void add(Version<View> version) { versions_.push_back(std::move(version)); }

  /// The last value by `at`, deleted or not; null before its creation.
  std::shared_ptr<const View> ever(Position at) const {
    const auto* const version = last_by(at);
    return version == nullptr ? nullptr : version->view;
  }
  /// As ever(), and null once deleted.
  std::shared_ptr<const View> alive(Position at) const {
    const auto* const version = alive_version(at);
    return version == nullptr ? nullptr : version->view;
  }
  /// As alive(), for those who look at many and keep few: nothing is counted up.
  const Version<View>* alive_version(Position at) const {
    const auto* const version = last_by(at);
    return version == nullptr || version->deleted ? nullptr : version;
  }
  /// REQUIRES: at least one was added.
  const Version<View>& newest() const { return versions_.back(); }

 private:
  const Version<View>* last_by(Position at) const {
    const auto after = std::ranges::upper_bound(versions_, at, {}, &Version<View>::since);
    return after == versions_.begin() ? nullptr : &*std::prev(after);
  }

  std::vector<Version<View>> versions_;
};

class CatalogIndex {
 public:
  using Movies = std::map<MovieId, Versions<MovieView>>;
  using Theatres = std::map<TheatreId, Versions<TheatreView>>;
  using Shows = std::map<ShowId, Versions<ShowView>>;
  /// Nodes of a std::map stay where they are; ascending by id.
  using ShowList = std::vector<const Shows::value_type*>;

  void add(Version<MovieView> version) { movies_[version.view->movie_id].add(std::move(version)); }
  void add(Version<TheatreView> version) {
    theatres_[version.view->theatre_id].add(std::move(version));
  }
  void add(Version<ShowView> version);

  const Movies& all(MovieId) const { return movies_; }
  const Theatres& all(TheatreId) const { return theatres_; }
  const Shows& all(ShowId) const { return shows_; }

  /// The versions of one movie, theatre or show; null when there is none of that id.
  template <class Id>
  auto find(Id id) const {
    const auto& things = all(id);
    const auto found = things.find(id);
    return found == things.end() ? nullptr : &found->second;
  }

  /// Every show.
  const ShowList& shows() const { return every_show_; }
  /// Those of a movie or theatre.
  const ShowList& shows(MovieId id) const;
  const ShowList& shows(TheatreId id) const;
  /// Those that have, had or will have that date.
  const std::map<Date, ShowList>& shows_by_date() const { return by_date_; }

  /// `view` with the movie and the theatre as of `at`.
  ShowView joined(const ShowView& view, Position at) const;

 private:
  Movies movies_;
  Theatres theatres_;
  Shows shows_;
  ShowList every_show_;
  std::unordered_map<MovieId, ShowList> by_movie_;
  std::unordered_map<TheatreId, ShowList> by_theatre_;
  std::map<Date, ShowList> by_date_;  // under every date that a show ever had
};

}  // namespace boxoffice::projections
