// Movies, theatres and shows, as of any position.
//
// Every version of each is kept, in rows and in memory: there are few (a catalogue changes by
// hand), and any of them may be asked for. Shows are found by movie, theatre, date and city without
// looking at the others.
//
// Threads: one folds, any number read; one shared mutex over all of it.
#pragma once

#include <memory>
#include <optional>
#include <shared_mutex>
#include <string_view>
#include <vector>

#include "projections/catalog_index.h"
#include "projections/projection.h"
#include "projections/read_models.h"
#include "projections/views.h"

namespace boxoffice::projections {

class Catalog final : public Projection {
 public:
  static constexpr TableId id{"catalog", 1};

  explicit Catalog(const Table& table) : table_(table) {}

  Result<void> load() override;
  Result<void> fold(const events::Event& event, Rows& rows) override;

  // As in ReadModels.
  std::vector<std::shared_ptr<const MovieView>> movies(const MovieFilter& filter,
                                                       const Page<MovieId>& page,
                                                       Position at) const;
  std::shared_ptr<const MovieView> movie(MovieId movie_id, Position at) const;
  std::vector<std::shared_ptr<const TheatreView>> theatres(std::string_view city,
                                                           const Page<TheatreId>& page,
                                                           Position at) const;
  std::shared_ptr<const TheatreView> theatre(TheatreId theatre_id, Position at) const;
  std::vector<ShowView> shows(const ShowFilter& filter, ShowOrder order, const ShowPage& page,
                              Position at) const;
  std::optional<ShowView> show(ShowId show_id, Position at) const;
  std::optional<ShowView> show_even_deleted(ShowId show_id, Position at) const;

 private:
  friend struct CatalogFold;

  const Table& table_;
  mutable std::shared_mutex mutex_;  // guards index_; only the folding thread writes it
  CatalogIndex index_;
};

}  // namespace boxoffice::projections
