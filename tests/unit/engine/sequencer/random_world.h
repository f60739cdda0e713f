// Random commands over small ranges, and the sequencer, the log and the model that they go through.
//
// Each run draws its own ranges (shows, seats, users, sessions, rules, the mix of commands, how far
// time jumps), so that runs differ in kind. One number is one command: shrinking a failing run
// drops numbers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/log/memory_log.h"
#include "engine/sequencer/sequencer.h"
#include "tests/unit/engine/sequencer/pipeline_support.h"
#include "tests/unit/engine/sequencer/seat_model.h"

namespace boxoffice::tests {

/// What a run draws before its commands.
struct Ranges {
  std::uint32_t shows = 1;       ///< 1..3
  std::uint32_t seats = 2;       ///< 2..30, a hall
  std::uint32_t users = 1;       ///< 1..5
  std::uint32_t sessions = 1;    ///< 1..5
  std::uint32_t tokens = 0;      ///< percent of commands that come with a token
  std::uint32_t keys = 0;        ///< percent of commands that come with an Idempotency-Key
  std::uint32_t time_jumps = 0;  ///< percent of commands before which time jumps
  std::uint32_t catalogue = 0;   ///< percent of commands that change the catalogue
  std::uint32_t lock_minutes_max = 15;
  std::uint32_t live_locks_max = 1'000;
  std::uint32_t cooldown_s = 0;
  bool lock_proof_required = false;
  bool open_access = true;
};

/// Events that a run is about and that are rare: how often each was seen.
using RareEvents = std::map<std::string, std::uint64_t>;

class RandomWorld {
 public:
  RandomWorld(const Ranges& ranges, RareEvents& rare);

  /// Does what `number` stands for. Empty, or what went wrong.
  std::string step(std::uint64_t number);
  /// Seals the open frame and compares replay, bytes and model. Empty, or what went wrong.
  std::string finish();

 private:
  struct Expected {
    Command command;
    events::Actor actor;
    Reply::Kind kind = Reply::Kind::done;
    bool accepted = false;
    Position first;  // when replayed: of the first answer
  };
  struct Kept {
    events::Idempotency key;
    Instant at;
    Position first;
  };
  /// Small numbers out of one large one.
  struct Dice {
    std::uint64_t left;
    std::uint32_t roll(std::uint32_t sides) {
      const auto face = static_cast<std::uint32_t>(left % sides);
      left /= sides;
      return face;
    }
    bool percent(std::uint32_t chance) { return roll(100) < chance; }
  };

  Command draw(Dice& dice, const events::Actor& actor);
  Command draw_catalogue(Dice& dice);
  Command draw_payment(Dice& dice);
  std::vector<SeatId> draw_seats(Dice& dice, ShowId show);
  void jump(Dice& dice);
  std::string add(const Command& command, const events::Actor& actor,
                  std::optional<events::Idempotency> idempotency);
  std::string seal();
  std::string check_reply(const Expected& expected, const engine::PendingReply& reply,
                          const events::Frame& frame);
  std::string check_state() const;
  void count_rare(const events::Frame& frame);

  Ranges ranges_;
  Rules rules_;
  RareEvents& rare_;
  Instant clock_ = noon;
  Instant frame_time_ = noon;
  CollectingSink sink_;  // never delivered to: that somebody waits is what counts
  engine::Sequencer sequencer_;
  SeatModel model_;
  MemoryLog log_;
  std::vector<Expected> expected_;
  std::vector<Kept> kept_;
  std::vector<events::Event> all_events_;
  std::uint8_t transactions_ = 0;
  std::uint32_t last_key_ = 0;
};

}  // namespace boxoffice::tests
