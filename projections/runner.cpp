#include "projections/runner.h"

#include <fmt/format.h>

#include "base/ensure.h"

namespace boxoffice::projections {

Result<void> Runner::load() {
  TRY(folded_, table_->cursor());
  cursor_.store(folded_.value, std::memory_order_release);
  return projection_->load();
}

void Runner::fold(const events::Frame& frame) {
  folded_ = cursor();
  ENSURE(frame.first() <= folded_.next(), "frames come without a gap");
  for (const events::Event& event : frame.events) {
    if (event.position <= folded_) continue;
    if (const auto folded = projection_->fold(event, rows_); !folded) {
      stop(event, folded.error());
      break;
    }
    folded_ = event.position;
  }
}

void Runner::publish() {
  projection_->end_frame(folded_);
  cursor_.store(folded_.value, std::memory_order_release);
}

ReadModels::Status Runner::status() const {
  const std::lock_guard lock(why_mutex_);
  return {.name = std::string(table_->id().name),
          .version = table_->id().version,
          .position = cursor(),
          .stopped = why_stopped_};
}

void Runner::stop(const events::Event& event, const Fault& why) {
  {
    const std::lock_guard lock(why_mutex_);
    why_stopped_ = fmt::format("cannot fold {} at position {}: {}", events::type_name(event.body),
                               event.position.value, why.text);
  }
  stopped_.store(true, std::memory_order_release);
}

}  // namespace boxoffice::projections
