// Named places where a test build of the program ends itself, so that the crash suites can show of
// each of them that ending there loses nothing. In the program that is shipped they are nothing at
// all: only the files that tests/crash/CMakeLists.txt compiles once more know them.
//
// The places around a sync are not here, because RocksDB syncs inside its own write: see
// tests/crash/faults.cpp.
#pragma once

#include "base/describe.h"

namespace boxoffice {

// Of each pair the first comes before the deed and the second after it.
enum class FailPoint {
  before_append,  ///< a frame to the log
  after_append,
  before_head_mark,  ///< into its slot
  after_head_mark,
  before_projection_write,  ///< the rows and cursors of a frame
  after_projection_write,
  before_reply,  ///< the replies of a frame are handed to those who wait for them
  after_reply,
  before_snapshot_rename,  ///< to the name under which it counts
  after_snapshot_rename,
  before_key_destruction,  ///< of users whose erasure is in the log
  after_key_destruction,
};
BOOST_DESCRIBE_ENUM(FailPoint, before_append, after_append, before_head_mark, after_head_mark,
                    before_projection_write, after_projection_write, before_reply, after_reply,
                    before_snapshot_rename, after_snapshot_rename, before_key_destruction,
                    after_key_destruction)

#ifdef BOXOFFICE_FAIL_POINTS
/// Does not return when it is this passing's turn.
void fail_point(FailPoint at);
#else
[[gnu::always_inline]] inline void fail_point(FailPoint) {}
#endif

}  // namespace boxoffice
