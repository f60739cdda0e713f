#include "projections/read_models.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <vector>

#include "base/ensure.h"
#include "projections/bookings.h"
#include "projections/catalog.h"
#include "projections/history.h"
#include "projections/payments.h"
#include "projections/runner.h"
#include "projections/sales.h"
#include "projections/seat_map.h"
#include "projections/store.h"
#include "projections/users.h"

namespace boxoffice::projections {

namespace {

/// What there is of one projection beside its rows.
struct Kind {
  TableId id;
  std::unique_ptr<Projection> (*make)(const Table& table);
};

template <class P>
constexpr Kind kind_of() {
  return {P::id, [](const Table& table) -> std::unique_ptr<Projection> {
            return std::make_unique<P>(table);
          }};
}

constexpr std::array kinds{kind_of<Catalog>(),    kind_of<SeatMap>(),  kind_of<Bookings>(),
                           kind_of<Users>(),      kind_of<Payments>(), kind_of<Sales>(),
                           kind_of<SeatHistory>()};

/// kinds.size() when there is none of that name.
constexpr std::size_t index_of(std::string_view name) {
  return static_cast<std::size_t>(
      std::ranges::find(kinds, name, [](const Kind& kind) { return kind.id.name; }) -
      kinds.begin());
}

template <class P>
constexpr std::size_t index_of() {
  return index_of(P::id.name);
}

class RebuildAtWork final : public Rebuild {
 public:
  RebuildAtWork(Store& store, BulkRows bulk, const Kind& kind, std::shared_ptr<const Table> table)
      : runner(std::make_shared<Runner>(table, kind.make(*table))), store_(store), bulk_(bulk) {}

  Result<void> apply(const events::Frame& frame) override {
    runner->fold(frame);
    if (!runner->running()) return stopped();
    runner->publish();
    if (runner->rows().size() < bulk_.file) return success();
    return store_.bulk_load(runner->rows(), runner->cursor());
  }

  Position position() const override { return runner->cursor(); }

  Result<void> write() override {
    if (runner->rows().size() < bulk_.few) return success();
    return store_.bulk_load(runner->rows(), runner->cursor());
  }

  Fault stopped() const {
    const auto status = runner->status();
    return fault(FaultKind::corrupt, fmt::format("{}: {}", status.name, status.stopped));
  }

  const std::shared_ptr<Runner> runner;
  bool comparable = false;                  // `answering` had not stopped
  std::shared_ptr<Runner> answering;        // when it was attached
  std::unique_ptr<Store::Moment> attached;  // the moment

 private:
  Store& store_;
  const BulkRows bulk_;
};

class StoredReadModels final : public ReadModels {
 public:
  StoredReadModels(std::unique_ptr<Store> store, BulkRows bulk)
      : store_(std::move(store)), bulk_(bulk) {}

  Result<void> load() {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      auto table = store_->table(kinds[i].id);
      auto projection = kinds[i].make(*table);
      auto runner = std::make_shared<Runner>(std::move(table), std::move(projection));
      TRY(runner->load());
      runners_[i].set(std::move(runner));
    }
    publish_position();
    return success();
  }

  Result<void> apply(const events::Frame& frame) override {
    if (failed_) return *failed_;
    std::vector<std::shared_ptr<Runner>> at_work;
    std::vector<Store::Change> changes;
    const auto fold = [&](std::shared_ptr<Runner> runner) {
      if (!runner->running() || frame.last() <= runner->cursor()) return;
      runner->fold(frame);
      changes.push_back(runner->change());
      at_work.push_back(std::move(runner));
    };
    for (const CurrentRunner& current : runners_) fold(current.get());
    for (const auto* rebuild : attached_) fold(rebuild->runner);
    if (auto written = write(at_work, changes); !written) {
      failed_ = written.error();
      return *failed_;
    }
    for (const auto& runner : at_work) runner->publish();
    if (!publish_position()) {
      failed_ =
          fault(FaultKind::unavailable,
                "read models: every one has stopped: delete the directory read/ and start again");
      return *failed_;
    }
    if (FoldListener* const listener = listener_.load()) {
      const auto seats = runners_[index_of<SeatMap>()].get();
      const auto shown = seats->projection<SeatMap>().changes();
      listener->folded(position(),
                       seats->running() ? std::optional(std::span(shown)) : std::nullopt);
    }
    return success();
  }

  void begin_catching_up() override { catching_up_ = true; }

  Result<void> caught_up() override {
    catching_up_ = false;
    std::vector<Store::Change> changes;
    for (const CurrentRunner& current : runners_) {
      const auto runner = current.get();
      if (runner->rows().size() >= bulk_.few) {
        TRY(store_->bulk_load(runner->rows(), runner->cursor()));
      } else {
        changes.push_back(runner->change());  // its cursor at least
      }
    }
    return store_->write(changes);
  }

