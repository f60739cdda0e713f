// What ThreadSanitizer is told to overlook: RocksDB comes from a package without instrumentation,
// so the atomics by which it publishes memtable entries are invisible, and its every copy of a key
// or a value looks like a race. Our own code has no suppression.

extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "race:rocksdb::\n"; }
