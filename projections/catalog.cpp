#include "projections/catalog.h"

#include <algorithm>
#include <mutex>

#include "base/text.h"
#include "projections/show_search.h"

// Rows, one per version:  'm' movie position   -> VersionRow<MovieView>
//                         'h' theatre position -> VersionRow<TheatreView>
//                         's' show position    -> VersionRow<ShowView>

namespace boxoffice::projections {

namespace {

struct MovieRow {
  MovieView view;
  bool deleted = false;
};
BOOST_DESCRIBE_STRUCT(MovieRow, (), (view, deleted))

struct TheatreRow {
  TheatreView view;
  bool deleted = false;
};
BOOST_DESCRIBE_STRUCT(TheatreRow, (), (view, deleted))

struct ShowRow {
  ShowView view;
  bool deleted = false;
};
BOOST_DESCRIBE_STRUCT(ShowRow, (), (view, deleted))

}  // namespace

// ---- The fold -----------------------------------------------------------------------------------

struct CatalogFold {
  Catalog& catalog;
  const events::Event& event;
  Rows& rows;

  Result<void> operator()(const events::MovieCreated& e) const {
    put(movie_from(e, event.time), false);
    return success();
  }
  Result<void> operator()(const events::MovieChanged& e) const {
    TRY(auto movie, newest("movie", e.movie_id));
    put(movie_from(e, movie->created_at), false);
    return success();
  }
  Result<void> operator()(const events::MovieDeleted& e) const {
    TRY(auto movie, newest("movie", e.movie_id));
    put(*movie, true);
    return success();
  }

  Result<void> operator()(const events::TheatreCreated& e) const {
    put(theatre_from(e, event.time), false);
    return success();
  }
  Result<void> operator()(const events::TheatreChanged& e) const {
    TRY(auto theatre, newest("theatre", e.theatre_id));
    put(theatre_from(e, theatre->created_at), false);
    return success();
  }
  Result<void> operator()(const events::TheatreDeleted& e) const {
    TRY(auto theatre, newest("theatre", e.theatre_id));
    put(*theatre, true);
    return success();
  }

  Result<void> operator()(const events::ShowCreated& e) const {
    TRY(newest("movie", e.movie_id));
    TRY(newest("theatre", e.theatre_id));
    put(ShowView{.show_id = e.show_id,
                 .movie_id = e.movie_id,
                 .theatre_id = e.theatre_id,
                 .show_date = e.show_date,
                 .show_time = e.show_time,
                 .price = e.price,
                 .first_seat = e.first_seat,
                 .rows = e.rows,
                 .created_at = event.time,
                 .movie = nullptr,
                 .theatre = nullptr},
        false);
    return success();
  }
  Result<void> operator()(const events::ShowChanged& e) const {
    TRY(auto show, newest("show", e.show_id));
    ShowView changed = *show;
    changed.show_date = e.show_date;
    changed.show_time = e.show_time;
    changed.price = e.price;
    put(std::move(changed), false);
    return success();
  }
  Result<void> operator()(const events::ShowDeleted& e) const {
    TRY(auto show, newest("show", e.show_id));
    put(*show, true);
    return success();
  }

  template <class Other>
  Result<void> operator()(const Other&) const {
    return success();
  }

  /// MovieCreated and MovieChanged both carry the whole movie.
  template <class MovieEvent>
  static MovieView movie_from(const MovieEvent& e, Instant created_at) {
    return MovieView{.movie_id = e.movie_id,
                     .title = e.title,
                     .description = e.description,
                     .duration = e.duration,
                     .genre = e.genre,
                     .rating = e.rating,
                     .poster_url = e.poster_url,
                     .release_date = e.release_date,
                     .created_at = created_at};
  }

  template <class TheatreEvent>
  static TheatreView theatre_from(const TheatreEvent& e, Instant created_at) {
    return TheatreView{.theatre_id = e.theatre_id,
                       .name = e.name,
                       .city = e.city,
                       .address = e.address,
                       .total_seats = e.total_seats,
                       .rows = e.rows,
                       .has_layout = e.has_layout,
                       .created_at = created_at};
  }

  /// The newest value of something that exists.
  template <class Id>
  auto newest(std::string_view what, Id id) const
      -> Result<std::remove_cvref_t<decltype(catalog.index_.find(id)->newest().view)>> {
    const auto* const versions = catalog.index_.find(id);
    if (versions == nullptr || versions->newest().deleted) return unknown(what, id);
    return versions->newest().view;
  }

  void put(MovieView view, bool deleted) const {
    rows.put(row_key('m', view.movie_id, event.position), MovieRow{view, deleted});
    add(std::move(view), deleted);
  }
  void put(TheatreView view, bool deleted) const {
    rows.put(row_key('h', view.theatre_id, event.position), TheatreRow{view, deleted});
    add(std::move(view), deleted);
  }
  void put(ShowView view, bool deleted) const {
    rows.put(row_key('s', view.show_id, event.position), ShowRow{view, deleted});
    add(std::move(view), deleted);
  }