  Result<void> flush() override { return store_->flush(); }

  Position position() const override { return Position(position_.load(std::memory_order_acquire)); }

  void tell_folds_to(FoldListener& listener) override { listener_.store(&listener); }

  std::vector<std::shared_ptr<const MovieView>> movies(const MovieFilter& filter,
                                                       const Page<MovieId>& page,
                                                       Position at) const override {
    return ask<Catalog>(at)->movies(filter, page, at);
  }
  std::shared_ptr<const MovieView> movie(MovieId id, Position at) const override {
    return ask<Catalog>(at)->movie(id, at);
  }
  std::vector<std::shared_ptr<const TheatreView>> theatres(std::string_view city,
                                                           const Page<TheatreId>& page,
                                                           Position at) const override {
    return ask<Catalog>(at)->theatres(city, page, at);
  }
  std::shared_ptr<const TheatreView> theatre(TheatreId id, Position at) const override {
    return ask<Catalog>(at)->theatre(id, at);
  }
  std::vector<ShowView> shows(const ShowFilter& filter, ShowOrder order, const ShowPage& page,
                              Position at) const override {
    return ask<Catalog>(at)->shows(filter, order, page, at);
  }
  std::optional<ShowView> show(ShowId id, Position at) const override {
    return ask<Catalog>(at)->show(id, at);
  }
  std::optional<ShowView> show_even_deleted(ShowId id, Position at) const override {
    return ask<Catalog>(at)->show_even_deleted(id, at);
  }

  // How far the seats have come is the seat map's own cursor: at position() or ahead of it while it
  // runs.
  std::optional<SeatMapView> seat_map(ShowId id) const override {
    const auto seats = ask<SeatMap>();
    return seats->seat_map(id, seats.cursor);
  }
  Result<std::optional<SeatMapView>> seat_map(ShowId id, Position at,
                                              const KeepOn& keep_on) const override {
    const auto was = show(id, at);
    if (!was) return std::optional<SeatMapView>();
    return ask<SeatHistory>(at)->seats_at(*was, at, keep_on);
  }
  std::optional<SeatMapVersion> seat_map_version(ShowId id) const override {
    const auto seats = ask<SeatMap>();
    return seats->version(id, seats.cursor);
  }

  std::optional<BookingView> booking(BookingId id, Position at) const override {
    return ask<Bookings>(at)->booking(id, at);
  }
  std::vector<BookingView> bookings_of(UserId user, const Page<BookingId>& page,
                                       Position at) const override {
    return ask<Bookings>(at)->bookings_of(user, page, at);
  }
  std::optional<PaymentView> payment(PaymentId id, Position at) const override {
    return ask<Payments>(at)->payment(id, at);
  }
  std::optional<PaymentView> payment(const Uuid& transaction_id, Position at) const override {
    return ask<Payments>(at)->payment(transaction_id, at);
  }

  std::optional<UserView> user(UserId id) const override { return ask<Users>()->user(id); }
  std::optional<UserView> user(const Fingerprint& email) const override {
    return ask<Users>()->user(email);
  }

  SalesView sales(const SalesFilter& filter) const override {
    const auto sales = ask<Sales>();
    return sales->sales(filter, sales.cursor);
  }
  std::optional<HistoryPage> show_history(ShowId id, const HistoryWindow& window) const override {
    return ask<SeatHistory>(window.at)->of_show(id, window);
  }
  std::optional<HistoryPage> seat_history(SeatId id, const HistoryWindow& window) const override {
    return ask<SeatHistory>(window.at)->of_seat(id, window);
  }

  std::vector<Status> status() const override {
    std::vector<Status> all;
    for (const CurrentRunner& current : runners_) all.push_back(current.get()->status());
    return all;
  }

  SeatCounts seat_counts() const override {
    return runners_[index_of<SeatMap>()].get()->projection<SeatMap>().counts();
  }

  Result<std::unique_ptr<Rebuild>> begin_rebuild(std::string_view name) override {
    const std::size_t index = index_of(name);
    if (index == kinds.size()) {
      return fault(FaultKind::not_found, fmt::format("there is no read model {}", name));
    }
    const Kind& kind = kinds[index];
    TRY(auto table, store_->create_beside(kind.id));
    return std::make_unique<RebuildAtWork>(*store_, bulk_, kind, std::move(table));
  }

