// The read models: what the log means, ready to be asked.
//
// Each projection (catalog, seat_map, bookings, users, payments, sales, history) is a name, a
// version and a pure fold from events to rows, in its own column family `name@version` of the
// RocksDB in `read/`. Rows and cursor are written in one batch; everything can be rebuilt from the
// log, so deleting `read/` is always safe. What is read often is also kept in memory.
//
// Every question is answered *as of* a position: rows keep the positions at which they changed, so
// an answer is exactly what was true there, however far the models have moved on meanwhile. That is
// why the first answer to a command and its replay years later are the same bytes.
//
// Threads: apply() from one thread; questions from any thread, concurrently with apply().
//
// Errors: a question that cannot be answered because the store cannot be read throws StoreError;
// "not found" is only ever said of what is not there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "events/events.h"
#include "projections/views.h"

namespace boxoffice::projections {

/// A question met a store that cannot be read (a disk error, a damaged file).
class StoreError : public std::runtime_error {
 public:
  explicit StoreError(const Fault& fault) : std::runtime_error(fault.text) {}
};

/// Which movies to list; what is not set does not filter. ASCII letters match in either case, all
/// other characters as they are.
struct MovieFilter {
  std::string title{};  ///< each of its words stands somewhere in the title, as part of a word too
  std::optional<std::string> genre{};  ///< the whole of it
};

/// Which shows to list; what is not set does not filter. Dates are included.
struct ShowFilter {
  std::optional<MovieId> movie_id{};
  std::optional<TheatreId> theatre_id{};
  std::optional<std::string> city{};  ///< exact
  std::optional<Date> date{};
  std::optional<Date> from{};
  std::optional<Date> to{};
};

/// A window over a list that is ordered by `Key`, which is its elements' own: what comes after
/// `after` (the beginning, by default), but for the first `skip`.
template <class Key>
struct Page {
  std::size_t skip = 0;
  std::size_t limit = 100;
  Key after{};

  static constexpr Page all() { return {.limit = std::numeric_limits<std::size_t>::max()}; }
};

enum class ShowOrder : std::uint8_t { id, start };
BOOST_DESCRIBE_ENUM(ShowOrder, id, start)

/// What shows are ordered by; in the order of ids, date and time stay as they are here.
struct ShowKey {
  Date date{.year = 1, .month = 1, .day = 1};
  TimeOfDay time{};
  ShowId id{};

  constexpr auto operator<=>(const ShowKey&) const = default;
};
using ShowPage = Page<ShowKey>;

/// Where a show stands in that order.
ShowKey key_of(const ShowView& show, ShowOrder order);

/// Which shows' sales to add up; what is not set does not filter. Dates are included.
struct SalesFilter {
  std::optional<ShowId> show_id;
  std::optional<Date> from;
  std::optional<Date> to;
};

/// A stretch of a history: at most `limit` entries after `after`, none later than `at`.
struct HistoryWindow {
  Position after;
  std::size_t limit = 100;
  Position at;
};

/// What a frame changed in one show's seats; valid during the call that tells it.
struct SeatChanges {
  ShowId show_id;
  std::uint64_t version = 0;  ///< the show's, from here on
  std::uint32_t edition = 0;  ///< as SeatMapView::edition
  bool deleted = false;       ///< the show is: nothing of it will change any more
  SeatId first_seat;
  const std::vector<std::uint16_t>& rows;
  std::span<const SeatView> seats;       ///< all of them, or none when `changed` is empty
  std::span<const std::size_t> changed;  ///< their indexes, ascending, each once
};

/// Is told of every frame that can be read. Called by the folding thread, so it must be quick.
class FoldListener {
 public:
  virtual ~FoldListener() = default;
  /// `position`: the read models' own. `changes`: the frame's, at most one of each show, in no
  /// order; the position covers them. Empty: the seat map has stopped or was made anew, and nobody
  /// knows.
  virtual void folded(Position position, std::optional<std::span<const SeatChanges>> changes) = 0;
};

/// A projection that is made anew from the log beside the one that answers. Destroyed before it was
/// adopted, its rows are dropped.
class Rebuild {
 public:
  virtual ~Rebuild() = default;

