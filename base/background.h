// Work that has time.
#pragma once

namespace boxoffice {

/// From now on the calling thread, and whatever threads it starts, get what the others leave of
/// the processors (a nice value of 10). There is no way back, so it is for threads that do nothing
/// else. Where the system does not let it, the thread goes on as before.
void become_background();

}  // namespace boxoffice
