// What the calling thread is to the system.
#pragma once

#include <string>

namespace boxoffice {

/// What `top -H`, `perf` and a debugger call it. REQUIRES: 15 bytes at most.
void name_this_thread(const std::string& name);

/// From now on the calling thread, and whatever threads it starts, get what the others leave of
/// the processors (a nice value of 10). There is no way back, so it is for threads that do nothing
/// else. Where the system does not let it, the thread goes on as before.
void become_background();

}  // namespace boxoffice
