#include "projections/read_models.h"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <mutex>

#include "base/ensure.h"
#include "projections/bookings.h"
#include "projections/catalog.h"
#include "projections/payments.h"
#include "projections/seat_map.h"
#include "projections/store.h"
#include "projections/users.h"

namespace boxoffice::projections {

namespace {

/// A projection at work: how far it has come, and why it stopped.
class Runner {
 public:
  Runner(Projection& projection, const Table& table)
      : projection_(projection), table_(table), rows_(table) {}

  Result<void> load() {
    TRY(auto cursor, table_.cursor());
    cursor_.store(cursor.value, std::memory_order_release);
    return projection_.load();
  }

  /// Folds what it has not seen yet; stops at the first event that it cannot fold.
  void fold(const events::Frame& frame) {
    folded_ = cursor();
    ENSURE(frame.first() <= folded_.next(), "frames come without a gap");
    for (const events::Event& event : frame.events) {
      if (event.position <= folded_) continue;
      if (const auto folded = projection_.fold(event, rows_); !folded) {
        stop(event, folded.error());
        break;
      }
      folded_ = event.position;
    }
  }

  /// What fold() has to be written.
  Store::Change change() { return {.rows = &rows_, .cursor = folded_}; }
  /// The change has been written.
  void publish() {
    projection_.end_frame(folded_);
    cursor_.store(folded_.value, std::memory_order_release);
  }

  Position cursor() const { return Position(cursor_.load(std::memory_order_acquire)); }
  bool running() const { return !stopped_.load(std::memory_order_acquire); }

  ReadModels::Status status() const {
    const std::lock_guard lock(why_mutex_);
    return {.name = std::string(table_.id().name),
            .version = table_.id().version,
            .position = cursor(),
            .stopped = why_stopped_};
  }

 private:
  void stop(const events::Event& event, const Fault& why) {
    {
      const std::lock_guard lock(why_mutex_);
      why_stopped_ = fmt::format("cannot fold {} at position {}: {}", events::type_name(event.body),
                                 event.position.value, why.text);
    }
    stopped_.store(true, std::memory_order_release);
  }

  Projection& projection_;
  const Table& table_;
  Rows rows_;
  Position folded_;  // ahead of cursor_ while a frame is folded but not written
  std::atomic<std::uint64_t> cursor_{0};
  std::atomic<bool> stopped_{false};
  mutable std::mutex why_mutex_;
  std::string why_stopped_;
};

constexpr std::array table_ids{Catalog::id, SeatMap::id, Bookings::id, Users::id, Payments::id};

class StoredReadModels final : public ReadModels {
 public:
  explicit StoredReadModels(std::unique_ptr<Store> store) : store_(std::move(store)) {}

  Result<void> load() {
    for (Runner* const runner : runners_) {
      TRY(runner->load());
    }
    publish_position();
    return success();
  }

  Result<void> apply(const events::Frame& frame) override {
    if (failed_) return *failed_;
    std::array<Store::Change, table_ids.size()> changes;
    std::array<Runner*, table_ids.size()> at_work;
    std::size_t count = 0;
    for (Runner* const runner : runners_) {
      if (!runner->running() || frame.last() <= runner->cursor()) continue;
      runner->fold(frame);
      changes[count] = runner->change();
      at_work[count++] = runner;
    }
    if (count > 0) {
      if (auto written = store_->write({changes.data(), count}); !written) {
        failed_ = written.error();
        return *failed_;
      }
    }
    for (std::size_t i = 0; i < count; ++i) at_work[i]->publish();
    if (!publish_position()) {
      failed_ = fault(FaultKind::unavailable, "read models: every projection has stopped");
      return *failed_;
    }
    return success();
  }

  Result<void> flush() override { return store_->flush(); }

  Position position() const override { return Position(position_.load(std::memory_order_acquire)); }

