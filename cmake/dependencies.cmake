# Everything third-party, from Debian 12 packages (see Makefile's `deps`).

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(FlatBuffers CONFIG REQUIRED)
find_package(RocksDB CONFIG REQUIRED)
find_package(mimalloc CONFIG REQUIRED)
find_package(simdjson REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(GTest REQUIRED)
find_package(rapidcheck CONFIG REQUIRED)
find_package(benchmark REQUIRED)
find_path(SODIUM_INCLUDE sodium.h REQUIRED)
find_library(SODIUM_LIBRARY sodium REQUIRED)
find_path(XXHASH_INCLUDE xxhash.h REQUIRED)
find_library(XXHASH_LIBRARY xxhash REQUIRED)
find_path(LIBDEFLATE_INCLUDE libdeflate.h REQUIRED)
find_library(LIBDEFLATE_LIBRARY deflate REQUIRED)
find_program(FLATC flatc REQUIRED)

find_package(SQLite3 REQUIRED)

add_library(sqlite INTERFACE)
target_link_libraries(sqlite INTERFACE SQLite::SQLite3)

add_library(sodium INTERFACE)
target_include_directories(sodium SYSTEM INTERFACE ${SODIUM_INCLUDE})
target_link_libraries(sodium INTERFACE ${SODIUM_LIBRARY})

add_library(xxhash INTERFACE)
target_include_directories(xxhash SYSTEM INTERFACE ${XXHASH_INCLUDE})
target_link_libraries(xxhash INTERFACE ${XXHASH_LIBRARY})

add_library(libdeflate INTERFACE)
target_include_directories(libdeflate SYSTEM INTERFACE ${LIBDEFLATE_INCLUDE})
target_link_libraries(libdeflate INTERFACE ${LIBDEFLATE_LIBRARY})

# Under ThreadSanitizer the shared library: only by the name of its module can cmake/tsan_suppressions.cpp
# tell the standard containers that RocksDB instantiates from our own.
add_library(rocksdb INTERFACE)
if(BOXOFFICE_SANITIZE MATCHES thread)
  target_link_libraries(rocksdb INTERFACE RocksDB::rocksdb-shared)
else()
  target_link_libraries(rocksdb INTERFACE RocksDB::rocksdb)
endif()

# malloc for whole programs (docs/adr/0017-mimalloc.md). Nothing names it, so the linker must be told
# to keep it. Sanitizers bring their own.
add_library(allocator INTERFACE)
if(NOT BOXOFFICE_SANITIZE)
  target_link_libraries(allocator INTERFACE
    -Wl,--push-state,--no-as-needed mimalloc -Wl,--pop-state)
endif()

# One set of Asio and Beast macros for every file that includes them: mixing them links and crashes.
add_library(beast INTERFACE)
target_compile_definitions(beast INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)
target_link_libraries(beast INTERFACE Boost::headers Threads::Threads)
