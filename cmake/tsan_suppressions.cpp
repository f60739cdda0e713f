// What ThreadSanitizer is told to overlook: RocksDB comes from a package without instrumentation,
// so the atomics by which it publishes memtable entries are invisible, and its every copy of a key
// or a value looks like a race. Named by the library's module, which catches the standard
// containers inside it too. Our own code has one: where it reads rows in place, in a memtable's own
// memory, while a scan goes over them.

extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "race:librocksdb.so\n"
         "race:boxoffice::projections::Table::scan_from\n";
}