  /// Folds a frame, from the first one on. Faults: the store cannot be written, or the projection
  /// cannot fold an event; either is final. Threads: one, and none any more once it is attached.
  virtual Result<void> apply(const events::Frame& frame) = 0;

  /// Writes the rows that are still in memory, so that little is left to write when it is attached.
  virtual Result<void> write() = 0;

  /// Everything up to here has been folded.
  virtual Position position() const = 0;
};

/// Two sets of rows of one projection, compared: the one that answers and the one made anew.
struct Comparison {
  bool compared = false;   ///< false: the one that answers had stopped before
  std::uint64_t rows = 0;  ///< that are alike
  std::optional<std::string> first_difference{};  ///< which row, by its key
};

/// Asked now and then by long work; a fault gives up.
using KeepOn = std::function<Result<void>()>;

/// When rows that are loaded in bulk go to disk.
struct BulkRows {
  std::size_t file = 250'000;  ///< so many changed rows are written as one file
  std::size_t few = 2'000;     ///< so few are not worth one: they are written as ever
};

class ReadModels {
 public:
  /// Opens (creating if needed) the store in `directory` and loads what is kept in memory.
  /// Rows of an older version of a projection are dropped: that projection starts at position 0.
  /// Faults: `locked` when another process has it, `newer_format`, `no_space`, `corrupt`, `io`.
  static Result<std::unique_ptr<ReadModels>> open(const std::string& directory,
                                                  BulkRows bulk_rows = {});

  virtual ~ReadModels() = default;

  struct Status {
    std::string name;  ///< "seat_map"
    std::uint32_t version = 0;
    Position position;
    std::string stopped;  ///< why it stopped; empty while it runs
  };
  /// What the store in `directory` holds, as it was last flushed: only looked at, also beside the
  /// process that has it. Empty when there is none. Faults: `corrupt`, `io`.
  static Result<std::vector<Status>> look(const std::string& directory);
  /// The projections of this program, where none has folded anything.
  static std::vector<Status> known();

  /// Folds a durable frame into every projection. Events at or below position() are skipped, so the
  /// caller may start anywhere at or before it. A projection that cannot fold an event stops there
  /// and says why in status(); the others go on. A fault says that nothing can go on (the store
  /// cannot be written, or every projection has stopped) and is repeated by every later call.
  /// REQUIRES: no gap: first() <= position() + 1.
  virtual Result<void> apply(const events::Frame& frame) = 0;

  /// From here on, until caught_up(), apply() keeps rows in memory and writes them in large sorted
  /// files, several times as fast. Nobody asks meanwhile. Threads: the folding one.
  virtual void begin_catching_up() = 0;
  virtual Result<void> caught_up() = 0;

  /// Writes everything to disk (at a clean stop).
  virtual Result<void> flush() = 0;

  /// Everything up to here has been folded, by every projection that runs. After open(): where to
  /// go on in the log. (A store that is ahead of the log belongs to another one: delete it.)
  virtual Position position() const = 0;

  /// From the next frame on. REQUIRES: called once; the listener outlives the last apply().
  virtual void tell_folds_to(FoldListener& listener) = 0;

  // ---- Catalogue: by id unless said, deleted ones left out of lists and look-ups -------------

  virtual std::vector<std::shared_ptr<const MovieView>> movies(const MovieFilter& filter,
                                                               const Page<MovieId>& page,
                                                               Position at) const = 0;
  virtual std::shared_ptr<const MovieView> movie(MovieId id, Position at) const = 0;
  virtual std::vector<std::shared_ptr<const TheatreView>> theatres(std::string_view city,
                                                                   const Page<TheatreId>& page,
                                                                   Position at) const = 0;
  virtual std::shared_ptr<const TheatreView> theatre(TheatreId id, Position at) const = 0;
  virtual std::vector<ShowView> shows(const ShowFilter& filter, ShowOrder order,
                                      const ShowPage& page, Position at) const = 0;
  virtual std::optional<ShowView> show(ShowId id, Position at) const = 0;
  /// Also finds a show that was deleted by then (bookings still show it).
  virtual std::optional<ShowView> show_even_deleted(ShowId id, Position at) const = 0;