  std::vector<std::shared_ptr<const MovieView>> movies(Page page, Position at) const override {
    return catalog_.movies(page, at);
  }
  std::shared_ptr<const MovieView> movie(MovieId id, Position at) const override {
    return catalog_.movie(id, at);
  }
  std::vector<std::shared_ptr<const TheatreView>> theatres(std::string_view city,
                                                           Position at) const override {
    return catalog_.theatres(city, at);
  }
  std::shared_ptr<const TheatreView> theatre(TheatreId id, Position at) const override {
    return catalog_.theatre(id, at);
  }
  std::vector<ShowView> shows(const ShowFilter& filter, Page page, Position at) const override {
    return catalog_.shows(filter, page, at);
  }
  std::optional<ShowView> show(ShowId id, Position at) const override {
    return catalog_.show(id, at);
  }
  std::optional<ShowView> show_even_deleted(ShowId id, Position at) const override {
    return catalog_.show_even_deleted(id, at);
  }

  // How far the seats have come is the seat map's own cursor: at position() or ahead of it while it
  // runs, and still true when it has stopped.
  std::optional<SeatMapView> seat_map(ShowId id) const override {
    return seat_map_.seat_map(id, seat_map_runner_.cursor());
  }
  std::optional<SeatMapVersion> seat_map_version(ShowId id) const override {
    return seat_map_.version(id, seat_map_runner_.cursor());
  }

  std::optional<BookingView> booking(BookingId id, Position at) const override {
    return bookings_.booking(id, at);
  }
  std::vector<BookingView> bookings_of(UserId user, Position at) const override {
    return bookings_.bookings_of(user, at);
  }
  std::optional<PaymentView> payment(PaymentId id, Position at) const override {
    return payments_.payment(id, at);
  }
  std::optional<PaymentView> payment(const Uuid& transaction_id, Position at) const override {
    return payments_.payment(transaction_id, at);
  }

  std::optional<UserView> user(UserId id) const override { return users_.user(id); }
  std::optional<UserView> user(const Fingerprint& email) const override {
    return users_.user(email);
  }

  std::vector<Status> status() const override {
    std::vector<Status> all;
    for (const Runner* const runner : runners_) all.push_back(runner->status());
    return all;
  }

 private:
  /// The lowest cursor of those that run; false when none does.
  bool publish_position() {
    std::optional<Position> lowest;
    for (const Runner* const runner : runners_) {
      if (runner->running() && (!lowest || runner->cursor() < *lowest)) lowest = runner->cursor();
    }
    if (lowest) position_.store(lowest->value, std::memory_order_release);
    return lowest.has_value();
  }

  std::unique_ptr<Store> store_;
  Catalog catalog_{store_->table(Catalog::id)};
  SeatMap seat_map_{store_->table(SeatMap::id)};
  Bookings bookings_{store_->table(Bookings::id)};
  Users users_{store_->table(Users::id)};
  Payments payments_{store_->table(Payments::id)};
  Runner catalog_runner_{catalog_, store_->table(Catalog::id)};
  Runner seat_map_runner_{seat_map_, store_->table(SeatMap::id)};
  Runner bookings_runner_{bookings_, store_->table(Bookings::id)};
  Runner users_runner_{users_, store_->table(Users::id)};
  Runner payments_runner_{payments_, store_->table(Payments::id)};
  const std::array<Runner*, table_ids.size()> runners_{
      &catalog_runner_, &seat_map_runner_, &bookings_runner_, &users_runner_, &payments_runner_};
  std::atomic<std::uint64_t> position_{0};
  std::optional<Fault> failed_;  // of the folding thread
};

}  // namespace

Result<std::unique_ptr<ReadModels>> ReadModels::open(const std::string& directory) {
  TRY(auto store, Store::open(directory, table_ids));
  auto models = std::make_unique<StoredReadModels>(std::move(store));
  TRY(models->load());
  return std::unique_ptr<ReadModels>(std::move(models));
}

}  // namespace boxoffice::projections