  template <class View>
  void add(View view, bool deleted) const {
    const std::lock_guard lock(catalog.mutex_);
    catalog.index_.add(Version<View>{.since = event.position,
                                     .deleted = deleted,
                                     .view = std::make_shared<const View>(std::move(view))});
  }
};

Result<void> Catalog::fold(const events::Event& event, Rows& rows) {
  return std::visit(CatalogFold{*this, event, rows}, event.body);
}

Result<void> Catalog::load() {
  // A key ends with the position of its version, and sorts by it within one id.
  const auto add = [&]<class Row>(std::string_view key, Row row) {
    using View = decltype(row.view);
    const std::size_t position_at = key.size() - sizeof(Position::rep);
    index_.add(
        Version<View>{.since = Position(from_big_endian<Position::rep>(key.data() + position_at)),
                      .deleted = row.deleted,
                      .view = std::make_shared<const View>(std::move(row.view))});
  };
  TRY(table_.scan_rows<MovieRow>("m", add));
  TRY(table_.scan_rows<TheatreRow>("h", add));
  return table_.scan_rows<ShowRow>("s", add);
}

// ---- Questions ----------------------------------------------------------------------------------

namespace {

/// A movie filter, made ready to look at many titles.
class MovieMatch {
 public:
  explicit MovieMatch(const MovieFilter& filter) {
    constexpr std::string_view space = " \t\n\r\f\v";
    const std::string title = ascii_lower(filter.title);
    for (std::size_t at = title.find_first_not_of(space); at != title.npos;) {
      const std::size_t end = std::min(title.find_first_of(space, at), title.size());
      words_.push_back(title.substr(at, end - at));
      at = title.find_first_not_of(space, end);
    }
    if (filter.genre) genre_ = ascii_lower(*filter.genre);
  }

  bool operator()(const MovieView& movie) const {
    if (genre_ && ascii_lower(movie.genre) != *genre_) return false;
    if (words_.empty()) return true;
    const std::string title = ascii_lower(movie.title);
    return std::ranges::all_of(
        words_, [&](const std::string& word) { return title.find(word) != title.npos; });
  }

 private:
  std::vector<std::string> words_;
  std::optional<std::string> genre_;
};

// So many are looked at before who writes may come in.
constexpr std::size_t looks_at_once = 256;

/// The page of those that are alive and match, by id. What is added meanwhile is not of `at`.
template <class View, class Id, class Match>
std::vector<std::shared_ptr<const View>> page_of(const CatalogIndex& index,
                                                 std::shared_mutex& mutex, const Page<Id>& page,
                                                 Position at, Match&& match) {
  std::vector<std::shared_ptr<const View>> found;
  std::size_t skip = page.skip;
  Id looked_at = page.after;
  bool at_end = false;
  while (!at_end) {
    const std::shared_lock lock(mutex);
    const auto& things = index.all(Id());
    auto thing = things.upper_bound(looked_at);
    for (std::size_t looks = 0; looks < looks_at_once && !at_end; ++looks) {
      at_end = thing == things.end() || found.size() == page.limit;
      if (at_end) break;
      looked_at = thing->first;
      const auto* const version = (thing++)->second.alive_version(at);
      if (version == nullptr || !match(*version->view)) continue;
      if (skip > 0) {
        --skip;
      } else {
        found.push_back(version->view);
      }
    }
  }
  return found;
}

}  // namespace

std::vector<std::shared_ptr<const MovieView>> Catalog::movies(const MovieFilter& filter,
                                                              const Page<MovieId>& page,
                                                              Position at) const {
  return page_of<MovieView>(index_, mutex_, page, at, MovieMatch(filter));
}

std::shared_ptr<const MovieView> Catalog::movie(MovieId movie_id, Position at) const {
  const std::shared_lock lock(mutex_);
  const auto* const versions = index_.find(movie_id);
  return versions == nullptr ? nullptr : versions->alive(at);
}

std::vector<std::shared_ptr<const TheatreView>> Catalog::theatres(std::string_view city,
                                                                  const Page<TheatreId>& page,
                                                                  Position at) const {
  return page_of<TheatreView>(index_, mutex_, page, at,
                              [&](const TheatreView& theatre) { return theatre.city == city; });
}

std::shared_ptr<const TheatreView> Catalog::theatre(TheatreId theatre_id, Position at) const {
  const std::shared_lock lock(mutex_);
  const auto* const versions = index_.find(theatre_id);
  return versions == nullptr ? nullptr : versions->alive(at);
}

std::vector<ShowView> Catalog::shows(const ShowFilter& filter, ShowOrder order,
                                     const ShowPage& page, Position at) const {
  const std::shared_lock lock(mutex_);
  return ShowSearch(index_, filter, order, at).page(page);
}

std::optional<ShowView> Catalog::show(ShowId show_id, Position at) const {
  const std::shared_lock lock(mutex_);
  const auto* const versions = index_.find(show_id);
  const auto view = versions == nullptr ? nullptr : versions->alive(at);
  if (view == nullptr) return std::nullopt;
  return index_.joined(*view, at);
}

std::optional<ShowView> Catalog::show_even_deleted(ShowId show_id, Position at) const {
  const std::shared_lock lock(mutex_);
  const auto* const versions = index_.find(show_id);
  const auto view = versions == nullptr ? nullptr : versions->ever(at);
  if (view == nullptr) return std::nullopt;
  return index_.joined(*view, at);
}

}  // namespace boxoffice::projections