  // ---- Seats ---------------------------------------------------------------------------------

  /// The seats as they are now, at `SeatMapView::position` (>= position() when asked). Empty when
  /// there is no such show or it is deleted.
  virtual std::optional<SeatMapView> seat_map(ShowId id) const = 0;
  /// The seats as of `at`, as seat_map(id) showed them there. Read from disk, for as long as the
  /// show's history is. Empty when there was no such show, or it was deleted. Fault: `keep_on`'s.
  virtual Result<std::optional<SeatMapView>> seat_map(ShowId id, Position at,
                                                      const KeepOn& keep_on) const = 0;
  /// The version that seat_map(id) would carry, cheaply, and the position where it is true.
  struct SeatMapVersion {
    std::uint64_t version = 0;
    Position position;
    std::uint32_t edition = 0;  ///< of all rows: another one once the seat map was made anew
  };
  virtual std::optional<SeatMapVersion> seat_map_version(ShowId id) const = 0;

  // ---- Bookings and payments, as of `at` -----------------------------------------------------

  virtual std::optional<BookingView> booking(BookingId id, Position at) const = 0;
  /// By id, ascending.
  virtual std::vector<BookingView> bookings_of(UserId user, const Page<BookingId>& page,
                                               Position at) const = 0;
  virtual std::optional<PaymentView> payment(PaymentId id, Position at) const = 0;
  virtual std::optional<PaymentView> payment(const Uuid& transaction_id, Position at) const = 0;

  // ---- Users, as they are now ----------------------------------------------------------------

  virtual std::optional<UserView> user(UserId id) const = 0;
  virtual std::optional<UserView> user(const Fingerprint& email) const = 0;

  // ---- Reports and histories -----------------------------------------------------------------

  /// Every show's figures as they are now, at `SalesView::position` (>= position() when asked);
  /// deleted shows too.
  virtual SalesView sales(const SalesFilter& filter) const = 0;
  /// What happened to the seats of a show, deleted or not; empty when there never was such a show.
  /// A page may be short, or without entries, and have a `next` all the same.
  virtual std::optional<HistoryPage> show_history(ShowId id, const HistoryWindow& window) const = 0;
  /// The entries of a show's history that are about one seat; empty when there is no such seat.
  virtual std::optional<HistoryPage> seat_history(SeatId id, const HistoryWindow& window) const = 0;

  // ---- For operators ---------------------------------------------------------------------------

  virtual std::vector<Status> status() const = 0;

  /// Of all shows that are not deleted.
  struct SeatCounts {
    std::int64_t locked = 0;
    std::int64_t booked = 0;
  };
  /// As far as the seat map has come, whether it has stopped or not.
  virtual SeatCounts seat_counts() const = 0;

  // ---- Made anew while they answer -----------------------------------------------------------

  /// Begins to make the projection of that name anew. Fault: `not_found`. Threads: any.
  virtual Result<std::unique_ptr<Rebuild>> begin_rebuild(std::string_view name) = 0;
  /// From here on apply() folds into `rebuild` too. Threads: the folding one, or while it is kept
  /// out. REQUIRES: `rebuild` is at position().
  virtual Result<void> attach(Rebuild& rebuild) = 0;
  /// Compares all rows as they were when `rebuild` was attached. Threads: any.
  virtual Result<Comparison> compare(Rebuild& rebuild, const KeepOn& keep_on) const = 0;
  /// `rebuild` answers from now on; the rows that answered until now are dropped after the next
  /// flush(). Threads: as attach(). REQUIRES: it is attached. Fault: it cannot fold an event.
  virtual Result<void> adopt(Rebuild& rebuild) = 0;
  /// apply() leaves `rebuild` alone again. Threads: as attach().
  virtual void detach(Rebuild& rebuild) = 0;
};

}  // namespace boxoffice::projections