  Result<void> attach(Rebuild& rebuild) override {
    auto& at_work = static_cast<RebuildAtWork&>(rebuild);
    ENSURE(at_work.position() == position(), "a rebuild is attached where the others are");
    const std::array changes{at_work.runner->change()};
    TRY(store_->write(changes));
    at_work.answering = answering_to(at_work).get();
    at_work.comparable = at_work.answering->running();
    const std::array tables{at_work.answering->table().get(), at_work.runner->table().get()};
    TRY(at_work.attached, store_->moment(tables));
    attached_.push_back(&at_work);
    return success();
  }

  Result<Comparison> compare(Rebuild& rebuild, const KeepOn& keep_on) const override {
    const auto& at_work = static_cast<RebuildAtWork&>(rebuild);
    if (!at_work.comparable) return Comparison{};
    return at_work.attached->compare(*at_work.answering->table(), *at_work.runner->table(),
                                     keep_on);
  }

  Result<void> adopt(Rebuild& rebuild) override {
    auto& at_work = static_cast<RebuildAtWork&>(rebuild);
    if (!at_work.runner->running()) return at_work.stopped();
    TRY(store_->replace(at_work.runner->table()));
    detach(rebuild);
    answering_to(at_work).set(at_work.runner);
    publish_position();
    // Made anew, seats may be others than was told.
    FoldListener* const listener = listener_.load();
    if (listener != nullptr && at_work.runner->table()->id().name == SeatMap::id.name) {
      listener->folded(position(), std::nullopt);
    }
    return success();
  }

  void detach(Rebuild& rebuild) override {
    std::erase(attached_, &static_cast<RebuildAtWork&>(rebuild));
  }

 private:
  /// A projection that answers, and how far it had come; it stays there while it is asked.
  template <class P>
  struct Asked {
    std::shared_ptr<const Runner> runner;
    Position cursor;
    const P* operator->() const { return &runner->projection<P>(); }
  };

  /// To be asked about `at`. One that has stopped knows what was true up to there.
  template <class P>
  Asked<P> ask(Position at) const {
    auto runner = runners_[index_of<P>()].get();
    const Position cursor = runner->cursor();
    if (!runner->running() && at > cursor) {
      throw StoreError(fault(FaultKind::corrupt, runner->status().stopped));
    }
    return {std::move(runner), cursor};
  }
  /// To be asked about now.
  template <class P>
  Asked<P> ask() const {
    return ask<P>(Position(~std::uint64_t{0}));
  }

  CurrentRunner& answering_to(const RebuildAtWork& rebuild) {
    return runners_[index_of(rebuild.runner->table()->id().name)];
  }

  Result<void> write(const std::vector<std::shared_ptr<Runner>>& at_work,
                     const std::vector<Store::Change>& changes) {
    if (!catching_up_) return changes.empty() ? success() : store_->write(changes);
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if (at_work[i]->rows().size() < bulk_.file) continue;
      TRY(store_->bulk_load(*changes[i].rows, changes[i].cursor));
    }
    return success();
  }

  /// The lowest cursor of those that run; false when none does.
  bool publish_position() {
    std::optional<Position> lowest;
    for (const CurrentRunner& current : runners_) {
      const auto runner = current.get();
      if (runner->running() && (!lowest || runner->cursor() < *lowest)) lowest = runner->cursor();
    }
    if (lowest) position_.store(lowest->value, std::memory_order_release);
    return lowest.has_value();
  }

  std::unique_ptr<Store> store_;
  const BulkRows bulk_;
  std::array<CurrentRunner, kinds.size()> runners_;
  std::vector<RebuildAtWork*> attached_;  // of the folding thread
  bool catching_up_ = false;              // of the folding thread
  std::atomic<std::uint64_t> position_{0};
  std::atomic<FoldListener*> listener_{nullptr};
  std::optional<Fault> failed_;  // of the folding thread
};

}  // namespace

Result<std::vector<ReadModels::Status>> ReadModels::look(const std::string& directory) {
  return Store::look(directory);
}

std::vector<ReadModels::Status> ReadModels::known() {
  std::vector<Status> all;
  for (const Kind& kind : kinds) {
    all.push_back({std::string(kind.id.name), kind.id.version, Position(), {}});
  }
  return all;
}

Result<std::unique_ptr<ReadModels>> ReadModels::open(const std::string& directory,
                                                     BulkRows bulk_rows) {
  std::array<TableId, kinds.size()> tables;
  std::ranges::transform(kinds, tables.begin(), &Kind::id);
  TRY(auto store, Store::open(directory, tables));
  auto models = std::make_unique<StoredReadModels>(std::move(store), bulk_rows);
  TRY(models->load());
  return std::unique_ptr<ReadModels>(std::move(models));
}

}  // namespace boxoffice::projections
